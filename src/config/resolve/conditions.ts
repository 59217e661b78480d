// `when` and its like: text to conditions, with the nearest word for a mistaken one.
import type { Condition } from "../../domain/configuration.ts";
import { conditionWords, readCondition } from "../condition.ts";
import { didYouMean } from "../explain.ts";
import { complain, type Judging, requireKnown } from "../judging.ts";
import { nearestWord } from "../nearest.ts";
import { type Path, pathText, quoted } from "../phrases.ts";
import { conditionPhrase } from "../schema/steps.ts";

export interface WhenAt {
  readonly path: Path;
  /** Names of the inputs of the pipeline. */
  readonly inputs: readonly string[];
}

export function resolveWhen(judging: Judging, written: string | readonly string[] | undefined, at: WhenAt): readonly Condition[] {
  if (written === undefined) return [];
  const texts =
    typeof written === "string" ? [{ text: written, path: at.path }] : written.map((text, index) => ({ text, path: [...at.path, index] }));
  return texts.flatMap(({ text, path }) => {
    const condition = readConditionAt(judging, text, path);
    if (condition?.kind === "input") requireInput(judging, condition.name, { path, inputs: at.inputs });
    return condition ?? [];
  });
}

export function requireInput(judging: Judging, name: string, { path, inputs }: WhenAt): void {
  requireKnown(judging, path, { what: "input", name, known: inputs, from: 'declared under "inputs" of the pipeline' });
}

export function readConditionAt(judging: Judging, text: string, path: Path): Condition | undefined {
  const condition = readCondition(text);
  if (condition !== undefined) return condition;
  complain(judging, path, () => ({
    message: `Cannot read ${pathText(path)}: expected ${conditionPhrase}, found ${quoted(text)}`,
    hint: hintFor(text),
  }));
  return undefined;
}

function hintFor(text: string): string | undefined {
  if (/&&|\band\b|,/.test(text)) return "Write a list: all of its conditions must hold";
  if (/\|\||\bor\b|[=(<>]/.test(text)) return "Write a named condition: there is no expression language";
  const [, not, said = ""] = /^(not +|!)?(.*)$/s.exec(text) ?? [];
  const inputName = /^inputs?\.(.+)$/.exec(said)?.[1];
  const near = inputName === undefined ? nearestWord(said, conditionWords) : `input.${inputName.toLowerCase()}`;
  return didYouMean(near === undefined ? undefined : `${not === undefined ? "" : "not "}${near}`);
}
