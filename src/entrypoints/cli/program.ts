// Every command with its words. One literal list: help, completion and the reference are made from it.
import { Command, CommanderError, Option } from "commander";
import type { Act, Define } from "./define.ts";
import { sayCommands } from "./say-commands.ts";

export interface Built {
  readonly program: Command;
  /** Status of the command that ran. */
  status(): number;
}

/**
 * @param only name of the one command that is defined: the others cost milliseconds and are not asked for. Absent, or no
 * command's name: all of them, for help, completion and suggestions.
 */
export function buildProgram(version: string, only?: string): Built {
  let status = 0;
  const program = new Command("slipway")
    .description(
      "One file says how you release. Rehearse it with nothing public; run it, kill it anywhere, run it again, and it finishes exactly what is missing.",
    )
    .version(`slipway ${version}`, "-V, --version", "print the version")
    .option("-C, --folder <folder>", "run as if started in this folder")
    .option("--state <folder>", "keep runs here instead of the system's place for state")
    .option("--json", "print one JSON document on standard output")
    .option("--progress <kind>", "auto, tty, plain, quiet or json", "auto")
    .option("-q, --quiet", "print results only")
    .option("-v, --verbose", "print more; twice for traces", (_value: string, before: number) => before + 1, 0)
    .option("--no-color", "print without colour")
    .helpOption("-h, --help", "print this text")
    .helpCommand(false)
    .showSuggestionAfterError(true)
    .configureOutput({ writeErr: () => {} })
    .exitOverride();
  const act =
    (run: Act) =>
    async (...given: unknown[]): Promise<void> => {
      const command = given.at(-1) as Command;
      const values = command.processedArgs.flat() as (string | undefined)[];
      status = await run(program.opts(), values, command.opts<Record<string, never>>());
    };
  for (const define of definitionsOf(only)) define(program, act);
  for (const command of program.commands)
    command
      .exitOverride()
      .helpOption("-h, --help", "print this text")
      .configureOutput({ writeErr: () => {} });
  return { program, status: () => status };
}

/** Options of the program itself whose value is a word of its own. */
const valued: ReadonlySet<string> = new Set(["-C", "--folder", "--state", "--progress"]);

/** The word where the command stands; pure. */
export function commandNamed(args: readonly string[]): string | undefined {
  let at = 0;
  while (args[at]?.startsWith("-") === true) at += valued.has(args[at] ?? "") ? 2 : 1;
  return args[at];
}

function definitionsOf(only: string | undefined): readonly Define[] {
  // These two read the other commands.
  const wanted = only === undefined || only === "completion" || only === "__complete" ? undefined : commands.get(only);
  return wanted === undefined ? [...commands.values()] : [wanted];
}

const releaseOptions = (command: Command): Command =>
  command
    .option("--pipeline <name>", "which pipeline of the file")
    .option(
      "--package <id>",
      "of packages with versions of their own, only this one; may be repeated",
      (value: string, before: readonly string[]) => [...before, value],
      [],
    )
    .option("--path <name>", "take a declared way around steps or rules")
    .option("--reason <text>", "why")
    .option(
      "--input <name=value>",
      "an input of the pipeline; may be repeated",
      (value: string, before: readonly string[]) => [...before, value],
      [],
    );

const commands: ReadonlyMap<string, Define> = new Map<string, Define>([
  [
    "init",
    (program, act) =>
      program
        .command("init")
        .description("write slipway.yaml from looking at this repository")
        .option("--yes", "write without asking, also over a file that is there")
        .option("--print", "print it instead of writing it")
        .action(
          act(async (globals, _values, options) =>
            (await import("./commands/init.ts")).initCommand((await import("./context.ts")).openContext(globals), options),
          ),
        ),
  ],
  [
    "next",
    (program, act) =>
      program
        .command("next")
        .description("show what would be released now, and why")
        .option("--pipeline <name>", "by the version rule of this pipeline")
        .option("--package <id>", "one package only; may be repeated", (value: string, before: readonly string[]) => [...before, value], [])
        .action(
          act(async (globals, _values, options) => {
            const context = (await import("./context.ts")).openLooking(globals);
            return (await import("./commands/next.ts")).nextCommand(context, options);
          }),
        ),
  ],
  [
    "changelog",
    (program, act) =>
      program
        .command("changelog")
        .description("print the changelog of the whole history, a section for each release")
        .option("--package <id>", "which package, where each has versions of its own")
        .option("--released", "leave out what is not released yet")
        .action(
          act(async (globals, _values, options) => {
            const context = (await import("./context.ts")).openLooking(globals);
            return (await import("./commands/changelog.ts")).changelogCommand(context, options);
          }),
        ),
  ],
  [
    "plan",
    (program, act) =>
      releaseOptions(program.command("plan [version]").description("print the plan; nothing remote changes"))
        .option("--out <file>", "write the plan as JSON")
        .option("--against <plan>", "show what changed since a plan file, or since the last run (`last`)")
        .option("--exit-code", "end with 9 when there are changes")
        .action(
          act(async (globals, [version], options) => {
            const context = (await import("./context.ts")).openLooking(globals);
            return (await import("./commands/plan.ts")).planCommand(context, version, options);
          }),
        ),
  ],
  [
    "diff",
    (program, act) =>
      program
        .command("diff [run]")
        .description("show what the built artifacts hold against the last published version and against git")
        .option("--stat", "counts only")
        .option("--package <name>", "one package only")
        .action(
          act(async (globals, [run], options) =>
            (await import("./commands/diff.ts")).diffCommand((await import("./context.ts")).openContext(globals), run, options),
          ),
        ),
  ],
  [
    "rehearse",
    (program, act) =>
      releaseOptions(
        program.command("rehearse [version]").description("run the whole plan against registries inside Slipway; nothing becomes public"),
      )
        .option("--faults <profile>", "make the registries lie: see docs/reference/faults.md")
        .option("--files <folder>", "take the release's files from a folder instead of its page")
        .option("--import <files...>", "files of legs that another machine built, so that they take part")
        .option("--platform <platform>", "with --import: the leg that the files are for, where their names fit several")
        .option("--keep", "keep the rehearsal's folder with the registries' files")
        .action(
          act(async (globals, [version], options) =>
            (await import("./commands/rehearse.ts")).rehearseCommand((await import("./context.ts")).openContext(globals), version, options),
          ),
        ),
  ],
  [
    "run",
    (program, act) =>
      releaseOptions(program.command("run [version]").description("release for real, or go on with the run that is not finished"))
        .option("--no-wait", "end with 3 at a gate instead of waiting for a person")
        .option("--mend", "go on under a changed plan on the same commit")
        .option("--only <steps>", "only these steps or groups, as checks: no release")
        .option("--files <folder>", "take the release's files from a folder instead of its page")
        .option("--sign-key <file>", "sign the record with this SSH key where no CI vouches for it (default: git's)")
        .addOption(new Option("--trial", "end at a test index").hideHelp())
        .action(
          act(async (globals, [version], options) =>
            (await import("./commands/run.ts")).runCommand((await import("./context.ts")).openContext(globals), version, options as never),
          ),
        ),
  ],
  [
    "import",
    (program, act) =>
      program
        .command("import <files...>")
        .description("bring in what another machine built for legs that have no place here")
        .option("--step <step>", "the step, or one leg of it, that the files are for")
        .option("--platform <platform>", "the platform of the leg that the files are for")
        .option("--by <name>", "the person who says that they were built from this commit")
        .option("--reason <text>", "how that person knows")
        .option("--provenance <file>", "the attestation that proves it")
        .option("--pipeline <name>", "where no run is unfinished: the pipeline of the run that is opened")
        .option(
          "--input <name=value>",
          "an input of that pipeline; may be repeated",
          (value: string, before: readonly string[]) => [...before, value],
          [],
        )
        .action(
          act(async (globals, files, options) =>
            (await import("./commands/import.ts")).importCommand(
              (await import("./context.ts")).openContext(globals),
              files.flatMap((file) => file ?? []),
              options,
            ),
          ),
        ),
  ],
  [
    "withdraw",
    (program, act) =>
      program
        .command("withdraw <tags...>")
        .description("take mistaken release tags back from the remote, unless something of them has to stay")
        .option("--confirm <versions>", "the version of each tag, with commas between, said again")
        .option("--page", "the release pages at the forge as well")
        .option("--everything", "the whole release: pages, what registries can take back of it, tags; tells what has to stay")
        .option("--reason <text>", "why, for those who use it; needed with --everything")
        .action(
          act(async (globals, tags, options) =>
            (await import("./commands/withdraw.ts")).withdrawCommand(
              (await import("./context.ts")).openContext(globals),
              tags.flatMap((tag) => tag ?? []),
              options,
            ),
          ),
        ),
  ],
  [
    "status",
    (program, act) =>
      program
        .command("status [run]")
        .description("one screen: where the run stands, what is public, who it waits for")
        .option("--list", "all runs, newest first")
        .action(
          act(async (globals, [run], options) =>
            (await import("./commands/look.ts")).statusCommand((await import("./context.ts")).openContext(globals), run, options),
          ),
        ),
  ],
  [
    "watch",
    (program, act) =>
      program
        .command("watch [run]")
        .description("look on while another process drives the run")
        .action(
          act(async (globals, [run]) =>
            (await import("./commands/look.ts")).watchCommand((await import("./context.ts")).openContext(globals), run),
          ),
        ),
  ],
  [
    "logs",
    (program, act) =>
      program
        .command("logs [step]")
        .description("print what the steps wrote")
        .option("--run <run>", "which run; the newest if not given")
        .option("--failed", "only of steps that failed")
        .option("--attempt <number>", "only this attempt")
        .option("--follow", "go on printing while the run is driven")
        .action(
          act(async (globals, [step], options) =>
            (await import("./commands/look.ts")).logsCommand((await import("./context.ts")).openContext(globals), step, options),
          ),
        ),
  ],
  ...sayCommands,
  [
    "watch-registries",
    (program, act) =>
      program
        .command("watch-registries")
        .description("look for versions that nobody of this project published; an alarm holds publishing")
        .option("--every <duration>", "time between two looks, at most 5m", "5m")
        .option("--once", "one look; ends with 8 while an alarm is open")
        .option(
          "--record <file>",
          "record of a release that another machine made; may be repeated",
          (value: string, before: readonly string[]) => [...before, value],
          [],
        )
        .action(
          act(async (globals, _values, options) =>
            (await import("./commands/watch-registries.ts")).watchRegistriesCommand(
              (await import("./context.ts")).openContext(globals),
              options as never,
            ),
          ),
        ),
  ],
  [
    "clear-alarm",
    (program, act) =>
      program
        .command("clear-alarm <alarm>")
        .description("say that an alarm was looked at, so that publishing goes on")
        .option("--reason <text>", "what you found, and what you did")
        .option("--as <name>", "your name, if git does not know it")
        .action(
          act(async (globals, [alarm], options) =>
            (await import("./commands/watch-registries.ts")).clearAlarmCommand(
              (await import("./context.ts")).openContext(globals),
              alarm ?? "",
              options,
            ),
          ),
        ),
  ],
  [
    "verify",
    (program, act) =>
      program
        .command("verify [what...]")
        .description("compare the registries with a run, a record file, or each other (PACKAGE VERSION)")
        .option("--record <file>", "the record: of a run, or from a release page")
        .option("--offline", "look at the record and the files that are named, and at nothing else")
        .option("--trusted-root <file>", "whom to believe that signs as a job: Sigstore's trusted_root.json")
        .option("--allowed-signers <file>", "whom to believe that signs with an SSH key (default: git's setting)")
        .option("--identity <uri>", "the workflow that may sign (default: those of slipway.yaml)")
        .action(
          act(async (globals, words, options) => {
            const context = (await import("./context.ts")).openContext(globals);
            const given = words.filter((word) => word !== undefined);
            return (await import("./commands/check.ts")).verifyCommand(context, given, options);
          }),
        ),
  ],
  [
    "doctor",
    (program, act) =>
      program
        .command("doctor")
        .description("look for what would trouble a release on this machine")
        .option("--only <id>", "one finding only")
        .option("--publishers", "tell the exact values to enter at registries so that they trust this project's jobs")
        .action(
          act(async (globals, _values, options) =>
            (await import("./commands/check.ts")).doctorCommand((await import("./context.ts")).openContext(globals), options),
          ),
        ),
  ],
  [
    "completion",
    (program, act) =>
      program
        .command("completion <shell>")
        .description("print completions for bash, zsh or fish")
        .action(
          act(async (globals, [shell]) =>
            (await import("./commands/completion.ts")).completionCommand(
              (await import("./context.ts")).terminalOf(globals),
              shell ?? "",
              program,
            ),
          ),
        ),
  ],
  [
    "__complete",
    (program, act) =>
      program
        .command("__complete <line...>", { hidden: true })
        .description("candidates for a word, for the shells")
        .allowUnknownOption(true)
        .action(
          act(async (globals, values) =>
            (await import("./commands/completion.ts")).completeCommand(
              (await import("./context.ts")).openContext(globals),
              values.flatMap((word) => word ?? []),
              program,
            ),
          ),
        ),
  ],
]);

export { CommanderError };
