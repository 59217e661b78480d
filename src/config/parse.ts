// From the text of slipway.yaml to `Configuration`, or to everything that is wrong with it at once. Three passes, each
// over what the one before could read: the YAML, the shape (one schema), and the rules that need two places to judge.
import type { Configuration, PlaceOf } from "../domain/configuration.ts";
import type { Problem } from "../domain/error.ts";
import { type Draft, problemsMax, writeProblems } from "./draft.ts";
import { draftOfFault } from "./explain.ts";
import { type Fault, type FaultsOf, withoutMisspelled } from "./faults.ts";
import { placeAt, type SourceText, sourceText } from "./frame.ts";
import { type Judging, startJudging } from "./judging.ts";
import { prune } from "./prune.ts";
import { resolveFile } from "./resolve/file.ts";
import { judgeEntries } from "./rules/entries.ts";
import { judgeEnvironments } from "./rules/environments.ts";
import { judgePackages } from "./rules/packages.ts";
import { judgePaths } from "./rules/paths.ts";
import { judgeRegistries } from "./rules/registries.ts";
import type { Rule } from "./rules/rule.ts";
import { judgeStarts } from "./rules/starts.ts";
import { judgeSteps } from "./rules/steps.ts";
import { judgeTriggers } from "./rules/triggers.ts";
import { fileSchema, type WrittenFile } from "./schema.ts";
import type { Language } from "./vocabulary.ts";
import { readTree, type Tree } from "./yaml/document.ts";
import { plainText, tooLarge, unwantedCharacters } from "./yaml/text.ts";

export type ParsedConfiguration =
  | { readonly kind: "parsed"; readonly configuration: Configuration }
  /** At most fifty problems, in the order of the file; never none. */
  | { readonly kind: "invalid"; readonly problems: readonly Problem[] };

/**
 * Reads slipway.yaml. Never throws, whatever the text.
 * @param file name for messages and places
 * @returns problems with the codes CONFIG_SYNTAX, CONFIG_INVALID or CONFIG_TOO_LARGE
 */
export function parseConfiguration(text: string, file: string, vocabulary: Language): ParsedConfiguration {
  const large = tooLarge(text);
  if (large !== undefined) return invalid(sourceText("", file), [large]);
  const source = sourceText(plainText(text), file);
  const unwanted = unwantedCharacters(source.text, problemsMax);
  if (unwanted.length > 0) return invalid(source, unwanted);
  const read = readTree(source);
  if (read.kind === "unreadable") return invalid(source, read.drafts);
  const judged = judge(read.tree, source, vocabulary);
  const drafts = [...read.drafts, ...judged.drafts];
  return drafts.length > 0 || judged.configuration === undefined
    ? invalid(source, drafts)
    : { kind: "parsed", configuration: judged.configuration };
}

function invalid(source: SourceText, drafts: readonly Draft[]): ParsedConfiguration {
  return { kind: "invalid", problems: writeProblems(source, drafts) };
}

interface Judgement {
  readonly drafts: readonly Draft[];
  readonly configuration: Configuration | undefined;
}

function judge(tree: Tree, source: SourceText, vocabulary: Language): Judgement {
  const all = vocabulary.faultsOf(fileSchema, tree.data, []);
  const judging = startJudging(tree, vocabulary, all);
  const lost = new Set(tree.broken.map((path) => JSON.stringify(path)));
  const faults = withoutMisspelled(all.filter((fault) => !startsWithAny(fault, lost)));
  const written = isMap(tree.data) ? readable(tree.data, all, vocabulary.faultsOf) : undefined;
  const configuration = written === undefined ? undefined : applyRules(judging, written, placesOf(tree, source));
  const refused = new Set([...judging.refused, ...faults.map((fault) => JSON.stringify(fault.path))]);
  const numbers = tree.numbers.filter(({ path }) => !refused.has(JSON.stringify(path))).map(({ draft }) => draft);
  return { configuration, drafts: [...faults.map((fault) => draftOfFault(tree, fault)), ...judging.drafts, ...numbers] };
}

/** What lies at or below a place that could not be read is no second problem. */
function startsWithAny(fault: Fault, lost: ReadonlySet<string>): boolean {
  return lost.size > 0 && fault.path.some((_, index) => lost.has(JSON.stringify(fault.path.slice(0, index + 1))));
}

function isMap(data: unknown): boolean {
  return typeof data === "object" && data !== null && !Array.isArray(data);
}

const roundsMax = 4;

/** The part of the data that has the right shape; taking a fault out may uncover another, so this goes some rounds. */
function readable(data: unknown, faults: readonly Fault[], faultsOf: FaultsOf): WrittenFile | undefined {
  // No part of the schema changes what it checks.
  if (faults.length === 0) return data as WrittenFile;
  let rest = data;
  let wrong = faults;
  for (let round = 0; round < roundsMax; round += 1) {
    rest = wrong.length > 0 ? prune(rest, wrong) : rest;
    if (fileSchema.fits(rest)) return rest;
    wrong = faultsOf(fileSchema, rest, []);
  }
  return undefined;
}

const rules: readonly Rule[] = [
  judgePackages,
  judgeRegistries,
  judgeEnvironments,
  judgeTriggers,
  judgeEntries,
  judgeSteps,
  judgePaths,
  judgeStarts,
];

function applyRules(judging: Judging, written: WrittenFile, places: PlaceOf): Configuration {
  const configuration = resolveFile(judging, written, places);
  for (const rule of rules) rule(judging, { written, configuration });
  return configuration;
}

function placesOf(tree: Tree, source: SourceText): PlaceOf {
  return (path) => placeAt(source, tree.rangeOf(path, "value").start);
}
