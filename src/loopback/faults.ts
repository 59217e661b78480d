// How `--faults` is written, and how often a fault has struck. Which faults there are, and what each does, is for every
// server of a rehearsal to say; here stands what is the same for all: NAME[:CALL][*COUNT][=LENGTHms].
import { SlipwayError } from "../domain/error.ts";
import type { KeptState } from "./kept-state.ts";

export interface FaultProfile<Name extends string = string, Call extends string = string> {
  readonly name: Name;
  /** What the server does, for the reference and for `--faults`. */
  readonly description: string;
  /** Where it can strike; the first is where it does if nothing is said. */
  readonly calls: readonly Call[];
  /** Default length in milliseconds, where the fault has one. */
  readonly lastsMs?: number;
}

/** One fault that is to strike. */
export interface Fault<Name extends string = string, Call extends string = string> {
  readonly name: Name;
  readonly call: Call;
  /** It strikes the first `count` calls of its kind. */
  readonly count: number;
  readonly lastsMs: number;
}

/** What a server keeps of its faults: how often each has struck, by its key. */
export interface FaultsUsed {
  readonly faultsUsed: Readonly<Record<string, number>>;
}

const countMax = 1_000;
const lastsMaxMs = 600_000;
const form = /^([a-z0-9-]+)(?::([a-z-]+))?(?:\*(\d{1,4}))?(?:=(\d{1,6})ms)?$/;

/**
 * Reads what `--faults` says: names with commas between them, each optionally with a call, a count and a length.
 * @example readFaults("lost-reply, rate-limit:index*3, slow-index=500ms", faultProfiles)
 * @throws SlipwayError USAGE
 */
export function readFaults<Name extends string, Call extends string>(
  text: string,
  profiles: readonly FaultProfile<Name, Call>[],
): readonly Fault<Name, Call>[] {
  const parts = text.split(",").map((part) => part.trim());
  return parts.filter((part) => part !== "").map((part) => readFault(part, profiles));
}

function readFault<Name extends string, Call extends string>(
  text: string,
  profiles: readonly FaultProfile<Name, Call>[],
): Fault<Name, Call> {
  const [, name = "", call, count, lasts] = form.exec(text) ?? [];
  const profile = profiles.find((one) => one.name === name);
  if (profile === undefined) throw usage(text, `known are ${profiles.map((one) => one.name).join(", ")}`);
  const chosen = call === undefined ? profile.calls[0] : profile.calls.find((one) => one === call);
  if (chosen === undefined) throw usage(text, `"${name}" strikes at ${profile.calls.join(", ")}`);
  const times = Number(count ?? 1);
  if (times < 1 || times > countMax) throw usage(text, `a count is 1 to ${countMax}`);
  return { name: profile.name, call: chosen, count: times, lastsMs: Math.min(Number(lasts ?? profile.lastsMs ?? 0), lastsMaxMs) };
}

function usage(text: string, why: string): SlipwayError {
  return new SlipwayError("USAGE", `Cannot read the fault "${text.slice(0, 80)}": ${why}`, {
    hint: "Write NAME, NAME:CALL, NAME*COUNT or NAME=500ms.",
  });
}

/** Key under which a fault's strikes are counted. */
export function faultKey(fault: Pick<Fault, "name" | "call">): string {
  return `${fault.name}:${fault.call}`;
}

/** The fault that strikes this call: the first of its kind that has strikes left; undefined for none. */
export function faultFor<F extends Fault>(faults: readonly F[], call: F["call"], state: FaultsUsed): F | undefined {
  return faults.find((fault) => fault.call === call && (state.faultsUsed[faultKey(fault)] ?? 0) < fault.count);
}

/** The fault that strikes this call, counted at once, so that it cannot strike more often than it says, even after a kill. */
export async function takeFault<F extends Fault, S extends FaultsUsed>(
  server: { readonly faults: readonly F[]; readonly store: Pick<KeptState<S>, "state" | "change"> },
  call: F["call"],
): Promise<F | undefined> {
  if (faultFor(server.faults, call, server.store.state()) === undefined) return undefined;
  return await server.store.change((state) => {
    const fault = faultFor(server.faults, call, state);
    return { state: fault === undefined ? state : countFault(state, faultKey(fault)), value: fault };
  });
}

function countFault<S extends FaultsUsed>(state: S, key: string): S {
  return { ...state, faultsUsed: { ...state.faultsUsed, [key]: (state.faultsUsed[key] ?? 0) + 1 } };
}
