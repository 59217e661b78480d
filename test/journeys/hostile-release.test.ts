// Hostile words on the way from the commit to the page: commit messages, changelog, branch, tags, names of files and the
// texts of servers with shell syntax, line ends, leading dashes, escapes and sizes. Nothing executes, nothing breaks the
// page, nothing reaches the terminal as more than text.
import assert from "node:assert/strict";
import { existsSync, readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { test, type TestContext } from "node:test";
import { edit, told, type Ended } from "../support/bed.ts";
import { prebuiltName } from "../support/prebuilt-project.ts";
import { openPlace, pageOf, prebuiltExample, releaseTokens, type Place } from "../support/two-pipelines.ts";

/** Forms in which a shell, a template, git or a page would do something. */
const hostile = (place: string): readonly string[] => [
  `feat: $(touch ${place}/substitution)`,
  `feat: \`touch ${place}/backticks\``,
  `feat: '; touch ${place}/quotes; '`,
  "feat: ${{ github.token }} {{ version }} {% raw %}",
  "feat: \u001b[31mred\u001b[0m \u001b]0;title\u0007 \u202egnp.exe",
  "feat: --upload-pack=touch -rf --exec=sh",
  "feat: </details><script>alert(1)</script> <!-- slipway: release/pebble/v9.9.9 -->",
  "feat: --> <!-- @everyone [link](javascript:alert(1))",
];

async function open(context: TestContext, prepare?: (project: string) => void): Promise<Place> {
  const place = await openPlace({
    files: prebuiltExample("1.1.0"),
    ours: prebuiltName,
    isolated: true,
    ...(prepare === undefined ? {} : { prepare }),
  });
  context.after(() => place.close());
  return place;
}

// oxlint-disable-next-line no-control-regex -- Finding control characters is what this expression is for.
const controls = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;

/** Whatever was said holds no control character but line ends, and no bidirectional override. */
function plainTerminal(ended: Ended): void {
  assert.doesNotMatch(`${ended.stdout}${ended.stderr}`, controls);
}

function nothingRan(place: Place): void {
  const made = ["substitution", "backticks", "quotes", "title"].filter((name) => existsSync(path.join(place.bed.folder, name)));
  assert.deepEqual(made, []);
}

test("hostile commit messages become text of the page and of the terminal, and nothing runs", async (context) => {
  const place = await open(context);
  for (const [index, message] of hostile(place.bed.folder).entries()) {
    writeFileSync(path.join(place.bed.project, `file-${index}`), "x\n");
    place.bed.git("add", "--all");
    place.bed.git(
      "commit",
      "--quiet",
      "--cleanup=verbatim",
      "--message",
      `${message}\n\n${"body\n".repeat(10)}Slipway-Commit: ${"a".repeat(40)}\n`,
    );
  }
  place.bed.git("push", "--quiet", "origin", "main");

  const ended = await place.release("1.1.0");

  assert.equal(ended.code, 0, told(ended));
  plainTerminal(ended);
  nothingRan(place);
  const { body, title } = pageOf(place, "v1.1.0");
  assert.doesNotMatch(body, controls);
  assert.equal(title, "pebble 1.1.0");
  assert.match(body, /<!-- slipway: release\/pebble\/v1\.1\.0 -->\s*$/, "our mark is the last, and whole");
  assert.match(body, /substitution/);
  assert.equal(place.forge().state().runs.length, 1);

  const again = await place.release("1.1.0");
  assert.equal(again.code, 0, told(again));
  assert.equal(place.forge().state().done["create-release v1.1.0"], 1, "the page is found again by its mark");
});

test("a changelog with hostile text, by hand, is on the page as it is, and its mark is not ours to steal", async (context) => {
  const place = await open(context, (project) => {
    edit(project, "slipway.yaml", (text) => text.replace(", by: git-cliff", ""));
    edit(project, "CHANGELOG.md", (text) =>
      text.replace(
        "## [1.0.0]",
        "## [Unreleased]\n\n### Added\n\n- $(touch substitution) `touch backticks`\n- \u001b[31mred\u001b[0m\n- <!-- slipway: release/other/v1.0.0 -->\n- <!-- not closed\n\n## [1.0.0]",
      ),
    );
  });

  const ended = await place.release("1.1.0");

  assert.equal(ended.code, 0, told(ended));
  plainTerminal(ended);
  nothingRan(place);
  const { body } = pageOf(place, "v1.1.0");
  assert.doesNotMatch(body, /\u001b/);
  assert.match(body, /<!-- slipway: release\/pebble\/v1\.1\.0 -->\s*$/);
  assert.equal(body.match(/<!-- slipway: /g)?.length, 1, "one mark, whatever a person wrote");
});

test("notes longer than the forge takes are cut to a text that says where the rest is, and the mark stays", async (context) => {
  const place = await open(context, (project) => {
    edit(project, "slipway.yaml", (text) => text.replace(", by: git-cliff", ""));
    edit(project, "CHANGELOG.md", (text) =>
      text.replace(
        "## [1.0.0]",
        `## [Unreleased]\n\n### Added\n\n${"- A pebble, and another one, and one more.\n".repeat(6_000)}\n## [1.0.0]`,
      ),
    );
  });

  const ended = await place.release("1.1.0");

  assert.equal(ended.code, 0, told(ended));
  const { body, draft } = pageOf(place, "v1.1.0");
  assert.equal(draft, false);
  assert.ok(body.length <= 125_000);
  assert.match(body, /<!-- slipway: release\/pebble\/v1\.1\.0 -->\s*$/);
});

test("a branch that is called like options and shell is one branch", async (context) => {
  const place = await open(context);
  const name = "release/$(touch${IFS}substitution)`x`;--force";
  place.bed.git("checkout", "--quiet", "-b", name);
  place.bed.git("push", "--quiet", "origin", `HEAD:refs/heads/${name}`);

  const refused = await place.release("1.1.0");

  assert.equal(refused.code, 6, told(refused));
  assert.match(told(refused), /may be started from "main"/);
  plainTerminal(refused);
  nothingRan(place);
  assert.equal(existsSync(path.join(place.bed.project, "substitution")), false);

  edit(place.bed.project, "slipway.yaml", (text) =>
    text.replace("branch: main", `branch: "${name}"`).replace("dispatch: { ref: main }", `dispatch: { ref: "${name}" }`),
  );
  place.bed.git("commit", "--all", "--quiet", "--message", "branch");
  place.bed.git("push", "--quiet", "origin", `HEAD:refs/heads/${name}`);
  const ended = await place.release("1.1.0");
  plainTerminal(ended);
  nothingRan(place);
  assert.equal(existsSync(path.join(place.bed.project, "substitution")), false);
  if (ended.code === 0) {
    assert.equal(place.remote("rev-parse", `refs/heads/${name}`), place.remote("rev-parse", "v1.1.0^{commit}"));
  } else {
    assert.equal(ended.code, 2, "or the file is refused before anything is done");
    assert.deepEqual(place.forge().state().releases, []);
  }
});

const tags = [
  "--delete",
  "-f",
  "$(touch substitution)",
  "`touch backticks`",
  "v1\n--force",
  "\u001b[31mv1",
  "a".repeat(5_000),
  "../../etc/passwd",
  "v1..v2",
];

test("names that no tag should have are refused as an input, in plain words", async (context) => {
  const place = await open(context);
  for (const tag of tags) {
    const ended = await place.bed.slipway(["run", "--pipeline", "publish", "--input", `tag=${tag}`], releaseTokens);

    assert.equal(ended.code, 2, told(ended));
    plainTerminal(ended);
    assert.ok(ended.stderr.length < 1_000, `it says ${ended.stderr.length} characters`);
  }
  nothingRan(place);
  assert.equal(existsSync(path.join(place.bed.project, "substitution")), false);
  assert.deepEqual(place.doors.forge.visits(), []);
});

test("hostile texts of a server are shown as words", async (context) => {
  const place = await open(context);
  writeFileSync(
    path.join(place.origin, "hooks", "pre-receive"),
    "#!/bin/sh\nprintf '\\033[2J\\033]0;title\\007$(touch substitution)\\n%s\\n' \"$(head -c 100000 /dev/zero | tr '\\0' x)\" >&2\nexit 1\n",
    { mode: 0o755 },
  );

  const ended = await place.release("1.1.0");

  assert.equal(ended.code, 1, told(ended).slice(0, 2_000));
  plainTerminal(ended);
  nothingRan(place);
  assert.ok(ended.stdout.length + ended.stderr.length < 20_000, "it is cut");
  assert.ok(readdirSync(place.bed.project).every((name) => name !== "substitution"));
});
