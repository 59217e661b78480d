// The commands of a `run` step as argument arrays: as they are written, or given to the shell that the file asked for. Pure,
// so that the plan, preflight and the work see the same words.
import type { RunInput } from "./input.ts";

/** The commands as written, without `in`: what people see. */
export function writtenCommands(input: RunInput): readonly (readonly string[])[] {
  if ("commands" in input) return input.commands;
  // No profile, so that a user's own shell set-up is no part of a release; a failing part fails the whole.
  return [[input.shell, "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", input.script]];
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
