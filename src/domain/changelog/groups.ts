// Under which heading of "Keep a Changelog" a commit is told, by its message. One table for git-cliff's configuration, which
// writes sections, and for the preview, which has to say the same without starting a program.
import { readConventional } from "../version/commits.ts";
import type { ToldCommit } from "./commits.ts";

/** The first that fits decides. Written so that JavaScript and git-cliff (Rust) read the same; `hidden`: users do not notice it. */
export const groupRules: readonly { readonly pattern: string; readonly group: string }[] = [
  { pattern: "^feat", group: "Added" },
  { pattern: "^fix", group: "Fixed" },
  { pattern: "^(security|sec)(\\(|:|!)", group: "Security" },
  { pattern: "^deprecat", group: "Deprecated" },
  { pattern: "^(remove|revert)", group: "Removed" },
  { pattern: "^(perf|refactor|change)", group: "Changed" },
  { pattern: "^(chore|ci|build|test|tests|style|docs?)(\\([^)]*\\))?!?:", group: "hidden" },
  { pattern: ".*", group: "Changed" },
];

const rules = groupRules.map(({ pattern, group }) => ({ regex: new RegExp(pattern), group }));

/** Commits by which a release is made tell nothing about it. */
const releasing = /^(?:release|prepare|changelog of|metadata of|record|bump)\b[^\n]{0,80}\d+\.\d+/i;

export function isReleasing(title: string): boolean {
  return releasing.test(title);
}

/** @param message subject and body */
export function toldCommit(message: string, isMerge: boolean): ToldCommit {
  const subject = subjectOf(message);
  const read = readConventional(message);
  const title = read?.description ?? subject;
  const group = isReleasing(title) ? "hidden" : read === undefined ? groupOf(subject) : groupOfType(subject.slice(0, read.type.length));
  const scope = read?.scope === undefined ? {} : { scope: read.scope };
  return { title, ...scope, group, breaking: read?.breaking === true, merge: isMerge };
}

function subjectOf(message: string): string {
  const text = message.trimStart();
  const end = text.indexOf("\n");
  const line = end === -1 ? text : text.slice(0, end);
  return line.endsWith("\r") ? line.slice(0, -1) : line;
}

function groupOf(subject: string): string {
  return rules.find(({ regex }) => regex.test(subject))?.group ?? "Changed";
}

const groupsByType = new Map<string, string>();
/** Histories have a dozen types; a hostile one may have more. */
const typesMax = 1_000;

/**
 * No rule looks behind the colon of a conventional commit, or at what its scope says: of a long history each type is
 * looked up once.
 * @param type as it is written
 */
function groupOfType(type: string): string {
  const known = groupsByType.get(type);
  if (known !== undefined) return known;
  const group = groupOf(`${type}: `);
  if (groupsByType.size < typesMax) groupsByType.set(type, group);
  return group;
}
