// Commands with which people say something to a run, from any shell: a part of the list in program.ts.
import type { Define } from "./define.ts";

/** In the order of the help. */
export const sayCommands: readonly (readonly [string, Define])[] = [
  [
    "approve",
    (program, act) =>
      program
        .command("approve [run]")
        .description("consent to exactly these bytes at a gate")
        .option("--gate <name>", "which gate, if several ask")
        .option("--digest <sha256>", "the subject that is approved, as `slipway status` shows it")
        .option("--note <text>", "what you looked at")
        .option("--as <name>", "your name, if git does not know it")
        .action(
          act(async (globals, [run], options) =>
            (await import("./commands/decide.ts")).consentCommand(
              (await import("./context.ts")).openContext(globals),
              "approve",
              run,
              options,
            ),
          ),
        ),
  ],
  [
    "reject",
    (program, act) =>
      program
        .command("reject [run]")
        .description("refuse at a gate; the run ends")
        .option("--gate <name>", "which gate, if several ask")
        .option("--digest <sha256>", "the subject that is rejected")
        .option("--reason <text>", "why")
        .option("--as <name>", "your name, if git does not know it")
        .action(
          act(async (globals, [run], options) =>
            (await import("./commands/decide.ts")).consentCommand(
              (await import("./context.ts")).openContext(globals),
              "reject",
              run,
              options,
            ),
          ),
        ),
  ],
  [
    "acknowledge",
    (program, act) =>
      program
        .command("acknowledge <step>")
        .description("say that you looked at what a step asks for")
        .option("--run <run>", "which run; the newest if not given")
        .option("--note <text>", "what you saw")
        .option("--as <name>", "your name, if git does not know it")
        .action(
          act(async (globals, [step], options) =>
            (await import("./commands/decide.ts")).acknowledgeCommand(
              (await import("./context.ts")).openContext(globals),
              step ?? "",
              options,
            ),
          ),
        ),
  ],
  [
    "retry",
    (program, act) =>
      program
        .command("retry <step>")
        .description("ask for another attempt of a step that failed")
        .option("--run <run>", "which run; the newest if not given")
        .option("--reason <text>", "why")
        .action(
          act(async (globals, [step], options) =>
            (await import("./commands/decide.ts")).retryCommand((await import("./context.ts")).openContext(globals), step ?? "", options),
          ),
        ),
  ],
  [
    "break-glass",
    (program, act) =>
      program
        .command("break-glass <registry>")
        .description("allow one more try of a failed publish step with the fallback token; loud, and doctor is red until it is closed")
        .option("--reason <text>", "why; needed")
        .option("--as <name>", "your name, if git does not know it")
        .option("--run <run>", "which run; the newest if not given")
        .option("--close", "say with --reason that the token is revoked and the way is shut again")
        .action(
          act(async (globals, [registry], options) =>
            (await import("./commands/decide.ts")).breakGlassCommand(
              (await import("./context.ts")).openContext(globals),
              registry ?? "",
              options,
            ),
          ),
        ),
  ],
  [
    "cancel",
    (program, act) =>
      program
        .command("cancel [run]")
        .option("--confirm <versions>", "the versions of the run, with commas between: nothing else is cancelled")
        .description("begin nothing new, end what is under way, and say what is public")
        .option("--reason <text>", "why")
        .action(
          act(async (globals, [run], options) =>
            (await import("./commands/decide.ts")).cancelCommand((await import("./context.ts")).openContext(globals), run, options),
          ),
        ),
  ],
];
