// `npm run acceptance`: the tests that are too heavy for every change (DESIGN §7), run before an issue that names them is
// called done. What came of them is written to docs/acceptance/DATE.md, to be committed. `npm run acceptance -- NAME` runs
// the files with that in their path, and writes nothing.
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { arch, availableParallelism, platform, release } from "node:os";
import { join } from "node:path";
import { stopTogether } from "./support/child.ts";
import { build, installTestTools } from "./support/prepare.ts";
import { repositoryFiles, root } from "./support/repository.ts";
import type { GroupEnd } from "./testing/run.ts";
import { runSession } from "./testing/session.ts";
import { acceptance, filesOf } from "./testing/suites.ts";
import { type Counts, close } from "./testing/summary.ts";

function git(...args: readonly string[]): string {
  return execFileSync("git", args, { cwd: root, encoding: "utf8" }).trim();
}

/** The report: what was run, on what, and what came of it. Failures are named; their text is in the terminal. */
function reportText(day: string, groups: readonly GroupEnd[], { passed, failed }: Counts): string {
  const dirty = git("status", "--porcelain") === "" ? "" : ", with changes that are not committed";
  const where = `Node ${process.versions.node}, ${platform()} ${release()} ${arch()}, ${availableParallelism()} processors`;
  const rows = groups.map(
    (end) => `| ${end.label} | ${end.passed} | ${end.failures.length + end.skipped.length} | ${end.seconds.toFixed(1)} |`,
  );
  const names = groups.flatMap((end) => [...end.failures.map((failure) => failure.name), ...end.skipped]).map((name) => `- ${name}`);
  return [
    `# Acceptance, ${day}`,
    "",
    `Commit ${git("rev-parse", "HEAD")}${dirty}. ${where}.`,
    "",
    "| suite | passed | failed | seconds |",
    "| --- | ---: | ---: | ---: |",
    ...rows,
    "",
    ...(names.length > 0 ? ["Failed:", "", ...names, ""] : []),
    `${passed} passed, ${failed} failed`,
    "",
  ].join("\n");
}

async function main(): Promise<void> {
  const wanted = process.argv.slice(2);
  const files = filesOf(acceptance, repositoryFiles()).filter((file) => wanted.length === 0 || wanted.some((part) => file.includes(part)));
  if (files.length === 0) {
    console.log(
      wanted.length === 0
        ? "There are no acceptance suites yet (test/acceptance/*.test.ts)"
        : `No acceptance suite has "${wanted.join('", "')}" in its path`,
    );
    return close({ passed: 0, failed: wanted.length });
  }
  const { groups, counts } = await runSession({ first: [build, installTestTools], stages: [], suites: [{ suite: acceptance, files }] });
  if (wanted.length === 0) writeReport(groups, counts);
  close(counts);
}

function writeReport(groups: readonly GroupEnd[], counts: Counts): void {
  const day = new Date().toISOString().slice(0, 10);
  const folder = join(root, "docs", "acceptance");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${day}.md`), reportText(day, groups, counts));
  console.log(`\nreport: docs/acceptance/${day}.md`);
}

stopTogether();
await main();
