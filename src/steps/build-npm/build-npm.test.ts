import assert from "node:assert/strict";
import { test } from "node:test";
import type { PlannedPackage } from "../../domain/plan/plan.ts";
import {
  aFrozen,
  aPackage,
  aPlanned,
  aUse,
  exited,
  fakeArchives,
  fakePorts,
  memoryFiles,
  type FakePorts,
} from "../../../test/support/ports.ts";
import type { Worked } from "../step.ts";
import { buildNpmStep } from "./build-npm.ts";
import type { BuildNpmInput } from "./input.ts";

const plain = { name: "slip-demo", version: "1.0.0" };
const demo: PlannedPackage = aPackage({ ecosystem: "npm", name: "slip-demo" });

interface Machine {
  /** Files of the checkout beside package.json. */
  readonly files?: Readonly<Record<string, string>>;
  readonly manifest?: object;
  /** package.json inside of what is packed, and its folder there. */
  readonly packed?: object;
  readonly root?: string;
  readonly leaves?: readonly string[];
  /** Each of these holds the package of its own name. */
  readonly named?: true;
  readonly programs?: readonly string[];
  readonly yarn?: string;
}

function machine(of: Machine = {}): FakePorts {
  const files = memoryFiles();
  const sources = { "package.json": JSON.stringify(of.manifest ?? plain), ...of.files };
  for (const [path, text] of Object.entries(sources)) {
    files.content.set(`/work/${path}`, text);
    files.content.set(`/source/${path}`, text);
  }
  const leaves = of.leaves ?? ["slip-demo-1.0.0.tgz"];
  const tarball = (leaf: string): Readonly<Record<string, string>> => {
    const own = of.named === undefined ? (of.packed ?? of.manifest ?? plain) : { ...plain, name: leaf.replace("-1.0.0.tgz", "") };
    return { [`${of.root ?? "package"}/package.json`]: JSON.stringify(own) };
  };
  const archives = Object.fromEntries([0, 1].flatMap((index) => leaves.map((name) => [`/scratch/pack-demo-${index}/${name}`, tarball(name)]))); // prettier-ignore
  const program = (kind: string) => (command: { readonly args: readonly string[] }) => {
    if (command.args[0] === "--version") return exited(0, `${kind === "yarn" ? (of.yarn ?? "4.9.1") : "10.0.0"}\n`);
    const [, , to] = command.args;
    if (command.args[0] === "pack" && to !== undefined) {
      const folder = to.endsWith(".tgz") ? to.slice(0, to.lastIndexOf("/")) : to;
      for (const name of leaves) files.content.set(`${folder}/${name}`, name);
    }
    return exited(0, "done\n");
  };
  const programs = Object.fromEntries((of.programs ?? ["npm", "pnpm", "yarn", "make"]).map((kind) => [kind, program(kind)]));
  return fakePorts({ files, programs, archives: fakeArchives(archives) });
}

async function pack(ports: FakePorts, input: BuildNpmInput = {}, packages = [demo]): Promise<Worked> {
  return buildNpmStep.perform(aFrozen(input, { packages }), ports);
}

function calls(ports: FakePorts): readonly string[] {
  return ports.exec.commands.filter(({ args }) => args[0] !== "--version").map((one) => [one.program, ...one.args].join(" "));
}

function failure(worked: Worked): string {
  return worked.kind === "failed" ? `${worked.code}: ${worked.message}` : worked.kind;
}

test("build-npm: packs once, and says with what", async () => {
  const worked = await pack(machine());

  assert.deepEqual(worked, {
    kind: "done",
    output: {
      builds: [{ package: "demo", packer: "npm 10.0.0", files: ["slip-demo-1.0.0.tgz"] }],
      environment: { host: "linux-x86_64", SOURCE_DATE_EPOCH: "1700000000" },
    },
    artifacts: [{ kind: "npm-tarball", package: "demo", name: "slip-demo-1.0.0.tgz", file: "/scratch/pack-demo-0/slip-demo-1.0.0.tgz" }],
  });
});

const out = "/scratch/pack-demo-0";
const choices: readonly (readonly [string, Machine, BuildNpmInput, readonly string[]])[] = [
  ["npm, where nothing is locked", {}, {}, [`npm pack --pack-destination ${out}`]],
  ["npm with its lock file", { files: { "package-lock.json": "{}" } }, {}, ["npm ci", `npm pack --pack-destination ${out}`]],
  [
    "pnpm with its lock file",
    { files: { "pnpm-lock.yaml": "" } },
    {},
    ["pnpm install --frozen-lockfile", `pnpm pack --pack-destination ${out}`],
  ],
  [
    "yarn with its lock file",
    { files: { "yarn.lock": "" } },
    {},
    ["yarn install --immutable", `yarn pack --out ${out}/slip-demo-1.0.0.tgz`],
  ],
  [
    "the old yarn",
    { files: { "yarn.lock": "" }, yarn: "1.22.22" },
    {},
    ["yarn install --frozen-lockfile", `yarn pack --filename ${out}/slip-demo-1.0.0.tgz`],
  ],
  [
    "what `packageManager` names",
    { manifest: { ...plain, packageManager: "pnpm@10.0.0" }, files: { "package-lock.json": "{}" } },
    {},
    [`pnpm pack --pack-destination ${out}`],
  ],
  ["what is asked for", { files: { "pnpm-lock.yaml": "" } }, { packer: "npm" }, [`npm pack --pack-destination ${out}`]],
  [
    "no installation where none is wanted",
    { files: { "package-lock.json": "{}" } },
    { install: false },
    [`npm pack --pack-destination ${out}`],
  ],
  [
    "a build before",
    { files: { "package-lock.json": "{}" } },
    { build: ["npm run build", "make 'all of it'"] },
    ["npm ci", "npm run build", "make all of it", `npm pack --pack-destination ${out}`],
  ],
];
for (const [what, of, input, wanted] of choices) {
  test(`build-npm: packs with ${what}`, async () => {
    const ports = machine(of);

    const worked = await pack(ports, input);

    assert.equal(worked.kind, "done", failure(worked));
    assert.deepEqual(calls(ports), wanted);
  });
}

test("build-npm: members of a workspace are installed for once, and packed in their own folders", async () => {
  const members = [
    { name: "slip-demo", folder: "packages/a" },
    { name: "slip-demo", folder: "packages/b" },
  ];
  const manifest = JSON.stringify(plain);
  const ports = machine({ files: { "pnpm-lock.yaml": "", "packages/a/package.json": manifest, "packages/b/package.json": manifest } });

  const worked = await pack(ports, {}, [aPackage({ ecosystem: "npm", name: "demo", members })]);

  assert.equal(worked.kind === "done" && worked.artifacts.length, 2, failure(worked));
  assert.deepEqual(
    ports.exec.commands.filter(({ args }) => args[0] !== "--version").map(({ args, cwd }) => `${args[0] ?? ""} ${cwd}`),
    ["install /work", "pack /work/packages/a", "pack /work/packages/b"],
  );
});

const together = [
  { name: "slip-a", folder: "packages/a" },
  { name: "slip-b", folder: "packages/b" },
];
const workspace = {
  "package-lock.json": "{}",
  ...Object.fromEntries(together.map(({ name, folder }) => [`${folder}/package.json`, JSON.stringify({ ...plain, name })])),
};

test("build-npm: npm packs the members of one workspace in one call, and each tarball goes to its package", async () => {
  const ports = machine({ files: workspace, leaves: ["slip-a-1.0.0.tgz", "slip-b-1.0.0.tgz"], named: true });

  const apart = together.map((one, index) => aPackage({ ecosystem: "npm", id: index === 0 ? "demo" : "more", ...one }));
  const worked = await pack(ports, {}, apart);

  assert.deepEqual(calls(ports), ["npm ci", `npm pack --pack-destination ${out} ./packages/a ./packages/b`]);
  assert.equal(ports.exec.commands.filter(({ args }) => args[0] === "--version").length, 1);
  assert.deepEqual(worked.kind === "done" ? worked.artifacts.map(({ name, file }) => [name, file]) : failure(worked), [
    ["slip-a-1.0.0.tgz", `${out}/slip-a-1.0.0.tgz`],
    ["slip-b-1.0.0.tgz", `${out}/slip-b-1.0.0.tgz`],
  ]);
});

test("build-npm: a member that npm left out of one call is named", async () => {
  const packages = [aPackage({ ecosystem: "npm", name: "demo", members: together })];
  const fewer = machine({ files: workspace, leaves: ["slip-a-1.0.0.tgz"], named: true });
  const other = machine({ files: workspace, leaves: ["slip-a-1.0.0.tgz", "slip-c-1.0.0.tgz"], named: true });

  assert.match(failure(await pack(fewer, {}, packages)), /^ARTIFACT_SET: .*packing "slip-a", "slip-b" ended well and left 1 file: /);
  assert.match(failure(await pack(other, {}, packages)), /^ARTIFACT_SET: .*left nothing for "slip-b"/);
});

const refused: readonly (readonly [string, Machine, BuildNpmInput, RegExp])[] = [
  ["a packer that leaves nothing", { leaves: [] }, {}, /^ARTIFACT_SET: .*left no file/],
  ["a packer that leaves two files", { leaves: ["a.tgz", "b.tgz"] }, {}, /^ARTIFACT_SET: .*left 2 files/],
  ["another name", { packed: { ...plain, name: "other" } }, {}, /^ARTIFACT_SET: .*named "other", and the plan says "slip-demo"/],
  ["another version", { packed: { ...plain, version: "1.0.1" } }, {}, /^VERSION_MISMATCH: .*version 1.0.1, and the plan says 1.0.0/],
  ["a private package", { packed: { ...plain, private: true } }, {}, /^ARTIFACT_INVALID: .*"private": true/],
  ["a tarball without a manifest", { root: "else" }, {}, /^ARTIFACT_INVALID: .*no package.json/],
  [
    "a range of the workspace inside",
    { packed: { ...plain, peerDependencies: { other: "file:../other" } } },
    {},
    /^ARTIFACT_INVALID: .*"other": "file:\.\.\/other", which nobody else can install/,
  ],
  [
    "a range that npm does not rewrite",
    { manifest: { ...plain, dependencies: { other: "workspace:^" } } },
    {},
    /^PLAN_INVALID: .*with npm 10.0.0: "package.json" asks for "other": "workspace:\^"/,
  ],
  ["an installation without a lock file", {}, { install: true }, /^PLAN_INVALID: .*no lock file of npm/],
  ["a missing packer", { programs: [] }, { packer: "yarn" }, /^TOOL_MISSING: .*"yarn" is not on the PATH/],
];
for (const [what, of, input, message] of refused) {
  test(`build-npm: refuses ${what}`, async () => {
    assert.match(failure(await pack(machine(of), input)), message);
  });
}

test("build-npm: pnpm and yarn rewrite ranges of the workspace, and what only the package's own workers ask for is nobody else's", async () => {
  const manifest = { ...plain, dependencies: { other: "workspace:^" } };
  const packed = { ...plain, dependencies: { other: "^1.0.0" }, devDependencies: { tool: "workspace:*" } };

  assert.equal((await pack(machine({ manifest, packed }), { packer: "pnpm" })).kind, "done");
  assert.equal((await pack(machine({ manifest, packed }), { packer: "yarn" })).kind, "done");
});

test("build-npm: preflight names the packer, or what keeps it from packing", async () => {
  const look = async (of: Machine, input: BuildNpmInput = {}): Promise<readonly string[]> =>
    (await buildNpmStep.preflight(aPlanned(input, { packages: [demo] }), machine(of))).map((one) => `${one.level} ${one.id}`);

  assert.deepEqual(await look({}), ["fine PF-BUILDER"]);
  assert.deepEqual(await look({ programs: [] }), ["blocks PF-TOOL-MISSING"]);
  assert.deepEqual(await look({ manifest: { ...plain, dependencies: { other: "catalog:" } } }), ["blocks PF-WORKSPACE-RANGE"]);
  assert.deepEqual(await look({ files: { "package.json": "{" } }), ["blocks PF-MANIFEST"]);
  assert.deepEqual(await look({}, { install: true }), ["blocks PF-OPTION"]);
});

test("build-npm: the plan expects one tarball for each member, and a command has closed quotes", () => {
  const members = ["a", "b", "c", "d", "e", "f"].map((name) => ({ name, folder: name }));
  const use = aUse<BuildNpmInput>({ packer: "pnpm" }, { packages: [aPackage({ ecosystem: "npm", members }), aPackage({ id: "other" })] });

  assert.deepEqual(buildNpmStep.makes(use), [{ kind: "npm-tarball", package: "demo", countMin: 6, countMax: 6 }]);
  assert.equal(buildNpmStep.describe(use), "pack a, b, c, d and 2 more with pnpm");
  assert.equal(buildNpmStep.input.fits({ build: "npm run 'build" }), false);
  assert.equal(buildNpmStep.input.fits({ build: ["npm run build"] }), true);
});
