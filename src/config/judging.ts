// What the judges of slipway.yaml share once its shape is known: the written data, where each part stands, the words that
// exist, and a way to complain that costs nothing until the complaint is shown.
import type { Draft, Told } from "./draft.ts";
import { type Fault, valueAt } from "./faults.ts";
import { didYouMean } from "./explain.ts";
import { nearestWord } from "./nearest.ts";
import { choices, type Path, pathText, quoted } from "./phrases.ts";
import type { Language } from "./vocabulary.ts";
import type { Tree } from "./yaml/document.ts";

export interface Judging {
  readonly vocabulary: Language;
  /** As written, with the parts whose shape is wrong. */
  readonly raw: unknown;
  readonly drafts: Draft[];
  /** Paths, as JSON, of values in `with` that a step's schema refused. */
  readonly refused: Set<string>;
  readonly tree: Tree;
  /** Something at or below this path is wrong already: that it seems to be missing is no second problem. */
  isFaulty(path: Path): boolean;
  /** The map at this path has a key that the language does not have: it may be another one misspelled. */
  hasForeignKey(path: Path): boolean;
}

export function startJudging(tree: Tree, vocabulary: Language, faults: readonly Fault[]): Judging {
  const faulty = new Set<string>();
  for (const path of [...tree.broken, ...faults.map((fault) => fault.path)]) {
    for (let length = 0; length <= path.length; length += 1) faulty.add(JSON.stringify(path.slice(0, length)));
  }
  const foreign = new Set(faults.filter((fault) => fault.kind === "unknown-key").map((fault) => JSON.stringify(fault.path.slice(0, -1))));
  const hasForeignKey = (path: Path): boolean => foreign.has(JSON.stringify(path));
  return {
    hasForeignKey,
    vocabulary,
    raw: tree.data,
    drafts: [],
    refused: new Set(),
    tree,
    isFaulty: (path) => faulty.has(JSON.stringify(path)),
  };
}

export function complain(judging: Judging, path: Path, tell: () => Told): void {
  judging.drafts.push({ code: "CONFIG_INVALID", range: judging.tree.rangeOf(path, "value"), tell });
}

export function complainAtKey(judging: Judging, path: Path, tell: () => Told): void {
  judging.drafts.push({ code: "CONFIG_INVALID", range: judging.tree.rangeOf(path, "key"), tell });
}

/** Points into the text at `path`; `index` counts from 0. */
export function complainWithin(judging: Judging, at: { readonly path: Path; readonly index: number }, tell: () => Told): void {
  judging.drafts.push({ code: "CONFIG_INVALID", range: judging.tree.within(at.path, at.index), tell });
}

/** Names of the members of a map of the file, those with mistakes in them included. */
export function namesAt(judging: Judging, path: Path): readonly string[] {
  const value = valueAt(judging.raw, path);
  return typeof value === "object" && value !== null && !Array.isArray(value) ? Object.keys(value) : [];
}

export interface Naming {
  /** What kind of thing is named: `environment`. */
  readonly what: string;
  readonly name: string;
  readonly known: readonly string[];
  /** Where such names come from: `declared under "environments"`. */
  readonly from: string;
}

/** Complains if a name that stands at `path` names nothing. @returns whether it is known */
export function requireKnown(judging: Judging, path: Path, naming: Naming): boolean {
  const { what, name, known, from } = naming;
  if (known.includes(name)) return true;
  complain(judging, path, () => ({
    message: `Cannot find the ${what} ${quoted(name)} that ${pathText(path)} names: ${known.length === 0 ? "none is" : `${choices(known, "and")} ${known.length === 1 ? "is" : "are"}`} ${from}`,
    hint: didYouMean(nearestWord(name, known)),
  }));
  return false;
}
