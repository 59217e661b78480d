// The Git port over the user's own `git` (reference/libraries.md §4: it signs, hooks in agents and reads configuration
// as its user expects; libraries do not). Nothing here writes to the user's tree, index, refs or configuration.
import { adoptObjects, assumeTag, cloneOnce } from "./git-clone.ts";
import { createGitRunner, type GitOptions } from "./git-command.ts";
import { copyCommit } from "./git-copy.ts";
import { fetchBranch, findMarked, findSameTree, replay } from "./git-fetch.ts";
import { commitTree, hasObject, keepTree, tagCommit, treeOf } from "./git-head.ts";
import { readHistory } from "./git-history.ts";
import { readLog } from "./git-log.ts";
import { look, readChanges } from "./git-look.ts";
import { pushRefs, readRemoteRefs } from "./git-push.ts";
import { containsCommit, listFiles, readCommitAt, readRemoteRef, requireObjectId, resolveCommit } from "./git-read.ts";
import { createShowFile } from "./git-show.ts";
import { createSkeletons } from "./git-skeleton.ts";
import { listTags, readTag } from "./git-tags.ts";
import type { Git } from "./ports.ts";

/** All paths are absolute. @throws SlipwayError TOOL_MISSING from every method when git is missing or too old */
export function createGit(options: GitOptions): Git {
  const skeletons = createSkeletons();
  const git = { ...createGitRunner(options), skeletons };
  const show = createShowFile(git);
  return {
    look: (folder) => look(git, folder),
    changes: (folder) => readChanges(git, folder),
    resolve: (folder, ref) => resolveCommit(git, folder, ref),
    commitAt: (folder, ref) => readCommitAt(git, folder, ref),
    tags: (folder, glob) => listTags(git, folder, { glob }),
    tagsIn: (folder, commit) => listTags(git, folder, { glob: "**", containedIn: requireObjectId(commit) }),
    log: (folder, range) => readLog(git, folder, range),
    history: (folder, from, onCommit) => readHistory(git, folder, { ...from, onCommit }),
    tag: (folder, name) => readTag(git, folder, name),
    files: (folder, commit) => listFiles(git, folder, commit),
    show: (folder, commit, path) => show(folder, { commit, path }),
    clone: (from, to) => cloneOnce(git, from, to),
    copyAt: (clone, at, to) => copyCommit(git, { clone, ...at, to }),
    adopt: (clone, from) => {
      skeletons.forget(clone);
      return adoptObjects(git, clone, from);
    },
    has: (clone, object) => hasObject(git, clone, object),
    treeOf: (clone, commit) => treeOf(git, clone, commit),
    keep: (clone, keep) => keepTree(git, clone, keep),
    commit: (clone, making) => commitTree(git, clone, making),
    makeTag: (clone, making) => {
      skeletons.forget(clone);
      return tagCommit(git, clone, making);
    },
    remoteRefs: (folder, remote, refs) => readRemoteRefs(git, folder, { remote, refs }),
    fetchBranch: (making) => fetchBranch(git, making),
    replay: (clone, making) => replay(git, clone, making),
    findMarked: (clone, at) => findMarked(git, clone, at),
    findSameTree: (clone, at) => findSameTree(git, clone, at),
    subject: async (clone, commit) => (await git.read(clone, ["show", "--no-patch", "--format=%s", requireObjectId(commit)])).trim(),
    push: (making) => pushRefs(git, making),
    remoteRef: (folder, remote, ref) => readRemoteRef(git, folder, { remote, ref }),
    assumeTag: async (clone, name, commit) => {
      skeletons.forget(clone);
      await assumeTag(git, clone, { name, commit });
    },
    contains: (folder, commit, ancestor) => containsCommit(git, folder, { commit, ancestor }),
  };
}
