// Shell completions: a small script per shell that asks `slipway __complete` for candidates, so that run ids and step
// names complete as well as verbs.
import type { Command } from "commander";
import { SlipwayError } from "../../../domain/error.ts";
import { nextWords } from "../../../domain/version/next.ts";
import { listRuns, lookAtRun } from "../../../app/look-at-run.ts";
import type { Context } from "../context.ts";
import { safe, type Terminal } from "../terminal.ts";

const scripts: Readonly<Record<string, string>> = {
  // Not `compgen -W`, which expands its words as the shell does: a name from slipway.yaml could hold a command. What is
  // put into the line is quoted, because the shell reads it once more.
  bash: `_slipway() {
  local candidate
  COMPREPLY=()
  while IFS= read -r candidate; do
    COMPREPLY+=("$(printf %q "$candidate")")
  done < <(slipway __complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -o default -F _slipway slipway
`,
  zsh: `#compdef slipway
_slipway() {
  local -a candidates
  candidates=("\${(@f)$(slipway __complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  compadd -a candidates
}
compdef _slipway slipway
`,
  fish: `complete -c slipway -f -a '(slipway __complete -- (commandline -opc)[2..] (commandline -ct) 2>/dev/null)'
`,
};

export function completionCommand(terminal: Terminal, shell: string, _program: Command): Promise<number> {
  const script = Object.hasOwn(scripts, shell) ? scripts[shell] : undefined;
  if (script === undefined)
    throw new SlipwayError("USAGE", `Cannot complete for "${shell}"`, { hint: `Shells: ${Object.keys(scripts).join(", ")}` });
  terminal.out(script);
  return Promise.resolve(0);
}

/** Commands that take a run, and commands that take a step, as their first word. */
const takesRun = ["status", "watch", "approve", "reject", "cancel", "verify", "diff"];
/** Commands that take a version, or a word that counts from the present one. */
const takesVersion = ["plan", "rehearse", "run"];
const takesStep = ["logs", "retry", "acknowledge"];

export async function completeCommand({ world, terminal }: Context, line: readonly string[], program: Command): Promise<number> {
  // A "--" at the end is the word that is being typed.
  const words = line[0] === "--" && line.length > 1 ? line.slice(1) : line;
  const last = words.at(-1) ?? "";
  const verb = words.slice(0, -1).find((word) => !word.startsWith("-"));
  const command = program.commands.find((one) => one.name() === verb);
  const candidates = last.startsWith("-") ? flagsOf(program, command) : await wordsFor(world, program, verb);
  terminal.out(
    candidates
      // A name that would steer the terminal that lists it is left out.
      .filter((candidate) => candidate.startsWith(last) && safe(candidate) === candidate)
      .map((candidate) => `${candidate}\n`)
      .join(""),
  );
  return 0;
}

function flagsOf(program: Command, command: Command | undefined): readonly string[] {
  return [...program.options, ...(command?.options ?? [])]
    .filter((option) => !option.hidden)
    .flatMap((option) => (option.long === undefined || option.long === null ? [] : [option.long]));
}

async function wordsFor(world: Context["world"], program: Command, verb: string | undefined): Promise<readonly string[]> {
  try {
    if (verb === undefined) return program.commands.map((one) => one.name()).filter((name) => !name.startsWith("_"));
    if (verb === "completion") return Object.keys(scripts);
    if (takesVersion.includes(verb)) return nextWords;
    if (takesRun.includes(verb)) return (await listRuns(world, 20)).map((run) => run.run);
    if (takesStep.includes(verb)) return (await lookAtRun(world, undefined)).report.steps.map((step) => step.id);
    return [];
  } catch {
    // A shell that asks for candidates must not be answered with an error.
    return [];
  }
}
