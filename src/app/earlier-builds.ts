// Files that an earlier run or rehearsal of the same commit built, found in the journals that this machine keeps. A run takes
// nothing from them: what it built is only held against them (domain/run/build-comparison.ts).
import path from "node:path";
import type { Artifact } from "../domain/artifact.ts";
import { SlipwayError } from "../domain/error.ts";
import { catalogueName, stepOf, type Plan } from "../domain/plan/plan.ts";
import type { Recorded, RunMode } from "../domain/run/fact.ts";
import { projectFolders } from "./run-folder.ts";
import type { World } from "./world.ts";

export interface FoundBuild {
  readonly run: string;
  readonly mode: RunMode;
  readonly artifact: Artifact;
  /** Absolute path of the frozen bytes, which may be gone. */
  readonly file: string;
}

/** Runs of one journal that are looked through for builds of the release, and journals, newest first. */
const runsMax = 5;
const foldersMax = 10;
const runsListedMax = 200;

/** Newest first. What cannot be read is left out, and told in the log: nothing is taken from it. */
export async function findBuilds(
  world: Pick<World, "openJournal" | "openStore" | "files" | "log">,
  root: string,
  of: { readonly plan: Plan; readonly run: string; readonly commit: string },
): Promise<readonly FoundBuild[]> {
  const rehearsals = path.join(root, "rehearsals");
  const names = (await world.files.list(rehearsals)).toReversed().slice(0, foldersMax);
  const found: FoundBuild[] = [];
  for (const folder of [root, ...names.map((name) => path.join(rehearsals, name))]) {
    if ((await world.files.info(projectFolders(folder).journal)) === undefined) continue;
    try {
      found.push(...readBuilds(world, folder, of));
    } catch (error) {
      // Whatever is wrong with the journal of another run is no matter of this one.
      const why = error instanceof SlipwayError ? error.code : String(error);
      world.log.warn("An earlier build could not be looked at", { folder, why });
    }
  }
  return found.toSorted((one, other) => (one.run < other.run ? 1 : -1));
}

function readBuilds(
  world: Pick<World, "openJournal" | "openStore">,
  folder: string,
  of: Parameters<typeof findBuilds>[2],
): readonly FoundBuild[] {
  const folders = projectFolders(folder);
  const journal = world.openJournal(folders.journal);
  const store = world.openStore(folders.store);
  try {
    const same = journal.runs(runsListedMax).filter(({ run, title }) => run !== of.run && title === of.plan.release.title);
    return same
      .slice(0, runsMax)
      .flatMap(({ run }) =>
        buildsOf(journal.read(run), of.commit).map(({ mode, artifact }) => ({ run, mode, artifact, file: store.file(artifact.digest) })),
      );
  } finally {
    journal.close();
  }
}

/** What steps of one run made while its head was at a commit; what is fetched or brought in was built elsewhere. */
export function buildsOf(
  recorded: readonly Recorded[],
  commit: string,
): readonly { readonly mode: RunMode; readonly artifact: Artifact }[] {
  const [opened] = recorded;
  if (opened?.fact.kind !== "run-opened") return [];
  const { plan, mode } = opened.fact;
  const imported = new Set(recorded.flatMap(({ fact }) => (fact.kind === "artifacts-imported" ? [fact.step] : [])));
  let head = plan.source.commit;
  const found: { readonly mode: RunMode; readonly artifact: Artifact }[] = [];
  for (const { fact } of recorded) {
    if (fact.kind !== "step-done") continue;
    if (head === commit && !imported.has(fact.step) && isBuilt(plan, fact.step))
      found.push(...fact.artifacts.map((artifact) => ({ mode, artifact })));
    head = fact.head?.commit ?? head;
  }
  return found;
}

/** Whether a step builds what it makes. */
export function isBuilt(plan: Plan, id: string): boolean {
  const step = stepOf(plan, id);
  return step !== undefined && catalogueName(step) !== "fetch-release";
}
