// `bump` judged by the programs whose files it edits: cargo, npm and uv make a lock file, the version is bumped, and the
// program itself says that manifest and lock file belong together still, and has nothing to change.
import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { test, type TestContext } from "node:test";
import type { PlannedPackage } from "../../src/domain/plan/plan.ts";
import { bumpStep } from "../../src/steps/bump/bump.ts";
import type { BumpInput } from "../../src/steps/bump/input.ts";
import type { Worked } from "../../src/steps/step.ts";
import { createRepository, type TestRepository } from "../support/git-repository.ts";
import { aFrozen, aPackage, aPlannedStep } from "../support/ports.ts";
import { realPorts, testTool, type RealPorts } from "../support/real-ports.ts";
import { wordDiff } from "../support/word-diff.ts";

interface Bench {
  readonly ports: RealPorts;
  readonly repository: TestRepository;
  /** Runs a program in the copy; fails the test where it fails. */
  run(program: string, ...args: readonly string[]): Promise<string>;
  bump(packages: readonly PlannedPackage[], input?: BumpInput): Promise<Worked>;
}

async function benchWith(t: TestContext, files: Readonly<Record<string, string>>): Promise<Bench> {
  const ports = await realPorts(t, { path: [dirname(testTool("uv")), ...(process.env["PATH"] ?? "").split(delimiter)] });
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(ports.workFolder, path)), { recursive: true });
    writeFileSync(join(ports.workFolder, path), text);
  }
  const repository = createRepository(ports.workFolder);
  return {
    ports,
    repository,
    async run(program, ...args) {
      const end = await ports.exec.run({ program, args, cwd: ports.workFolder, env: ports.env, timeoutMs: 120_000, signal: t.signal });
      assert.ok(end.kind === "exited" && end.code === 0, `${program} ${args.join(" ")}: ${JSON.stringify(end)}`);
      return end.stdout;
    },
    bump: (packages, input = {}) =>
      bumpStep.perform(aFrozen<BumpInput>(input, { packages, step: aPlannedStep({ timeoutMs: 300_000 }) }), ports),
  };
}

const text = (bench: Bench, path: string): string => readFileSync(join(bench.ports.workFolder, path), "utf8");

const workspace = {
  "Cargo.toml": [
    "# The workspace.\n",
    '[workspace]\nresolver = "2"\nmembers = ["crates/*"]   # all of them\n',
    '[workspace.package]\nversion = "0.3.0" # of all\n',
    '[workspace.dependencies]\nproxy-core = { path = "crates/core", version = "0.3.0" }\nitoa = "=1.0.15"\n',
  ].join("\n"),
  "crates/core/Cargo.toml":
    '[package]\nname = "proxy-core"\nversion.workspace = true\nedition = "2021"\n[dependencies]\nitoa.workspace = true\n',
  "crates/core/src/lib.rs": 'pub fn version() -> &\'static str { env!("CARGO_PKG_VERSION") }\n',
  "crates/sdk/Cargo.toml":
    '[package]\nname = "proxy-sdk"\nversion = "0.3.0"\nedition = "2021"\n[dependencies]\nproxy-core = { workspace = true }\n[target.\'cfg(any())\'.dependencies.proxy-core]\npath = "../core"\nversion = "=0.3.0"\n',
  "crates/sdk/src/lib.rs": "pub use proxy_core::version;\n",
  ".gitignore": "target/\n",
};

test("cargo: a bumped workspace compiles with the lock file as it is, and cargo would change nothing in it", async (t) => {
  const bench = await benchWith(t, workspace);
  await bench.run("cargo", "generate-lockfile");
  bench.repository.commit("before");

  const worked = await bench.bump([aPackage({ ecosystem: "crates", version: "0.4.0-rc.1" })], { compile: true });

  assert.equal(worked.kind, "done", JSON.stringify(worked));
  const { removed, added } = wordDiff([], bench.ports.workFolder);
  assert.deepEqual([new Set(removed), new Set(added), removed.length], [new Set(["0.3.0"]), new Set(["0.4.0-rc.1"]), 6]);
  const lock = text(bench, "Cargo.lock");
  await bench.run("cargo", "update", "--workspace", "--offline");
  assert.equal(text(bench, "Cargo.lock"), lock);
});

test("cargo: what does not compile fails the step with cargo's words", async (t) => {
  const bench = await benchWith(t, {
    ...workspace,
    "crates/core/src/lib.rs": 'const _: () = assert!(env!("CARGO_PKG_VERSION").len() == 5, "odd version");\n',
    "crates/sdk/src/lib.rs": "",
  });
  await bench.run("cargo", "generate-lockfile");

  const good = await bench.bump([aPackage({ ecosystem: "crates", version: "0.3.1" })], { compile: true });
  const bad = await bench.bump([aPackage({ ecosystem: "crates", version: "0.10.0" })], { compile: true });

  assert.equal(good.kind, "done", JSON.stringify(good));
  assert.match(
    bad.kind === "failed" ? bad.message : bad.kind,
    /"cargo check --workspace --locked" ended with exit status 101; .*odd version/s,
  );
});

test("npm: a bumped workspace has the lock file that npm itself would write", async (t) => {
  const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
  const bench = await benchWith(t, {
    "package.json": json({
      name: "root",
      version: "0.0.0",
      private: true,
      workspaces: ["packages/*"],
      devDependencies: { "@demo/a": "^1.0.0" },
    }),
    "packages/a/package.json": json({ name: "@demo/a", version: "1.0.0" }),
    "packages/b/package.json": json({
      name: "@demo/b",
      version: "1.0.0",
      dependencies: { "@demo/a": "~1.0.0" },
      peerDependencies: { "@demo/a": ">=1" },
    }),
  });
  const lock = ["install", "--package-lock-only", "--ignore-scripts", "--no-audit", "--no-fund", "--offline"];
  await bench.run("npm", ...lock);
  bench.repository.commit("before");

  const worked = await bench.bump([aPackage({ ecosystem: "npm", name: "@demo/a", folder: "packages/a", version: "2.0.0" })]);

  assert.equal(worked.kind, "done", JSON.stringify(worked));
  assert.deepEqual(new Set(wordDiff([], bench.ports.workFolder).added), new Set(["2.0.0"]));
  const written = text(bench, "package-lock.json");
  await bench.run("npm", ...lock);
  assert.equal(text(bench, "package-lock.json"), written);
});

test("uv: a bumped project and its lock file belong together", async (t) => {
  const bench = await benchWith(t, {
    "pyproject.toml":
      '[project]\nname = "Slip.Demo"\nversion = "1.0.0"\nrequires-python = ">=3.9"\n[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n',
    "slip_demo/__init__.py": '__version__ = "1.0.0"\n',
  });
  await bench.run("uv", "lock", "--offline");
  bench.repository.commit("before");

  const worked = await bench.bump([aPackage({ name: "Slip.Demo", version: "1.1.0rc1" })]);

  assert.equal(worked.kind, "done", JSON.stringify(worked));
  assert.equal(wordDiff([], bench.ports.workFolder).added.join(" "), "1.1.0rc1 1.1.0rc1 1.1.0rc1");
  await bench.run("uv", "lock", "--check", "--offline");
});
