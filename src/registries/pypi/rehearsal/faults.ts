// How a rehearsal index may lie: the ways in which real ones have lost replies, lagged, paused and held other bytes.
// A profile says what happens, the call says where, the count says how often, so that every run can end.
// Sources: trust §3 (look-alike transient errors), protocols §1.2, §1.5; DESIGN §6 (`--faults`).
import { readFaults, type Fault as AnyFault, type FaultProfile as AnyProfile } from "../../../loopback/faults.ts";

/** What a client asks for: to take a file, to list the files of one of our packages, to hand one out. */
export const faultCalls = ["upload", "index", "download"] as const;
export type FaultCall = (typeof faultCalls)[number];

export type FaultProfile = AnyProfile<FaultName, FaultCall>;

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
export type Fault = AnyFault<FaultName, FaultCall>;

/**
 * Reads what `--faults` says of an index.
 * @example parseFaults("lost-reply, rate-limit:index*3, slow-index=500ms")
 * @throws SlipwayError USAGE
 */
export function parseFaults(text: string): readonly Fault[] {
  return readFaults(text, faultProfiles);
}
