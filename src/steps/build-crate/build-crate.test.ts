import assert from "node:assert/strict";
import { test } from "node:test";
import type { PlannedPackage } from "../../domain/plan/plan.ts";
import { firstHead } from "../../domain/run/head.ts";
import {
  aFrozen,
  anEnvironment,
  aPackage,
  aPlan,
  aPlanned,
  aRegistry,
  aUse,
  exited,
  fakeArchives,
  fakePorts,
  memoryFiles,
  type FakePorts,
} from "../../../test/support/ports.ts";
import type { Worked } from "../step.ts";
import { buildCrateStep } from "./build-crate.ts";
import type { BuildCrateInput } from "./input.ts";

const root = '[workspace]\nmembers = ["core", "cli"]\n[workspace.package]\nversion = "0.2.0"\nlicense = "MIT"\ndescription = "All of it"\n';
const member = (name: string, more = ""): string =>
  `[package]\nname = "${name}"\nversion.workspace = true\nlicense.workspace = true\ndescription.workspace = true\n${more}`;
const sources: Readonly<Record<string, string>> = {
  "Cargo.toml": root,
  "core/Cargo.toml": member("slip-core"),
  "cli/Cargo.toml": member("slip-cli", '[dependencies]\nslip-core = { path = "../core", version = "0.2.0" }\n'),
};
const whole: PlannedPackage = aPackage({
  id: "all",
  ecosystem: "crates",
  name: "all",
  version: "0.2.0",
  members: [
    { name: "slip-core", folder: "core" },
    { name: "slip-cli", folder: "cli", needs: ["slip-core"] },
  ],
});
const { commit } = firstHead(aPlan().source);

interface Machine {
  readonly sources?: Readonly<Record<string, string>>;
  /** Files that cargo leaves. */
  readonly packs?: readonly string[];
  /** Version that is inside of them. */
  readonly version?: string;
  readonly commit?: string;
  /** All packages of the lock file were downloaded before. */
  readonly downloaded?: boolean;
}

function machine(of: Machine = {}): FakePorts {
  const files = memoryFiles();
  for (const [path, text] of Object.entries(of.sources ?? sources)) {
    files.content.set(`/work/${path}`, text);
    files.content.set(`/source/${path}`, text);
  }
  const packs = of.packs ?? ["slip-core-0.2.0.crate", "slip-cli-0.2.0.crate"];
  const archives = Object.fromEntries(
    packs.map((name) => {
      const stem = name.slice(0, -".crate".length);
      const crate = stem.slice(0, stem.lastIndexOf("-"));
      const members = {
        [`${stem}/Cargo.toml`]: `[package]\nname = "${crate}"\nversion = "${of.version ?? "0.2.0"}"\n`,
        [`${stem}/.cargo_vcs_info.json`]: JSON.stringify({ git: { sha1: of.commit ?? commit }, path_in_vcs: "" }),
      };
      return [`/scratch/target-0/package/${name}`, members];
    }),
  );
  return fakePorts({
    files,
    archives: fakeArchives(archives),
    programs: {
      cargo: (command) => {
        if (command.args[0] === "--version") return exited(0, "cargo 1.95.0\n");
        if (command.args[0] === "fetch") return exited(of.downloaded === true ? 0 : 101);
        for (const file of Object.keys(archives)) files.content.set(file, file);
        return exited(0, "Packaged\n");
      },
    },
  });
}

async function pack(ports: FakePorts, input: BuildCrateInput = {}, packages = [whole]): Promise<Worked> {
  return buildCrateStep.perform(aFrozen(input, { packages }), ports);
}

function packCommands(ports: FakePorts): readonly string[] {
  return ports.exec.commands.filter(({ args }) => args[0] === "package").map(({ args }) => args.join(" "));
}

function failure(worked: Worked): string {
  return worked.kind === "failed" ? `${worked.code}: ${worked.message}` : worked.kind;
}

test("build-crate: packs the members of a workspace in one go, outside of the copy", async () => {
  const ports = machine();

  const worked = await pack(ports);

  assert.deepEqual(packCommands(ports), ["package --package slip-core@0.2.0 --package slip-cli@0.2.0 --target-dir /scratch/target-0"]);
  assert.deepEqual(worked, {
    kind: "done",
    output: {
      cargo: "cargo 1.95.0",
      builds: [{ workspace: ".", files: ["slip-core-0.2.0.crate", "slip-cli-0.2.0.crate"] }],
      environment: { host: "linux-x86_64", SOURCE_DATE_EPOCH: "1700000000" },
    },
    artifacts: ["slip-core", "slip-cli"].map((name) => ({
      kind: "crate",
      package: "all",
      name: `${name}-0.2.0.crate`,
      file: `/scratch/target-0/package/${name}-0.2.0.crate`,
    })),
  });
});

test("build-crate: two packages of one workspace are packed together, and one elsewhere by itself", async () => {
  const ports = machine({
    sources: { ...sources, "alone/Cargo.toml": '[package]\nname = "alone"\nversion = "0.2.0"\n[workspace]\n' },
  });
  const one = (name: string, folder: string): PlannedPackage => aPackage({ id: name, name, folder, ecosystem: "crates", version: "0.2.0" });

  await pack(ports, {}, [one("slip-core", "core"), one("alone", "alone"), one("slip-cli", "cli")]);

  assert.deepEqual(packCommands(ports)[0], "package --package slip-core@0.2.0 --package slip-cli@0.2.0 --target-dir /scratch/target-0");
});

test("build-crate: a lock file is kept to, nobody is asked for what is there, and building what was packed can be left out", async () => {
  const withLock = {
    ...sources,
    "Cargo.lock": 'version = 4\n\n[[package]]\nname = "log"\nversion = "0.4.1"\nsource = "registry+https://example.org/index"\n',
  };
  const byItself = { ...sources, "Cargo.lock": 'version = 4\n\n[[package]]\nname = "slip-core"\nversion = "0.2.0"\n' };
  const asked = async (of: Machine, input: BuildCrateInput = {}): Promise<string> => {
    const ports = machine(of);
    assert.equal((await pack(ports, input)).kind, "done");
    return (packCommands(ports)[0] ?? "").replace(/--package \S+ |--target-dir \S+| $/g, "").trim();
  };

  assert.equal(await asked({ sources: withLock }), "package --locked");
  assert.equal(await asked({ sources: withLock, downloaded: true }), "package --locked --offline");
  assert.equal(await asked({ sources: byItself }), "package --locked --offline");
  assert.equal(await asked({ downloaded: true }), "package");
  assert.equal(await asked({}, { verify: false }), "package --no-verify");
});

const refused: readonly (readonly [string, Machine, RegExp])[] = [
  ["left out a crate", { packs: ["slip-core-0.2.0.crate"] }, /^ARTIFACT_SET: .*left no "slip-cli-0.2.0.crate"/],
  ["packed another version", { version: "0.2.1" }, /^VERSION_MISMATCH: .*slip-core 0.2.1, and the plan says slip-core 0.2.0/],
  ["packed another commit", { commit: "d".repeat(40) }, /^ARTIFACT_INVALID: .*made from commit d+, and the release is of c+/],
  ["cannot read its manifest", { sources: { "Cargo.toml": "[workspace" } }, /^PLAN_INVALID: .*"Cargo.toml", line 1/],
  ["finds no manifest", { sources: {} }, /^PLAN_INVALID: .*there is no "Cargo.toml"/],
];
for (const [what, of, message] of refused) {
  test(`build-crate: fails when it ${what}`, async () => {
    assert.match(failure(await pack(machine(of))), message);
  });
}

test("build-crate: files that were changed and not committed are no crate's", async () => {
  const head = { ...firstHead(aPlan().source), tree: "e".repeat(40) };

  const worked = await buildCrateStep.perform(aFrozen({}, { packages: [whole], head }), machine());

  assert.match(failure(worked), /^PLAN_INVALID: .*not committed/);
});

test("build-crate: preflight reports what the public registry wants of a manifest, inherited or not", async () => {
  const look = async (over: Readonly<Record<string, string>>, declared = false): Promise<readonly string[]> => {
    const registry = aRegistry({ name: "crates", ecosystem: "crates", ...(declared ? { url: "http://127.0.0.1:1/" } : {}) });
    const plan = aPlan({ environments: [anEnvironment({ registries: [registry] })] });
    const findings = await buildCrateStep.preflight(
      aPlanned({}, { packages: [whole], plan }),
      machine({ sources: { ...sources, ...over } }),
    );
    return findings.map((one) => `${one.level} ${one.id} ${one.message.replace(/^.*: /, "")}`);
  };

  assert.deepEqual(await look({}), ["fine PF-CRATES 2 crates have what a registry wants"]);
  assert.deepEqual(await look({ "core/Cargo.toml": '[package]\nname = "slip-core"\nversion = "0.2.0"\n' }), [
    'blocks PF-CRATE-MANIFEST "core/Cargo.toml" has no `description`',
    'blocks PF-CRATE-MANIFEST "core/Cargo.toml" has neither `license` nor `license-file`',
  ]);
  assert.deepEqual(await look({ "Cargo.toml": root.replace("All of it", " ") }, true), [
    'warns PF-CRATE-MANIFEST "core/Cargo.toml" has no `description`',
    'warns PF-CRATE-MANIFEST "cli/Cargo.toml" has no `description`',
  ]);
  assert.deepEqual(await look({ "core/Cargo.toml": member("slip-core", 'keywords = ["a","b","c","d","e","f"]\n') }), [
    'blocks PF-CRATE-MANIFEST "core/Cargo.toml" has 6 keywords, and 5 is the most',
  ]);
});

test("build-crate: preflight wants a cargo that packs crates together where they need each other", async () => {
  const look = async (version: string, packages: readonly PlannedPackage[]): Promise<readonly string[]> => {
    const ports = machine();
    const cargo = fakePorts({ programs: { cargo: () => exited(0, `${version}\n`) } }).exec;
    return (await buildCrateStep.preflight(aPlanned({}, { packages }), { ...ports, exec: cargo })).map((one) => one.id);
  };
  const apart = { ...whole, members: [{ name: "slip-core", folder: "core" }] };

  assert.deepEqual(await look("cargo 1.89.0 (c24e10642 2025-06-23)", [whole]), ["PF-TOOL-OLD"]);
  assert.deepEqual(await look("cargo 1.89.0 (c24e10642 2025-06-23)", [apart]), ["PF-CRATES"]);
  assert.deepEqual(await look("cargo 1.90.0", [whole]), ["PF-CRATES"]);
});

test("build-crate: preflight says that cargo is missing", async () => {
  const findings = await buildCrateStep.preflight(aPlanned({}, { packages: [whole] }), fakePorts());

  assert.deepEqual(
    findings.map((one) => one.id),
    ["PF-TOOL-MISSING"],
  );
});

test("build-crate: the plan expects one file for each member, and nothing of other ecosystems", () => {
  const use = aUse<BuildCrateInput>({ verify: false }, { packages: [whole, aPackage()] });

  assert.deepEqual(buildCrateStep.makes(use), [{ kind: "crate", package: "all", countMin: 2, countMax: 2 }]);
  assert.equal(buildCrateStep.describe(use), "pack slip-core, slip-cli with cargo, without building what was packed");
});
