// How a rehearsal crate registry may lie: the ways in which real ones have lost replies, lagged, paused and held other bytes.
// Sources: trust §3 (look-alike transient errors), protocols §4.1, §4.2; DESIGN §6 (`--faults`).
import { readFaults, type Fault as AnyFault, type FaultProfile as AnyProfile } from "../../../loopback/faults.ts";

/** What a client asks for: to take a version, to show the versions of one of our crates, to hand one out, to yank one. */
export const faultCalls = ["upload", "index", "download", "yank"] as const;
export type FaultCall = (typeof faultCalls)[number];

export type FaultName =
  | "lost-reply"
  | "error-after-accepting"
  | "error-500"
  | "error-502"
  | "error-503"
  | "rate-limit"
  | "rate-limit-date"
  | "rate-limit-text"
  | "rate-limit-bare"
  | "slow-index"
  | "stranger"
  | "reset-mid-body"
  | "partial-kept"
  | "timeout-before"
  | "timeout-after"
  | "wrong-success"
  | "error-with-200"
  | "duplicate-delivery"
  | "expired-token"
  | "missing"
  | "other-bytes";

const every = ["upload", "index", "download", "yank"] as const;

export const faultProfiles: readonly AnyProfile<FaultName, FaultCall>[] = [
  { name: "lost-reply", calls: every, description: "does what it is asked, then cuts the connection before a byte of the reply" },
  { name: "error-after-accepting", calls: ["upload", "yank"], description: "does what it is asked, then answers 502" },
  { name: "error-500", calls: every, description: "answers 500 and does nothing" },
  { name: "error-502", calls: every, description: "answers 502 and does nothing" },
  { name: "error-503", calls: every, description: "answers 503 with Retry-After in seconds and does nothing", lastsMs: 1_000 },
  { name: "rate-limit", calls: every, description: "answers 429 with Retry-After in seconds", lastsMs: 1_000 },
  { name: "rate-limit-date", calls: every, description: "answers 429 with Retry-After as an HTTP date", lastsMs: 2_000 },
  { name: "rate-limit-text", calls: ["upload", "yank"], description: "answers 429 and says only in words until when", lastsMs: 2_000 },
  { name: "rate-limit-bare", calls: every, description: "answers 429 and does not say until when" },
  {
    name: "slow-index",
    calls: ["upload"],
    description: "keeps the version and tells of it at the API, but shows it in the index only after a while",
    lastsMs: 3_000,
  },
  { name: "stranger", calls: ["upload"], description: "holds other bytes as the same version, put there just before the upload arrives" },
  { name: "reset-mid-body", calls: every, description: "cuts the connection in the middle of the body" },
  { name: "partial-kept", calls: ["upload"], description: "keeps only the first half of the file and answers 200" },
  { name: "timeout-before", calls: every, description: "does nothing and answers nothing", lastsMs: 30_000 },
  { name: "timeout-after", calls: ["upload", "yank"], description: "does what it is asked and answers nothing", lastsMs: 30_000 },
  {
    name: "wrong-success",
    calls: ["upload", "index", "yank"],
    description: "answers 200 with a web page, as a login page between would, and does nothing",
  },
  {
    name: "error-with-200",
    calls: ["upload", "yank"],
    description: "does nothing and answers 200 with an error in the body, as some registries do",
  },
  {
    name: "duplicate-delivery",
    calls: ["upload"],
    description: "handles the upload twice, as a proxy that repeats it does, and gives the second answer",
  },
  { name: "expired-token", calls: ["upload", "yank"], description: "does not know the token" },
  { name: "missing", calls: ["index", "download"], description: "answers 404 for what it has" },
  { name: "other-bytes", calls: ["download", "index"], description: "hands out other bytes than it lists, or lists another checksum" },
];

/** One fault that is to strike. */
export type Fault = AnyFault<FaultName, FaultCall>;

/**
 * Reads what `--faults` says of a crate registry.
 * @example parseCratesFaults("lost-reply, rate-limit-date:upload*3, slow-index=500ms")
 * @throws SlipwayError USAGE
 */
export function parseCratesFaults(text: string): readonly Fault[] {
  return readFaults(text, faultProfiles);
}
