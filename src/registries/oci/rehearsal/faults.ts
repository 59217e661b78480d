// How a rehearsal image registry may lie: the ways in which real ones have lost replies and uploads, lagged, paused, moved
// tags and held other bytes. A profile says what happens, the call says where, the count says how often, so that every run
// can end. Sources: trust §3 (OCI column), protocols §6; DESIGN §6 (`--faults`).
import { readFaults, type Fault as AnyFault, type FaultProfile as AnyProfile } from "../../../loopback/faults.ts";

/**
 * What a client asks for: to take a manifest by its digest, to lead a tag to one, to take the bytes of a blob, to say what
 * there is (manifests, tags), to hand out or show a blob.
 */
export const faultCalls = ["manifest", "tag", "upload", "look", "download"] as const;
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
  | "immutable-tag"
  | "reset-mid-body"
  | "partial-kept"
  | "lost-upload"
  | "lost-blob"
  | "timeout-before"
  | "timeout-after"
  | "wrong-success"
  | "duplicate-delivery"
  | "slow-loris"
  | "expired-token"
  | "missing"
  | "other-bytes";

const writes = ["manifest", "tag", "upload"] as const;
const all = ["manifest", "tag", "upload", "look", "download"] as const;

export const faultProfiles: readonly FaultProfile[] = [
  { name: "lost-reply", calls: all, description: "does what it is asked, then cuts the connection before a byte of the reply" },
  { name: "error-after-accepting", calls: writes, description: "keeps what it is given, then answers 502" },
  { name: "error-500", calls: all, description: "answers 500 and does nothing" },
  { name: "error-502", calls: all, description: "answers 502 and does nothing" },
  { name: "error-503", calls: all, description: "answers 503 with Retry-After in seconds and does nothing", lastsMs: 1_000 },
  { name: "rate-limit", calls: all, description: "answers 429 with Retry-After in seconds", lastsMs: 1_000 },
  { name: "rate-limit-date", calls: all, description: "answers 429 with Retry-After as an HTTP date", lastsMs: 2_000 },
  { name: "rate-limit-bare", calls: all, description: "answers 429 and does not say until when" },
  { name: "slow-index", calls: ["manifest", "tag"], description: "keeps it, but shows it only after a while", lastsMs: 3_000 },
  { name: "stranger", calls: ["tag"], description: "leads the tag to us, and at once somebody else leads it to another image" },
  { name: "immutable-tag", calls: ["tag"], description: "refuses to move the tag, as registries with immutable tags do" },
  { name: "reset-mid-body", calls: all, description: "cuts the connection in the middle of the body" },
  { name: "partial-kept", calls: ["upload"], description: "keeps only the first half of the blob and answers 201" },
  { name: "lost-upload", calls: ["upload"], description: "has forgotten the upload that it began" },
  { name: "lost-blob", calls: ["manifest"], description: "takes the manifest and loses a blob that it names" },
  { name: "timeout-before", calls: all, description: "does nothing and answers nothing", lastsMs: 30_000 },
  { name: "timeout-after", calls: writes, description: "keeps what it is given and answers nothing", lastsMs: 30_000 },
  {
    name: "wrong-success",
    calls: ["manifest", "tag", "upload", "look"],
    description: "answers 200 with a web page, as a login page between would, and does nothing",
  },
  {
    name: "duplicate-delivery",
    calls: ["manifest", "tag"],
    description: "handles the manifest twice, as a proxy that repeats it does, and gives the second answer",
  },
  { name: "slow-loris", calls: all, description: "answers a few bytes at a time", lastsMs: 5_000 },
  { name: "expired-token", calls: all, description: "does not know the token" },
  { name: "missing", calls: ["look", "download"], description: "answers 404 for what it has" },
  { name: "other-bytes", calls: ["look"], description: "hands out other bytes than those of the digest" },
];

/** One fault that is to strike. */
export type Fault = AnyFault<FaultName, FaultCall>;

/**
 * Reads what `--faults` says of an image registry.
 * @example parseFaults("lost-reply, rate-limit:look*3, slow-index=500ms")
 * @throws SlipwayError USAGE
 */
export function parseFaults(text: string): readonly Fault[] {
  return readFaults(text, faultProfiles);
}
