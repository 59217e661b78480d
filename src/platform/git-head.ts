// The run's own commits (DESIGN §1.7): what a step kept becomes a tree, trees become commits, commits get tags, all of it
// in the run's clone and nowhere else. Ids depend on what goes in alone, so that doing it twice gives the same; only a
// signature differs each time.
import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { assert, SlipwayError } from "../domain/error.ts";
import type { GitRunner } from "./git-command.ts";
import { requireObjectId } from "./git-read.ts";
import { isRefName } from "./git-tags.ts";
import type { CommitMaking, KeepMaking, TagMaking } from "./ports.ts";

/** Objects are on disk before the fact that names them. */
export const durable = ["-c", "core.fsync=all", "-c", "core.fsyncObjectFiles=true"];
const timeoutMs = 10 * 60_000;

/**
 * Takes files of a copy over into a tree.
 * @returns its id; that of `keep.tree` again when nothing that was selected differs
 */
export async function keepTree(git: GitRunner, clone: string, keep: KeepMaking): Promise<string> {
  const scratch = await mkdtemp(join(clone, "slipway-index-"));
  // The clone's configuration and none of the copy's, which a step may have written.
  const env = { GIT_DIR: clone, GIT_WORK_TREE: keep.copy, GIT_INDEX_FILE: join(scratch, "index") };
  try {
    await git.read(keep.copy, ["read-tree", requireObjectId(keep.tree)], { env });
    const [changed, removed] = await Promise.all([
      listPaths(git, keep, { env, kinds: ["--modified", "--others"] }),
      listPaths(git, keep, { env, kinds: ["--deleted"] }),
    ]);
    // What is gone goes first: a link may stand where a folder was.
    await updateIndex(git, keep, { env, how: ["--force-remove"], paths: removed });
    const gone = new Set(removed);
    await updateIndex(git, keep, { env, how: ["--add"], paths: changed.filter((path) => !gone.has(path)) });
    return (await git.read(keep.copy, [...durable, "write-tree"], { env })).trim();
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

type Environment = Readonly<Record<string, string>>;

/** Selected paths of some kinds; ignored files are of none. */
async function listPaths(
  git: GitRunner,
  keep: KeepMaking,
  which: { readonly env: Environment; readonly kinds: readonly string[] },
): Promise<readonly string[]> {
  const args = ["ls-files", "-z", ...which.kinds, "--exclude-standard"];
  const text = await git.read(keep.copy, args, { env: which.env, timeoutMs });
  return [...new Set(text.split("\0"))].filter((path) => path !== "" && keep.selects(path));
}

async function updateIndex(
  git: GitRunner,
  keep: KeepMaking,
  update: { readonly env: Environment; readonly how: readonly string[]; readonly paths: readonly string[] },
): Promise<void> {
  if (update.paths.length === 0) return;
  const input = update.paths.map((path) => `${path}\0`).join("");
  await git.read(keep.copy, [...durable, "update-index", ...update.how, "-z", "--stdin"], { env: update.env, input, timeoutMs });
}

export async function hasObject(git: GitRunner, clone: string, object: string): Promise<boolean> {
  return (await git.ask(clone, ["cat-file", "-e", requireObjectId(object)])).code === 0;
}

export async function treeOf(git: GitRunner, clone: string, commit: string): Promise<string> {
  return (await git.read(clone, ["rev-parse", "--verify", "--quiet", `${requireObjectId(commit)}^{tree}`])).trim();
}

/** @returns id of the commit. @throws SlipwayError IDENTITY_MISSING, GIT_FAILED when a signature could not be made */
export async function commitTree(git: GitRunner, clone: string, making: CommitMaking): Promise<string> {
  const signing = await signingOf(git, making.repository, "commit.gpgsign");
  const args = ["commit-tree", requireObjectId(making.tree), "-p", requireObjectId(making.parent), "-F", "-"];
  const env = { ...identity("AUTHOR", making), ...identity("COMMITTER", making) };
  const call = { env, input: withLineEnd(making.message), timeoutMs };
  const answer = await git.read(clone, [...durable, ...signing.settings, ...args, ...(signing.wanted ? ["-S"] : [])], call);
  return requireObjectId(answer.trim());
}

/**
 * Makes an annotated tag in the clone.
 * @returns id of the tag object; of the one that is there when it says the same
 * @throws SlipwayError TAG_EXISTS when a tag of that name leads elsewhere, or was made by somebody else
 */
export async function tagCommit(git: GitRunner, clone: string, making: TagMaking): Promise<string> {
  assert(isRefName(making.name), `"${making.name}" is a name that git accepts for a tag`);
  const ref = `refs/tags/${making.name}`;
  const there = await git.read(clone, ["for-each-ref", "--format=%(objectname) %(*objectname)", ref]);
  const [object = "", commit = object] = there.trim().split(" ");
  if (object !== "" && commit === making.commit && object !== commit) return object;
  if (object !== "" && !making.replaces) throw tagExists(making, commit);
  const signing = await signingOf(git, making.repository, "tag.gpgsign");
  const args = [
    "tag",
    signing.wanted ? "-s" : "-a",
    ...(making.replaces ? ["--force"] : []),
    "--cleanup=verbatim",
    "-F",
    "-",
    "--",
    making.name,
    requireObjectId(making.commit),
  ];
  const call = { env: identity("COMMITTER", making), input: withLineEnd(making.message), timeoutMs };
  await git.read(clone, [...durable, ...signing.settings, "-c", "tag.gpgSign=false", ...args], call);
  return requireObjectId((await git.read(clone, ["rev-parse", "--verify", "--quiet", ref])).trim());
}

function tagExists(making: TagMaking, commit: string): SlipwayError {
  return new SlipwayError(
    "TAG_EXISTS",
    `Cannot make tag "${making.name}" at ${making.commit.slice(0, 12)}: there is one already, at ${commit.slice(0, 12)}`,
    { hint: `Release the next version, or withdraw the tag: git push --delete origin ${making.name}; git tag -d ${making.name}` },
  );
}

function withLineEnd(message: string): string {
  return message.endsWith("\n") ? message : `${message}\n`;
}

function identity(
  role: "AUTHOR" | "COMMITTER",
  who: { readonly person: string; readonly epochSeconds: number },
): Readonly<Record<string, string>> {
  const parts = /^(?<name>[^<>\n]*?) ?<(?<address>[^<>\n]*)>$/.exec(who.person)?.groups;
  const name = parts?.["name"]?.trim() ?? "";
  if (parts === undefined || name === "") {
    throw new SlipwayError("IDENTITY_MISSING", `Cannot commit as "${who.person}": git does not know who you are`, {
      hint: 'Tell it: git config --global user.name "Your Name" && git config --global user.email you@example.org',
    });
  }
  return {
    [`GIT_${role}_NAME`]: name,
    [`GIT_${role}_EMAIL`]: parts["address"] ?? "",
    [`GIT_${role}_DATE`]: `@${who.epochSeconds} +0000`,
  };
}

const signingKeys = [
  "user.signingkey",
  "gpg.format",
  "gpg.program",
  "gpg.openpgp.program",
  "gpg.ssh.program",
  "gpg.x509.program",
  "gpg.ssh.defaultKeyCommand",
];

/** Whether the user signs, and with what: as set in the user's repository, which the clone knows nothing of. */
async function signingOf(
  git: GitRunner,
  repository: string,
  switchedBy: "commit.gpgsign" | "tag.gpgsign",
): Promise<{ readonly wanted: boolean; readonly settings: readonly string[] }> {
  const answer = await git.ask(repository, ["config", "--type=bool", "--get", switchedBy]);
  if (answer.code !== 0 || answer.stdout.trim() !== "true") return { wanted: false, settings: [] };
  const settings = await Promise.all(
    signingKeys.map(async (key) => {
      const value = await git.ask(repository, ["config", "--get", key]);
      return value.code === 0 ? ["-c", `${key}=${value.stdout.replace(/\n$/, "")}`] : [];
    }),
  );
  return { wanted: true, settings: settings.flat() };
}
