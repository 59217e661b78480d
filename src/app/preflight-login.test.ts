import assert from "node:assert/strict";
import { test } from "node:test";
import { aPackage, anEnvironment, aPlannedStep, aRegistry, fakeClock, fakeRegistry } from "../../test/support/ports.ts";
import { ann, anActingStep, passed, planOf, stateOf, type Told } from "../../test/support/runs.ts";
import { findIdentity, type FoundIdentity } from "../domain/identity/source.ts";
import type { CredentialRule, Ecosystem } from "../domain/configuration.ts";
import type { Plan } from "../domain/plan/plan.ts";
import type { RunMode } from "../domain/run/fact.ts";
import type { TrustedLogin, Versions } from "../registries/registry.ts";
import { findLogin, findSigner } from "./preflight-login.ts";
import type { WorkshopParts } from "./workshop.ts";

const github = findIdentity({
  GITHUB_ACTIONS: "true",
  ACTIONS_ID_TOKEN_REQUEST_URL: "https://runner",
  ACTIONS_ID_TOKEN_REQUEST_TOKEN: "x",
});
const gitlab = findIdentity({ GITLAB_CI: "true", PYPI_ID_TOKEN: "x" });
const generic = findIdentity({ SLIPWAY_ID_TOKEN: "x" });
const nobody = findIdentity({});

const tokenless: CredentialRule = { kind: "trusted-publishing" };
const withFirst: CredentialRule = { kind: "trusted-publishing", first: { variable: "FIRST" } };

interface Given {
  readonly identity?: FoundIdentity;
  readonly credentials?: CredentialRule;
  readonly ecosystem?: Ecosystem;
  readonly accepts?: TrustedLogin["accepts"] | "none";
  readonly url?: string;
  readonly versions?: (name: string) => Versions;
  readonly names?: readonly string[];
  readonly set?: readonly string[];
  readonly level?: "warns" | "blocks";
  readonly mode?: RunMode;
  readonly forge?: Plan["forge"];
  /** For how long a person let the fallback token in, one millisecond after the start. */
  readonly brokenForMs?: number;
}

/** `id level`, then message and hint, of all findings. */
async function found(given: Given = {}) {
  const ecosystem = given.ecosystem ?? "pypi";
  const registry = aRegistry({
    name: ecosystem,
    ecosystem,
    credentials: given.credentials ?? tokenless,
    ...(given.url === undefined ? {} : { url: given.url }),
  });
  const environment = anEnvironment({ name: "production", registries: [registry] });
  const packages = (given.names ?? ["demo"]).map((name) => aPackage({ id: name, name, ecosystem }));
  const forge = { kind: "github", repository: "acme/demo" } as const;
  const plan = planOf([anActingStep({ environment: "production" })], {
    pipeline: "release",
    packages,
    environments: [environment],
    ...("forge" in given ? (given.forge === undefined ? {} : { forge: given.forge }) : { forge }),
  });
  const accepts = given.accepts ?? ["github", "gitlab"];
  const login = { accepts, workflowClaim: "workflow_ref", opens: "registry", settings: () => "" } as unknown as TrustedLogin;
  const opened = fakeRegistry(ecosystem, {
    ...(accepts === "none" ? {} : { login }),
    versions: async (name) => given.versions?.(name) ?? { kind: "listed", versions: [] },
  });
  // A look before the start asks registries, the identity's source and names of secrets, and nothing else of a workshop.
  const parts = {
    stop: new AbortController().signal,
    world: { clock: fakeClock(1_000), secrets: { has: async (name: string) => given.set?.includes(name) === true } },
    preflightRegistries: { world: "real", identity: given.identity ?? github, open: () => opened },
  } as unknown as WorkshopParts;
  const broken = { kind: "glass-broken", step: "publish", registry: ecosystem, variable: "BREAK", by: ann, reason: "down" } as const;
  const told: readonly Told[] = given.brokenForMs === undefined ? [] : [[1, { ...broken, forMs: given.brokenForMs }]];
  const state = stateOf(plan, [[0, passed], ...told], given.mode ?? "run");
  const findings = await findLogin(parts, state, { environment, registry, level: given.level ?? "blocks" });
  return findings.map(({ id, level, message, hint }) => ({ what: `${id} ${level}`, message, hint }));
}

const absent = (): Versions => ({ kind: "absent" });

test("findLogin(): a job that the registry takes identities of has nothing to be told", async () => {
  assert.deepEqual(await found(), []);
  assert.deepEqual(await found({ identity: gitlab }), []);
});

test("findLogin(): a stored token is not looked at here", async () => {
  assert.deepEqual(await found({ credentials: { kind: "token", variable: "T" }, accepts: "none", identity: nobody }), []);
});

test("findLogin(): a registry that takes tokens only blocks, whatever the gate", async () => {
  const [one, ...more] = await found({ accepts: "none", level: "warns" });
  assert.deepEqual([one?.what, more], ["PF-LOGIN-NOT-TAKEN blocks", []]);
  assert.match(one?.message ?? "", /"pypi" of environment "production" .* takes tokens only$/);
  assert.match(one?.hint ?? "", /credentials: \{ token: NAME \}/);
});

test("findLogin(): where nobody vouches, it is told why, what is to be trusted, and both ways out", async () => {
  const [one, ...more] = await found({ identity: nobody });
  assert.deepEqual([one?.what, more], ["PF-IDENTITY-MISSING blocks", []]);
  assert.match(
    one?.message ?? "",
    /this is no CI job .*owner "acme", repository "demo", workflow "release\.yml", environment "production"$/,
  );
  assert.match(one?.hint ?? "", /CI job that is trusted publish, or give a token by policy/);
});

test("findLogin(): nobody who vouches only warns behind a shut gate, and in a rehearsal", async () => {
  assert.deepEqual(
    (await found({ identity: nobody, level: "warns" })).map(({ what }) => what),
    ["PF-IDENTITY-MISSING warns"],
  );
  assert.deepEqual(
    (await found({ identity: nobody, mode: "rehearsal" })).map(({ what }) => what),
    ["PF-IDENTITY-MISSING warns"],
  );
});

test("findLogin(): without a repository that could be trusted, no values are made up", async () => {
  for (const forge of [undefined, { kind: "gitea", repository: "acme/demo", url: "http://127.0.0.1:1" } as const]) {
    const [one] = await found({ identity: nobody, forge });
    assert.doesNotMatch(one?.message ?? "", /it is to trust/);
  }
});

test("findLogin(): an issuer that the registry does not take is told before the start, at the level of the gate", async () => {
  const [one] = await found({ identity: gitlab, accepts: ["github"] });
  assert.equal(one?.what, "PF-LOGIN-ISSUER blocks");
  assert.match(one?.message ?? "", /takes identities of github, and this run's comes from gitlab$/);
  assert.equal((await found({ identity: gitlab, accepts: ["github"], level: "warns" }))[0]?.what, "PF-LOGIN-ISSUER warns");
});

test("findLogin(): an issuer of one's own may be known to an index of one's own alone, which shows when it is tried", async () => {
  const known = await found({ identity: generic });
  const own = await found({ identity: generic, url: "http://127.0.0.1:1/legacy/" });
  assert.deepEqual(
    [...known, ...own].map(({ what }) => what),
    ["PF-LOGIN-ISSUER blocks", "PF-LOGIN-ISSUER cannot-be-tried"],
  );
  assert.match(known[0]?.message ?? "", /comes from another issuer$/);
});

for (const ecosystem of ["crates", "npm"] as const) {
  test(`findLogin(): a first version at ${ecosystem} needs a token, and the file has to name it`, async () => {
    const [one, ...more] = await found({ ecosystem, versions: absent });
    assert.deepEqual([one?.what, more], ["PF-LOGIN-FIRST blocks", []]);
    assert.match(one?.hint ?? "", /first: \{ token: NAME \}/);
  });
}

test("findLogin(): the token for first versions has to be set while a package is not there, and only then", async () => {
  const given = { ecosystem: "crates", credentials: withFirst, versions: absent } as const;
  const [one] = await found(given);
  assert.equal(one?.what, "PF-LOGIN-FIRST blocks");
  assert.match(one?.message ?? "", /in FIRST, which is not set$/);
  assert.deepEqual(await found({ ...given, set: ["FIRST"] }), []);
  assert.deepEqual(await found({ ecosystem: "crates", credentials: withFirst }), []);
});

test("findLogin(): a registry that does not tell is not taken for one that has no such package", async () => {
  assert.deepEqual(await found({ ecosystem: "npm", versions: () => ({ kind: "unknown", why: "502" }) }), []);
});

test("findLogin(): an index can trust somebody for a project that is not there yet", async () => {
  assert.deepEqual(await found({ ecosystem: "pypi", versions: absent }), []);
});

test("findLogin(): of many first names three are told, and how many more; those that are there are left out", async () => {
  const names = ["a", "b", "c", "d", "e", "old"];
  const [one] = await found({
    ecosystem: "crates",
    names,
    versions: (name) => (name === "old" ? { kind: "listed", versions: ["1.0.0"] } : { kind: "absent" }),
  });
  assert.match(one?.message ?? "", /^"crates" knows no a, b, c and 2 more:/);
});

test("findLogin(): first names are told beside an identity that is missing", async () => {
  assert.deepEqual(
    (await found({ ecosystem: "npm", identity: nobody, versions: absent })).map(({ what }) => what),
    ["PF-IDENTITY-MISSING blocks", "PF-LOGIN-FIRST blocks"],
  );
});

const withFallback: CredentialRule = { kind: "trusted-publishing", fallback: { variable: "BREAK", by: "engineers", uses: 1 } };

test("findLogin(): where a person broke the glass, the token is asked for, and no identity", async () => {
  const given = { credentials: withFallback, identity: nobody, brokenForMs: 60_000 } as const;
  const [missing, ...more] = await found(given);
  const [one] = await found({ ...given, set: ["BREAK"] });
  assert.deepEqual([missing?.what, one?.what, more], ["PF-CREDENTIAL-MISSING blocks", "PF-BREAK-GLASS warns", []]);
  assert.match(missing?.message ?? "", /^BREAK-GLASS: "pypi" is opened with the token in BREAK, .*; it is not set$/);
});

test("findLogin(): once the permission is over, an identity is asked for as before", async () => {
  const over = await found({ credentials: withFallback, identity: nobody, brokenForMs: 100, set: ["BREAK"] });
  assert.deepEqual(
    over.map(({ what }) => what),
    ["PF-IDENTITY-MISSING blocks"],
  );
});

function signer(identity: FoundIdentity, parts: { readonly optional?: boolean; readonly mode?: RunMode; readonly uses?: string } = {}) {
  const step = aPlannedStep({ id: "attest", uses: parts.uses ?? "attest@1", optional: parts.optional ?? false });
  const asked = { preflightRegistries: { identity } } as unknown as Pick<WorkshopParts, "preflightRegistries">;
  return findSigner(asked, { mode: parts.mode ?? "run" }, [step]).map(({ id, level, message }) => ({ what: `${id} ${level}`, message }));
}

test("findSigner(): a step that signs blocks where nobody vouches", () => {
  const [one] = signer(nobody);
  assert.equal(one?.what, "PF-SIGN-IDENTITY blocks");
  assert.match(one?.message ?? "", /^Step "attest" signs with the identity of the run, and there is none: this is no CI job/);
});

test("findSigner(): it only warns where the step may fail, and in a rehearsal", () => {
  assert.equal(signer(nobody, { optional: true })[0]?.what, "PF-SIGN-IDENTITY warns");
  assert.equal(signer(nobody, { mode: "rehearsal" })[0]?.what, "PF-SIGN-IDENTITY warns");
});

test("findSigner(): a job of GitLab needs an identity made for signing", () => {
  assert.match(signer(gitlab)[0]?.message ?? "", /SIGSTORE_ID_TOKEN: \{ aud: sigstore \}/);
  assert.deepEqual(signer(findIdentity({ GITLAB_CI: "true", SIGSTORE_ID_TOKEN: "x" })), []);
});

test("findSigner(): a job that can ask, and a step that signs nothing, have nothing to be told", () => {
  assert.deepEqual([...signer(github), ...signer(generic), ...signer(nobody, { uses: "build-wheel@1" })], []);
});
