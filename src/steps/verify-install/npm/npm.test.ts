import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import {
  aFrozen,
  aPackage,
  aPlan,
  aRegistry,
  anArtifact,
  anEnvironment,
  exited,
  fakePorts,
  fakeRegistry,
  memoryFiles,
  type FakePorts,
} from "../../../../test/support/ports.ts";
import type { Worked } from "../../step.ts";
import { verifyInstallStep } from "../verify-install.ts";
import { readLockFile } from "./lock-file.ts";
import { npmEnvironment, wayTo } from "./way.ts";

const registry = fakeRegistry("npm", { ecosystem: "npm", indexUrl: "http://127.0.0.1:1/" });
const usual = aRegistry({ name: "npm", ecosystem: "npm" });

test("wayTo() asks the usual registry for everything, and any other for our own names alone", () => {
  const mirror = { npm_config_registry: "http://mirror.example/" };
  const way = (planned: typeof usual, env: Readonly<Record<string, string>>, world: "real" | "rehearsal" = "real") => {
    const { options, byName, scoped } = wayTo({ kind: "registry", registry: { ...registry, world }, planned }, env);
    return [options.join(" "), byName("plain"), byName("@our/scoped"), scoped];
  };

  const whole = ["--registry http://127.0.0.1:1/", true, true, undefined];
  assert.deepEqual(way(usual, {}), whole);
  assert.deepEqual(way(usual, mirror, "rehearsal"), whole);
  // A machine that may ask nothing but its mirror is not sent around it.
  const apart = ["--registry http://mirror.example/", false, true, "http://127.0.0.1:1/"];
  assert.deepEqual(way(usual, mirror), apart);
  assert.deepEqual(way({ ...usual, test: true }, mirror, "rehearsal"), apart);
  assert.deepEqual(way({ ...usual, url: "http://own.example" }, {}), ["", false, true, "http://127.0.0.1:1/"]);
});

test("npmEnvironment() leaves the settings out that a user may have, and does not turn scripts off", () => {
  const ports = fakePorts({ env: { npm_config_registry: "x", NPM_CONFIG_IGNORE_SCRIPTS: "true", NODE_PATH: "/x", HTTPS_PROXY: "p" } });

  const env = npmEnvironment({ ports, folder: "/t" });

  assert.deepEqual(
    [env["npm_config_registry"], env["NPM_CONFIG_IGNORE_SCRIPTS"], env["NODE_PATH"], env["HTTPS_PROXY"]],
    [undefined, undefined, undefined, "p"],
  );
});

test("readLockFile() lists packages with their places, and is empty for anything else", () => {
  const text = JSON.stringify({
    packages: {
      "": { name: "x" },
      "node_modules/@our/core": { version: "1.0.0", resolved: "http://user:word@127.0.0.1:1/core.tgz", integrity: "sha1-a sha512-b" },
      "node_modules/a/node_modules/b": { version: "2.0.0" },
      "node_modules/ours": { version: "1.0.0", resolved: "file:ours/x.tgz" },
    },
  });

  assert.deepEqual(
    readLockFile(text).map(({ name, version, from, integrity }) => [name, version, from, integrity.length]),
    [
      ["@our/core", "1.0.0", "http://127.0.0.1:1/core.tgz", 2],
      ["b", "2.0.0", "the package that holds it", 0],
      ["ours", "1.0.0", "our file", 0],
    ],
  );
  assert.deepEqual([readLockFile("{"), readLockFile("[]")], [[], []]);
});

const tarball = anArtifact("npm-tarball", "slip-core-1.0.0.tgz");
const ours = `sha512-${createHash("sha512").update(tarball.name).digest("base64")}`;

interface Machine {
  readonly installs?: Readonly<Record<string, unknown>>;
  readonly failing?: readonly string[];
  readonly view?: string;
}

/** A machine with an npm that writes a lock file. */
function machine({
  installs = { "node_modules/slip-core": { version: "1.0.0", integrity: ours } },
  failing = [],
  view = "1.0.0",
}: Machine = {}): FakePorts {
  const files = memoryFiles({ [`/store/${tarball.digest}`]: tarball.name });
  return fakePorts({
    files,
    programs: {
      npm: ({ args }) => {
        const [verb = ""] = args;
        if (verb === "install") files.content.set("/scratch/trial-1/package-lock.json", JSON.stringify({ packages: installs }));
        return exited(failing.includes(verb) ? 1 : 0, verb === "view" ? view : "11.0.0\n");
      },
    },
    registries: [{ ...registry, observe: async () => ({ kind: "present", evidence: { how: "index" } }) }],
  });
}

async function verify(ports: FakePorts, from = "npm"): Promise<string> {
  const packages = [aPackage({ ecosystem: "npm", name: "slip-core" })];
  const plan = aPlan({ environments: [anEnvironment({ registries: [usual] })] });
  const worked: Worked = await verifyInstallStep.perform(
    aFrozen({ from }, { packages, plan, artifacts: [tarball], sinceMs: ports.clock.nowMs() }),
    ports,
  );
  return worked.kind === "failed" ? `${worked.code}: ${worked.message}` : worked.kind === "later" ? `later: ${worked.why}` : worked.kind;
}

test("verify-install of npm packages: installs by name in a project of its own, and removes it", async () => {
  const ports = machine();

  assert.equal(await verify(ports), "done");
  assert.deepEqual(
    ports.exec.commands.filter(({ args }) => args[0] === "install").map(({ args, cwd }) => [cwd, ...args]),
    [["/scratch/trial-1", "install", "--registry", "http://127.0.0.1:1/", "slip-core@1.0.0"]],
  );
  assert.deepEqual(await ports.files.list("/scratch"), []);
});

test("verify-install of npm packages: what was installed has to be our bytes in our version, once", async () => {
  const lock = (entry: object, more: object = {}) => machine({ installs: { "node_modules/slip-core": entry, ...more } });
  const second = { "node_modules/a/node_modules/slip-core": { version: "0.9.0", resolved: "http://127.0.0.1:2/x.tgz" } };

  assert.match(await verify(lock({ version: "1.0.0", integrity: "sha512-other" })), /^REGISTRY_CONFLICT: .*sha512-other, and ours is/);
  assert.match(await verify(lock({ version: "1.0.1" })), /^STEP_FAILED: .*version 1\.0\.1 is there/);
  assert.match(await verify(machine({ installs: {} })), /^STEP_FAILED: .*it is not there/);
  assert.match(
    await verify(lock({ version: "1.0.0" }, second), "artifacts"),
    /^STEP_FAILED: .*version 0\.9\.0 came from http:\/\/127\.0\.0\.1:2\//,
  );
  // The registry under test itself may have an older one that a package asks for.
  assert.equal(await verify(lock({ version: "1.0.0" }, second)), "done");
});

test("verify-install of npm packages: npm's failure is waited out only while npm does not see ours", async () => {
  assert.match(await verify(machine({ failing: ["install"] })), /^STEP_FAILED: Cannot install: /);
  assert.match(await verify(machine({ failing: ["install", "view"] })), /^later: npm does not get slip-core 1\.0\.0 from npm yet/);
  assert.match(await verify(machine({ failing: ["install"], view: "" })), /^later: /);
  assert.match(await verify({ ...machine(), exec: fakePorts().exec }), /^TOOL_MISSING: /);
});
