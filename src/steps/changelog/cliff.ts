// Runs git-cliff, the pinned one of Slipway's own toolbox, over the commits since the last release and no more: over whole
// histories it is slow, and its cost grows with tags (reference/performance §5), so it is told to know none. It reads the
// commits in one call and, where the project has a template, renders them in a second from what the first one said; in
// between, control characters are taken out, and time and last release are set to those of the run. It asks no forge
// (`--offline`), starts no program (`--no-exec`) and writes no file, which a configuration can ask for (`--output -`): text of
// commits never becomes a command, and nothing changes behind this step's back.
import { posix } from "node:path";
import { z } from "zod";
import { plainText } from "../../domain/changelog/safe-text.ts";
import type { ToldCommit } from "../../domain/changelog/commits.ts";
import { isReleasing } from "../../domain/changelog/groups.ts";
import type { CommandEnd } from "../../platform/ports.ts";
import type { WorkPorts } from "../step.ts";
import { defaultConfiguration } from "./default-configuration.ts";

const timeoutMs = 5 * 60_000;
/** What is read of git-cliff: the context of some ten thousand commits. */
const keepBytes = 64 * 1024 * 1024;
/** Longest text of one commit that a template is given. */
const messageLengthMax = 20_000;

export interface Cliff {
  /** Absolute path of the program. */
  readonly program: string;
  readonly ports: WorkPorts;
}

export interface CliffRange {
  /** Full object id; commits after this one: the last release, or where a long history is cut. Absent: all. */
  readonly from?: string;
  /** Tag of the last release, which `from` is the commit of. */
  readonly last?: string;
  /** Full object id. */
  readonly to: string;
  /** Tag of the version. */
  readonly tag: string;
  /** Committer time of the head, seconds since 1970. */
  readonly epochSeconds: number;
  /** Folders in the repository whose commits count; empty: all. */
  readonly folders: readonly string[];
  /** Path of the project's own configuration in the copy; absent: Slipway's. */
  readonly configuration?: string;
}

export type Told<T> = { readonly kind: "told"; readonly value: T } | { readonly kind: "failed"; readonly why: string };

/** Commits of the range by Slipway's own configuration, oldest first. */
export async function listCommits(cliff: Cliff, range: CliffRange): Promise<Told<readonly ToldCommit[]>> {
  const configuration = posix.join(cliff.ports.scratchFolder, "slipway-cliff.toml");
  await cliff.ports.files.writeText(configuration, defaultConfiguration);
  const said = await askContext(cliff, range, configuration);
  return said.kind === "failed" ? said : { kind: "told", value: said.value.flatMap((release) => release.commits.map(toldCommit)) };
}

/** The text that the project's own template makes of the range; empty where its rules leave nothing over. */
export async function renderWithOwnTemplate(cliff: Cliff, range: CliffRange & { readonly configuration: string }): Promise<Told<string>> {
  const configuration = posix.join(cliff.ports.workFolder, range.configuration);
  const said = await askContext(cliff, range, configuration);
  if (said.kind === "failed") return said;
  const [release] = said.value;
  if (release === undefined || release.commits.length === 0) return { kind: "told", value: "" };
  const context = posix.join(cliff.ports.scratchFolder, "slipway-context.json");
  await cliff.ports.files.writeText(context, JSON.stringify([settled(release, range)]));
  const rendered = await run(cliff, [
    "--config",
    configuration,
    "--offline",
    "--no-exec",
    "--output",
    "-",
    "--strip",
    "all",
    "--from-context",
    context,
  ]);
  return rendered.kind === "failed" ? rendered : { kind: "told", value: rendered.value };
}

// --- helpers ----------------------------------------------------------------------------------

const commit = z.looseObject({
  message: z.string(),
  group: z.string().nullish(),
  scope: z.string().nullish(),
  breaking: z.boolean().optional(),
  merge_commit: z.boolean().optional(),
});
const contextOfReleases = z.array(z.looseObject({ commits: z.array(commit) }));

type CliffCommit = z.infer<typeof commit>;
type CliffRelease = z.infer<typeof contextOfReleases>[number];

async function askContext(cliff: Cliff, range: CliffRange, configuration: string): Promise<Told<readonly CliffRelease[]>> {
  const paths = range.folders.map((folder) => `--include-path=${escapeGlob(folder)}/**`);
  // No tag of the repository is read: the one version of the range is the one that is named here.
  const args = [
    "--config",
    configuration,
    "--offline",
    "--no-exec",
    "--output",
    "-",
    "--context",
    "--tag-pattern",
    "^$",
    `--tag=${range.tag}`,
    ...paths,
  ];
  const commits = range.from === undefined ? [] : ["--", `${range.from}..${range.to}`];
  const said = await run(cliff, [...args, ...commits]);
  if (said.kind === "failed") return said;
  const read = contextOfReleases.safeParse(parseJson(said.value));
  return read.success ? { kind: "told", value: read.data } : { kind: "failed", why: "git-cliff says something else than its context" };
}

function toldCommit(commit: CliffCommit): ToldCommit {
  const [title = ""] = commit.message.split(/\r?\n/, 1);
  const scope = commit.scope ?? "";
  return {
    title,
    ...(scope === "" ? {} : { scope }),
    group: isReleasing(title) ? "hidden" : (commit.group ?? "Changed"),
    breaking: commit.breaking === true,
    merge: commit.merge_commit === true,
  };
}

function settled(release: CliffRelease, range: CliffRange): unknown {
  const before = release["previous"];
  const previous = {
    ...release,
    ...(typeof before === "object" ? before : {}),
    commits: [],
    version: range.last ?? null,
    commit_id: range.last === undefined ? null : range.from,
    previous: null,
  };
  return cleaned({ ...release, timestamp: range.epochSeconds, version: range.tag, previous });
}

/** Every text without control characters, and of a size that a template can bear. */
function cleaned(value: unknown): unknown {
  if (typeof value === "string") return plainText(value.slice(0, messageLengthMax));
  if (Array.isArray(value)) return value.map(cleaned);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, cleaned(member)]));
}

async function run({ program, ports }: Cliff, args: readonly string[]): Promise<Told<string>> {
  const end = await ports.exec.run({
    program,
    args,
    cwd: ports.workFolder,
    env: quietEnvironment(ports),
    timeoutMs,
    signal: ports.signal,
    keepBytes,
  });
  if (end.kind !== "exited" || end.code !== 0) return { kind: "failed", why: `git-cliff ended with ${endOf(end)}` };
  if ((end.leftOutBytes ?? 0) > 0)
    return { kind: "failed", why: `git-cliff says more than ${keepBytes} bytes: too many commits since the last release` };
  return { kind: "told", value: end.stdout };
}

/** Its options can be given as variables, and so can credentials of forges: none of them. */
function quietEnvironment({ env }: WorkPorts): Readonly<Record<string, string>> {
  const own = Object.entries(env).filter(([name]) => !/^(?:GIT_CLIFF|GITHUB|GITLAB|GITEA|BITBUCKET|AZURE_DEVOPS)_|^GIT_/.test(name));
  return { ...Object.fromEntries(own), NO_COLOR: "1" };
}

function endOf(end: CommandEnd): string {
  if (end.kind === "not-found") return "nothing: it cannot be started";
  const said = plainText(end.stderr).trim().split("\n").slice(-3).join(" | ").slice(-500);
  return `${end.kind === "exited" ? `exit code ${end.code}` : end.kind}: ${said}`;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function escapeGlob(folder: string): string {
  return folder.replaceAll(/[[\]*?]/g, "[$&]");
}
