// How large a release the commits since the last one ask for, by Conventional Commits 1.0.0. A pure function over their
// messages: which commits count (since which tag, under which paths) is the caller's to say.
import type { Size } from "./next.ts";
import type { Version } from "./scheme.ts";

export interface ConventionalCommit {
  /** Lower case: `feat`. */
  readonly type: string;
  readonly scope: string | undefined;
  readonly breaking: boolean;
  /** What follows the colon. */
  readonly description: string;
}

/** What commits ask for before the version has its say: `breaking`, `feature`, `fix`, or nothing that is released. */
export type Change = "breaking" | "feature" | "fix" | "none";

export interface CommitsRead {
  /** The largest of all. */
  readonly change: Change;
  /** Subjects of the commits that ask for it, at most `reasonsMax`. */
  readonly reasons: readonly string[];
  /** How many messages do not follow the convention: they ask for nothing. */
  readonly unread: number;
}

export const reasonsMax = 20;

/** Characters of a message that are read: enough for any footer, bounded for a message that is a novel. */
const messageLengthMax = 65_536;

const header = /^([A-Za-z][\w-]*)(?:\(([^()\r\n]*)\))?(!)?:[ \t]+(\S[^\r\n]*)/;
const breakingFooter = /^BREAKING[ -]CHANGE(?:: | #)\S/m;

const changes: Readonly<Record<string, Change>> = { feat: "feature", feature: "feature", fix: "fix", perf: "fix", revert: "fix" };
const order: readonly Change[] = ["none", "fix", "feature", "breaking"];

/** Reads one message; undefined where it does not follow the convention. */
export function readConventional(message: string): ConventionalCommit | undefined {
  const text = message.slice(0, messageLengthMax).trimStart();
  const found = header.exec(text);
  if (found === null) return undefined;
  const [whole, type = "", scope, mark, description = ""] = found;
  const breaking = mark !== undefined || breakingFooter.test(text.slice(whole.length));
  return { type: type.toLowerCase(), scope: scope?.trim() === "" ? undefined : scope?.trim(), breaking, description: description.trim() };
}

/** What the messages ask for together. */
export function readCommits(messages: Iterable<string>): CommitsRead {
  let change: Change = "none";
  let reasons: string[] = [];
  let unread = 0;
  for (const message of messages) {
    const commit = readConventional(message);
    if (commit === undefined) {
      unread += 1;
      continue;
    }
    const asked = commit.breaking ? "breaking" : (changes[commit.type] ?? "none");
    if (order.indexOf(asked) > order.indexOf(change)) [change, reasons] = [asked, []];
    if (asked === change && asked !== "none" && reasons.length < reasonsMax) reasons.push(subjectOf(message));
  }
  return { change, reasons, unread };
}

/**
 * The size that a change means for a version. From 1.0 on: breaking is major, feature minor, fix patch. Below, as Cargo
 * reads requirements: of `0.y.z` breaking is minor and the rest patch, of `0.0.z` everything is patch; 1.0.0 is never
 * reached by commits alone, since saying that something is stable is a person's decision.
 * @returns undefined for `none`: there is nothing to release
 */
export function sizeOfChange(change: Change, current: Version): Size | undefined {
  if (change === "none") return undefined;
  const [major = "0", minor = "0"] = current.base.replace(/^[0-9]+!/, "").split(".");
  if (!/^0*$/.test(major)) return change === "breaking" ? "major" : change === "feature" ? "minor" : "patch";
  return change === "breaking" && !/^0*$/.test(minor) ? "minor" : "patch";
}

function subjectOf(message: string): string {
  return (message.trimStart().split(/\r?\n/, 1)[0] ?? "").slice(0, 200);
}
