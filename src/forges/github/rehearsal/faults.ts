// How a rehearsal GitHub may lie: the ways in which the real one, and what stands before it, lost replies, kept half an
// asset, and asked to wait. A profile says what happens, the call says where, the count how often, so that every run ends.
// Sources: protocols §7.1 (502 and `starter`), §7.5 (limits); trust §3; DESIGN §6 (`--faults`).
import { readFaults, type Fault as AnyFault, type FaultProfile } from "../../../loopback/faults.ts";

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
] as const satisfies readonly FaultProfile<string, FaultCall>[];

export type FaultName = (typeof faultProfiles)[number]["name"];

/** One fault that is to strike. */
export type Fault = AnyFault<FaultName, FaultCall>;

/**
 * Reads what `--faults` says of a forge, without the `forge/` before each.
 * @example parseForgeFaults("lost-reply, rate-limit:upload-asset*3, slow=500ms")
 * @throws SlipwayError USAGE
 */
export function parseForgeFaults(text: string): readonly Fault[] {
  return readFaults<FaultName, FaultCall>(text, faultProfiles);
}
