// The command line. bin/slipway.js calls `main` with the words after the program's name and ends with the status it
// returns; `renderHelp` is also run by the build, which keeps the text beside the bundle, so that `--help` loads nothing.
import { version } from "../../platform/program-version.ts";

/** Text of `slipway --help`, ending with a line feed. */
export function renderHelp(): string {
  return [
    "Slipway releases software packages: one file says how, and a run finishes exactly what is missing.",
    "",
    "Usage: slipway <command> [options]",
    "",
    "Options:",
    "  -h, --help     print this text",
    "  -V, --version  print the version",
    "",
    "This build has no commands yet.",
    "",
  ].join("\n");
}

/**
 * Runs one command line.
 * @returns the exit status of docs/reference/exit-codes.md.
 */
export async function main(args: readonly string[]): Promise<number> {
  const [first] = args;
  if (first === undefined || first === "--help" || first === "-h") {
    process.stdout.write(renderHelp());
    return 0;
  }
  if (first === "--version" || first === "-V") {
    process.stdout.write(`slipway ${version}\n`);
    return 0;
  }
  process.stderr.write(`error[USAGE]: Cannot run "${first}": no such command\n\nhint: see \`slipway --help\`\n`);
  return 2;
}
