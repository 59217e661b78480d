import assert from "node:assert/strict";
import { test } from "node:test";
import { SlipwayError } from "../domain/error.ts";
import type { Looked, RefProtections, RepositoryFacts, SettingReads, Unknown } from "../forges/forge.ts";
import { configurationOf } from "../../test/support/app.ts";
import { fakeForge } from "../../test/support/fake-forge.ts";
import { forgeFindings } from "./doctor-forge.ts";
import type { Forges } from "./forges.ts";

const facts: RepositoryFacts = {
  fullName: "slip/demo",
  defaultBranch: "main",
  private: false,
  archived: false,
  permission: undefined,
  url: "https://forge.example/slip/demo",
};
const open: RefProtections = { branch: [], tags: [] };

interface Written {
  readonly forge?: string;
  readonly environments?: string;
  /** Of the pipeline `release`. */
  readonly steps?: string;
  /** What starts `publish`. */
  readonly on?: string;
}

function written({ forge = "forge: { kind: github, repository: slip/demo }", environments = "", steps, on }: Written = {}) {
  return configurationOf(`slipway: 1
project: demo
packages: { demo: { path: ., tag: "v{version}" } }
${forge}
environments:
  pypi: { registry: pypi, credentials: { token: PYPI_TOKEN } }
${environments}
pipelines:
  release:
    on: { dispatch: {} }
    inputs: { version: version }
    version: { from: input }
    steps:
      bump: { uses: bump }
      commit: { uses: commit, with: { message: "Release {version}" } }
      build: { uses: build-wheel }
      tag: { uses: tag }
${steps ?? "      push: { uses: push }\n      page: { uses: forge-release }\n      start: { uses: dispatch, with: { pipeline: publish } }"}
  publish:
    on: ${on ?? "{ dispatch: {} }"}
    inputs: { tag: tag }
    version: { from: tag }
    steps:
      fetch: { uses: fetch-release }
      pypi: { uses: publish, environment: pypi }
`);
}

interface Given {
  readonly file?: Written;
  readonly facts?: RepositoryFacts | "absent" | Unknown;
  readonly protections?: RefProtections | Unknown;
  readonly there?: boolean;
  readonly env?: Readonly<Record<string, string>>;
}

function isUnknown(one: object): one is Unknown {
  return "kind" in one && one.kind === "unknown";
}

/** What is found, and with which credentials the forge was asked. */
async function diagnosed(given: Given = {}) {
  const asked: unknown[] = [];
  const looked = <T extends object>(one: T | "absent" | Unknown): Looked<T> => {
    if (one === "absent") return { kind: "absent" };
    return isUnknown(one) ? one : { kind: "found", found: one };
  };
  const settings: Partial<SettingReads> = {
    facts: async (access) => {
      asked.push(access.credential);
      return looked(given.facts ?? facts);
    },
    protections: async (_branch, access) => {
      asked.push(access.credential);
      return looked(given.protections ?? open);
    },
  };
  const forges: Forges = {
    open: async () => fakeForge({ settings }),
    has: async (_planned, rule) => ({ there: given.there ?? true, variables: rule?.variable ?? "GH_TOKEN" }),
    credential: async () => assert.fail("no credential is opened"),
  };
  const signal = new AbortController().signal;
  const world = { realForges: async () => forges, env: given.env ?? {}, interrupted: signal, deadline: () => signal };
  const look = {} as Parameters<typeof forgeFindings>[1]["look"];
  const found = await forgeFindings(world, { configuration: written(given.file), look });
  assert.deepEqual(new Set(asked.length === 0 ? [undefined] : asked), new Set([undefined]), "nothing is asked with a credential");
  const of = (id: string): string =>
    found
      .filter((one) => one.id === id)
      .map(({ level, message, hint }) => `${level}: ${message}${hint === undefined ? "" : ` → ${hint}`}`)
      .join("\n");
  return { of, levels: found.map(({ id, level }) => `${id} ${level}`) };
}

const job = { GITHUB_ACTIONS: "true" };

test("doctor: says that the forge answers, that a credential is there, what starts the pipeline and that nothing is protected", async () => {
  const { of, levels } = await diagnosed();

  assert.deepEqual(levels, ["DR-FORGE-01 fine", "DR-FORGE-04 fine", "DR-FORGE-04 fine", "DR-FORGE-02 fine", "DR-FORGE-03 fine"]);
  assert.match(of("DR-FORGE-01"), /"forge" answers: slip\/demo, default branch main/);
  assert.match(of("DR-FORGE-02"), /GH_TOKEN is set, within reach of every program of this account/);
  assert.match(of("DR-FORGE-03"), /Step "start" of pipeline "release" starts "publish" by a dispatch/);
});

test("doctor: has nothing to say of a forge where no pipeline works at one", async () => {
  const configuration = configurationOf(
    "slipway: 1\nproject: demo\npackages: { demo: { path: . } }\nversion: { from: manifest, untagged: dev }\nsteps: { build: { uses: build-wheel } }\n",
  );
  const world = {
    realForges: async () => assert.fail("no forge is asked"),
    env: {},
    interrupted: new AbortController().signal,
    deadline: () => new AbortController().signal,
  };

  assert.deepEqual(await forgeFindings(world, { configuration, look: {} as Parameters<typeof forgeFindings>[1]["look"] }), []);
});

test("doctor: a forge that nobody names is told, with the line to write", async () => {
  assert.match(
    (await diagnosed({ file: { forge: "" } })).of("DR-FORGE-01"),
    /^blocks: Step "page" works at a forge, .* → Write it in slipway\.yaml: `forge:/,
  );
});

test("doctor: a repository that is hidden, gone, renamed or archived, and a forge that is silent", async () => {
  const of = async (told: NonNullable<Given["facts"]>) => (await diagnosed({ facts: told })).of("DR-FORGE-01");

  assert.match(
    await of("absent"),
    /^cannot-be-tried: "forge" answers, and shows no repository slip\/demo to somebody without a credential/,
  );
  assert.match(await of({ ...facts, fullName: "slip/other" }), /^warns: .* is called slip\/other now.* → .*`repository: slip\/other`/);
  assert.match(await of({ ...facts, archived: true }), /^blocks: .* is archived/);
  assert.match(await of({ kind: "unknown", why: "it cut the connection" }), /^warns: .*it cut the connection/);
  assert.match(await of({ kind: "unknown", why: "answered 302", lasting: true }), /^blocks: .*answered 302 → Look at the address/);
});

test("doctor: a forge that cannot be asked at all is told like any other fault", async () => {
  const forges: Forges = {
    open: async () => {
      throw new SlipwayError("CONFIG_INVALID", "Cannot use the address of the forge");
    },
    has: async () => ({ there: false, variables: "GH_TOKEN" }),
    credential: async () => assert.fail("no credential is opened"),
  };
  const signal = new AbortController().signal;
  const world = { realForges: async () => forges, env: {}, interrupted: signal, deadline: () => signal };
  const [found] = await forgeFindings(world, { configuration: written(), look: {} as Parameters<typeof forgeFindings>[1]["look"] });

  assert.deepEqual([found?.id, found?.level, found?.message], ["DR-FORGE-01", "blocks", "Cannot use the address of the forge"]);
});

test("doctor: a credential that is not there is told with the variable, and one in a descriptor is out of reach", async () => {
  assert.match((await diagnosed({ there: false })).of("DR-FORGE-02"), /^warns: .*GH_TOKEN is not set → Set GH_TOKEN/);
  assert.doesNotMatch((await diagnosed({ env: { GH_TOKEN_FD: "3" } })).of("DR-FORGE-02"), /within reach/);
  const named = { file: { environments: "  forge: { forge: { token: RELEASE_APP } }" } };
  assert.match((await diagnosed(named)).of("DR-FORGE-02"), /RELEASE_APP is set/);
});

const page = "      push: { uses: push }\n      page: { uses: forge-release }";
const published = "{ release-published: {}, dispatch: {} }";

test("doctor: a pipeline that only an event of the job's own token would start is told to start nothing", async () => {
  const fed = { steps: page, on: published };

  const { of } = await diagnosed({ file: fed, env: job });

  assert.match(
    of("DR-FORGE-03"),
    /^blocks: Step "page" of pipeline "release" starts "publish" by the page that it publishes, and in this job that starts nothing/,
  );
  assert.match(of("DR-FORGE-03"), /uses: dispatch, with: \{ pipeline: publish \}.*forge: \{ forge: \{ token: NAME \} \}/);
  assert.match((await diagnosed({ file: fed })).of("DR-FORGE-03"), /^fine: .*what a person does starts it/);
});

test("doctor: an app's token starts what the job's own does not, and so does a dispatch", async () => {
  const app = { steps: page, on: published, environments: "  forge: { forge: { token: RELEASE_APP } }" };
  const both = { steps: `${page}\n      start: { uses: dispatch, with: { pipeline: publish } }`, on: published };
  const gitea = { ...both, forge: 'forge: { kind: gitea, url: "https://git.example", repository: slip/demo }' };

  assert.match((await diagnosed({ file: app, env: job })).of("DR-FORGE-03"), /^fine: .*with the token in RELEASE_APP/);
  assert.match((await diagnosed({ file: both, env: job })).of("DR-FORGE-03"), /^fine: .*`permissions: \{ actions: write \}`/);
  assert.match((await diagnosed({ file: gitea, env: job })).of("DR-FORGE-03"), /^cannot-be-tried: .*depends on the server's version/);
});

test("doctor: a tag goes out with what git pushes with, which no token of the forge changes", async () => {
  const file = {
    steps: "      push: { uses: push }",
    on: "{ tag: demo, dispatch: {} }",
    environments: "  forge: { forge: { token: RELEASE_APP } }",
  };

  assert.match(
    (await diagnosed({ file, env: job })).of("DR-FORGE-03"),
    /^warns: .*by the tag that it pushes: pushed with the job's own token that starts nothing → .*deploy key/,
  );
});

test("doctor: a protected branch is told where a step only pushes, and is fine where it opens a pull request", async () => {
  const protectedBranch = { protections: { branch: ["pull_request"], tags: ["releases"] } };
  const pull = `      push: { uses: push, with: { or: pull-request } }`;

  const { of } = await diagnosed(protectedBranch);

  assert.match(of("DR-FORGE-04"), /^warns: Branch "main" of slip\/demo is protected \(pull_request\), and step "push" only pushes/);
  assert.match(of("DR-FORGE-04"), /cannot-be-tried: Whether a tag may be pushed to slip\/demo: rules hold for tags \(releases\)/);
  assert.match((await diagnosed({ ...protectedBranch, file: { steps: pull } })).of("DR-FORGE-04"), /^fine: .*opens a pull request/);
});

test("doctor: what the forge does not show of its rules is not taken for none", async () => {
  const hidden = await diagnosed({ protections: { kind: "unknown", why: "answered 403", lasting: true } });
  const half = await diagnosed({ protections: { branch: [], tags: undefined } });

  assert.match(hidden.of("DR-FORGE-04"), /^cannot-be-tried: .*answered 403/);
  assert.match(half.of("DR-FORGE-04"), /cannot-be-tried: Whether tags of slip\/demo are protected/);
});
