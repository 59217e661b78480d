// The commands of a `run` step as argument arrays: entered through the project's environment where there is one, or
// given to the shell that the file asked for. Pure, so that the plan, preflight and the work see the same words.
import { splitWords } from "../../domain/words.ts";
import type { RunInput } from "./input.ts";

export type Entered =
  | { readonly kind: "prefix"; readonly words: readonly string[] }
  /** The words of `in` have a quote that is never closed. */
  | { readonly kind: "unbalanced"; readonly column: number };

const entrances: Readonly<Record<string, readonly string[]>> = {
  // Both stand for the one command that every project using them means.
  nix: ["nix", "develop", "--command"],
  pixi: ["pixi", "run"],
};

/** Words that are put before every command; none without `in`. */
export function entrance(input: RunInput): Entered {
  if (input.in === undefined) return { kind: "prefix", words: [] };
  if (Object.hasOwn(entrances, input.in)) return { kind: "prefix", words: entrances[input.in] ?? [] };
  const split = splitWords(input.in);
  return split.kind === "words" ? { kind: "prefix", words: split.words } : split;
}

/** The commands as written, without `in`: what people see. */
export function writtenCommands(input: RunInput): readonly (readonly string[])[] {
  if ("commands" in input) return input.commands;
  // No profile, so that a user's own shell set-up is no part of a release; a failing part fails the whole.
  return [[input.shell, "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", input.script]];
}

/** The commands as they are run. `prefix` comes from `entrance`. */
export function runCommands(input: RunInput, prefix: readonly string[]): readonly (readonly string[])[] {
  return writtenCommands(input).map((words) => [...prefix, ...words]);
}

/** What the plan shows: the first command, and how many follow. */
export function describeCommands(input: RunInput): string {
  const shown = "commands" in input ? (input.commands[0] ?? []).join(" ") : (input.script.trim().split("\n")[0] ?? "");
  const others = "commands" in input ? input.commands.length - 1 : input.script.trim().split("\n").length - 1;
  const more = others === 0 ? "" : ` and ${others} more`;
  const place = input.in === undefined ? "" : ` in ${input.in}`;
  return `run ${shorten(shown, 100)}${more}${place}`;
}

function shorten(text: string, lengthMax: number): string {
  return text.length <= lengthMax ? text : `${text.slice(0, lengthMax - 1)}…`;
}
