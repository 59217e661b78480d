// The step `changelog` with the real git-cliff over real repositories: what it tells, what it leaves alone, and that text
// of commits stays text.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { test, type TestContext } from "node:test";
import type { PlannedPackage } from "../../src/domain/plan/plan.ts";
import { changelogStep } from "../../src/steps/changelog/changelog.ts";
import { firstCommitsMax } from "../../src/steps/changelog/git.ts";
import type { ChangelogInput } from "../../src/steps/changelog/input.ts";
import type { Worked } from "../../src/steps/step.ts";
import { createRepository, type TestRepository } from "../support/git-repository.ts";
import { aFrozen, aPackage, aPlan } from "../support/ports.ts";
import { realPorts, testTool, type RealPorts } from "../support/real-ports.ts";

const changelog = { file: "CHANGELOG.md", required: true, by: "git-cliff", tag: "v{version}" } as const;

interface Bench {
  readonly repository: TestRepository;
  readonly ports: RealPorts;
  perform(packages: readonly PlannedPackage[], input?: ChangelogInput): Promise<Worked>;
  file(path?: string): string;
}

async function bench(t: TestContext): Promise<Bench> {
  const ports = await realPorts(t, { path: [dirname(testTool("git-cliff")), ...(process.env["PATH"] ?? "").split(":")] });
  const repository = createRepository(ports.workFolder);
  return {
    repository,
    ports,
    perform: (packages, input = {}) => {
      const commit = repository.git("rev-parse", "HEAD");
      // 2026-11-21, late in the evening: the day is that of UTC.
      const head = { commit, epochSeconds: 1_795_305_599, tags: [] };
      return changelogStep.perform(aFrozen(input, { plan: aPlan({ packages }), packages, head }), ports);
    },
    file: (path = "CHANGELOG.md") => readFileSync(join(ports.workFolder, path), "utf8"),
  };
}

/** A file that appears when something is executed; its path needs no quotes in any shell. */
function canaryOf(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "canary-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, "sings");
}

function notesOf(worked: Worked): readonly string[] {
  assert.equal(worked.kind, "done", JSON.stringify(worked));
  const { sections } = (worked.kind === "done" ? worked.output : {}) as { sections: readonly { notes: string }[] };
  return sections.map((one) => one.notes);
}

test("changelog: tells what came since the last release, with the date of the head, in a file that was not there", async (t) => {
  const { repository, perform, file } = await bench(t);
  repository.commit("feat: never told again");
  repository.git("tag", "v0.1.0");
  repository.commit("feat(api)!: new world");
  repository.commit("Mend the roof");
  repository.commit("chore: dust");
  repository.commit("fix: a leak");

  const worked = await perform([aPackage({ version: "0.2.0", changelog })]);

  assert.deepEqual(notesOf(worked), [
    "### Added\n\n- **Breaking:** **api:** new world\n\n### Changed\n\n- Mend the roof\n\n### Fixed\n\n- a leak",
  ]);
  assert.match(file(), /^# Changelog\n\n.*\n\n## 0\.2\.0 - 2026-11-21\n\n### Added\n/);
  assert.deepEqual(worked.kind === "done" && worked.source, { kind: "keep", paths: ["CHANGELOG.md"] });
});

test("changelog: done again on its own result it changes nothing, and another text is refused with its place", async (t) => {
  const { repository, perform, file } = await bench(t);
  repository.commit("feat: one");
  const one = [aPackage({ version: "1.0.0", changelog })];
  await perform(one);
  repository.commit("Release 1.0.0");
  const before = file();

  const again = await perform(one);

  assert.equal(again.kind === "done" && again.source, undefined);
  assert.equal(file(), before);
  repository.commit("fix: late");
  const other = await perform(one);
  assert.equal(other.kind === "failed" && other.code, "CHANGELOG_SECTION");
  assert.match(other.kind === "failed" ? other.message : "", /CHANGELOG\.md:5 has one with another text/);
  assert.deepEqual(notesOf(await perform(one, { existing: "keep" })), ["### Added\n\n- one"]);
});

test("changelog: a final version tells what came since the last final one, a candidate since the last candidate", async (t) => {
  const { repository, perform } = await bench(t);
  repository.commit("feat: old");
  repository.git("tag", "v0.1.0");
  repository.commit("feat: first");
  repository.git("tag", "-a", "-m", "rc", "v0.2.0-rc.1");
  repository.commit("feat: second");

  assert.deepEqual(notesOf(await perform([aPackage({ version: "0.2.0rc2", changelog })])), ["### Added\n\n- second"]);
  assert.deepEqual(notesOf(await perform([aPackage({ version: "0.2.0", changelog })])), ["### Added\n\n- first\n- second"]);
});

test("changelog: a release after its tag was made tells the same", async (t) => {
  const { repository, perform } = await bench(t);
  repository.commit("feat: old");
  repository.git("tag", "v0.1.0");
  repository.commit("feat: new");
  repository.git("tag", "v0.2.0");

  assert.deepEqual(notesOf(await perform([aPackage({ version: "0.2.0", changelog })])), ["### Added\n\n- new"]);
});

test("changelog: packages of a monorepo are told what touched their own folder since their own tag", async (t) => {
  const { repository, perform, file } = await bench(t);
  const own = (id: string, folder: string): PlannedPackage =>
    aPackage({
      id,
      name: id,
      folder,
      version: "1.1.0",
      changelog: { file: `${folder}/CHANGELOG.md`, required: true, by: "git-cliff", tag: `${id}-v{version}` },
    });
  repository.write("a/x", "1");
  repository.write("b[1]/x", "1");
  repository.commit("feat: both");
  repository.git("tag", "a-v1.0.0");
  repository.git("tag", "b-v1.0.0");
  repository.git("tag", "v9.0.0");
  repository.write("a/x", "2");
  repository.commit("feat: only a");
  repository.git("tag", "a-v0.9.0");
  repository.write("b[1]/x", "2");
  repository.commit("fix: only b");

  const worked = await perform([own("a", "a"), own("b", "b[1]")]);

  assert.deepEqual(notesOf(worked), ["### Added\n\n- only a", "### Fixed\n\n- only b"]);
  assert.match(file("a/CHANGELOG.md"), /## 1\.1\.0/);
  assert.deepEqual(worked.kind === "done" && worked.source, { kind: "keep", paths: ["a/CHANGELOG.md", "b[1]/CHANGELOG.md"] });
});

const ownTemplate = `[changelog]
header = "# Not here\\n"
footer = "<!-- nor here -->"
body = """
## [{{ version | trim_start_matches(pat="v") }}] - {{ timestamp | date(format="%Y-%m-%d") }} since {{ previous.version }}
{% for commit in commits %}
* {{ commit.raw_message }}{% endfor %}
"""
[git]
conventional_commits = true
filter_unconventional = false
tag_pattern = "v.*"
`;

test("changelog: the project's own configuration makes the text, at the head's time and with the last release", async (t) => {
  for (const [path, text] of [
    ["cliff.toml", ownTemplate],
    ["pyproject.toml", ownTemplate.replaceAll(/^\[/gm, "[tool.git-cliff.")],
    ["Cargo.toml", ownTemplate.replaceAll(/^\[/gm, "[workspace.metadata.git-cliff.")],
  ] as const) {
    const { repository, perform, ports } = await bench(t);
    repository.write(path, text);
    repository.commit("feat: old");
    repository.git("tag", "v0.1.0");
    repository.commit("feat: new\n\n## [9.9.9] - forged\n\nbody");

    const worked = await perform([aPackage({ version: "0.2.0", changelog })]);

    assert.deepEqual(notesOf(worked), ["* feat: new\n\n\\## [9.9.9] - forged\n\nbody"], path);
    assert.match(ports.printed.join("\n"), new RegExp(`git-cliff with the project's "${path.replace(".", "\\.")}"`));
  }
});

test("changelog: rules of the project that leave nothing over still give a list", async (t) => {
  const { repository, perform } = await bench(t);
  repository.write("cliff.toml", ownTemplate.replace("filter_unconventional = false", "filter_unconventional = true"));
  repository.commit("Begin");
  repository.commit("Go on");

  assert.deepEqual(notesOf(await perform([aPackage({ version: "0.1.0", changelog })])), ["### Changed\n\n- Begin\n- Go on"]);
});

test("changelog: a release without any commit of its own says so", async (t) => {
  const { repository, perform } = await bench(t);
  repository.commit("feat: one");
  repository.git("tag", "v0.1.0");

  assert.deepEqual(notesOf(await perform([aPackage({ version: "0.2.0", changelog })])), ["- No changes."]);
});

test("changelog: commands in the project's configuration are not run", async (t) => {
  const { repository, perform, ports } = await bench(t);
  const canary = canaryOf(t);
  const commands = `commit_preprocessors = [{ pattern = ".*", replace_command = "sh -c 'touch ${canary}; cat'" }]`;
  const after = `postprocessors = [{ pattern = ".*", replace_command = "sh -c 'touch ${canary}; cat'" }]`;
  repository.write("cliff.toml", ownTemplate.replace("[git]", `${after}\n[git]\n${commands}`));
  repository.commit("feat: new");

  const [notes] = notesOf(await perform([aPackage({ version: "0.2.0", changelog })]));

  assert.match(notes ?? "", /feat: new/);
  assert.equal(existsSync(canary), false);
  assert.match(ports.printed.join("\n"), /replace_command.* are not run/);
});

test("changelog: a configuration that names a file to write gets its text all the same, and that file is not touched", async (t) => {
  const { repository, perform } = await bench(t);
  const canary = canaryOf(t);
  repository.write("cliff.toml", ownTemplate.replace("[changelog]", `[changelog]\noutput = "${canary}"`));
  repository.commit("feat: new");

  const [notes] = notesOf(await perform([aPackage({ version: "0.2.0", changelog })]));

  assert.match(notes ?? "", /^\* feat: new/);
  assert.equal(existsSync(canary), false);
});

test("changelog: no forge is asked, whatever the project's configuration wants to know of it", async (t) => {
  const { repository, perform } = await bench(t);
  let asked = 0;
  const server = createServer((_request, response) => {
    asked += 1;
    response.end("[]");
  }).listen(0, "127.0.0.1");
  t.after(() => server.close());
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const remote = `[remote.github]\nowner = "o"\nrepo = "r"\ntoken = "t"\napi_url = "http://127.0.0.1:${port}"\n`;
  repository.write("cliff.toml", `${ownTemplate.replace("since", "{% if github.contributors %}{% endif %}since")}${remote}`);
  repository.commit("feat: new");

  const [notes] = notesOf(await perform([aPackage({ version: "0.2.0", changelog })]));

  assert.match(notes ?? "", /feat: new/);
  assert.equal(asked, 0);
});

test("changelog: text of commits stays text: nothing executes, nothing opens a block, nothing reaches a terminal", async (t) => {
  const { repository, perform, ports, file } = await bench(t);
  const canary = canaryOf(t);
  const titles = [
    `feat: $(touch ${canary})`,
    `fix: \`touch ${canary}\` and \`\`\``,
    "-x --output=canary",
    "<!-- never closed",
    "## [9.9.9] - 2020-01-01",
    "\u001b[31mred\u001b[0m \u001b]0;title\u0007 \u202eturned",
    "![image](canary) <script>alert(1)</script> [link](canary)",
    "{{ version }} {% raw %} {# #}",
    "```",
    "~~~ fence",
    `feat: ${"huge ".repeat(20_000)}`,
    "feat: 🦀\u0000 end".replace("\u0000", ""),
  ];
  for (const title of titles) repository.commit(`${title}\n\n## [8.8.8]\n<!-- $(touch ${canary})`);

  const [notes = ""] = notesOf(await perform([aPackage({ version: "1.0.0", changelog })]));

  assert.equal(existsSync(canary), false);
  assert.equal(existsSync(join(ports.workFolder, "canary")), false);
  assert.doesNotMatch(file(), /\u001b|\u202e|<!--|<script|^ {0,3}(?:```|~~~)|^- ?(?:```|~~~)/m);
  assert.deepEqual(
    file()
      .split("\n")
      .filter((line) => line.startsWith("## ")),
    ["## 1.0.0 - 2026-11-21"],
  );
  assert.ok(notes.includes(`$(touch ${canary})`));
  assert.ok(notes.split("\n").every((line) => line.length < 500));
  assert.equal(notes.match(/^- /gm)?.length, titles.length);
});

test("changelog: with the project's template, forged text neither executes nor begins another section", async (t) => {
  const { repository, perform, file } = await bench(t);
  const canary = canaryOf(t);
  repository.write("cliff.toml", ownTemplate);
  repository.commit(`feat: a $(touch ${canary})\n\n## [8.8.8]\n\n\u001b[2J<!-- \n{{ get_env(name="HOME") }}\n\n\`\`\`\nopen`);

  const [notes = ""] = notesOf(await perform([aPackage({ version: "1.0.0", changelog })]));

  assert.equal(existsSync(canary), false);
  assert.match(notes, /\n\\## \[8\.8\.8\]\n/);
  assert.match(notes, /&lt;!--/);
  assert.match(notes, /\{\{ get_env/);
  assert.match(notes, /```\nopen\n```$/);
  assert.doesNotMatch(file(), /\u001b/);
});

test("changelog: a tag or folder that begins like an option stays a name", async (t) => {
  const { repository, perform } = await bench(t);
  repository.write("-p/x", "1");
  repository.commit("feat: one");
  const [notes] = notesOf(
    await perform([aPackage({ folder: "-p", version: "1.0.0", changelog: { ...changelog, tag: "--output=x-v{version}" } })]),
  );

  assert.equal(notes, "### Added\n\n- one");
});

test("changelog: hand-written text is not disturbed, and what stood under Unreleased comes first", async (t) => {
  const { repository, perform, file } = await bench(t);
  const old =
    "\uFEFF# Changes\r\n\r\n## [Unreleased]\r\n\r\n- By hand, see [docs]\r\n\r\n## [0.1.0] - 2020-01-01\r\n\r\n- old\t \r\n\r\n[docs]: x\r\n[unreleased]: https://f.example/compare/v0.1.0...HEAD\r\n";
  repository.write("CHANGELOG.md", old);
  repository.commit("feat: x");
  repository.git("tag", "v0.1.0");
  repository.commit("fix: y");

  await perform([aPackage({ version: "0.2.0", changelog })]);

  assert.equal(
    file(),
    "\uFEFF# Changes\r\n\r\n## [Unreleased]\r\n\r\n## [0.2.0] - 2026-11-21\r\n\r\n- By hand, see [docs]\r\n\r\n### Fixed\r\n\r\n- y\r\n\r\n## [0.1.0] - 2020-01-01\r\n\r\n- old\t \r\n\r\n[docs]: x\r\n[unreleased]: https://f.example/compare/v0.2.0...HEAD\r\n[0.2.0]: https://f.example/compare/v0.1.0...v0.2.0\r\n",
  );
});

test("changelog: a broken configuration of the project fails with git-cliff's words", async (t) => {
  const { repository, perform } = await bench(t);
  repository.write("cliff.toml", '[changelog]\nbody = "{{ nobody }}"\n[git]\nfilter_unconventional = false\n');
  repository.commit("feat: one");

  const worked = await perform([aPackage({ version: "1.0.0", changelog })]);

  assert.equal(worked.kind === "failed" && worked.code, "STEP_FAILED");
  assert.match(worked.kind === "failed" ? worked.message : "", /with "cliff\.toml": .*nobody/);
});

test("changelog: a shallow clone without the last tag is refused, not told as a first release", async (t) => {
  const first = await bench(t);
  first.repository.commit("feat: one");
  first.repository.commit("feat: two");
  const { ports, perform } = await bench(t);
  const { git } = createRepository(ports.workFolder);
  git("fetch", "--quiet", "--depth", "1", `file://${first.ports.workFolder}`, "main");
  git("reset", "--quiet", "--hard", "FETCH_HEAD");

  const worked = await perform([aPackage({ version: "1.0.0", changelog })]);

  assert.equal(worked.kind === "failed" && worked.code, "SOURCE_SHALLOW");
});

test("changelog: of a first release the newest commits are told, and the log says that there are more", async (t) => {
  const { repository, perform, ports } = await bench(t);
  const commits = Array.from({ length: firstCommitsMax + 10 }, (_, index) => {
    const message = `feat: number ${index}`;
    return `commit refs/heads/main\ncommitter A <a@example.org> ${1_600_000_000 + index} +0000\ndata ${message.length}\n${message}\n\n`;
  });
  execFileSync("git", ["-C", repository.folder, "fast-import", "--quiet"], { input: commits.join("") });
  repository.git("reset", "--quiet", "--hard", "main");

  const [notes = ""] = notesOf(await perform([aPackage({ version: "1.0.0", changelog })]));

  assert.match(notes, /^- number 10$/m);
  assert.doesNotMatch(notes, /^- number 9$/m);
  assert.match(notes, /\n- … and 1000 more$/);
  assert.match(ports.printed.join("\n"), /no release was found before this one: the newest 2000 commits or so/);
});
