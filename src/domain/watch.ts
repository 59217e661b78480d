// What the watch over registries knows and concludes: which versions were there before it began, which are of this project, and
// which are neither. A version that no run and no record knows is an alarm; so is one of ours without the provenance that the
// file makes us expect. An alarm holds further publishing until a person has cleared it. Pure. Source: reference/trust §1 (8), §7 row 16.

export const watchSchema = "slipway-watch/1";

/** A silent registry is no alarm; after this long it is told. */
export const silenceToldMs = 30 * 60_000;

/** Alarms that are kept, open ones first. */
const alarmsMax = 1_000;
/** Versions of one package that are remembered. */
const versionsMax = 50_000;

/** A package at a registry. */
export interface WatchedName {
  readonly registry: string;
  readonly package: string;
}

export interface WatchState {
  readonly schema: typeof watchSchema;
  readonly startedAtMs: number;
  readonly targets: readonly WatchedTarget[];
  readonly alarms: readonly Alarm[];
}

export interface WatchedTarget extends WatchedName {
  /** Versions that there is nothing more to ask about: there before the watch began, or found to be in order. Absent: it has never answered. */
  readonly settled?: readonly string[];
  readonly answeredAtMs?: number;
  /** Since when it does not answer, and how often it was asked since. */
  readonly silent?: { readonly sinceMs: number; readonly tries: number; readonly why: string };
}

export interface Alarm extends WatchedName {
  /** The same for the same version of the same package, for ever. */
  readonly id: string;
  readonly kind: "foreign-version" | "no-provenance";
  readonly version: string;
  readonly raisedAtMs: number;
  /** What is seen, in words. */
  readonly what: string;
  /** Page for people. */
  readonly page: string;
  readonly cleared?: { readonly atMs: number; readonly by: string; readonly authenticated: boolean; readonly reason: string };
}

/** What one look at one package showed. */
export type Seen = WatchedName &
  (
    | {
        readonly kind: "answered";
        /** Versions that there is nothing more to ask about; the first time all that are there. */
        readonly settled: readonly string[];
        readonly found: readonly Pick<Alarm, "kind" | "version" | "what" | "page">[];
      }
    | { readonly kind: "silent"; readonly why: string }
  );

export function newWatch(nowMs: number): WatchState {
  return { schema: watchSchema, startedAtMs: nowMs, targets: [], alarms: [] };
}

/** What a look changes. @param idOf makes an id from words, always the same one */
export function takeLook(
  state: WatchState,
  seen: readonly Seen[],
  at: { readonly nowMs: number; idOf(words: string): string },
): WatchState {
  const others = state.targets.filter((target) => !seen.some((one) => isSame(one, target)));
  const targets = seen.map((one) =>
    targetAfter(
      state.targets.find((target) => isSame(one, target)),
      one,
      at.nowMs,
    ),
  );
  const raised = seen.flatMap((one) => (one.kind === "answered" ? one.found.map((found) => alarmOf(one, found, at)) : []));
  const known = new Set(state.alarms.map(({ id }) => id));
  const fresh = raised.filter(({ id }) => !known.has(id));
  return { ...state, targets: [...others, ...targets], alarms: bounded([...state.alarms, ...fresh]) };
}

function targetAfter(before: WatchedTarget | undefined, seen: Seen, nowMs: number): WatchedTarget {
  const { registry, package: name } = seen;
  const known = before ?? { registry, package: name };
  if (seen.kind === "silent") {
    const { sinceMs = known.answeredAtMs ?? nowMs, tries = 0 } = known.silent ?? {};
    return { ...known, silent: { sinceMs, tries: tries + 1, why: seen.why } };
  }
  const { silent: _over, ...rest } = known;
  const settled = [...new Set([...(rest.settled ?? []), ...seen.settled])].slice(-versionsMax);
  return { ...rest, settled, answeredAtMs: nowMs };
}

function alarmOf(
  { registry, package: name }: WatchedName,
  found: Pick<Alarm, "kind" | "version" | "what" | "page">,
  at: { readonly nowMs: number; idOf(words: string): string },
): Alarm {
  const { kind, version } = found;
  return { id: at.idOf([kind, registry, name, version].join("\n")), registry, package: name, ...found, raisedAtMs: at.nowMs };
}

/** Cleared ones go first where there are too many: an open one holds, and is never forgotten for another. */
function bounded(alarms: readonly Alarm[]): readonly Alarm[] {
  if (alarms.length <= alarmsMax) return alarms;
  const [open, cleared] = [alarms.filter(isOpen), alarms.filter((one) => !isOpen(one))];
  const room = Math.max(0, alarmsMax - open.length);
  return [...cleared.slice(cleared.length - Math.min(room, cleared.length)), ...open.slice(0, alarmsMax)];
}

export function isSame(one: WatchedName, other: WatchedName): boolean {
  return one.registry === other.registry && one.package === other.package;
}

export function isOpen(alarm: Alarm): boolean {
  return alarm.cleared === undefined;
}

export function openAlarms(state: WatchState | undefined): readonly Alarm[] {
  return state?.alarms.filter(isOpen) ?? [];
}

/** Targets whose silence has lasted so long that somebody should know. */
export function longSilent(state: WatchState, nowMs: number): readonly WatchedTarget[] {
  return state.targets.filter(({ silent }) => silent !== undefined && nowMs - silent.sinceMs >= silenceToldMs);
}

/** @returns the state in which the alarm is cleared; undefined: there is no open alarm with that id */
export function clearAlarm(state: WatchState, id: string, cleared: NonNullable<Alarm["cleared"]>): WatchState | undefined {
  if (!state.alarms.some((alarm) => alarm.id === id && isOpen(alarm))) return undefined;
  return { ...state, alarms: state.alarms.map((alarm) => (alarm.id === id ? { ...alarm, cleared } : alarm)) };
}

/** A silent registry is asked again sooner than the others, and each time later, but never later than they are. */
export function nextLookMs(state: WatchState, everyMs: number): number {
  const tries = state.targets.flatMap(({ silent }) => silent?.tries ?? []);
  const fewest = Math.min(...tries, Number.POSITIVE_INFINITY);
  return Number.isFinite(fewest) ? Math.min(everyMs, firstRetryMs * 2 ** Math.min(fewest - 1, 20)) : everyMs;
}

const firstRetryMs = 30_000;

/** The alarm in a sentence, without a full stop. */
export function alarmSentence({ id, registry, package: name, version, what, raisedAtMs }: Alarm): string {
  return `${name} ${version} at ${registry}: ${what} (alarm ${id}, since ${new Date(raisedAtMs).toISOString()})`;
}

/** What a person does about it, in order. */
export function alarmSteps({ id, kind, registry, package: name, version, page }: Alarm): readonly string[] {
  const ours =
    kind === "foreign-version"
      ? "If another machine of yours released it: say so as the reason, and give the watch its record from now on (`--record FILE`)"
      : "If it was released without provenance on purpose: say so as the reason";
  return [
    `Look at it: ${page}`,
    `If nobody of you made it: rotate every credential that can publish ${name} at ${registry}, close trusted publishers that you do not know, take ${version} back there, and release a higher version`,
    ours,
    `Clear it, and publishing goes on: \`slipway clear-alarm ${id} --reason "WHAT YOU FOUND"\``,
  ];
}
