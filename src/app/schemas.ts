// JSON Schemas of the documents that others script against: what `--json` prints, what `plan --out` and the record hold.
// Within one version of a schema members are only ever added, so that readers must not mind members that they do not
// know: the schemas do not either. docs/reference has them as files; tests hold real documents against them, strictly.
import { artifactKinds } from "../domain/artifact.ts";
import { ecosystems } from "../domain/configuration.ts";
import { errorCatalog } from "../domain/error-catalog.ts";
import { planSchema } from "../domain/plan/plan.ts";
import { changeKinds } from "../domain/run/release-changes.ts";
import { recordSchema } from "./record.ts";
import { reportSchema } from "./report.ts";
import {
  artifact,
  finding,
  about,
  anything,
  authenticated,
  commit,
  count,
  flag,
  list,
  map,
  object,
  oneOf,
  sha256,
  text,
  time,
  type JsonSchema,
  type Properties,
} from "./schema-words.ts";
import { credentialMembers } from "./schemas-credentials.ts";

const codes: JsonSchema = { enum: Object.keys(errorCatalog), description: "See docs/reference/errors.md" };

const person = object({ name: text, authenticated });

// --- plan -------------------------------------------------------------------------------------

const credentials = object(
  { kind: oneOf("none", "token", "trusted-publishing", "forge", "client") },
  { variable: text, user: text, fallback: anything, first: anything },
);

const plannedRegistry = object(
  { name: text, ecosystem: oneOf(...ecosystems), test: about("A test index: nobody depends on what is there", flag), credentials },
  { url: text, index: text },
);

const forgeCredential = object({ kind: oneOf("deploy-key", "token"), variable: text });

const plannedForge = object(
  { kind: oneOf("github", "gitea"), repository: about("owner/name", text) },
  { url: about("Root of the server's pages; absent: the known service of that kind", text), credential: forgeCredential },
);

const plannedChangelog = object(
  { file: about("From the root of the repository", text), required: about("A version without a section of its own is an error", flag) },
  {
    by: about("What writes the sections; absent: people do", oneOf("git-cliff")),
    tag: about("Pattern of the package's release tags", text),
  },
);

const needs = about("Names of packages of this plan that have to be published before", list(text));

const program = about("There is a program in the crate; absent: none is known", oneOf("alone", "beside-library"));

const plannedPackage = object(
  { id: text, ecosystem: oneOf(...ecosystems), name: text, folder: text, version: text },
  {
    importName: text,
    versionFile: text,
    tag: about("Release tag of this version", text),
    changelog: plannedChangelog,
    members: about(
      "Members of the workspace that it stands for; absent: itself",
      list(object({ name: text, folder: text }, { needs, program })),
    ),
    needs,
    program,
    generated: about("Files of its archives that git need not have: globs", list(text)),
    asset: about("Name of a binary at the forge, with placeholders", text),
  },
);

const carriedFile = object({ path: text }, { sha256: about("Absent: the file is removed", sha256) });

const plannedEnvironment = object(
  { name: text, registries: list(plannedRegistry), variables: map(text), secrets: about("Names, never values", list(text)) },
  {
    forge: about("What opens the forge for steps here; absent: the run's own token", forgeCredential),
    gate: text,
    approvals: object(
      { required: count, from: text, standing: oneOf("allowed", "refused") },
      {
        not: oneOf("requester"),
        note: anything,
        withinMs: count,
        moreWhen: about("What asks for one approval more", list(oneOf(...changeKinds))),
      },
    ),
  },
);

const plannedStep = object(
  {
    id: about("build, checks/lint, or with a leg build[platform=linux-x86_64]", text),
    uses: about("Name and revision of the built-in step, publish@1", { type: "string", pattern: "^[a-z-]+@[1-9][0-9]*$" }),
    kind: oneOf("work", "gate", "acting"),
    zone: oneOf("project", "tool", "forge", "publish"),
    title: text,
    waitsFor: list(text),
    input: anything,
    takes: list(object({ kinds: list(oneOf(...artifactKinds)) }, { packages: list(text) })),
    makes: list(object({ kind: oneOf(...artifactKinds), package: text, countMin: count, countMax: count }, { platform: text, name: text })),
    timeoutMs: count,
    retry: count,
    optional: flag,
    keep: list(text),
  },
  {
    leg: map(text),
    environment: text,
    gate: text,
    reach: oneOf("reversible", "expendable", "irreversible"),
    writesSource: { const: true },
  },
);

const planMembers: Properties = {
  schema: { const: planSchema },
  project: text,
  pipeline: text,
  source: object(
    { commit, moved: oneOf("stop", "restart"), epochSeconds: count },
    { tag: text, branch: text, carried: about("Uncommitted files that are taken into the run", list(carriedFile)) },
  ),
  release: object({ title: text, prerelease: flag }, { candidate: oneOf("tried") }),
  inputs: map(anything),
  packages: list(plannedPackage),
  environments: list(plannedEnvironment),
  steps: about("In an order in which they may run", list(plannedStep)),
  leftOut: list(object({ id: text, reason: text })),
  line: about("Below it nothing can be taken back", object({ at: list(text), above: list(text), below: list(text) })),
};

const planOptions: Properties = {
  path: object({ name: text, by: text, reason: text, leavesOut: list(text) }),
  forge: about("Where releases, issues and pull requests are; absent: no step asks for it", plannedForge),
  tracker: about("The issue that tracks this release", object({ label: text, title: text })),
};

/** `slipway plan --json`, and what `--out` writes. */
export const planDocumentSchema: JsonSchema = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  title: "A plan of Slipway",
  ...object(
    { ...planMembers, digest: about("sha256 of the plan without this and the members below; equal plans have equal digests", sha256) },
    {
      ...planOptions,
      notices: about("What a person should know and the plan does not hold", list(text)),
      pacing: about(
        "What the rate limits of registries alone will take, as far as they are known; asked of the registries",
        list(
          object({
            registry: text,
            of: oneOf("crate", "project"),
            newNames: count,
            newVersions: count,
            untold: count,
            atLeastMs: count,
            atMostMs: count,
            limit: text,
          }),
        ),
      ),
      ifItFails: about(
        "What would stay public if a step at or below the line failed",
        list(object({ step: text, leftPublic: list(text), perhaps: list(text), partOfIt: flag })),
      ),
      changes: about("With --against: what changed since that plan", list(object({ field: text }, { before: text, after: text }))),
    },
  ),
};

// --- report -----------------------------------------------------------------------------------

export const hidden = about("It is where only we can see it: in a draft, or staged", { const: true });
const outcome = oneOf("published", "already-there", "waiting", "not-published", "unknown", "conflict", "failed");
const reach = oneOf("reversible", "expendable", "irreversible");
const sendBack = about("It is staged at its registry, and this is how a person sends it back from there", text);
export const reportedOther = object({ target: text, title: text, outcome, reach }, { hidden, sendBack, url: text, why: text });

export const reportedFile = object(
  {
    registry: text,
    name: text,
    sha256,
    sizeBytes: count,
    outcome,
    reach,
  },
  { hidden, url: text, why: text },
);

const closingRow = object(
  {
    channel: about("Registry by its name, release page or install script", text),
    package: about("Name at the registry; on the release page that of the file", text),
    version: text,
    install: about("Commands that install it, one after another", list(text)),
    or: about("Other commands to the same end, each by itself", list(text)),
    channels: about("Movable names that lead to it: tags of an image, dist-tags", list(text)),
    digests: list(object({ name: text, digest: about("sha256:… in hexadecimal, or sha512-… as npm writes it", text) })),
  },
  {
    importName: about("What it is imported as, where that is not its name", text),
    test: about("It is a test registry", { const: true }),
    link: about("Page for people", text),
  },
);

const earlier = object({ run: text, mode: oneOf("run", "trial", "rehearsal"), sha256 });
const differences = about("What differs, member by member, in words; none where the bytes are the same", list(text));
const built = { step: text, kind: oneOf(...artifactKinds), package: text, name: text, sha256, earlier, same: flag, differences };
const builds = about(
  "Files that an earlier run or rehearsal of the same commit built too; absent: there are none",
  list(object(built, { why: about("Why it is no matter that they differ", text) })),
);

/** The one document at the end of `slipway run --json` and `rehearse --json`, and of `status --json`. */
export const reportDocumentSchema: JsonSchema = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  title: "What a run of Slipway came to",
  ...object(
    {
      schema: { const: reportSchema },
      run: text,
      mode: about("rehearsal: against registries inside Slipway, nothing is public", oneOf("run", "trial", "rehearsal")),
      title: text,
      planDigest: sha256,
      commit,
      standing: text,
      sentence: about("For people", text),
      exitCode: about("See docs/reference/exit-codes.md", count),
      steps: list(
        object(
          { id: text, state: oneOf("pending", "running", "waiting", "later", "done", "failed", "left-out", "not-tried") },
          {
            message: text,
            hint: text,
            needs: about("It has no place on this machine: machines that can do it; none where this one lacks a tool", list(text)),
            imported: about(
              "Its artifacts were made elsewhere; who says that they are of this commit",
              object({ by: text, authenticated, reason: text }),
            ),
          },
        ),
      ),
      files: about("Every file of the release at every registry of the plan", list(reportedFile)),
      others: about("All else that the world was to hold: branches and tags, releases, issues", list(reportedOther)),
      findings: about("Of preflight", list(finding)),
      closing: about("Every channel that has something of the release; in a rehearsal, as the real one will have it", list(closingRow)),
    },
    {
      builds,
      ...credentialMembers,
      tag: text,
      code: codes,
      hint: about("What to do next", text),
      record: about("Path of the record, once the release is complete", text),
      driven: about("status: some process drives the run now", flag),
      held: about("status: open alarms of the watch over registries, which hold publishing", list(text)),
      wouldStop: about("rehearse: what would have stopped the real run", list(object({ message: text }, { hint: text, level: text }))),
      notices: about("rehearse: what a person should know", list(text)),
      folder: about("rehearse: where its logs and files are", text),
    },
  ),
};

// --- record -----------------------------------------------------------------------------------

const evidence = object({ how: text }, { url: text, sha256, sizeBytes: count, details: anything });

/** The record of a release: `record.json`, and what `slipway verify FILE` reads. */
export const recordDocumentSchema: JsonSchema = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  title: "The record of a release by Slipway",
  ...object(
    {
      schema: { const: recordSchema },
      signature: about("By what it is signed", oneOf("sigstore", "ssh", "unsigned")),
      tool: text,
      run: text,
      mode: oneOf("run", "trial", "rehearsal"),
      title: text,
      openedAt: time,
      requester: person,
      plan: object(planMembers, planOptions),
      planDigest: sha256,
      source: object({ commit, moved: oneOf("stop", "restart"), epochSeconds: count }, { tag: text, branch: text }),
      artifacts: list(artifact),
      approvals: list(object({ gate: text, subjectDigest: sha256, by: text, authenticated }, { note: text })),
      acknowledgements: list(object({ step: text, text, binding: sha256, by: text, authenticated }, { note: text })),
      evidence: about(
        "What each registry showed when it was read back",
        list(
          object({
            step: text,
            registry: text,
            package: text,
            version: text,
            name: text,
            sha256,
            sizeBytes: count,
            sends: about("How often it was sent until it was seen", count),
            evidence,
          }),
        ),
      ),
      others: about(
        "All else that was done to the world: branches and tags, releases, issues",
        list(object({ step: text, target: text, title: text, sends: count, evidence })),
      ),
      steps: list(object({ id: text, state: text, output: anything }, { startedAt: time, endedAt: time })),
    },
    {
      closedAt: time,
      attestation: about("The signed in-toto statement: see release-record.schema.json, where it has the same form", anything),
      builds,
      ...credentialMembers,
      imports: about(
        "Artifacts that were made elsewhere, and who says that they are of this commit; absent: none were",
        list(object({ step: text, by: text, authenticated, reason: text, files: list(object({ name: text, sha256, sizeBytes: count })) })),
      ),
      pages: about(
        "The release pages as the run left them",
        list(
          object(
            {
              forge: text,
              tag: text,
              commit,
              mark: about("How the page is found again", text),
              state: oneOf("draft", "published"),
              prerelease: flag,
              made: about("False: the run published a page that an earlier one made", flag),
              assets: list(
                object({
                  name: text,
                  sha256,
                  sizeBytes: count,
                  seen: about("False: it was going to be sent, and was not seen there", flag),
                }),
              ),
            },
            { url: text },
          ),
        ),
      ),
      head: about(
        "What the run made of the source; absent: it released the pinned commit as it was",
        object({ commit, tags: list(object({ name: text, object: commit, commit })) }),
      ),
    },
  ),
};

// --- error ------------------------------------------------------------------------------------

/** What is printed instead of any document when a command ends with an error. */
export const errorSchema: JsonSchema = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  title: "An error of Slipway",
  ...object({
    schema: { const: "slipway-error/1" },
    code: codes,
    message: text,
    hint: about("What to do next", text),
    exitCode: count,
    problems: about(
      "All that is wrong, where several things are",
      list(
        object(
          { code: codes, message: text },
          {
            hint: text,
            place: object({ file: text, line: count, column: count }),
            frame: about("The line with a mark below the fault", text),
          },
        ),
      ),
    ),
    details: anything,
  }),
};
