// The command line. bin/slipway.js calls `main` with the words after the program's name and ends with the status it
// returns; `renderHelp` is also run by the build, which keeps the text beside the bundle, so that `--help` loads nothing.
import { keepCompiled } from "../../platform/compile-cache.ts";
import { version } from "../../platform/program-version.ts";
import { SlipwayError } from "../../domain/error.ts";

/** Text of `slipway --help`, ending with a line feed. */
export async function renderHelp(): Promise<string> {
  const { buildProgram } = await import("./program.ts");
  return buildProgram(version).program.helpInformation();
}

/**
 * Runs one command line.
 * @returns the exit status of docs/reference/exit-codes.md.
 */
export async function main(args: readonly string[]): Promise<number> {
  // Before everything else is loaded, so that it comes compiled.
  keepCompiled(process.env);
  // What Node writes down of a process that failed would hold the environment, and with it every credential.
  process.report.excludeEnv = true;
  const { buildProgram, commandNamed, CommanderError } = await import("./program.ts");
  const { program, status } = buildProgram(version, commandNamed(args));
  try {
    await program.parseAsync([...(args.length === 0 ? ["--help"] : args)], { from: "user" });
    return status();
  } catch (error) {
    return fail(error instanceof CommanderError ? usage(error) : error, args);
  }
}

/** @returns undefined for help and version, which are no faults */
function usage(error: { readonly exitCode: number; readonly code: string; readonly message: string }): SlipwayError | undefined {
  if (error.exitCode === 0) return undefined;
  // Options without a command: commander would print the help as an error.
  if (error.code === "commander.help")
    return new SlipwayError("USAGE", "Cannot read the command line: no command is named", { hint: "See `slipway --help`" });
  const [first = "", ...rest] = error.message.replace(/^error: /, "").split("\n");
  const suggestion = rest
    .join(" ")
    .replace(/^\(|\)$/g, "")
    .trim();
  return new SlipwayError("USAGE", `Cannot read the command line: ${first}`, {
    hint: suggestion === "" ? "See `slipway --help`" : suggestion,
  });
}

async function fail(error: unknown, args: readonly string[]): Promise<number> {
  if (error === undefined) return 0;
  // Loaded here, because most commands end without a word of it.
  const { errorDocument, showError, unknownError } = await import("./show-error.ts");
  const { jsonText, openTerminal } = await import("./terminal.ts");
  const known = error instanceof SlipwayError ? error : unknownError(error);
  const verbosity = args.filter((word) => word === "-v" || word === "--verbose").length + (args.includes("-vv") ? 2 : 0);
  const terminal = openTerminal({ json: args.includes("--json"), progress: "plain", color: !args.includes("--no-color"), verbosity });
  if (terminal.json) terminal.out(`${jsonText(errorDocument(known))}\n`);
  terminal.err(showError(known, terminal));
  return known.exitCode;
}
