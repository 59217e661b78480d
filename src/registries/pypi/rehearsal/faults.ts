// How a rehearsal index may lie: the ways in which real ones have lost replies, lagged, paused and held other bytes.
// A profile says what happens, the call says where, the count says how often, so that every run can end.
// Sources: trust §3 (look-alike transient errors), protocols §1.2, §1.5; DESIGN §6 (`--faults`).
import { SlipwayError } from "../../../domain/error.ts";
import type { IndexState } from "./state.ts";

/** What a client asks for: to take a file, to list the files of one of our packages, to hand one out. */
export const faultCalls = ["upload", "index", "download"] as const;
export type FaultCall = (typeof faultCalls)[number];

export interface FaultProfile {
  readonly name: FaultName;
  /** What the index does, for the reference and for `--faults`. */
  readonly description: string;
  /** Where it can strike; the first is where it does if nothing is said. */
  readonly calls: readonly FaultCall[];
  /** Default length in milliseconds, where the fault has one. */
  readonly lastsMs?: number;
}

export type FaultName =
  | "lost-reply"
  | "error-after-accepting"
  | "error-500"
  | "error-502"
  | "error-503"
  | "rate-limit"
  | "rate-limit-date"
  | "rate-limit-bare"
  | "slow-index"
  | "stranger"
  | "reset-mid-body"
  | "partial-kept"
  | "timeout-before"
  | "timeout-after"
  | "wrong-success"
  | "duplicate-delivery"
  | "slow-loris"
  | "expired-token"
  | "missing"
  | "no-hashes"
  | "other-bytes";

export const faultProfiles: readonly FaultProfile[] = [
  {
    name: "lost-reply",
    calls: ["upload", "index", "download"],
    description: "does what it is asked, then cuts the connection before a byte of the reply",
  },
  { name: "error-after-accepting", calls: ["upload"], description: "keeps the file, then answers 502" },
  { name: "error-500", calls: ["upload", "index", "download"], description: "answers 500 and does nothing" },
  { name: "error-502", calls: ["upload", "index", "download"], description: "answers 502 and does nothing" },
  {
    name: "error-503",
    calls: ["upload", "index", "download"],
    description: "answers 503 with Retry-After in seconds and does nothing",
    lastsMs: 1_000,
  },
  { name: "rate-limit", calls: ["upload", "index", "download"], description: "answers 429 with Retry-After in seconds", lastsMs: 1_000 },
  {
    name: "rate-limit-date",
    calls: ["upload", "index", "download"],
    description: "answers 429 with Retry-After as an HTTP date",
    lastsMs: 2_000,
  },
  { name: "rate-limit-bare", calls: ["upload", "index", "download"], description: "answers 429 and does not say until when" },
  { name: "slow-index", calls: ["upload"], description: "keeps the file, but shows it in the index only after a while", lastsMs: 3_000 },
  { name: "stranger", calls: ["upload"], description: "holds other bytes under the same name, put there just before the upload arrives" },
  { name: "reset-mid-body", calls: ["upload", "index", "download"], description: "cuts the connection in the middle of the body" },
  { name: "partial-kept", calls: ["upload"], description: "keeps only the first half of the file and answers 200" },
  { name: "timeout-before", calls: ["upload", "index", "download"], description: "does nothing and answers nothing", lastsMs: 30_000 },
  { name: "timeout-after", calls: ["upload"], description: "keeps the file and answers nothing", lastsMs: 30_000 },
  {
    name: "wrong-success",
    calls: ["upload", "index"],
    description: "answers 200 with a web page, as a login page between would, and does nothing",
  },
  {
    name: "duplicate-delivery",
    calls: ["upload"],
    description: "handles the upload twice, as a proxy that repeats it does, and gives the second answer",
  },
  { name: "slow-loris", calls: ["upload", "index", "download"], description: "answers a few bytes at a time", lastsMs: 5_000 },
  { name: "expired-token", calls: ["upload"], description: "does not know the token" },
  { name: "missing", calls: ["index", "download"], description: "answers 404 for what it has" },
  { name: "no-hashes", calls: ["index"], description: "lists the files without digests" },
  { name: "other-bytes", calls: ["download", "index"], description: "hands out other bytes than it lists, or lists another digest" },
];

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
 * @example parseFaults("lost-reply, rate-limit:index*3, slow-index=500ms")
 * @throws SlipwayError USAGE
 */
export function parseFaults(text: string): readonly Fault[] {
  return text.split(",").map((part) => part.trim()).filter((part) => part !== "").map(parseFault); // prettier-ignore
}

function parseFault(text: string): Fault {
  const [, name = "", call, count, lasts] = /^([a-z0-9-]+)(?::([a-z]+))?(?:\*(\d{1,4}))?(?:=(\d{1,6})ms)?$/.exec(text) ?? [];
  const profile = faultProfiles.find((one) => one.name === name);
  if (profile === undefined) throw usage(text, `known are ${faultProfiles.map((one) => one.name).join(", ")}`);
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
export function faultKey(fault: Fault): string {
  return `${fault.name}:${fault.call}`;
}

/** The fault that strikes this call: the first of its kind that has strikes left; undefined for none. */
export function faultFor(faults: readonly Fault[], call: FaultCall, state: Pick<IndexState, "faultsUsed">): Fault | undefined {
  return faults.find((fault) => fault.call === call && (state.faultsUsed[faultKey(fault)] ?? 0) < fault.count);
}
