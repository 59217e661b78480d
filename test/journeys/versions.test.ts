// How a release gets its version, by the real program in real repositories: from a word, from the commits, of one package of
// several; and what `slipway next` says of it.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { test, type TestContext } from "node:test";
import { checkJsonSchema, strictly } from "../support/json-schema.ts";
import { makeBed, type Bed } from "../support/bed.ts";
import { changelogDocumentSchema, nextDocumentSchema } from "../../src/app/schemas-look.ts";
import { planDocumentSchema } from "../../src/app/schemas.ts";
import type { NextRelease } from "../../src/app/next-release.ts";
import type { Plan } from "../../src/domain/plan/plan.ts";

const source = { SLIPWAY_FROM_SOURCE: "1" };

const tail = `environments: { pypi: { registry: pypi, credentials: { token: T } } }
steps: { bump: { uses: bump }, check: { uses: check-version }, commit: { uses: commit, with: { message: "Release {version}" } }, tag: { uses: tag }, build: { uses: build-wheel }, pypi: { uses: publish, environment: pypi } }
`;

/** Several packages, released without a commit and tags; with them: several-tags.test.ts. */
const withoutTag = tail.replace(/ commit: .*tag: \{ uses: tag \},/, "");

const manifest = (name: string, version: string): string =>
  `[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n[project]\nname = "${name}"\nversion = "${version}"\n`;

function bedOf(t: TestContext, files: Readonly<Record<string, string>>): Bed {
  const bed = makeBed({ example: { files } });
  t.after(() => bed.remove());
  return bed;
}

function change(bed: Bed, file: string, message: string): void {
  const full = path.join(bed.project, file);
  mkdirSync(path.dirname(full), { recursive: true });
  writeFileSync(full, message);
  bed.git("add", "--all");
  bed.git("commit", "--quiet", "--message", message);
}

async function json<T>(bed: Bed, ...args: readonly string[]): Promise<T> {
  const { stdout, stderr, code } = await bed.slipway(["--json", ...args], source);
  assert.equal(code, 0, stderr);
  return JSON.parse(stdout) as T;
}

const one = (from: string, more = ""): Readonly<Record<string, string>> => ({
  "slipway.yaml": `slipway: 1\nproject: demo\npackages: { demo: { path: ., tag: "v{version}", changelog: { file: CHANGELOG.md } } }\nversion: { from: ${from} }\n${more}${tail}`,
  "pyproject.toml": manifest("demo", "1.0.0"),
  "CHANGELOG.md": "# Changelog\n\n## [Unreleased]\n\n### Added\n\n- A parser\n\n## 1.0.0\n\n- First\n",
});

test("a word is resolved in the plan, and its plan is that of the version that it means", async (t) => {
  const bed = bedOf(t, one("input", "inputs: { version: version }\n"));

  const word = await json<Plan & { digest: string }>(bed, "plan", "minor");
  const version = await json<Plan & { digest: string }>(bed, "plan", "1.1.0");
  const mistaken = await bed.slipway(["plan", "minr"], source);

  assert.deepEqual(checkJsonSchema(strictly(planDocumentSchema), word), []);
  assert.deepEqual([word.packages[0]?.version, word.inputs], ["1.1.0", { version: "1.1.0" }]);
  assert.equal(word.digest, version.digest);
  assert.equal(mistaken.code, 2);
  assert.match(mistaken.stderr, /hint: Did you mean "minor"\?/);
});

test("next says what the commits ask for, the plan takes it, and nothing to release is refused with 6", async (t) => {
  const bed = bedOf(t, one("commits"));
  bed.git("tag", "--annotate", "v1.0.0", "--message", "v1.0.0");

  const nothing = await bed.slipway(["next"], source);
  const refused = await bed.slipway(["plan"], source);

  assert.deepEqual([nothing.code, refused.code], [0, 6], nothing.stderr);
  assert.match(nothing.stdout, /demo {2}nothing to release: since "v1\.0\.0" no commit came/);
  assert.match(refused.stderr, /^error\[NOTHING_TO_RELEASE\]: Cannot plan a release of "demo": since "v1\.0\.0" no commit came/);

  change(bed, "a.py", "feat: parser");
  change(bed, "b.py", "fix: hole");
  writeFileSync(path.join(bed.project, "new.py"), "not committed");
  const next = await json<NextRelease>(bed, "next");
  const plan = await json<Plan>(bed, "plan");
  const text = await bed.slipway(["next"], source);

  assert.deepEqual(checkJsonSchema(strictly(nextDocumentSchema), next), []);
  assert.deepEqual(next.packages[0]?.outlook, {
    kind: "release",
    version: "1.1.0",
    tag: "v1.1.0",
    why: "minor: the commits have a feature",
  });
  assert.deepEqual(next.packages[0]?.commits.types, { feat: 1, fix: 1 });
  assert.deepEqual(next.packages[0]?.changelog, { by: "file", file: "CHANGELOG.md", text: "### Added\n\n- A parser" });
  assert.deepEqual(next.uncommitted, ["new.py"]);
  assert.deepEqual(
    plan.packages.map(({ version, tag }) => [version, tag]),
    [["1.1.0", "v1.1.0"]],
  );
  assert.match(text.stdout, /\ndemo {2}1\.0\.0 → 1\.1\.0 {2}tag v1\.1\.0\n/);
});

test("of a monorepo each package is told by its own tags and folder, and those that changed are planned", async (t) => {
  const ids = ["a", "b", "c"];
  const bed = bedOf(t, {
    "slipway.yaml": `slipway: 1\nproject: many\nversions: each\npackages: { ${ids.map((id) => `${id}: { path: packages/${id}, tag: "${id}-v{version}" }`).join(", ")} }\nversion: { from: commits }\n${withoutTag}`,
    ...Object.fromEntries(ids.map((id) => [`packages/${id}/pyproject.toml`, manifest(id, "1.0.0")])),
  });
  for (const id of ids) bed.git("tag", `${id}-v1.0.0`);
  change(bed, "packages/a/x.py", "feat!: all new");
  change(bed, "packages/b/x.py", "docs: words");
  change(bed, "packages/c/x.py", "fix: hole");

  const next = await json<NextRelease>(bed, "next");
  const plan = await json<Plan>(bed, "plan");
  const only = await json<Plan>(bed, "plan", "--package", "c");
  const none = await bed.slipway(["plan", "--package", "b"], source);

  assert.deepEqual(
    next.packages.map(({ id, outlook }) => [id, outlook.kind === "release" ? outlook.tag : outlook.kind]),
    [
      ["a", "a-v2.0.0"],
      ["b", "nothing"],
      ["c", "c-v1.0.1"],
    ],
  );
  assert.deepEqual([plan.packages.map(({ id }) => id), only.packages.map(({ id }) => id)], [["a", "c"], ["c"]]);
  assert.equal(plan.release.title, "a 2.0.0, c 1.0.1");
  assert.equal(none.code, 6);
});

test("commits with hostile text steer no terminal and open nothing in the preview", async (t) => {
  const bed = bedOf(t, {
    ...one("commits"),
    "slipway.yaml": one("commits")["slipway.yaml"]?.replace(", changelog: { file: CHANGELOG.md }", "") ?? "",
  });
  bed.git("tag", "v1.0.0");
  change(bed, "a.py", "feat: \u001b[31mred $(touch owned) <script>`x` [a](b)\n\n\u001b]0;title\u0007");
  change(bed, "--b.py", "feat: `touch owned`");

  const { stdout, code } = await bed.slipway(["next"], source);

  assert.equal(code, 0);
  assert.equal(stdout.includes("\u001b"), false);
  assert.match(stdout, /&lt;script>/);
  assert.equal(execFileSync("ls", [bed.project], { encoding: "utf8" }).includes("owned"), false);
});

test("changelog tells the whole history by its releases, merges and candidates included", async (t) => {
  const bed = bedOf(t, one("commits"));
  change(bed, "a.py", "feat: first");
  bed.git("tag", "--annotate", "v1.0.0", "--message", "v1.0.0");
  bed.git("switch", "--quiet", "--create", "side");
  change(bed, "s.py", "fix(side): hole");
  bed.git("switch", "--quiet", "-");
  change(bed, "b.py", "feat!: candidate");
  bed.git("tag", "v2.0.0rc1");
  bed.git("merge", "--quiet", "--no-ff", "--message", "Merge side", "side");
  change(bed, "c.py", "docs: words");
  bed.git("tag", "v2.0.0");
  change(bed, "d.py", "feat: \u001b[31mred\u0007 <script> $(touch owned)\n\n\u001b]0;title\u0007");
  const day = new Date().getUTCFullYear();

  const text = await bed.slipway(["changelog"], source);
  const released = await bed.slipway(["changelog", "--released"], source);
  const document = await json<{ sections: readonly { version?: string; count: number }[] }>(bed, "changelog");

  const told = text.stdout.replaceAll(new RegExp(`${day}-\\d\\d-\\d\\d`, "g"), "DAY");
  const older =
    "## 2.0.0 - DAY\n\n### Added\n\n- **Breaking:** candidate\n\n### Fixed\n\n- **side:** hole\n\n## 1.0.0 - DAY\n\n### Added\n\n- first\n\n### Changed\n\n- one\n";
  const begin = "# Changelog\n\nAll notable changes are told here, newest first.\n\n";
  assert.equal(told, `${begin}## Unreleased\n\n### Added\n\n- red &lt;script> $(touch owned)\n\n${older}`);
  assert.equal(released.stdout.replaceAll(/\d{4}-\d\d-\d\d/g, "DAY"), `${begin}${older}`);
  assert.deepEqual([text.code, text.stderr, released.code], [0, "", 0]);
  assert.deepEqual(checkJsonSchema(strictly(changelogDocumentSchema), document), []);
  assert.deepEqual(
    document.sections.map(({ version, count }) => [version, count]),
    [
      [undefined, 1],
      ["2.0.0", 4],
      ["1.0.0", 2],
    ],
  );
});

test("of a monorepo changelog tells one package, and a shallow clone or a section that is written twice is said", async (t) => {
  const ids = ["a", "b"];
  const bed = bedOf(t, {
    "slipway.yaml": `slipway: 1\nproject: many\nversions: each\npackages: { ${ids.map((id) => `${id}: { path: packages/${id}, tag: "${id}-v{version}", changelog: { file: packages/${id}/CHANGELOG.md, by: git-cliff } }`).join(", ")} }\nversion: { from: commits }\n${withoutTag}`,
    ...Object.fromEntries(ids.map((id) => [`packages/${id}/pyproject.toml`, manifest(id, "1.0.0")])),
  });
  for (const id of ids) bed.git("tag", `${id}-v1.0.0`);
  change(bed, "packages/a/x.py", "feat: of a");
  change(bed, "packages/b/x.py", "fix: of b");
  bed.git("tag", "b-v1.0.1");

  const none = await bed.slipway(["changelog"], source);
  const wrong = await bed.slipway(["changelog", "--package", "c"], source);
  const a = await bed.slipway(["changelog", "--package", "a"], source);
  const b = await bed.slipway(["changelog", "--package", "b"], source);
  const shallow = path.join(bed.folder, "shallow");
  execFileSync("git", ["clone", "--quiet", "--depth", "1", `file://${bed.project}`, shallow], { stdio: "pipe" });
  const cut = await bed.slipway(["-C", shallow, "changelog", "--package", "b"], source);

  assert.deepEqual([none.code, wrong.code, a.code, b.code, cut.code], [2, 2, 0, 0, 0]);
  assert.match(none.stderr, /Cannot tell one changelog: .* 2 packages[^]*hint: Name one of them, as in `slipway changelog --package a`/);
  assert.match(a.stdout, /\n## Unreleased\n\n### Added\n\n- of a\n\n## 1\.0\.0 - [^]*- one\n$/);
  assert.match(a.stderr, /^note what is not released yet is written again when it is released \(`by: git-cliff`\)/);
  assert.match(b.stdout, /first\.\n\n## 1\.0\.1 - \S+\n\n### Fixed\n\n- of b\n\n## 1\.0\.0 - /);
  assert.equal(b.stderr, "");
  assert.match(cut.stderr, /^note this clone is shallow, and older commits are not told: run `git fetch --unshallow --tags`\n$/);
});

test("a word said again goes on with the run that it began; another word is another plan", async (t) => {
  const files = one("input", "inputs: { version: version }\npeople: { team: [alice] }\n");
  const steps =
    "steps: { bump: { uses: bump }, check: { uses: check-version }, commit: { uses: commit, with: { message: 'Release {version}' } }, tag: { uses: tag }, look: { uses: acknowledge, with: { text: Looked at, for: commit, from: team } } }\n";
  const bed = bedOf(t, { ...files, "slipway.yaml": `${(files["slipway.yaml"] ?? "").replace(tail, "")}${steps}` });
  const run = async (...words: readonly string[]): Promise<readonly unknown[]> => {
    const ended = await bed.slipway(["run", "--no-wait", "--json", ...words], source);
    const { run: id, title, code } = JSON.parse(ended.stdout) as { run?: string; title?: string; code: string };
    return [ended.code, code, id, title];
  };

  const first = await run("minor");
  const again = await run("minor");
  const bare = await run();
  const named = await run("1.1.0");
  const other = await run("major");

  assert.deepEqual([first[0], first[3]], [3, "demo 1.1.0"], JSON.stringify(first));
  assert.deepEqual([again, bare, named], [first, first, first]);
  assert.deepEqual(other.slice(0, 2), [7, "PLAN_STALE"]);
});
