// Use case: `slipway rehearse`. The same plan, engine, steps and bytes as the real run, against registries that live
// inside Slipway; nothing becomes public. At the end it says what would have become public and what would have stopped
// the real run.
import path from "node:path";
import type { PlannedRegistry } from "../domain/plan/plan.ts";
import type { RunState } from "../domain/run/state.ts";
import type { Fact, Person } from "../domain/run/fact.ts";
import { chooseLegs, freezeLegs, type ChosenLeg } from "./choose-imports.ts";
import { driveRun, openRun, type RunObserver } from "./drive-run.ts";
import { removeOldRehearsals } from "./kept-rehearsals.ts";
import { candidateTried, openRuns, takeDriver, type Runs } from "./open-runs.ts";
import { planRelease, type PlannedRun } from "./plan-release.ts";
import { writeRecord } from "./record.ts";
import type { Registries, RehearsalRegistries } from "./registries.ts";
import { readingThrough } from "./rehearsal-images.ts";
import type { Asked } from "./asked.ts";
import { report, type Report } from "./report.ts";
import { projectFolders, runFolders } from "./run-folder.ts";
import type { World } from "./world.ts";

export interface RehearseOptions {
  readonly asked: Asked;
  readonly observer: RunObserver;
  /** Name of a fault profile, or undefined: the registries behave. */
  readonly faults: string | undefined;
  /** Keep the rehearsal's folder with its registries' files. */
  readonly keep: boolean;
  /** Folder with the release's files, instead of its page; absolute. */
  readonly filesFolder: string | undefined;
  /** Files of legs that were made elsewhere, so that they take part; absolute. */
  readonly imports: readonly string[];
  /** Of which leg they are, where their names fit several. */
  readonly importPlatform: string | undefined;
}

export interface Rehearsed {
  readonly report: Report;
  readonly state: RunState;
  readonly record: string | undefined;
  readonly folder: string;
  /** What the real run would be stopped by, and what the rehearsal registries saw. */
  readonly wouldStop: readonly { readonly message: string; readonly hint?: string }[];
  readonly notices: readonly string[];
}

export async function rehearse(world: World, options: RehearseOptions): Promise<Rehearsed> {
  const planned = await planRelease(world, { ...options.asked, mayAssumeTag: true });
  const { imports: files, importPlatform: platform } = options;
  const imports = files.length === 0 ? [] : await chooseLegs(planned.plan, { files, platform, step: undefined });
  const root = path.join(planned.project.folder, "rehearsals");
  await world.files.makeFolder(root);
  await removeOldRehearsals(world, root);
  const folder = path.join(root, world.random.id());
  // Held to the end, so that no other process takes this rehearsal for an old one, and `status` can say that it is driven.
  const lock = takeDriver(world, projectFolders(folder));
  try {
    return await rehearseIn(world, { planned, folder, options, imports });
  } finally {
    lock.release();
  }
}

interface Place {
  readonly planned: PlannedRun;
  readonly folder: string;
  readonly options: RehearseOptions;
  readonly imports: readonly ChosenLeg[];
}

async function rehearseIn(world: World, { planned, folder, options, imports }: Place): Promise<Rehearsed> {
  const { observer, keep, filesFolder, faults } = options;
  const servers = await world.rehearsalRegistries(planned.plan, { folder, repository: planned.project.look.root, faults });
  try {
    return await rehearseWith(world, { planned, folder, servers, observer, keep, filesFolder, imports });
  } finally {
    await servers.close();
    if (!keep) for (const name of ["registries", "remotes", "forge"]) await world.files.remove(path.join(folder, name));
  }
}

interface Rehearsing {
  readonly planned: PlannedRun;
  readonly folder: string;
  readonly servers: RehearsalRegistries;
  readonly observer: RunObserver;
  readonly keep: boolean;
  readonly filesFolder: string | undefined;
  readonly imports: readonly ChosenLeg[];
}

async function rehearseWith(world: World, rehearsing: Rehearsing): Promise<Rehearsed> {
  const { planned, folder, servers, observer } = rehearsing;
  const { project, plan } = planned;
  const runs = openRuns(world, { folder });
  const realRuns = openRuns(world, project);
  const realOnes = await world.realRegistries();
  try {
    const by = world.person(project.look.person);
    const inherited = await importedFacts(world, runs.store, { imports: rehearsing.imports, by });
    const run = openRun({ world, journal: runs.journal }, { plan, mode: "rehearsal", by, inherited });
    const folders = runFolders(folder, run);
    const workshop = {
      plan,
      folders,
      store: runs.store,
      registries: rehearsalOf(servers, realOnes),
      preflightRegistries: realOnes,
      source: { look: () => Promise.resolve({ kind: "same" as const }) },
      repository: project.look.root,
      forges: servers.forges,
      preflightForges: await world.realForges(),
      filesFolder: rehearsing.filesFolder,
      projectFolder: project.folder,
      rehearsalFolder: folder,
      identity: project.look.person,
      tagAssumed: planned.tagAssumed,
      candidateTried: () => candidateTried(realRuns.journal, { plan }),
      configurationIs: project.configurationDirty ? ("changed" as const) : ("committed" as const),
    };
    const parts = { world, journal: runs.journal, configuration: project.configuration, workshop, observer, waitForPeople: false };
    const { drove, state } = await driveRun(parts, run, by);
    const ended = report(state, drove);
    const isComplete = drove.kind === "closed" && drove.result === "complete";
    const record = isComplete ? await writeRecord(world, { root: folder }, { state, sealing: workshop }) : undefined;
    const seen = await servers.findings();
    if (!rehearsing.keep) await removeCopies(world, folders.root);
    return {
      report: ended,
      state,
      record,
      folder,
      wouldStop: wouldStop(state, seen),
      notices: [...planned.notices, ...seen.filter((finding) => finding.level !== "blocks").map((finding) => finding.message)],
    };
  } finally {
    runs.journal.close();
    realRuns.journal.close();
  }
}

/** In a rehearsal nobody has to say why: nothing of it becomes public. */
async function importedFacts(
  world: World,
  store: Runs["store"],
  { imports, by }: { readonly imports: readonly ChosenLeg[]; readonly by: Person },
): Promise<readonly Fact[]> {
  const legs = await freezeLegs(world, store, imports);
  return legs.map(({ step, artifacts }): Fact => ({ kind: "artifacts-imported", step, artifacts, by, reason: "for this rehearsal" }));
}

function rehearsalOf(servers: RehearsalRegistries, realOnes: Registries): Registries {
  return {
    world: "rehearsal",
    open: (planned: PlannedRegistry) => readingThrough(servers.registry(planned.name), () => realOnes.open(planned)),
    identity: servers.identity,
    signer: (environment) => servers.signer(environment),
    credential: (planned, use) => servers.credential(planned.name, use),
  };
}

function wouldStop(state: RunState, seen: Awaited<ReturnType<RehearsalRegistries["findings"]>>): Rehearsed["wouldStop"] {
  const blocking = (state.preflight?.findings ?? []).filter((finding) => finding.level === "blocks");
  return [
    ...blocking.map(({ message, hint }) => ({ message, ...(hint === undefined ? {} : { hint }) })),
    ...seen.filter((finding) => finding.level === "blocks"),
  ];
}

/** Logs, journal, record and frozen bytes stay; clones and homes are only large. */
async function removeCopies(world: World, root: string): Promise<void> {
  for (const name of ["clone", "source", "work", "home", "tmp"]) await world.files.remove(path.join(root, name));
}
