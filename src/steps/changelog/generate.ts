// Makes the text of one section from the commits since the last release of its package.
import { posix } from "node:path";
import { tellCommits } from "../../domain/changelog/commits.ts";
import { readGenerated, type GeneratedSection } from "../../domain/changelog/generated.ts";
import { readChangelog } from "../../domain/changelog/read.ts";
import type { Head } from "../../domain/run/head.ts";
import { readVersion } from "../../domain/version/scheme.ts";
import type { Worked, WorkPorts } from "../step.ts";
import { listCommits, renderWithOwnTemplate, type Cliff, type CliffRange } from "./cliff.ts";
import { findLastRelease, firstCommitsMax, type Since } from "./git.ts";
import type { Target } from "./input.ts";
import { findOwnConfiguration } from "./own-configuration.ts";

export type Failed = Extract<Worked, { kind: "failed" }>;

export type Generated = { readonly kind: "generated"; readonly section: GeneratedSection } | Failed;

/** @param text of the file as it is now, for the level of its headings */
export async function generate(
  target: Target,
  text: string,
  around: { readonly head: Head; readonly ports: WorkPorts },
): Promise<Generated> {
  const { head, ports } = around;
  const found = await findCliff(ports);
  if (found.kind === "failed") return found;
  const cliff = { program: found.program, ports };
  const since = await findLastRelease(target.tagged, head.commit, ports);
  if (since.kind === "failed") return failed("GIT_FAILED", `Cannot find the last release of "${target.one.id}": ${since.why}`);
  if (since.kind === "shallow") {
    const message = `Cannot tell what changed since the last release of "${target.one.id}": this clone is shallow and has no tag of it`;
    return { ...failed("SOURCE_SHALLOW", message), hint: "Run `git fetch --unshallow --tags`" };
  }
  const from = since.kind === "since" ? since.tag.commit : since.from;
  const range: CliffRange = {
    ...(from === undefined ? {} : { from }),
    ...(since.kind === "since" ? { last: since.tag.name } : {}),
    to: head.commit,
    tag: target.tag ?? target.one.version,
    epochSeconds: head.epochSeconds,
    folders: foldersOf(target),
  };
  ports.print(`${target.file}: ${describe(since)}`);
  return (await byOwnTemplate({ target, text, cliff, range })) ?? (await byDefault(cliff, range));
}

/** Whether the program is there; it is installed the first time that a plan needs it. @throws SlipwayError TOOL_MISSING */
export async function findCliff(
  ports: Pick<WorkPorts, "toolboxPython" | "files" | "host">,
): Promise<({ readonly kind: "found" } & Pick<Cliff, "program">) | Failed> {
  const python = await ports.toolboxPython("git-cliff");
  const program = posix.join(posix.dirname(python.replaceAll("\\", "/")), ports.host.startsWith("windows") ? "git-cliff.exe" : "git-cliff");
  if ((await ports.files.info(program)) !== undefined) return { kind: "found", program };
  return {
    ...failed("TOOL_MISSING", `Cannot generate a changelog: there is no "${program}"`),
    hint: "Install git-cliff 2.14.2 beside the Python that SLIPWAY_TOOLBOX_PYTHON names, or unset it",
  };
}

// --- helpers ----------------------------------------------------------------------------------

interface Generating {
  readonly target: Target;
  readonly text: string;
  readonly cliff: Cliff;
  readonly range: CliffRange;
}

function describe(since: Extract<Since, { kind: "since" | "first" }>): string {
  if (since.kind === "since") return `commits since ${since.tag.name}`;
  const told = since.from === undefined ? "all commits" : `the newest ${firstCommitsMax} commits or so`;
  return `no release was found before this one: ${told}`;
}

/** Undefined where the project has no configuration, or where its rules leave nothing over: a release is told all the same. */
async function byOwnTemplate({ target, text, cliff, range }: Generating): Promise<Generated | undefined> {
  const { ports } = cliff;
  const own = await findOwnConfiguration(ports.files, ports.workFolder, target.one.folder);
  if (own === undefined) return undefined;
  ports.print(`${target.file}: git-cliff with the project's "${own.path}"`);
  if (own.hasCommands) ports.print(`${target.file}: the commands (replace_command) in "${own.path}" are not run`);
  const told = await renderWithOwnTemplate(cliff, { ...range, configuration: own.path });
  if (told.kind === "failed") {
    const message = `Cannot generate the changelog of ${target.one.name} ${target.one.version} with "${own.path}": ${told.why}`;
    return { ...failed("STEP_FAILED", message), hint: `Mend "${own.path}", or leave it out to use Slipway's own form` };
  }
  const { level } = readChangelog(text, target.headings);
  const section = readGenerated(told.value, readVersion(target.headings.scheme, target.one.version), { ...target.headings, level });
  return section.body === "" ? undefined : { kind: "generated", section };
}

async function byDefault(cliff: Cliff, range: CliffRange): Promise<Generated> {
  const listed = await listCommits(cliff, range);
  if (listed.kind === "failed") return failed("STEP_FAILED", `Cannot generate the changelog of ${range.tag}: ${listed.why}`);
  return { kind: "generated", section: { body: tellCommits(listed.value) } };
}

/** A package in a folder of its own is told what touched that folder; one at the root, everything. */
function foldersOf({ packages }: Target): readonly string[] {
  const folders = [...new Set(packages.map((one) => one.folder))];
  return folders.includes(".") ? [] : folders;
}

export function failed(code: Failed["code"], message: string): Failed {
  return { kind: "failed", code, message };
}
