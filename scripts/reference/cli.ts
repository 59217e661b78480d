// docs/reference/cli.md, from the same list of commands that `--help` and completion are made from.
import type { Command, Option } from "commander";
import { heading, type Page, table } from "./page.ts";

const source = "src/entrypoints/cli/program.ts";

const introduction = `Data goes to standard output, everything else to standard error. The [exit status](exit-codes.md) says how a command ended; errors have
[codes](errors.md).
`;

export const cliPage: Page = {
  path: "docs/reference/cli.md",
  source,
  make: async () => {
    const { buildProgram } = await import("../../src/entrypoints/cli/program.ts");
    const { program } = buildProgram("0.0.0");
    const commands = [...program.commands].map((command) => section(program, command));
    const options = `## Options of every command\n\n${optionTable(program)}`;
    return [heading("Commands", source), introduction, ...commands, options].join("\n");
  },
};

function section(program: Command, command: Command): string {
  const words = command.registeredArguments
    .map((argument) => [argument.name(), argument.description].join(": "))
    .filter((text) => !text.endsWith(": "));
  const list = words.length === 0 ? "" : `\n${words.map((text) => `- ${text}`).join("\n")}\n`;
  const options = optionTable(command);
  return `## ${command.name()}\n\n\`${program.name()} ${command.name()} ${command.usage()}\`\n\n${capitalized(command.description())}.\n${list}${options === "" ? "" : `\n${options}`}`;
}

function optionTable(command: Command): string {
  const shown = command.options.filter((option) => !option.hidden);
  return shown.length === 0 ? "" : table(["option", "does"], shown.map(optionRow));
}

function optionRow(option: Option): readonly string[] {
  const choices = option.argChoices === undefined ? "" : ` (${option.argChoices.map((choice) => `\`${choice}\``).join(", ")})`;
  const preset = typeof option.defaultValue === "string" ? `; otherwise \`${option.defaultValue}\`` : "";
  return [`\`${option.flags}\``, `${option.description}${choices}${preset}`];
}

function capitalized(text: string): string {
  return `${text.slice(0, 1).toUpperCase()}${text.slice(1)}`;
}
