// The remote of a run, seen from its own clone: the user's, or in a rehearsal a bare repository inside Slipway, made from
// the user's as it is here.
import path from "node:path";
import type { Plan } from "../domain/plan/plan.ts";
import type { Remote } from "../steps/step.ts";
import type { World } from "./world.ts";

export interface RunRemoteParts {
  readonly world: World;
  readonly plan: Plan;
  /** The run's own clone. */
  readonly clone: string;
  /** Root of the user's repository. */
  readonly repository: string;
  /** Folder of the rehearsal; undefined in a real run. */
  readonly rehearsalFolder: string | undefined;
}

/** Each remote is opened once. */
export function createRemotes(parts: RunRemoteParts): (name: string) => Remote {
  const opened = new Map<string, Remote>();
  return (name) => {
    const remote = opened.get(name) ?? openRemote(parts, name);
    opened.set(name, remote);
    return remote;
  };
}

/** @param name of a remote of the user's repository */
function openRemote(parts: RunRemoteParts, name: string): Remote {
  const { world, plan, clone, repository } = parts;
  const address = once(() => addressOf(parts, name));
  const base = plan.source.commit;
  return {
    refs: async (refs) => world.git.remoteRefs(repository, await address(), refs),
    fetch: async (branch) => world.git.fetchBranch({ repository, clone, remote: await address(), branch, known: base }),
    contains: (commit, ancestor) => world.git.contains(clone, commit, ancestor).catch(() => false),
    findMarked: (tip, mark) => world.git.findMarked(clone, { tip, base, mark }),
    findSameTree: (tip, commit) => world.git.findSameTree(clone, { tip, base, commit }),
    subject: (commit) => world.git.subject(clone, commit),
    replay: (head, onto, mark) => world.git.replay(clone, { base, head, onto, mark }),
    push: async (refs) => world.git.push({ repository, clone, remote: await address(), refs }),
  };
}

async function addressOf({ world, repository, rehearsalFolder }: RunRemoteParts, name: string): Promise<string> {
  if (rehearsalFolder === undefined) return name;
  const folder = remoteFolder(rehearsalFolder, name);
  await world.git.clone(repository, folder);
  return folder;
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
}

/** Where a rehearsal keeps the bare repository that stands for a remote. */
export function remoteFolder(rehearsalFolder: string, name: string): string {
  return path.join(rehearsalFolder, "remotes", `${encodeURIComponent(name)}.git`);
}
