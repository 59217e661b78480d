// How a rehearsal npm registry may lie: the ways in which real ones have lost replies, lagged, paused and held other bytes.
// Sources: trust §3 (look-alike transient errors), protocols §5.1, §5.5; DESIGN §6 (`--faults`).
import { readFaults, type Fault as AnyFault, type FaultProfile as AnyProfile } from "../../../loopback/faults.ts";

/**
 * What a client asks for: to publish or stage a version, to move a dist-tag, to read a package of ours, to hand out a tarball, to
 * let out or send back what is staged.
 */
export const faultCalls = ["upload", "channel", "index", "download", "approve"] as const;
export type FaultCall = (typeof faultCalls)[number];

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
  | "being-written"
  | "expired-token"
  | "one-time-password"
  | "no-rights"
  | "missing"
  | "no-hashes"
  | "other-bytes";

export type FaultProfile = AnyProfile<FaultName, FaultCall>;

const all = faultCalls;

export const faultProfiles: readonly FaultProfile[] = [
  { name: "lost-reply", calls: all, description: "does what it is asked, then cuts the connection before a byte of the reply" },
  { name: "error-after-accepting", calls: ["upload", "channel", "approve"], description: "does what it is asked, then answers 502" },
  { name: "error-500", calls: all, description: "answers 500 and does nothing" },
  { name: "error-502", calls: all, description: "answers 502 and does nothing" },
  { name: "error-503", calls: all, description: "answers 503 with Retry-After in seconds and does nothing", lastsMs: 1_000 },
  { name: "rate-limit", calls: all, description: "answers 429 with Retry-After in seconds", lastsMs: 1_000 },
  { name: "rate-limit-date", calls: all, description: "answers 429 with Retry-After as an HTTP date", lastsMs: 2_000 },
  { name: "rate-limit-bare", calls: all, description: "answers 429 and does not say until when" },
  { name: "slow-index", calls: ["upload"], description: "keeps the version, but shows it only after a while", lastsMs: 3_000 },
  {
    name: "stranger",
    calls: ["upload"],
    description: "holds other bytes under the same version, put there just before the upload arrives",
  },
  { name: "reset-mid-body", calls: ["upload", "index", "download"], description: "cuts the connection in the middle of the body" },
  { name: "partial-kept", calls: ["upload"], description: "keeps only the first half of the tarball and answers 200" },
  { name: "timeout-before", calls: all, description: "does nothing and answers nothing", lastsMs: 30_000 },
  {
    name: "timeout-after",
    calls: ["upload", "channel", "approve"],
    description: "does what it is asked and answers nothing",
    lastsMs: 30_000,
  },
  {
    name: "wrong-success",
    calls: ["upload", "channel", "index", "approve"],
    description: "answers 200 with a web page, as a login page between would, and does nothing",
  },
  {
    name: "duplicate-delivery",
    calls: ["upload", "channel"],
    description: "handles the request twice, as a proxy that repeats it does, and gives the second answer",
  },
  {
    name: "being-written",
    calls: ["upload"],
    description: "answers 409, as while another write of the package is under way, and does nothing",
  },
  { name: "expired-token", calls: ["upload", "channel"], description: "does not know the token" },
  { name: "one-time-password", calls: ["upload", "channel", "approve"], description: "asks for a one-time password" },
  {
    name: "no-rights",
    calls: ["upload", "channel"],
    description: 'answers 404, as it says "no" to a token that may not write the package',
  },
  { name: "missing", calls: ["index", "download"], description: "answers 404 for what it has" },
  { name: "no-hashes", calls: ["index"], description: "lists the versions without digests" },
  { name: "other-bytes", calls: ["download", "index"], description: "hands out other bytes than it lists, or lists another digest" },
];

/** One fault that is to strike. */
export type Fault = AnyFault<FaultName, FaultCall>;

/**
 * Reads what `--faults` says of an npm registry.
 * @example parseNpmFaults("lost-reply, rate-limit:index*3, slow-index=500ms")
 * @throws SlipwayError USAGE
 */
export function parseNpmFaults(text: string): readonly Fault[] {
  return readFaults(text, faultProfiles);
}
