// JSON Schemas of what the commands that only look print with `--json`: diff, verify, doctor, the list of runs, and the
// answer to what a person said. They follow the rule of schemas.ts: members are only ever added.
import { changeKinds } from "../domain/run/release-changes.ts";
import { diffKinds } from "./diff/members.ts";
import { ecosystems } from "../domain/configuration.ts";
import { about, commit, count, flag, list, object, oneOf, sha256, text, type JsonSchema, artifact, finding } from "./schema-words.ts";
import { reportedFile, reportedOther } from "./schemas.ts";

const $schema = "https://json-schema.org/draft/2020-12/schema";
const strings = list(text);
const lines = object({ added: strings, removed: strings });
const files = list(object({ path: text, sizeBytes: count }));

const againstSource: JsonSchema = {
  anyOf: [
    object({
      kind: { const: "compared" },
      added: about("In the archive, and nowhere in the commit", strings),
      changed: about("In both, with other bytes", strings),
      generated: about("Written by every build, or declared in slipway.yaml", strings),
      leftOut: about("Files of the package's folder that the archive does not have", strings),
    }),
    object({ kind: { const: "unknown" }, why: text }),
  ],
};

const againstPublished: JsonSchema = {
  anyOf: [
    object({
      kind: { const: "compared" },
      registry: text,
      version: text,
      name: text,
      sizeBytes: count,
      files: object({ added: files, removed: files, changed: files }),
      metadata: object(
        { dependencies: lines, others: about("Every other header, as Name: value", lines) },
        { requiresPython: object({}, { before: text, after: text }) },
      ),
      entryPoints: lines,
      hooks: about("What runs without being called by name", lines),
      newDependencies: about("Names alone", strings),
      newBinaries: about("Files that are new and no text", strings),
      alarms: about("What deserves a look before anything is public", strings),
    }),
    object({ kind: oneOf("first", "unknown"), registry: text, why: text }),
  ],
};

/** `slipway diff --json`. */
export const diffDocumentSchema: JsonSchema = {
  $schema,
  title: "What a release of Slipway would change",
  ...object({
    schema: { const: "slipway-diff/1" },
    run: text,
    mode: oneOf("run", "trial", "rehearsal"),
    title: text,
    commit,
    artifacts: list(
      object(
        { package: text, kind: oneOf(...diffKinds), name: text, sizeBytes: count, sha256, published: againstPublished },
        {
          source: againstSource,
          changes: about(
            "What deserves a look, by kind",
            list(object({ kind: oneOf(...changeKinds, "unknown"), artifact: text, what: text })),
          ),
        },
      ),
    ),
  }),
};

const outlook: JsonSchema = {
  anyOf: [
    about("Released by the next run", object({ kind: { const: "release" }, version: text, why: text }, { tag: text })),
    about(
      "What the commits ask for; a person has to say it",
      object({ kind: { const: "proposal" }, version: text, why: text }, { tag: text }),
    ),
    object({ kind: { const: "nothing" }, why: text }),
    object({ kind: { const: "unknown" }, why: text }, { hint: text }),
  ],
};

/** `slipway next --json`. */
export const nextDocumentSchema: JsonSchema = {
  $schema,
  title: "What Slipway would release now, and why",
  ...object({
    schema: { const: "slipway-next/1" },
    project: text,
    pipeline: text,
    commit,
    from: about("Where the version comes from", oneOf("manifest", "tag", "input", "commits")),
    versions: about("Whether the packages carry one version", oneOf("one", "each")),
    packages: list(
      object(
        {
          id: text,
          ecosystem: oneOf(...ecosystems),
          name: text,
          folder: text,
          outlook,
          commits: about(
            "Since the last final release; in a monorepo those that touch the package's folder",
            object({
              count,
              complete: about("False: there are more, and no more were read", flag),
              change: oneOf("breaking", "feature", "fix", "none"),
              types: about("How many of each conventional type; other: of none", { type: "object", additionalProperties: count }),
              reasons: about("Subjects of the commits that ask for the change", strings),
            }),
          ),
        },
        {
          present: about("Version of the manifest, or of the newest release", text),
          last: about("The newest release tag that the commit contains", object({ tag: text, version: text, commit })),
          changelog: object({ by: oneOf("file", "commits"), text: about("Markdown", text) }, { file: text }),
        },
      ),
    ),
    uncommitted: about("Paths that differ from the commit, and are no part of it", strings),
  }),
};

/** `slipway changelog --json`. */
export const changelogDocumentSchema: JsonSchema = {
  $schema,
  title: "What the commits of a whole history tell of its releases",
  ...object(
    {
      schema: { const: "slipway-changelog/1" },
      project: text,
      commit: about("The newest commit that is told", text),
      complete: about("False: the clone is shallow, and older commits are not here", flag),
      sections: about(
        "The newest release first; without a version: what is not released yet",
        list(
          object(
            { count: about("Commits of the release", count), text: about("Markdown", text) },
            { version: text, tag: text, commit, date: about("Day of the commit, in UTC", text) },
          ),
        ),
      ),
    },
    { package: about("Where each package has versions of its own", text) },
  ),
};

const verdict = oneOf("identical", "missing", "different", "unknown");
const fileVerdict = about("stranger: no record names it", oneOf("identical", "missing", "different", "unknown", "stranger"));

/** `slipway verify --json`. */
export const verificationDocumentSchema: JsonSchema = {
  $schema,
  title: "What registries and forge hold of a release by Slipway",
  ...object(
    {
      schema: { const: "slipway-verification/1" },
      title: text,
      signature: about("By what the record is signed", oneOf("sigstore", "ssh", "unsigned")),
      files: list(object({ registry: about("Of a file at hand: its folder", text), name: text, sha256, verdict: fileVerdict, how: text })),
      pages: about(
        "Release pages at the forge, each with its files",
        list(
          object(
            {
              forge: text,
              tag: text,
              verdict: about("Of the page itself: its state, its prerelease mark, the commit of its tag", verdict),
              how: text,
              assets: list(object({ name: text, sha256, verdict: fileVerdict, how: text })),
            },
            { url: text },
          ),
        ),
      ),
      findings: list(finding),
      exitCode: about("0, 8 with findings, 5 when something could not be looked at", count),
    },
    {
      seal: about(
        "Whether the signature holds; absent: there is no record here to try",
        object({ verdict: oneOf("holds", "broken", "unknown", "none"), how: text }, { signer: text }),
      ),
    },
  ),
};

const diagnosed = object(
  {
    id: about("Stable, such as DR-TOOL-01; docs/reference/doctor.md has all", text),
    level: oneOf("fine", "warns", "blocks", "cannot-be-tried"),
    message: text,
    evidence: about("What was seen, and where: names, never what they hold", text),
  },
  { hint: about("The fix", text), step: text },
);

/** `slipway doctor --json`. */
export const diagnosisDocumentSchema: JsonSchema = {
  $schema,
  title: "What Slipway's doctor found",
  ...object({ schema: { const: "slipway-diagnosis/1" }, findings: list(diagnosed), exitCode: about("0, or 8 with findings", count) }),
};

const publisherEntry = object(
  {
    registry: text,
    package: text,
    environment: text,
    pipeline: text,
    use: about("possible: slipway.yaml means a stored token, and the registry takes identities", oneOf("trusted-publishing", "possible")),
    provider: oneOf("github", "gitlab"),
    fields: about("What the registry's form asks for, in its order", list(object({ name: text, value: text }))),
    page: about("Where it is entered for a package that is there", text),
    unknown: about("What Slipway cannot know, as sentences", strings),
  },
  { pendingPage: about("Where it is entered for a package that is not there yet; absent: its first version needs a token", text) },
);
const publishers = list(publisherEntry);

/** `slipway doctor --publishers --json`. */
export const publishersDocumentSchema: JsonSchema = {
  $schema,
  title: "What registries are to be told so that they trust this project's jobs",
  ...object({ schema: { const: "slipway-publishers/1" }, publishers, notes: about("Why there are none, or fewer", strings) }),
};

/** `slipway status --list --json`. */
export const runsDocumentSchema: JsonSchema = {
  $schema,
  title: "The runs of a project",
  ...object({
    schema: { const: "slipway-runs/1" },
    runs: list(object({ run: text, openedAtMs: about("Milliseconds since 1970", count), title: text, closed: flag })),
  }),
};

/** `approve`, `reject`, `acknowledge`, `retry`, `cancel` and `break-glass` with `--json`. */
export const saidDocumentSchema: JsonSchema = {
  $schema,
  title: "What a person said to a run of Slipway",
  ...object(
    {
      schema: { const: "slipway-said/1" },
      run: text,
      said: oneOf("approve", "reject", "answer", "retry", "cancel", "break-glass"),
      driven: about("Some process drives the run, and takes it up", flag),
      files: about("Every file of the release at every registry, as it was when it was said", list(reportedFile)),
      others: about("All else that the world was to hold, as it was when it was said", list(reportedOther)),
    },
    {
      left: about(
        "Of a cancelled run: what stays in the world and can be taken back",
        object({
          tags: about("At the remote, or perhaps there", strings),
          pages: about("Tags of pages that others see, or perhaps see", strings),
          drafts: about("Tags of pages that nobody else sees", strings),
          withdraw: about("The command that takes all of it back", text),
        }),
      ),
    },
  ),
};

/** `slipway break-glass REGISTRY --close --json`. */
export const closedDocumentSchema: JsonSchema = {
  $schema,
  title: "Incidents of break-glass that a person closed",
  ...object({
    schema: { const: "slipway-closed/1" },
    registry: text,
    closed: about("Titles of the releases", strings),
    untold: about("What the tracker could not be told; none: it knows all", strings),
  }),
};

/** `slipway import --json`. */
export const importedDocumentSchema: JsonSchema = {
  $schema,
  title: "What was brought into a run of Slipway from another machine",
  ...object({
    schema: { const: "slipway-imported/1" },
    run: text,
    driven: about("Some process drives the run, and takes it up", flag),
    opened: about("There was no unfinished run: this one was opened, and nothing of it was begun", flag),
    by: about("Who says that the files were built from this commit; nothing proves it", text),
    reason: text,
    legs: list(object({ step: text, artifacts: list(artifact) })),
  }),
};

/** `slipway logs --json`. */
export const logsDocumentSchema: JsonSchema = {
  $schema,
  title: "Where the steps of a run of Slipway wrote",
  ...object({
    schema: { const: "slipway-logs/1" },
    logs: list(object({ step: text, attempt: count, file: about("Absolute path", text) })),
  }),
};

/** `slipway init --json`. */
export const initDocumentSchema: JsonSchema = {
  $schema,
  title: "The slipway.yaml that Slipway proposes",
  ...object(
    { schema: { const: "slipway-init/1" }, file: text, text: about("The whole file", text), notes: list({}), written: flag },
    { kept: about("Where the file that was there before is kept", text), publishers: about("As in slipway-publishers/1", publishers) },
  ),
};
