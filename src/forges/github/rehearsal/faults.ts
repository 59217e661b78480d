// How a rehearsal GitHub may lie: the ways in which the real one, and what stands before it, lost replies, kept half an
// asset, and asked to wait. A profile says what happens, the call says where, the count how often, so that every run ends.
// Sources: protocols §7.1 (502 and `starter`), §7.5 (limits); trust §3; DESIGN §6 (`--faults`).
import { SlipwayError } from "../../../domain/error.ts";
import type { ForgeState } from "./state.ts";

export const faultCalls = [
  "create-release",
  "edit-release",
  "delete-release",
  "upload-asset",
  "delete-asset",
  "comment",
  "edit-issue",
  "open-pull",
  "dispatch",
  "read",
  "download",
] as const;
export type FaultCall = (typeof faultCalls)[number];

const writes = faultCalls.filter((call) => call !== "read" && call !== "download");

interface FaultProfile {
  readonly name: string;
  /** What the forge does, for the reference and for `--faults`. */
  readonly description: string;
  /** Where it can strike; the first is where it does if nothing is said. */
  readonly calls: readonly FaultCall[];
  /** Default length in milliseconds, where the fault has one. */
  readonly lastsMs?: number;
}

const all = [...writes, "read", "download"] as const;

export const faultProfiles = [
  { name: "lost-reply", calls: all, description: "does what it is asked, then cuts the connection before a byte of the reply" },
  { name: "error-after-accepting", calls: writes, description: "does what it is asked, then answers 502" },
  { name: "error-502", calls: all, description: "answers 502 and does nothing" },
  { name: "error-500", calls: all, description: "answers 500 and does nothing" },
  { name: "half-asset", calls: ["upload-asset"], description: "keeps an asset that never leaves the state starter, and answers 502" },
  { name: "short-asset", calls: ["upload-asset"], description: "keeps the first half of the bytes as if they were all" },
  { name: "no-digest", calls: ["upload-asset"], description: "keeps the asset and never tells its digest" },
  { name: "rate-limit", calls: all, description: "answers 429 with Retry-After in seconds", lastsMs: 1_000 },
  { name: "empty-budget", calls: all, description: "answers 403 with no budget left and the time of the next", lastsMs: 1_000 },
  { name: "secondary-limit", calls: all, description: "answers 403 in the words of a secondary limit, without a time" },
  { name: "slow", calls: all, description: "does what it is asked and answers late", lastsMs: 2_000 },
  { name: "timeout-before", calls: all, description: "does nothing and answers nothing", lastsMs: 30_000 },
  { name: "timeout-after", calls: writes, description: "does what it is asked and answers nothing", lastsMs: 30_000 },
  { name: "wrong-success", calls: all, description: "answers 200 with a web page, as a login page between would, and does nothing" },
  { name: "expired-token", calls: all, description: "does not know the token" },
  { name: "no-permission", calls: writes, description: "answers 404, as it does to a token that lacks the permission" },
  { name: "other-bytes", calls: ["download"], description: "hands out other bytes than it was given" },
] as const satisfies readonly FaultProfile[];

export type FaultName = (typeof faultProfiles)[number]["name"];

/** One fault that is to strike. */
export interface Fault {
  readonly name: FaultName;
  readonly call: FaultCall;
  /** It strikes the first `count` calls of its kind. */
  readonly count: number;
  readonly lastsMs: number;
}

const countMax = 1_000;
const lastsMaxMs = 600_000;

/**
 * Reads what `--faults` says: names with commas between them, each optionally with a call, a count and a length.
 * @example parseForgeFaults("lost-reply, rate-limit:upload-asset*3, slow=500ms")
 * @throws SlipwayError USAGE
 */
export function parseForgeFaults(text: string): readonly Fault[] {
  return text.split(",").map((part) => part.trim()).filter((part) => part !== "").map(parseFault); // prettier-ignore
}

function parseFault(text: string): Fault {
  const [, name = "", call, count, lasts] = /^([a-z0-9-]+)(?::([a-z-]+))?(?:\*(\d{1,4}))?(?:=(\d{1,6})ms)?$/.exec(text) ?? [];
  const found = faultProfiles.find((one) => one.name === name);
  if (found === undefined) throw usage(text, `known are ${faultProfiles.map((one) => one.name).join(", ")}`);
  const profile: FaultProfile = found;
  const chosen = call === undefined ? profile.calls[0] : profile.calls.find((one) => one === call);
  if (chosen === undefined) throw usage(text, `"${name}" strikes at ${profile.calls.join(", ")}`);
  const times = Number(count ?? 1);
  if (times < 1 || times > countMax) throw usage(text, `a count is 1 to ${countMax}`);
  return { name: found.name, call: chosen, count: times, lastsMs: Math.min(Number(lasts ?? profile.lastsMs ?? 0), lastsMaxMs) };
}

function usage(text: string, why: string): SlipwayError {
  return new SlipwayError("USAGE", `Cannot read the fault "${text.slice(0, 80)}": ${why}`, {
    hint: "Write NAME, NAME:CALL, NAME*COUNT or NAME=500ms.",
  });
}

/** Key under which a fault's strikes are counted. */
export function faultKey(fault: Fault): string {
  return `${fault.name}:${fault.call}`;
}

/** The fault that strikes this call: the first of its kind that has strikes left; undefined for none. */
export function faultFor(faults: readonly Fault[], call: FaultCall, state: Pick<ForgeState, "faultsUsed">): Fault | undefined {
  return faults.find((fault) => fault.call === call && (state.faultsUsed[faultKey(fault)] ?? 0) < fault.count);
}
