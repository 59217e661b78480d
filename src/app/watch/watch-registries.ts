// Use case: `slipway watch-registries`. Looks at all registries again and again, or once for a cron job, and raises an alarm for
// what nobody of this project published; `slipway clear-alarm` is a person's word that it was looked at.
import { errorCatalog } from "../../domain/error-catalog.ts";
import { SlipwayError } from "../../domain/error.ts";
import {
  clearAlarm,
  isSame,
  longSilent,
  newWatch,
  nextLookMs,
  openAlarms,
  takeLook,
  type Alarm,
  type WatchState,
} from "../../domain/watch.ts";
import { commitSource } from "../packages/commit-source.ts";
import { findPackages } from "../packages/packages.ts";
import { openProject, type Project } from "../project.ts";
import type { World } from "../world.ts";
import { versionsOfRecords, versionsOfRuns } from "./known.ts";
import { openPageRecords } from "./page-records.ts";
import { lookAtAll } from "./look.ts";
import { targetsMax, targetsOf, type Target } from "./targets.ts";
import { changeWatch, readWatch } from "./watch-file.ts";

export interface WatchOptions {
  readonly once: boolean;
  readonly everyMs: number;
  /** Records of releases that other machines made; absolute paths. */
  readonly records: readonly string[];
  onLook(look: Look): void;
}

/** What one look came to; a document of its own on standard output. */
export interface Look {
  readonly schema: "slipway-look/1";
  readonly at: string;
  readonly project: string;
  /** Packages at registries. */
  readonly watched: number;
  /** Looked at for the first time: what is there now is taken as known. */
  readonly begun: readonly { readonly registry: string; readonly package: string; readonly versions: number }[];
  /** All that are open, older ones first. */
  readonly alarms: readonly Alarm[];
  /** Those that this look raised. */
  readonly raised: readonly string[];
  readonly silent: readonly {
    readonly registry: string;
    readonly package: string;
    readonly since: string;
    readonly why: string;
    readonly long: boolean;
  }[];
  /** 0, 8 with an open alarm, 5 where a registry has been silent for half an hour. */
  readonly exitCode: number;
}

/** Looks come at least this often, so that an alarm is raised within ten minutes (reference/trust §8, G15). */
const everyMsMax = 5 * 60_000;
const everyMsMin = 10_000;

/** @returns the last look. @throws SlipwayError USAGE, what `openProject` and `findPackages` throw */
export async function watchRegistries(world: World, options: WatchOptions): Promise<Look> {
  if (options.everyMs > everyMsMax || options.everyMs < everyMsMin)
    throw new SlipwayError("USAGE", `Cannot look every ${Math.round(options.everyMs / 1000)} s: it should be from 10s to 5m`, {
      hint: "An alarm has to come within ten minutes",
    });
  let onlySilent = false;
  let sinceFullMs = world.clock.nowMs();
  for (;;) {
    const { look, state } = await lookOnce(world, options, onlySilent);
    options.onLook(look);
    if (options.once || world.interrupted.aborted) return look;
    const nowMs = world.clock.nowMs();
    if (!onlySilent) sinceFullMs = nowMs;
    const untilFullMs = Math.max(0, sinceFullMs + options.everyMs - nowMs);
    const pauseMs = Math.min(untilFullMs, nextLookMs(state, options.everyMs));
    onlySilent = pauseMs < untilFullMs;
    await world.clock.sleep(pauseMs, world.interrupted).catch(() => {});
    if (world.interrupted.aborted) return look;
  }
}

async function lookOnce(
  world: World,
  options: WatchOptions,
  onlySilent: boolean,
): Promise<{ readonly look: Look; readonly state: WatchState }> {
  const project = await openProject(world);
  const targets = await findTargets(world, project);
  const before = await readWatch(world, project.folder);
  const stateOf = (target: Target) => before?.targets.find((one) => isSame(one, nameOf(target)));
  const meant = onlySilent ? targets.filter((target) => stateOf(target)?.silent !== undefined) : targets;
  const records = await versionsOfRecords(world, options.records);
  const startedMs = world.clock.nowMs();
  const seen = await lookAtAll(world, {
    targets: meant,
    registries: await world.realRegistries(),
    known: () => [...versionsOfRuns(world, project.folder), ...records],
    pages: openPageRecords(world, project),
    isTold: (target, version) =>
      before?.alarms.some((alarm) => isSame(alarm, nameOf(target)) && alarm.version === version && alarm.kind === "foreign-version") ===
      true,
    before: stateOf,
  });
  const nowMs = world.clock.nowMs();
  const idOf = (words: string): string => world.sha256OfText(words).slice(0, 10);
  const state = await changeWatch(world, project.folder, (now) => takeLook(now ?? newWatch(startedMs), seen, { nowMs, idOf }));
  const begun = seen.flatMap((one) => {
    const isFirst = one.kind === "answered" && before?.targets.find((target) => isSame(target, one))?.settled === undefined;
    return isFirst ? [{ registry: one.registry, package: one.package, versions: one.settled.length }] : [];
  });
  const known = new Set(before?.alarms.map(({ id }) => id));
  return { state, look: lookOf(state, { project, watched: targets.length, begun, nowMs, isNew: ({ id }) => !known.has(id), targets }) };
}

async function findTargets(world: World, { configuration, look }: Project): Promise<readonly Target[]> {
  const targets = targetsOf(configuration, await findPackages(configuration, commitSource(world.git, look, configuration)));
  if (targets.length <= targetsMax) return targets;
  throw new SlipwayError("PLAN_INVALID", `Cannot watch ${targets.length} packages at registries: the limit is ${targetsMax}`);
}

function nameOf(target: Target): { readonly registry: string; readonly package: string } {
  return { registry: target.registry.name, package: target.package };
}

interface LookParts extends Pick<Look, "watched" | "begun"> {
  readonly project: Project;
  readonly nowMs: number;
  readonly targets: readonly Target[];
  isNew(alarm: Alarm): boolean;
}

function lookOf(state: WatchState, { project, watched, begun, nowMs, isNew, targets }: LookParts): Look {
  const alarms = openAlarms(state);
  const long = longSilent(state, nowMs);
  const silent = state.targets
    // What the file no longer names is not looked at any more.
    .filter((one) => targets.some((target) => isSame(one, nameOf(target))))
    .flatMap((one) =>
      one.silent === undefined
        ? []
        : [{ ...nameIn(one), since: new Date(one.silent.sinceMs).toISOString(), why: one.silent.why, long: long.includes(one) }],
    );
  return {
    schema: "slipway-look/1",
    at: new Date(nowMs).toISOString(),
    project: project.configuration.project,
    watched,
    begun,
    alarms,
    raised: alarms.filter(isNew).map(({ id }) => id),
    silent,
    exitCode: alarms.length > 0 ? errorCatalog.FINDINGS.exit : silent.some((one) => one.long) ? errorCatalog.RUN_INCOMPLETE.exit : 0,
  };
}

function nameIn({ registry, package: name }: { readonly registry: string; readonly package: string }): {
  readonly registry: string;
  readonly package: string;
} {
  return { registry, package: name };
}

export interface Clearing {
  readonly id: string;
  readonly reason: string | undefined;
  /** Who says so, where it is not whom git names. */
  readonly by: string | undefined;
}

/** @returns the alarm, and how many stay open. @throws SlipwayError USAGE without a reason, or for no open alarm */
export async function clearOne(world: World, { id, reason, by }: Clearing): Promise<{ readonly alarm: Alarm; readonly open: number }> {
  const said = reason?.trim() ?? "";
  if (said === "")
    throw new SlipwayError("USAGE", `Cannot clear alarm "${id}" without a reason`, { hint: 'Say what you found with --reason "…"' });
  const project = await openProject(world);
  const self = world.person(project.look.person);
  const who = by === undefined ? { by: self.name, authenticated: self.authenticated } : { by, authenticated: false };
  const state = await changeWatch(world, project.folder, (now) => {
    const cleared = now === undefined ? undefined : clearAlarm(now, id, { atMs: world.clock.nowMs(), ...who, reason: said });
    if (cleared !== undefined) return cleared;
    const open = openAlarms(now).map((alarm) => alarm.id);
    throw new SlipwayError("USAGE", `Cannot clear alarm "${id}": there is no such open alarm`, {
      hint: open.length === 0 ? "No alarm is open" : `Open alarms: ${open.join(", ")}`,
    });
  });
  const alarm = state.alarms.find((one) => one.id === id);
  if (alarm === undefined) throw new SlipwayError("INTERNAL_ASSERTION", `Cannot find alarm "${id}" that was cleared`);
  return { alarm, open: openAlarms(state).length };
}
