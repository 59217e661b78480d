// S1.11 by the real program, from the refusal to a green doctor: an index lets no identity in, a named person allows one more try
// with the fallback token, the tracker and the record tell of it, and doctor is red until the way is shut again.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { test, type TestContext } from "node:test";
import { recordDocumentSchema, reportDocumentSchema } from "../../src/app/schemas.ts";
import { startRehearsalIssuer } from "../../src/loopback/identity-issuer.ts";
import { startRehearsalSigstore } from "../../src/loopback/sigstore.ts";
import { createArchives } from "../../src/platform/archives/archives.ts";
import { archiveHooks } from "../../src/registries/pypi/rehearsal/archive-hooks.ts";
import { startRehearsalPypi } from "../../src/registries/pypi/rehearsal/server.ts";
import { makeBed, pointAt, readReport, told, type Bed, type Ended } from "../support/bed.ts";
import { checkJsonSchema, strictly } from "../support/json-schema.ts";
import { handOn, prebuiltName, prebuiltProject } from "../support/prebuilt-project.ts";
import { forgeTokens, openProjectForge, pointForgeAt, type ProjectForge } from "../support/project-forge.ts";
import { realClock } from "../support/pypi.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const repository = "acme/reed";
const finding = "DR-BREAK-GLASS";
const token = { PYPI_FALLBACK: "pypi-fallback-token-of-a-reed" };
const reason = "the mint is down, INC-7";

/** Of a job that the index does not trust, it stands for a mint that lets nobody in; the index trusts release.yml. */
const claimsOf = (workflow: string) => (environment: string | undefined) => ({
  sub: `repo:${repository}:environment:${environment}`,
  repository,
  repository_owner: "acme",
  environment,
  ref: "refs/tags/v1.0.0",
  event_name: "push",
  run_id: "1",
  workflow_ref: `${repository}/.github/workflows/${workflow}@refs/tags/v1.0.0`,
  job_workflow_ref: `${repository}/.github/workflows/${workflow}@refs/tags/v1.0.0`,
});

const top = `forge: { kind: github, repository: ${repository} }
people: { release-engineers: [alice, bob] }
tracker: { label: release, title: "reed {version}" }
`;
const environments =
  "  pypi: { registry: pypi, credentials: { use: trusted-publishing, fallback: { token: PYPI_FALLBACK, by: release-engineers, tell: tracker } } }\n";

interface Place {
  readonly bed: Bed;
  readonly index: Awaited<ReturnType<typeof startRehearsalPypi>>;
  readonly forge: ProjectForge;
  /** What the job finds in its environment: an identity, and the forge's token. */
  readonly job: Readonly<Record<string, string>>;
}

async function open(t: TestContext, workflow = "test.yml"): Promise<Place> {
  const folder = temporaryFolder(t);
  const issuer = await startRehearsalIssuer({ clock: realClock, claims: claimsOf(workflow) });
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
  const forge = await openProjectForge(folder, repository);
  t.after(() => Promise.all([index.close(), sigstore.close(), issuer.close(), forge.close()]));
  const signed = `sigstore: { certificates: "${sigstore.url}", log: "${sigstore.url}" }`;
  const steps = `${handOn}  attest: { uses: attest, with: { ${signed} } }\n  pypi: { uses: publish, environment: pypi }\n`;
  const { files } = prebuiltProject({ top, environments, steps });
  const prepare = (project: string): void => {
    pointAt(project, { pypi: { url: index.uploadUrl } });
    pointForgeAt(project, forge.url);
  };
  const bed = makeBed({ tag: "v1.0.0", example: { files }, prepare });
  t.after(() => bed.remove());
  return { bed, index, forge, job: { ...issuer.jobEnvironment("pypi"), ...forgeTokens } };
}

async function doctor(
  bed: Bed,
  env: Readonly<Record<string, string>> = {},
  only = finding,
): Promise<{ readonly code: number | null; readonly said: string }> {
  const ended = await bed.slipway(["doctor", "--json", "--only", only], env);
  const { findings } = JSON.parse(ended.stdout) as { readonly findings: readonly { readonly id: string; readonly message: string }[] };
  assert.ok(findings.length > 0, told(ended));
  assert.ok(findings.every(({ id }) => id === only));
  return { code: ended.code, said: findings.map(({ message }) => message).join("\n") };
}

interface Telling {
  readonly credentials?: readonly { readonly how: unknown; readonly files: readonly string[]; readonly by: string }[];
  readonly incidents?: readonly { readonly by: string; readonly reason: string; readonly told?: string }[];
  readonly record?: string;
}

function telling(ended: Ended): Telling {
  return readReport(ended);
}

test("from the refusal over one try with the fallback token, told everywhere, to a doctor that is green again", async (t) => {
  const { bed, index, forge, job } = await open(t);
  await forge.openIssue("reed 1.0.0", "release");
  assert.equal((await doctor(bed)).code, 0);

  const refused = await bed.slipway(["run", "--json"], { ...job, ...token });
  assert.equal(readReport(refused).code, "LOGIN_REFUSED", told(refused));
  assert.deepEqual(index.received(), [], "a token that is set is no reason to use it");
  assert.equal((await doctor(bed)).code, 0);
  assert.equal((await doctor(bed, token, "DR-PATH-02")).code, 8, "a token within reach is told of before anybody uses it");

  const broken = await bed.slipway(["break-glass", "pypi", "--reason", reason]);
  assert.equal(broken.code, 0, told(broken));
  assert.match(broken.stdout, /BREAK-GLASS: .*not authenticated/);
  const ended = await bed.slipway(["run", "--json"], { ...job, ...token });

  assert.equal(ended.code, 0, told(ended));
  assert.match(ended.stderr, /BREAK-GLASS/);
  assert.deepEqual(
    index.received().map(({ stored }) => stored),
    [1, 1],
    "an index refuses attestations beside a token: none were sent",
  );
  const now = telling(ended);
  const files = readReport(ended).files.map(({ name }) => name);
  assert.deepEqual(
    now.credentials?.map(({ how, by, files: sent }) => ({ how, by, files: sent.toSorted() })),
    [{ how: { kind: "fallback", variable: "PYPI_FALLBACK" }, by: "alice", files: files.toSorted() }],
  );
  const [comment, ...more] = forge.comments();
  assert.deepEqual(more, []);
  assert.deepEqual(
    now.incidents?.map((one) => [one.by, one.reason, typeof one.told]),
    [["alice", reason, "string"]],
  );
  assert.match(comment?.body ?? "", /Break-glass[^]*alice \(not authenticated\)[^]*INC-7/);
  const record = JSON.parse(readFileSync(now.record ?? "", "utf8")) as Telling;
  assert.deepEqual([record.incidents, record.credentials], [now.incidents, now.credentials]);
  assert.deepEqual(checkJsonSchema(strictly(recordDocumentSchema), record), []);
  const status = await bed.slipway(["status", "--json"]);
  assert.deepEqual(telling(status).incidents, now.incidents);
  assert.deepEqual(checkJsonSchema(strictly(reportDocumentSchema), JSON.parse(status.stdout)), []);

  const red = await doctor(bed, token);
  assert.equal(red.code, 8);
  assert.match(red.said, /alice broke the glass of "pypi".*PYPI_FALLBACK is still set/);
  const tooEarly = await bed.slipway(["break-glass", "pypi", "--close", "--reason", "revoked"], token);
  assert.equal(tooEarly.code, 6, told(tooEarly));
  assert.match(tooEarly.stderr, /PYPI_FALLBACK is still set/);
  const unset = await doctor(bed);
  assert.equal(unset.code, 8, "a token that is not set is not closed before a person says so");
  assert.match(unset.said, /nobody has said yet what became of the token/);

  const closed = await bed.slipway(["break-glass", "pypi", "--close", "--reason", "revoked at the index"]);
  assert.equal(closed.code, 0, told(closed));
  assert.equal((await doctor(bed)).code, 0);
  assert.equal(forge.comments().length, 1, "it is told once");
});

test("only a person of the group, with a reason, at the registry that refused, once, and for that try alone", async (t) => {
  const { bed, index, job } = await open(t);
  const early = await bed.slipway(["break-glass", "pypi", "--reason", reason]);
  assert.notEqual(early.code, 0, "there is no run yet");
  await bed.slipway(["run", "--json"], job);

  for (const [args, why] of [
    [["pypi", "--as", "mallory", "--reason", reason], /"mallory" is not one of release-engineers/],
    [["pypi"], /there is no reason/],
    [["testpypi", "--reason", reason], /no step has failed because "testpypi" let no identity in/],
  ] as const) {
    const said = await bed.slipway(["break-glass", ...args]);
    assert.equal(said.code, 6, told(said));
    assert.match(said.stderr, why);
  }
  const broken = await bed.slipway(["break-glass", "pypi", "--as", "bob", "--reason", reason]);
  assert.equal(broken.code, 0, told(broken));
  const without = await bed.slipway(["run", "--json"], job);
  assert.equal(readReport(without).code, "CREDENTIAL_MISSING", told(without));
  assert.deepEqual(index.received(), []);

  const shut = await bed.slipway(["run", "--json"], { ...job, PYPI_FALLBACK: "not-a-token-of-the-index" });
  assert.notEqual(shut.code, 0, told(shut));
  const again = await bed.slipway(["run", "--json"], { ...job, ...token });
  assert.equal(readReport(again).code, "LOGIN_REFUSED", "the try is over, and the token opens nothing any more");
  const twice = await bed.slipway(["break-glass", "pypi", "--reason", reason]);
  assert.match(twice.stderr, /may be used once in a run, and was/);
  assert.deepEqual(index.received(), []);
});

test("an issue that cannot be told is told later, and doctor says so until then", async (t) => {
  const { bed, forge, job } = await open(t);
  await bed.slipway(["run", "--json"], job);
  await bed.slipway(["break-glass", "pypi", "--reason", reason]);

  const ended = await bed.slipway(["run", "--json"], { ...job, ...token });
  assert.equal(ended.code, 0, told(ended));
  assert.equal(telling(ended).incidents?.[0]?.told, undefined, "there is no such issue");
  assert.match((await doctor(bed)).said, /the tracker's issue is not told of it yet/);
  await forge.openIssue("reed 1.0.0", "release");
  const closed = await bed.slipway(["break-glass", "pypi", "--close", "--reason", "revoked"], forgeTokens);

  assert.equal(closed.code, 0, told(closed));
  assert.match(forge.comments()[0]?.body ?? "", /INC-7/);
  assert.equal((await doctor(bed)).code, 0);
});

test("a job that is let in is told of with its workflow and number, and breaks no glass though the token is set", async (t) => {
  const { bed, job } = await open(t, "release.yml");

  const ended = await bed.slipway(["run", "--json"], { ...job, ...token });

  assert.equal(ended.code, 0, told(ended));
  const { credentials, incidents } = telling(ended);
  const workflow = `${repository}/.github/workflows/release.yml@refs/tags/v1.0.0`;
  const how = { kind: "identity", provider: "github", repository, workflow, environment: "pypi", job: "1" };
  assert.deepEqual([credentials?.map((one) => one.how), credentials?.[0]?.files.length, incidents], [[how], 2, undefined]);
});
