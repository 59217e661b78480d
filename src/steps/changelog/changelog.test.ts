import assert from "node:assert/strict";
import { test } from "node:test";
import type { PlannedChangelog, PlannedPackage } from "../../domain/plan/plan.ts";
import type { Worked } from "../step.ts";
import {
  aFrozen,
  aPackage,
  aPlan,
  aPlanned,
  aUse,
  exited,
  fakePorts,
  memoryFiles,
  type FakePorts,
  type FakePortsParts,
} from "../../../test/support/ports.ts";
import { changelogStep } from "./changelog.ts";
import type { ChangelogInput } from "./input.ts";

type Content = Parameters<typeof memoryFiles>[0];

const byHand = { file: "CHANGELOG.md", required: false };
const byCliff = { file: "CHANGELOG.md", required: true, by: "git-cliff" } as const;
const head = { commit: "c".repeat(40), epochSeconds: 1_795_305_599, tags: [] };

async function perform(
  packages: readonly PlannedPackage[],
  content: Content = {},
  parts: FakePortsParts & { readonly input?: ChangelogInput } = {},
): Promise<{ worked: Worked; ports: FakePorts }> {
  const ports = fakePorts({ ...parts, files: memoryFiles(content) });
  const worked = await changelogStep.perform(
    aFrozen<ChangelogInput>(parts.input ?? {}, { plan: aPlan({ packages }), packages, head }),
    ports,
  );
  return { worked, ports };
}

interface Section {
  readonly package: string;
  readonly notes?: string;
  readonly changed: boolean;
}

function sections(worked: Worked): readonly Section[] {
  assert.equal(worked.kind, "done", JSON.stringify(worked));
  const output = (worked.kind === "done" ? worked.output : {}) as unknown as { readonly sections: readonly Section[] };
  return output.sections;
}

function failure(worked: Worked): string {
  return worked.kind === "failed" ? `${worked.code}: ${worked.message}` : worked.kind;
}

test("changelog: a hand-written section is taken as it is, and nothing is written", async () => {
  const { worked, ports } = await perform([aPackage({ changelog: byHand })], {
    "/work/CHANGELOG.md": "## v1.0.0\n\n- see [x]\n\n[x]: y\n",
  });

  assert.deepEqual(sections(worked), [
    { package: "demo", packages: ["demo"], file: "CHANGELOG.md", version: "1.0.0", changed: false, notes: "- see [x]\n\n[x]: y" },
  ]);
  assert.equal(worked.kind === "done" && worked.source, undefined);
  assert.deepEqual(ports.exec.commands, []);
});

test("changelog: what stands under Unreleased becomes the version's section, at the head's day", async () => {
  const { worked, ports } = await perform([aPackage({ changelog: byHand })], { "/work/CHANGELOG.md": "## [Unreleased]\n\n- by hand\n" });

  assert.equal(ports.files.content.get("/work/CHANGELOG.md"), "## [Unreleased]\n\n## [1.0.0] - 2026-11-21\n\n- by hand\n");
  assert.deepEqual(worked.kind === "done" && worked.source, { kind: "keep", paths: ["CHANGELOG.md"] });
  assert.equal(sections(worked)[0]?.notes, "- by hand");
});

test("changelog: a missing section is a note, or a failure where it is required", async () => {
  for (const content of [{}, { "/work/CHANGELOG.md": "## 0.9\n- old\n" }, { "/work/CHANGELOG.md": "## 1.0.0\n\n## 0.9\n" }]) {
    const free = await perform([aPackage({ changelog: byHand })], content);
    const required = await perform([aPackage({ changelog: { ...byHand, required: true } })], content);

    assert.equal("notes" in (sections(free.worked)[0] ?? {}), false);
    assert.match(free.ports.printed.join("\n"), /does not tell demo 1\.0\.0/);
    assert.match(failure(required.worked), /^CHANGELOG_SECTION: Cannot release demo 1\.0\.0 without its changes in "CHANGELOG\.md"/);
  }
});

test("changelog: a link is neither read nor written, wherever it stands in the path", async () => {
  const files: Content = { "/work/docs": { kind: "link" }, "/work/docs/CHANGELOG.md": "## 1.0.0\n- a\n" };

  const folder = await perform([aPackage({ changelog: { ...byHand, file: "docs/CHANGELOG.md" } })], files);
  const file = await perform([aPackage({ changelog: byHand })], { "/work/CHANGELOG.md": { kind: "link" } });

  assert.match(failure(folder.worked), /"docs" is a link and should be a folder/);
  assert.match(failure(file.worked), /"CHANGELOG\.md" is a link and should be a file/);
});

test("changelog: packages that share file and version have one section; others one each", async () => {
  const text = "## demo 1.0.0\n- d\n\n## other 2.0.0\n- o\n";
  const packages = [
    aPackage({ changelog: byHand }),
    aPackage({ id: "twin", changelog: byHand }),
    aPackage({ id: "other", name: "other", version: "2.0.0", changelog: byHand }),
    aPackage({ id: "silent" }),
  ];

  const { worked } = await perform(packages, { "/work/CHANGELOG.md": text });

  assert.deepEqual(
    sections(worked).map((one) => [one.package, one.notes]),
    [
      ["demo", "- d"],
      ["other", "- o"],
    ],
  );
});

test("changelog: a plan without a changelog fails, in preflight as well", async () => {
  const { worked } = await perform([aPackage()]);

  assert.match(failure(worked), /no package of slipway\.yaml names one/);
  assert.equal((await changelogStep.preflight(aPlanned<ChangelogInput>({}), fakePorts()))[0]?.level, "blocks");
});

test("changelog: git-cliff gets an argument array, a commit range, and no variable that could direct it", async () => {
  const hex = "a".repeat(40);
  const { worked, ports } = await perform(
    [aPackage({ folder: "x[1]", changelog: { ...byCliff, tag: "demo-v{version}" } })],
    {
      "/toolbox/bin/git-cliff": "program",
    },
    {
      env: { GITHUB_TOKEN: "t", GIT_CLIFF_CONFIG: "c", GIT_DIR: "g" },
      programs: { git: () => exited(0, `demo-v0.9.0\0${"b".repeat(40)}\0${hex}\n`), "git-cliff": () => exited(0, "[]") },
    },
  );

  assert.equal(sections(worked)[0]?.notes, "- No changes.");
  const command = ports.exec.commands.find((one) => one.program.endsWith("git-cliff"));
  assert.deepEqual(command?.args, [
    "--config",
    "/scratch/slipway-cliff.toml",
    "--offline",
    "--no-exec",
    "--output",
    "-",
    "--context",
    "--tag-pattern",
    "^$",
    "--tag=demo-v1.0.0",
    "--include-path=x[[]1[]]/**",
    "--",
    `${hex}..${head.commit}`,
  ]);
  assert.deepEqual(Object.keys(command?.env ?? {}).toSorted(), ["HOME", "NO_COLOR", "PATH", "SOURCE_DATE_EPOCH"]);
});

test("changelog: git-cliff that fails, says too much or something else stops the step", async () => {
  const cases: readonly (readonly [FakePortsParts["programs"], RegExp])[] = [
    [{ "git-cliff": () => exited(1, "", "\u001b[31mbad\u001b[0m template") }, /exit code 1: bad template$/],
    [{ "git-cliff": () => ({ ...exited(0, "["), leftOutBytes: 1 }) as never }, /too many commits/],
    [{ "git-cliff": () => exited(0, "hello") }, /something else than its context/],
  ];
  for (const [programs, words] of cases) {
    const { worked } = await perform(
      [aPackage({ changelog: byCliff })],
      { "/toolbox/bin/git-cliff": "" },
      {
        programs: { git: ({ args }) => exited(0, args.includes("rev-parse") ? "false\n" : ""), ...programs },
      },
    );

    assert.match(failure(worked), /^STEP_FAILED/);
    assert.match(failure(worked), words);
  }
});

test("changelog: without git-cliff the step, and preflight before it, say what is missing", async () => {
  const packages = [aPackage({ changelog: byCliff })];
  const { worked, ports } = await perform(packages);
  const findings = await changelogStep.preflight(aPlanned<ChangelogInput>({}, { packages }), ports);

  assert.match(failure(worked), /^TOOL_MISSING: .*\/toolbox\/bin\/git-cliff/);
  assert.deepEqual(
    findings.map((one) => `${one.level} ${one.id}`),
    ["blocks PF-TOOL-MISSING"],
  );
});

test("changelog: preflight tells what people have not written yet, and asks for git-cliff's set of tools only", async () => {
  const asked: (string | undefined)[] = [];
  const look = async (text: string | undefined, changelog: PlannedChangelog = { ...byHand, required: true }) => {
    const ports = fakePorts({
      files: memoryFiles({ ...(text === undefined ? {} : { "/source/CHANGELOG.md": text }), "/t/bin/git-cliff": "" }),
      toolboxPython: async (set) => {
        asked.push(set);
        return "/t/bin/python";
      },
    });
    const packages = [aPackage({ changelog })];
    return (await changelogStep.preflight(aPlanned<ChangelogInput>({}, { packages }), ports)).map((one) => one.level);
  };

  assert.deepEqual(await look("## 1.0.0\n- a\n"), ["fine"]);
  assert.deepEqual(await look("## Unreleased\n- a\n"), ["fine"]);
  assert.deepEqual(await look("## Unreleased\n"), ["blocks"]);
  assert.deepEqual(await look(undefined), ["blocks"]);
  assert.deepEqual(await look(undefined, byHand), ["warns"]);
  assert.deepEqual(asked, []);
  assert.deepEqual(await look(undefined, byCliff), []);
  assert.deepEqual(asked, ["git-cliff"]);
});

test("changelog: names version and file in the plan, writes the source, and needs git only to generate", () => {
  const use = aUse<ChangelogInput>({}, { packages: [aPackage({ changelog: byCliff })] });

  assert.equal(changelogStep.describe(use), "write the changelog section of 1.0.0 in CHANGELOG.md (git-cliff)");
  assert.equal(changelogStep.writesSource?.(use), true);
  assert.deepEqual(changelogStep.asks(use), { programs: ["git"], toolbox: false, platforms: [] });
  assert.deepEqual(changelogStep.asks(aUse<ChangelogInput>({}, { packages: [aPackage({ changelog: byHand })] })).programs, []);
});
