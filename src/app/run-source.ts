// The run's own source: one clone, copies of the head made from it, and the head moved on by what steps ask for. All of it
// is local; the user's tree is only read.
import path from "node:path";
import { SlipwayError } from "../domain/error.ts";
import { globMatcher } from "./globs.ts";
import type { Plan, PlannedStep } from "../domain/plan/plan.ts";
import { headKey, type Head, type MadeTag } from "../domain/run/head.ts";
import type { RunState } from "../domain/run/state.ts";
import type { SourceChange } from "../steps/step.ts";
import type { RunFolders } from "./run-folder.ts";
import type { World } from "./world.ts";

export interface RunSourceParts {
  readonly world: World;
  readonly plan: Plan;
  readonly folders: RunFolders;
  /** Root of the user's repository. */
  readonly repository: string;
  /** The plan's tag is not made yet: the run's own clone gets it, so that builds see what tomorrow's will. */
  readonly tagAssumed: boolean;
  /** `Name <address>` as git would write it: whose commits and tags they are. */
  readonly identity: string;
}

export interface RunSource {
  /** A clean checkout of a head, made once. @returns its folder */
  checkout(head: Head): Promise<string>;
  /** A fresh copy of a head in the empty or missing folder `to`. */
  copy(head: Head, to: string): Promise<void>;
  /** Moves the head on by what a step asked for and by its `keep:`. @returns undefined when it stays where it is */
  advance(state: RunState, step: PlannedStep, made: Made): Promise<Head | undefined>;
}

export interface Made {
  readonly change: SourceChange | undefined;
  readonly workFolder: string;
}

export function createRunSource(parts: RunSourceParts): RunSource {
  const { world, folders } = parts;
  const checkouts = new Map<string, Promise<string>>();
  let cloned: Promise<void> | undefined;
  const clone = (head: Head): Promise<void> => (cloned ??= makeClone(parts, head));
  return {
    checkout(head) {
      const key = headKey(head);
      const made = checkouts.get(key) ?? clone(head).then(() => makeCheckout(parts, head));
      checkouts.set(key, made);
      return made;
    },
    async copy(head, to) {
      await clone(head);
      await world.git.copyAt(folders.clone, pointOf(head), to);
    },
    async advance(state, step, made) {
      if (made.change === undefined && step.keep.length === 0) return undefined;
      await clone(state.head);
      return moveOn(parts, state, { step, ...made });
    },
  };
}

function pointOf(head: Head): { readonly commit: string; readonly tree?: string } {
  return head.tree === undefined ? { commit: head.commit } : { commit: head.commit, tree: head.tree };
}

/** @param head where the journal left it: a run that inherits it finds its commits in the clone of the run before */
async function makeClone(parts: RunSourceParts, head: Head): Promise<void> {
  const { world, folders, plan } = parts;
  await world.files.makeFolder(folders.root);
  await world.git.clone(parts.repository, folders.clone);
  if (parts.tagAssumed && plan.source.tag !== undefined) await world.git.assumeTag(folders.clone, plan.source.tag, plan.source.commit);
  if (!(await world.git.has(folders.clone, head.tree ?? head.commit))) await adopt(parts, head);
  // What a killed process left behind is no part of any step.
  await world.files.remove(folders.work);
}

/** Runs of this project that are looked through, newest first, for one that has the commits. */
const clonesMax = 200;

/** @throws SlipwayError SOURCE_INCOMPLETE when no run of this machine has them any more */
async function adopt(parts: RunSourceParts, head: Head): Promise<void> {
  const { world, folders } = parts;
  const object = head.tree ?? head.commit;
  const runs = path.dirname(folders.root);
  const others = (await world.files.list(runs)).toReversed().slice(0, clonesMax);
  for (const run of others) {
    const clone = path.join(runs, run, path.basename(folders.clone));
    if (clone === folders.clone || (await world.files.info(clone)) === undefined || !(await world.git.has(clone, object))) continue;
    return world.git.adopt(folders.clone, { clone, tags: head.tags });
  }
  throw new SlipwayError(
    "SOURCE_INCOMPLETE",
    `Cannot go on from ${object.slice(0, 12)}: no run on this machine has the commits that the release made`,
    {
      hint: "Go on where they were made, or give the run up with `slipway cancel` and begin again",
    },
  );
}

/** Made again from the start when an earlier process left it half made. */
async function makeCheckout(parts: RunSourceParts, head: Head): Promise<string> {
  const { world, folders, plan } = parts;
  const isFirst = head.tree === undefined && head.commit === plan.source.commit;
  const folder = isFirst ? folders.source : `${folders.source}-${headKey(head)}`;
  await world.files.remove(folder);
  await world.git.copyAt(folders.clone, pointOf(head), folder);
  return folder;
}

type Moving = Made & { readonly step: PlannedStep };

/** What is kept by the step's own line comes first: a step that commits commits that as well. */
async function moveOn(parts: RunSourceParts, state: RunState, moving: Moving): Promise<Head | undefined> {
  const { change, step } = moving;
  const byLine = step.keep.length === 0 ? state.head : await keep(parts, state.head, { ...moving, selects: matcher(step.keep) });
  const head = change === undefined ? byLine : await apply(parts, state, { head: byLine, change, workFolder: moving.workFolder });
  return head === state.head ? undefined : head;
}

function matcher(globs: readonly string[]): (file: string) => boolean {
  const matches = globs.map(globMatcher);
  return (file) => matches.some((match) => match(file));
}

function apply(
  parts: RunSourceParts,
  state: RunState,
  applying: { readonly head: Head; readonly change: SourceChange; readonly workFolder: string },
): Promise<Head> {
  const { head, change, workFolder } = applying;
  switch (change.kind) {
    case "keep": {
      const paths = new Set(change.paths.map((file) => path.posix.normalize(file)));
      return keep(parts, head, { workFolder, selects: (file) => paths.has(file) });
    }
    case "commit":
      return commit(parts, state, { head, message: change.message });
    case "tags":
      return tag(parts, state, { head, change });
  }
}

async function keep(
  parts: RunSourceParts,
  head: Head,
  keeping: { readonly workFolder: string; readonly selects: (file: string) => boolean },
): Promise<Head> {
  const { world, folders } = parts;
  const own = await world.git.treeOf(folders.clone, head.commit);
  const before = head.tree ?? own;
  const tree = await world.git.keep(folders.clone, { tree: before, copy: keeping.workFolder, selects: keeping.selects });
  if (tree === before) return head;
  const { tree: _, ...rest } = head;
  return tree === own ? rest : { ...rest, tree };
}

async function commit(parts: RunSourceParts, state: RunState, making: { readonly head: Head; readonly message: string }): Promise<Head> {
  const { head, message } = making;
  if (head.tree === undefined) return head;
  const epochSeconds = Math.max(madeAt(state), head.epochSeconds);
  const id = await parts.world.git.commit(parts.folders.clone, {
    parent: head.commit,
    tree: head.tree,
    message,
    epochSeconds,
    person: parts.identity,
    repository: parts.repository,
  });
  return { commit: id, epochSeconds, tags: head.tags };
}

/** One by one, since each of them writes to the same clone; those that an interrupted attempt made are found again. */
async function tag(
  parts: RunSourceParts,
  state: RunState,
  making: { readonly head: Head; readonly change: Extract<SourceChange, { kind: "tags" }> },
): Promise<Head> {
  const { head, change } = making;
  const { commit } = head;
  const epochSeconds = Math.max(madeAt(state), head.epochSeconds);
  const common = { commit, epochSeconds, replaces: change.replaces, person: parts.identity, repository: parts.repository };
  const made: MadeTag[] = [];
  for (const { name, message } of change.tags) {
    const object = await parts.world.git.makeTag(parts.folders.clone, { ...common, name, message });
    made.push({ name, object, commit });
  }
  const others = head.tags.filter((one) => made.every(({ name }) => name !== one.name));
  return { ...head, tags: [...others, ...made] };
}

/** The time of the run's own commits and tags, or that of a merge they follow: from the journal, so that making one twice gives one id. */
function madeAt(state: RunState): number {
  return Math.max(Math.floor(state.openedAtMs / 1000), state.plan.source.epochSeconds);
}
