// Tokenless publishing with attestations by the real program: rehearsed with the identity of a job that does not exist, then
// released as that job, against an index that trusts it. What the index serves of the attestations is read back.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { test, type TestContext } from "node:test";
import { startRehearsalIssuer } from "../../src/loopback/identity-issuer.ts";
import { startRehearsalSigstore } from "../../src/loopback/sigstore.ts";
import { startRehearsalPypi } from "../../src/registries/pypi/rehearsal/server.ts";
import { archiveHooks } from "../../src/registries/pypi/rehearsal/archive-hooks.ts";
import { createArchives } from "../../src/platform/archives/archives.ts";
import { makeBed, pointAt, readReport, told, type Bed } from "../support/bed.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { handOn, prebuiltName, prebuiltProject } from "../support/prebuilt-project.ts";
import { realClock } from "../support/pypi.ts";

const repository = "acme/reed";

const claims = (environment: string | undefined, workflow = "release.yml") => ({
  sub: `repo:${repository}:environment:${environment}`,
  repository,
  repository_owner: "acme",
  environment,
  ref: "refs/tags/v1.0.0",
  event_name: "push",
  workflow_ref: `${repository}/.github/workflows/${workflow}@refs/tags/v1.0.0`,
  job_workflow_ref: `${repository}/.github/workflows/${workflow}@refs/tags/v1.0.0`,
});

interface Place {
  readonly bed: Bed;
  readonly index: Awaited<ReturnType<typeof startRehearsalPypi>>;
  readonly sigstore: Awaited<ReturnType<typeof startRehearsalSigstore>>;
  /** What the job finds in its environment. */
  readonly job: Readonly<Record<string, string>>;
}

const steps = `${handOn}  attest: { uses: attest, with: { SIGSTORE } }
  pypi: { uses: publish, environment: pypi }
`;

/** @param workflow that the job says it is; the index trusts release.yml */
async function open(t: TestContext, workflow?: string): Promise<Place> {
  const folder = temporaryFolder(t);
  const issuer = await startRehearsalIssuer({ clock: realClock, claims: (environment) => claims(environment, workflow) });
  const sigstore = await startRehearsalSigstore({ clock: realClock, issuer });
  const publisher = { provider: "github", package: prebuiltName, repository, workflow: "release.yml", environment: "pypi" } as const;
  const index = await startRehearsalPypi({
    clock: realClock,
    storeFolder: path.join(folder, "index"),
    ours: [prebuiltName],
    hooks: archiveHooks(createArchives()),
    announced: false,
    trusts: { issuer, publishers: [publisher] },
  });
  t.after(() => Promise.all([index.close(), sigstore.close(), issuer.close()]));
  const { files } = prebuiltProject({
    top: `forge: { kind: github, repository: ${repository} }\n`,
    environments: "  pypi: { registry: pypi, credentials: trusted-publishing }\n",
    steps: steps.replace("SIGSTORE", `sigstore: { certificates: "${sigstore.url}", log: "${sigstore.url}" }`),
  });
  const bed = makeBed({ tag: "v1.0.0", example: { files }, prepare: (project) => pointAt(project, { pypi: { url: index.uploadUrl } }) });
  t.after(() => bed.remove());
  return { bed, index, sigstore, job: issuer.jobEnvironment("pypi") };
}

test("a release as the job that the index trusts needs no token, and its attestations are served and hold", async (t) => {
  const { bed, index, sigstore, job } = await open(t);

  const ended = await bed.slipway(["run", "--json"], job);

  assert.equal(ended.code, 0, told(ended));
  assert.deepEqual(
    index.received().map((one) => one.stored),
    [1, 1],
  );
  const page = (await (
    await fetch(`${index.indexUrl}${prebuiltName}/`, { headers: { accept: "application/vnd.pypi.simple.v1+json" } })
  ).json()) as {
    readonly files: readonly { readonly filename: string; readonly provenance: string; readonly hashes: { readonly sha256: string } }[];
  };
  for (const file of page.files) {
    const provenance = (await (await fetch(file.provenance)).json()) as Provenance;
    const [bundle] = provenance.attestation_bundles;
    const [attestation] = bundle?.attestations ?? [];
    assert.deepEqual([bundle?.publisher.repository, bundle?.publisher.workflow], [repository, "release.yml"]);
    const statement = JSON.parse(Buffer.from(attestation?.envelope.statement ?? "", "base64").toString()) as Statement;
    assert.deepEqual(statement.subject, [{ name: file.filename, digest: { sha256: file.hashes.sha256 } }]);
  }
  assert.equal(sigstore.logged(), 4, "one entry for each file, one for the provenance of all, and one for the record");
});

test("the watch finds the provenance that the file makes it expect, and raises no alarm for a release of this project", async (t) => {
  const { bed, job } = await open(t);
  const begun = await bed.slipway(["watch-registries", "--once", "--json"]);
  assert.equal(begun.code, 0, told(begun));
  const ended = await bed.slipway(["run", "--json"], job);
  assert.equal(ended.code, 0, told(ended));

  const watched = await bed.slipway(["watch-registries", "--once", "--json"]);

  assert.equal(watched.code, 0, told(watched));
  const [projectFolder = ""] = readdirSync(bed.state);
  const known = JSON.parse(readFileSync(path.join(bed.state, projectFolder, "watch", "watch.json"), "utf8")) as {
    readonly targets: readonly { readonly settled: readonly string[] }[];
  };
  assert.deepEqual(
    known.targets.map(({ settled }) => settled),
    [["1.0.0"]],
    "it was asked for, and is there",
  );
});

test("a job of another workflow is refused, nothing is public, and the field that differs is named", async (t) => {
  const { bed, index, job } = await open(t, "test.yml");

  const ended = await bed.slipway(["run", "--json"], job);

  const report = readReport(ended);
  assert.deepEqual([report.exitCode, report.code], [4, "LOGIN_REFUSED"], told(ended));
  assert.match(report.steps.find(({ id }) => id === "pypi")?.message ?? "", /workflow is "test\.yml" and should be "release\.yml"/);
  assert.deepEqual(index.received(), []);
});

test("a machine that nobody vouches for is told so in the plan and before the start, with both ways out", async (t) => {
  const { bed, index } = await open(t);

  const planned = await bed.slipway(["plan"]);
  const ended = await bed.slipway(["run", "--json"]);

  assert.match(planned.stdout, /pypi is opened without a token.*the CI job that is trusted.*credentials: \{ token: NAME \}/);
  const report = readReport(ended);
  assert.notEqual(report.exitCode, 0, told(ended));
  assert.ok(
    report.findings.some(({ id, level }) => id === "PF-IDENTITY-MISSING" && level === "blocks"),
    told(ended),
  );
  assert.deepEqual(index.received(), []);
});

test("a rehearsal has an identity and a Sigstore of its own: neither the job's nor the real one is used", async (t) => {
  const { bed, index, sigstore } = await open(t);

  const ended = await bed.slipway(["rehearse", "--json"]);

  assert.equal(ended.code, 0, told(ended));
  const report = readReport(ended);
  assert.deepEqual(
    report.files.map(({ outcome }) => outcome),
    ["published", "published"],
    told(ended),
  );
  assert.equal(sigstore.logged(), 0);
  assert.deepEqual(index.received(), []);
});

test("no token of the login, and no identity, stands in the journal, the logs or what was printed", async (t) => {
  const { bed, job } = await open(t);

  const ended = await bed.slipway(["run", "-vv"], job);

  assert.equal(ended.code, 0, told(ended));
  const secret = job["ACTIONS_ID_TOKEN_REQUEST_TOKEN"] ?? "";
  const everything = `${told(ended)}\n${everyFile(bed.state)}`;
  assert.ok(everything.includes("slipway_example_reed"), "the search looks where something is");
  assert.equal(everything.includes(secret), false);
  assert.doesNotMatch(everything, /pypi-[0-9a-f]{48}/);
  assert.doesNotMatch(everything, /eyJ[\w-]{20,}\.eyJ[\w-]{20,}\./);
});

/** All that is kept of a run, as one text. */
function everyFile(folder: string): string {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(path.join(entry.parentPath, entry.name), "latin1"))
    .join("\n");
}

interface Provenance {
  readonly attestation_bundles: readonly {
    readonly publisher: { readonly repository: string; readonly workflow: string };
    readonly attestations: readonly { readonly envelope: { readonly statement: string } }[];
  }[];
}

interface Statement {
  readonly subject: unknown;
}
