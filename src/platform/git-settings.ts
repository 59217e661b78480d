// What the user's git is set to in a repository: remotes and identity, from one call of `git var -l`, which prints the
// whole configuration and the identity that git would write.
import type { GitRunner } from "./git-command.ts";
import { rewrittenUrl, shownUrl } from "./git-url.ts";

export interface GitSettings {
  /** `Name <address>`; empty when git does not know. */
  readonly person: string;
  /** The configuration names the person; otherwise it came from the environment, or was guessed. */
  readonly personSet: boolean;
  /** URL of `origin`, or of the only remote, as it may be shown. */
  readonly remote?: string;
  /** A clone that fetches objects when they are needed; it cannot be cloned without its remote. */
  readonly partial: boolean;
  /** The work tree is set to another place than the folder of `.git`. */
  readonly ownWorkTree: boolean;
}

/** The exit code of `var -l` tells nothing: it is not 0 when an identity is missing, after all else was printed. */
export async function readSettings(git: GitRunner, folder: string): Promise<GitSettings> {
  const settings = parseSettings((await git.ask(folder, ["var", "-l"])).stdout);
  return settings.personSet ? settings : { ...settings, person: await strictPerson(git, folder) };
}

/** `var -l` shows a guess, such as root@localhost.(none), that git itself would refuse to write. */
async function strictPerson(git: GitRunner, folder: string): Promise<string> {
  const answer = await git.ask(folder, ["var", "GIT_COMMITTER_IDENT"]);
  return answer.code === 0 ? personOf(answer.stdout.trim()) : "";
}

/** Pure. Keys of git are lower-case but for the part between the first and last point. */
export function parseSettings(text: string): GitSettings {
  const lines = text.split("\n").flatMap((line) => {
    const equals = line.indexOf("=");
    return equals < 0 ? [] : [{ key: line.slice(0, equals), value: line.slice(equals + 1) }];
  });
  const remote = remoteOf(lines);
  return {
    person: personOf(lines.findLast((line) => line.key === "GIT_COMMITTER_IDENT")?.value ?? ""),
    personSet: ["name", "email"].every((part) => lines.some((line) => line.key === `user.${part}` && line.value !== "")),
    partial: lines.some(
      (line) => line.key === "extensions.partialclone" || (/^remote\..*\.promisor$/.test(line.key) && line.value !== "false"),
    ),
    ownWorkTree: lines.some((line) => line.key === "core.worktree"),
    ...(remote === undefined ? {} : { remote }),
  };
}

interface Setting {
  readonly key: string;
  readonly value: string;
}

/** The first URL of a remote is the one that git fetches from. */
function remoteOf(lines: readonly Setting[]): string | undefined {
  const urls = new Map<string, string>();
  for (const { key, value } of lines) {
    const name = /^remote\.(?<name>.+)\.url$/.exec(key)?.groups?.["name"];
    if (name !== undefined && !urls.has(name)) urls.set(name, value);
  }
  const url = urls.get("origin") ?? (urls.size === 1 ? [...urls.values()][0] : undefined);
  if (url === undefined || url === "") return undefined;
  const rules = lines.flatMap(({ key, value }) => {
    const base = /^url\.(?<base>.+)\.insteadof$/.exec(key)?.groups?.["base"];
    return base === undefined ? [] : [{ base, insteadOf: value }];
  });
  return shownUrl(rewrittenUrl(url, rules));
}

/** `Name <address> 1795259325 +0000` without the time. */
function personOf(identity: string): string {
  return identity.replace(/ [0-9]+ [+-][0-9]{4}$/, "");
}
