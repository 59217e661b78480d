// Branches and tags of a rehearsal GitHub: those of a bare git repository where one stands behind, otherwise those that the
// state holds. Every name goes to git as one argument and as a full reference, so that none is taken for an option.
import type { Exec } from "../../../platform/ports.ts";
import type { Store } from "./store.ts";

export interface GitObject {
  readonly sha: string;
  readonly type: "commit" | "tag" | "tree" | "blob";
}

export interface Refs {
  /** What a full reference leads to, not peeled. */
  object(ref: string): Promise<GitObject | undefined>;
  /** What an annotated tag's object leads to. */
  tagTarget(sha: string): Promise<GitObject | undefined>;
  /** Commit of a full id, of a full reference, or of the short name of a branch or tag. */
  commit(name: string): Promise<string | undefined>;
  /** Makes a lightweight tag. @returns false when git refuses it: the name is none, or the tag is there */
  makeTag(name: string, commit: string): Promise<boolean>;
  /** Merges a branch and moves the base there. @returns the merge; undefined when there is nothing or a conflict to merge */
  merge(base: string, head: string, how?: "merge" | "squash"): Promise<string | undefined>;
}

/** A bare repository, and how git is run there. */
export interface GitRepository {
  readonly folder: string;
  readonly exec: Exec;
  /** PATH on which git is found. */
  readonly path: string;
}

const fullId = /^[0-9a-f]{40}$/;
/** git-check-ref-format, as far as a name can be judged alone. */
const badName = /^[-./]|\.\.|[\p{Cc} ~^:?*[\\]|@\{|\/\/|\.lock(?:\/|$)|\/\.|[./]$|^@$|^$/u;

/** Names as GitHub looks them up for a dispatch or a release: a branch goes before a tag. */
function candidates(name: string): readonly string[] {
  return name.startsWith("refs/") ? [name] : [`refs/heads/${name}`, `refs/tags/${name}`];
}

/** References that live in the state alone: every full id is believed to be a commit. */
export function stateRefs(store: Store): Refs {
  const read = (ref: string) => store.state().refs[ref];
  return {
    object: (ref) => {
      const sha = read(ref);
      return Promise.resolve(sha === undefined ? undefined : { sha, type: "commit" });
    },
    tagTarget: () => Promise.resolve(undefined),
    commit: (name) =>
      Promise.resolve(
        fullId.test(name)
          ? name
          : candidates(name)
              .map(read)
              .find((sha) => sha !== undefined),
      ),
    makeTag: (name, commit) =>
      store.change((state) => {
        const ref = `refs/tags/${name}`;
        if (badName.test(name) || state.refs[ref] !== undefined) return { state, value: false };
        return { state: { ...state, refs: { ...state.refs, [ref]: commit } }, value: true };
      }),
    merge: (base, head) => {
      const [from, to] = [read(`refs/heads/${head}`), `refs/heads/${base}`];
      if (from === undefined || read(to) === undefined) return Promise.resolve(undefined);
      return store.change((state) => ({ state: { ...state, refs: { ...state.refs, [to]: from } }, value: from }));
    },
  };
}

/** References of a bare repository. */
export function gitRefs(repository: GitRepository): Refs {
  const git = gitAt(repository);
  const object = async (name: string): Promise<GitObject | undefined> => {
    const sha = await git(["rev-parse", "--verify", "--quiet", "--end-of-options", name]);
    const type = sha === undefined ? undefined : await git(["cat-file", "-t", sha]);
    return sha === undefined || (type !== "commit" && type !== "tag" && type !== "tree" && type !== "blob") ? undefined : { sha, type };
  };
  const commit = async (name: string): Promise<string | undefined> => {
    for (const one of fullId.test(name) ? [name] : candidates(name)) {
      const found = badName.test(one) ? undefined : await object(`${one}^{commit}`);
      if (found !== undefined) return found.sha;
    }
    return undefined;
  };
  return {
    object: (ref) => (badName.test(ref) ? Promise.resolve(undefined) : object(ref)),
    tagTarget: async (sha) => ((await git(["cat-file", "-t", sha])) === "tag" ? await taggedBy(git, sha) : undefined),
    commit,
    makeTag: async (name, sha) =>
      !badName.test(name) && (await git(["update-ref", `refs/tags/${name}`, sha, "0".repeat(40)])) !== undefined,
    merge: (base, head, how = "merge") => mergeBranches(git, commit, { base, head, how }),
  };
}

type Run = (args: readonly string[]) => Promise<string | undefined>;

async function taggedBy(git: Run, sha: string): Promise<GitObject | undefined> {
  const text = (await git(["cat-file", "tag", sha])) ?? "";
  const [, found, type] = /^object ([0-9a-f]{40})\ntype (commit|tag|tree|blob)\n/.exec(text) ?? [];
  return found === undefined ? undefined : { sha: found, type: type as GitObject["type"] };
}

async function mergeBranches(
  git: Run,
  commit: Refs["commit"],
  { base, head, how }: { readonly base: string; readonly head: string; readonly how: "merge" | "squash" },
): Promise<string | undefined> {
  const [ours, theirs] = [await commit(`refs/heads/${base}`), await commit(`refs/heads/${head}`)];
  if (ours === undefined || theirs === undefined) return undefined;
  const tree = (await git(["merge-tree", "--write-tree", ours, theirs]))?.split("\n")[0];
  if (tree === undefined) return undefined;
  const parents = how === "squash" ? [ours] : [ours, theirs];
  const merged = await git(["commit-tree", tree, ...parents.flatMap((one) => ["-p", one]), "-m", `Merge branch '${head}' into ${base}`]);
  if (merged === undefined) return undefined;
  return (await git(["update-ref", `refs/heads/${base}`, merged, ours])) === undefined ? undefined : merged;
}

const gitTimeoutMs = 30_000;

/** @returns what git printed, without the last line end; undefined when it says no */
function gitAt({ exec, folder, path }: GitRepository): Run {
  return async (args) => {
    const end = await exec.run({
      program: "git",
      args: ["--git-dir", folder, ...args],
      cwd: folder,
      env: gitEnvironment(path),
      timeoutMs: gitTimeoutMs,
      signal: new AbortController().signal,
    });
    return end.kind === "exited" && end.code === 0 ? end.stdout.replace(/\n$/, "") : undefined;
  };
}

/** No configuration of the user's counts here, and no person of theirs writes. */
function gitEnvironment(path: string): Readonly<Record<string, string>> {
  const person = { NAME: "Rehearsal", EMAIL: "rehearsal@localhost" };
  return {
    PATH: path,
    HOME: "/nonexistent",
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_AUTHOR_NAME: person.NAME,
    GIT_AUTHOR_EMAIL: person.EMAIL,
    GIT_COMMITTER_NAME: person.NAME,
    GIT_COMMITTER_EMAIL: person.EMAIL,
  };
}
