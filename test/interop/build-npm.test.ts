// `build-npm` with the real npm, pnpm and yarn: small packages without dependencies of other people.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { test, type TestContext } from "node:test";
import type { PlannedPackage } from "../../src/domain/plan/plan.ts";
import { buildNpmStep } from "../../src/steps/build-npm/build-npm.ts";
import type { BuildNpmInput } from "../../src/steps/build-npm/input.ts";
import type { Worked } from "../../src/steps/step.ts";
import { npmTestTool } from "../support/npm-programs.ts";
import { aFrozen, aPackage, aPlannedStep } from "../support/ports.ts";
import { realPorts, type RealPorts } from "../support/real-ports.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const step = aPlannedStep({ timeoutMs: 120_000 });
const json = (value: object): string => `${JSON.stringify(value, undefined, 2)}\n`;

type Yarn = "yarn/bin/yarn.js" | "@yarnpkg/cli-dist/bin/yarn.js";

/** A PATH on which pnpm and yarn are those of the tests. */
function pathOf(t: TestContext, yarn: Yarn): readonly string[] {
  const folder = temporaryFolder(t);
  for (const [name, file] of Object.entries({ pnpm: "pnpm/bin/pnpm.cjs", yarn })) {
    writeFileSync(join(folder, name), `#!/bin/sh\nexec '${process.execPath}' '${npmTestTool(file)}' "$@"\n`);
    chmodSync(join(folder, name), 0o755);
  }
  return [folder, ...(process.env["PATH"] ?? "").split(delimiter)];
}

async function portsWith(
  t: TestContext,
  files: Readonly<Record<string, string>>,
  yarn: Yarn = "@yarnpkg/cli-dist/bin/yarn.js",
): Promise<RealPorts> {
  const ports = await realPorts(t, { path: pathOf(t, yarn) });
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(ports.workFolder, name)), { recursive: true });
    writeFileSync(join(ports.workFolder, name), text);
  }
  return ports;
}

async function pack(ports: RealPorts, one: PlannedPackage, input: BuildNpmInput = {}): Promise<Worked> {
  return buildNpmStep.perform(aFrozen(input, { packages: [one], step }), ports);
}

type Packed = Readonly<Record<string, { readonly digest: string; readonly manifest: string }>>;

async function packed(worked: Worked, ports: RealPorts): Promise<Packed> {
  assert.equal(worked.kind, "done", JSON.stringify(worked));
  const found: Record<string, { digest: string; manifest: string }> = {};
  for (const { name, file } of worked.kind === "done" ? worked.artifacts : []) {
    const opened = await ports.archives.openTarGz(file);
    const text = opened.kind === "opened" ? await opened.archive.readText("package/package.json", 100_000) : undefined;
    const digest = createHash("sha256").update(readFileSync(file)).digest("hex");
    found[name] = { digest, manifest: text?.kind === "text" ? text.text : "" };
  }
  return found;
}

const alone = aPackage({ ecosystem: "npm", name: "@slip/demo" });
const aloneFiles: Readonly<Record<string, string>> = {
  "package.json": json({
    name: "@slip/demo",
    version: "1.0.0",
    main: "dist/index.js",
    files: ["dist"],
    scripts: { prepack: "node make.js", first: "node -e \"require('fs').writeFileSync('word.txt', 'made')\"" },
  }),
  "package-lock.json": json({
    name: "@slip/demo",
    version: "1.0.0",
    lockfileVersion: 3,
    packages: { "": { name: "@slip/demo", version: "1.0.0" } },
  }),
  "make.js":
    "const fs = require('fs'); fs.mkdirSync('dist', { recursive: true }); fs.writeFileSync('dist/index.js', `module.exports = '${fs.readFileSync('word.txt', 'utf8')}';\\n`);\n",
};

test("build-npm: npm installs what is locked, builds, runs prepack, and packs the same bytes twice", async (t) => {
  const digests: string[] = [];
  for (const _round of [1, 2]) {
    const ports = await portsWith(t, aloneFiles);

    const worked = await pack(ports, alone, { build: "npm run first" });

    const found = await packed(worked, ports);
    assert.deepEqual(Object.keys(found), ["slip-demo-1.0.0.tgz"]);
    digests.push(found["slip-demo-1.0.0.tgz"]?.digest ?? "");
    assert.equal(readFileSync(join(ports.workFolder, "dist", "index.js"), "utf8"), "module.exports = 'made';\n");
    assert.match(JSON.stringify(worked), /"packer":"npm \d+\.\d+/);
  }
  assert.equal(digests[0], digests[1]);
});

test("build-npm: a workspace is built once in its root, however many of its packages have versions of their own", async (t) => {
  const ids = ["one", "two"];
  const lock = { name: "all", lockfileVersion: 3, packages: { "": { name: "all", workspaces: ["packages/*"] } } };
  const links = Object.fromEntries(ids.flatMap((id) => [[`node_modules/${id}`, { resolved: `packages/${id}`, link: true }], [`packages/${id}`, { version: "1.0.0" }]])); // prettier-ignore
  const ports = await portsWith(t, {
    "package.json": json({ name: "all", private: true, workspaces: ["packages/*"], scripts: { build: "node make.js" } }),
    "package-lock.json": json({ ...lock, packages: { ...lock.packages, ...links } }),
    "make.js": "const fs = require('fs'); fs.appendFileSync('runs.txt', 'x'); for (const id of ['one', 'two']) fs.writeFileSync(`packages/${id}/made.js`, id);\n", // prettier-ignore
    ...Object.fromEntries(ids.map((id) => [`packages/${id}/package.json`, json({ name: id, version: "1.0.0", main: "made.js" })])),
  });
  const packages = ids.map((id) => aPackage({ id, ecosystem: "npm", name: id, version: "1.0.0", folder: `packages/${id}` }));

  const worked = await buildNpmStep.perform(aFrozen({ "build-workspace": "npm run build" }, { packages, step }), ports);

  assert.deepEqual(Object.keys(await packed(worked, ports)), ["one-1.0.0.tgz", "two-1.0.0.tgz"]);
  assert.equal(readFileSync(join(ports.workFolder, "runs.txt"), "utf8"), "x");
  assert.equal(readFileSync(join(ports.workFolder, "packages/two/made.js"), "utf8"), "two");
});

const members = aPackage({
  id: "all",
  ecosystem: "npm",
  name: "all",
  version: "2.0.0",
  members: [
    { name: "@slip/core", folder: "packages/core" },
    { name: "slip-cli", folder: "packages/cli", needs: ["@slip/core"] },
  ],
});
const workspaceFiles: Readonly<Record<string, string>> = {
  "package.json": json({ name: "all", private: true, workspaces: ["packages/*"] }),
  "packages/core/package.json": json({ name: "@slip/core", version: "2.0.0" }),
  "packages/core/index.js": "module.exports = 1;\n",
  "packages/cli/package.json": json({ name: "slip-cli", version: "2.0.0", dependencies: { "@slip/core": "workspace:^" } }),
  "packages/cli/index.js": "module.exports = require('@slip/core');\n",
};

test("build-npm: npm packs members of a workspace in one call, with their own scripts and the same bytes as alone", async (t) => {
  const script = { prepack: "node ../../make.js" };
  const npmWorkspace = {
    "package.json": json({ name: "all", private: true, workspaces: ["packages/*"] }),
    "package-lock.json": json({
      name: "all",
      lockfileVersion: 3,
      packages: {
        "": { name: "all", workspaces: ["packages/*"] },
        "node_modules/@slip/core": { resolved: "packages/core", link: true },
        "node_modules/slip-cli": { resolved: "packages/cli", link: true },
        "packages/core": { name: "@slip/core", version: "2.0.0" },
        "packages/cli": { name: "slip-cli", version: "2.0.0", dependencies: { "@slip/core": "^2.0.0" } },
      },
    }),
    "make.js": "require('fs').writeFileSync('made.txt', require('path').basename(process.cwd()));\n",
    "packages/core/package.json": json({ name: "@slip/core", version: "2.0.0", scripts: script }),
    "packages/cli/package.json": json({ name: "slip-cli", version: "2.0.0", dependencies: { "@slip/core": "^2.0.0" }, scripts: script }),
  };
  const [together, apart] = [await portsWith(t, npmWorkspace), await portsWith(t, npmWorkspace)];

  const found = await packed(await pack(together, members), together);

  assert.deepEqual(Object.keys(found), ["slip-core-2.0.0.tgz", "slip-cli-2.0.0.tgz"]);
  assert.equal(readFileSync(join(together.workFolder, "packages", "cli", "made.txt"), "utf8"), "cli");
  for (const member of members.members ?? []) {
    const one = aPackage({ ...members, id: member.folder.replace("packages/", ""), members: [member] });
    const [[name, alone] = ["", undefined]] = Object.entries(await packed(await pack(apart, one), apart));
    assert.equal(found[name]?.digest, alone?.digest);
  }
});

test("build-npm: pnpm packs members of a workspace with the versions that its ranges mean", async (t) => {
  const ports = await portsWith(t, {
    ...workspaceFiles,
    "pnpm-workspace.yaml": "packages: ['packages/*']\n",
    "pnpm-lock.yaml":
      "lockfileVersion: '9.0'\n\nsettings:\n  autoInstallPeers: true\n  excludeLinksFromLockfile: false\n\nimporters:\n\n  .: {}\n\n" +
      "  packages/cli:\n    dependencies:\n      '@slip/core':\n        specifier: workspace:^\n        version: link:../core\n\n  packages/core: {}\n",
  });

  const found = await packed(await pack(ports, members), ports);

  assert.deepEqual(Object.keys(found), ["slip-core-2.0.0.tgz", "slip-cli-2.0.0.tgz"]);
  assert.match(found["slip-cli-2.0.0.tgz"]?.manifest ?? "", /"@slip\/core": "\^2\.0\.0"/);
});

test("build-npm: yarn packs members of a workspace with the versions that its ranges mean", async (t) => {
  const lock = (key: string, path: string, more = ""): string =>
    `\n"${key}@workspace:${path}":\n  version: 0.0.0-use.local\n  resolution: "${key}@workspace:${path}"\n${more}  languageName: unknown\n  linkType: soft\n`;
  const ports = await portsWith(t, {
    ...workspaceFiles,
    ".yarnrc.yml": "nodeLinker: node-modules\n",
    "yarn.lock":
      '# This file is generated by running "yarn install" inside your project.\n# Manual changes might be lost - proceed with caution!\n\n' +
      "__metadata:\n  version: 10\n  cacheKey: 10c0\n" +
      '\n"@slip/core@workspace:^, @slip/core@workspace:packages/core":\n  version: 0.0.0-use.local\n  resolution: "@slip/core@workspace:packages/core"\n  languageName: unknown\n  linkType: soft\n' +
      lock("all", ".") +
      lock("slip-cli", "packages/cli", '  dependencies:\n    "@slip/core": "workspace:^"\n'),
  });

  const found = await packed(await pack(ports, members), ports);

  assert.match(found["slip-cli-2.0.0.tgz"]?.manifest ?? "", /"@slip\/core": "\^2\.0\.0"/);
});

test("build-npm: npm packs members of a workspace, and is not asked for one that it would publish with a range nobody can follow", async (t) => {
  const cli = json({ name: "slip-cli", version: "2.0.0", dependencies: { "@slip/core": "^2.0.0" } });
  const ports = await portsWith(t, { ...workspaceFiles, "packages/cli/package.json": cli });

  const found = await packed(await pack(ports, members), ports);
  const refused = await pack(await portsWith(t, workspaceFiles), members);

  assert.deepEqual(Object.keys(found), ["slip-core-2.0.0.tgz", "slip-cli-2.0.0.tgz"]);
  assert.match(refused.kind === "failed" ? refused.message : "", /"packages\/cli\/package\.json" asks for "@slip\/core": "workspace:\^"/);
});

test("build-npm: the old yarn packs a package, and is not asked for ranges that it does not know", async (t) => {
  const files = { "package.json": json({ name: "@slip/demo", version: "1.0.0" }), "index.js": "", "yarn.lock": "" };
  const ports = await portsWith(t, files, "yarn/bin/yarn.js");

  const worked = await pack(ports, alone);
  const refused = await pack(await portsWith(t, { ...workspaceFiles, "yarn.lock": "" }, "yarn/bin/yarn.js"), members);

  assert.deepEqual(Object.keys(await packed(worked, ports)), ["slip-demo-1.0.0.tgz"]);
  assert.match(JSON.stringify(worked), /"packer":"yarn 1\./);
  assert.match(refused.kind === "failed" ? refused.message : "", /with yarn 1\.\S+: .* asks for "@slip\/core": "workspace:\^"/);
});
