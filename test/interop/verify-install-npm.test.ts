// `verify-install` with the real npm against the rehearsal npm registry and another one that stands for the user's own: two
// packages of ours, one of which needs the other, and one of somebody else's.
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { describe, test, type TestContext } from "node:test";
import type { Artifact } from "../../src/domain/artifact.ts";
import type { JsonObject } from "../../src/domain/configuration.ts";
import type { PlannedRegistry } from "../../src/domain/plan/plan.ts";
import { rehearsalNpmCredential } from "../../src/registries/npm/credentials.ts";
import type { RehearsalNpm } from "../../src/registries/npm/rehearsal/server.ts";
import type { Upload } from "../../src/registries/registry.ts";
import type { Worked } from "../../src/steps/step.ts";
import type { VerifyInstallInput } from "../../src/steps/verify-install/input.ts";
import { verifyInstallStep } from "../../src/steps/verify-install/verify-install.ts";
import { npmClientOf, npmTarball, npmUploadOf, startNpm } from "../support/npm.ts";
import { aFrozen, aPackage, aPlan, aPlanned, aPlannedStep, anEnvironment, aRegistry } from "../support/ports.ts";
import { never } from "../support/pypi.ts";
import { realPorts, type RealPorts } from "../support/real-ports.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

interface Made {
  readonly manifest: JsonObject;
  readonly files: Readonly<Record<string, string>>;
}

const outside: Made = {
  manifest: { name: "slip-dependency", version: "3.2.1", main: "index.js" },
  files: { "index.js": "module.exports = 'from behind';\n" },
};
const core: Made = {
  manifest: { name: "slip-core", version: "1.2.0", main: "index.js", dependencies: { "slip-dependency": "^3.0.0" } },
  files: { "index.js": "module.exports = `core and ${require('slip-dependency')}`;\n" },
};

function reef(name: string, range = "^1.2.0"): Made {
  return {
    manifest: {
      name,
      version: "1.2.0",
      main: "index.js",
      bin: { reef: "cli.js" },
      scripts: { postinstall: "node -e \"require('fs').writeFileSync('ran', '')\"" },
      dependencies: { "slip-core": range },
    },
    files: {
      "index.js": "module.exports = require('slip-core');\n",
      "cli.js":
        "#!/usr/bin/env node\nrequire('fs').readFileSync(`${__dirname}/ran`);\nconsole.log('reef', require('./package.json').version);\n",
    },
  };
}

interface World {
  readonly server: RehearsalNpm;
  readonly behind: RehearsalNpm;
  readonly ports: RealPorts;
  readonly artifacts: readonly Artifact[];
  readonly registry: PlannedRegistry;
  readonly reefName: string;
}

interface Given {
  readonly planned?: Partial<PlannedRegistry>;
  readonly reefName?: string;
  readonly range?: string;
  /** Of our core, at the registry. Default: what the release has. */
  readonly shown?: "other" | "nothing";
}

async function publish(t: TestContext, to: RehearsalNpm, { manifest, files }: Made): Promise<Upload> {
  const upload = npmUploadOf(temporaryFolder(t), manifest, { bytes: npmTarball(manifest, files) });
  assert.equal((await npmClientOf(to.registryUrl).publish(upload, rehearsalNpmCredential(), never)).kind, "sent");
  return upload;
}

async function world(t: TestContext, given: Given = {}): Promise<World> {
  const { reefName = "reef-cli" } = given;
  const ours = [reefName, "slip-core"];
  const behind = await startNpm(t, { ours: [...ours, "slip-dependency"], announced: false });
  await publish(t, behind, outside);
  // Versions of ours at the usual registry, higher than the release.
  for (const name of ours)
    await publish(t, behind, { manifest: { name, version: "1.9.0" }, files: { "index.js": "throw new Error('hostile')" } });
  const server = await startNpm(t, { ours, upstream: { url: behind.registryUrl } });
  const released = [core, reef(reefName, given.range)];
  const uploads = released.map(({ manifest, files }) => npmUploadOf(temporaryFolder(t), manifest, { bytes: npmTarball(manifest, files) }));
  const shown = given.shown === undefined ? released : released.slice(1);
  if (given.shown === "other") await publish(t, server, { ...core, files: { "index.js": "// other\n" } });
  for (const one of shown) await publish(t, server, one);
  const ports = await realPorts(t, {
    path: [...new Set((process.env["PATH"] ?? "").split(":").filter((folder) => !folder.includes("node_modules")))],
    env: { npm_config_registry: behind.registryUrl },
    registries: [npmClientOf(server.registryUrl, { name: "npm" })],
    artifactFiles: Object.fromEntries(uploads.map((one) => [one.name, one.file])),
  });
  return {
    server,
    behind,
    ports,
    artifacts: uploads.map(artifactOf),
    reefName,
    registry: aRegistry({ name: "npm", ecosystem: "npm", ...given.planned }),
  };
}

function artifactOf({ name, sizeBytes, sha256 }: Upload): Artifact {
  return { kind: "npm-tarball", package: "reef", name, sizeBytes, digest: sha256, maker: "build" };
}

async function verify(given: World, input: Partial<VerifyInstallInput> = {}, sinceMs = Date.now()): Promise<Worked> {
  const { ports, artifacts, registry, reefName } = given;
  const members = [
    { name: "slip-core", folder: "core" },
    { name: reefName, folder: "reef" },
  ];
  const packages = [aPackage({ id: "reef", ecosystem: "npm", name: "reef", version: "1.2.0", members })];
  const plan = aPlan({ environments: [anEnvironment({ name: "npm", registries: [registry] })] });
  const step = aPlannedStep({ timeoutMs: 120_000 });
  return verifyInstallStep.perform(aFrozen({ from: "npm", ...input }, { plan, step, packages, artifacts, sinceMs }), ports);
}

function failure(worked: Worked): string {
  return worked.kind === "failed" ? `${worked.code}: ${worked.message}` : JSON.stringify(worked);
}

function installedBy(worked: Worked): readonly (readonly [string, string, string])[] {
  assert.equal(worked.kind, "done", failure(worked));
  const { trials } = (worked.kind === "done" ? worked.output : {}) as unknown as {
    readonly trials: readonly {
      readonly installed: readonly { readonly name: string; readonly version: string; readonly from: string }[];
    }[];
  };
  const sorted = (trials[0]?.installed ?? []).toSorted((a, b) => (a.name < b.name ? -1 : 1));
  return sorted.map(({ name, version, from }) => [name, version, from]);
}

describe("verify-install with npm", { concurrency: false }, () => {
  test("the usual registry is asked for everything; programs, scripts and modules work, and nothing is left", async (t) => {
    const given = await world(t);

    const worked = await verify(given, { version: "reef", run: ["reef --version", 'node -p "require(`reef-cli`)"'], import: true });

    const at = (file: string): string => `${given.server.url}/${file}`;
    assert.deepEqual(installedBy(worked), [
      ["reef-cli", "1.2.0", at("reef-cli/-/reef-cli-1.2.0.tgz")],
      ["slip-core", "1.2.0", at("slip-core/-/slip-core-1.2.0.tgz")],
      ["slip-dependency", "3.2.1", at("slip-dependency/-/slip-dependency-3.2.1.tgz")],
    ]);
    assert.deepEqual(readdirSync(given.ports.scratchFolder), []);
  });

  test("of another registry only our own come: scoped ones by name, others as the bytes that stand there", async (t) => {
    const given = await world(t, { reefName: "@slip/reef", planned: { url: "http://127.0.0.1:9/" } });

    const worked = await verify(given, { run: "reef" });

    assert.deepEqual(installedBy(worked), [
      ["@slip/reef", "1.2.0", `${given.server.url}/@slip/reef/-/reef-1.2.0.tgz`],
      ["slip-core", "1.2.0", "our file"],
      ["slip-dependency", "3.2.1", `${given.behind.url}/slip-dependency/-/slip-dependency-3.2.1.tgz`],
    ]);
  });

  test("frozen files are installed as they are, with their dependencies from where npm asks by default", async (t) => {
    const given = await world(t, { shown: "nothing" });

    assert.deepEqual(installedBy(await verify(given, { from: "artifacts", run: "reef" })), [
      ["reef-cli", "1.2.0", "our file"],
      ["slip-core", "1.2.0", "our file"],
      ["slip-dependency", "3.2.1", `${given.behind.url}/slip-dependency/-/slip-dependency-3.2.1.tgz`],
    ]);
  });

  test("a package of the release that takes another version of ours from elsewhere is a finding", async (t) => {
    const given = await world(t, { range: ">=1.3.0" });

    assert.match(
      failure(await verify(given, { from: "artifacts" })),
      /^STEP_FAILED: .*beside slip-core 1.2.0 of this release, version 1.9.0 came from/,
    );
  });

  test("a range that nobody fulfils is a finding, a package that is not shown is waited for, other bytes end it", async (t) => {
    const needy = await world(t, { range: "^7.0.0" });

    assert.match(failure(await verify(needy)), /^STEP_FAILED: Cannot install: "npm install/);
    assert.match(failure(await verify(await world(t, { shown: "nothing" }))), /"kind":"later".*npm does not show/);
    assert.match(failure(await verify(await world(t, { shown: "other" }))), /^REGISTRY_CONFLICT: /);
  });

  test("preflight finds npm", async (t) => {
    const { ports } = await world(t);
    const packages = [aPackage({ ecosystem: "npm" })];

    const findings = await verifyInstallStep.preflight(aPlanned<VerifyInstallInput>({ from: ["artifacts", "npm"] }, { packages }), ports);

    assert.deepEqual(
      findings.map(({ level, id }) => `${level} ${id}`),
      ["fine PF-CLIENT"],
    );
  });
});
