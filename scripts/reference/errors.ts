// docs/reference/errors.md and exit-codes.md, from the one table of error codes. Meanings of the exit statuses:
// reference/ux §4, where the conventions they follow are named.
import { heading, type Page, table } from "./page.ts";

const source = "src/domain/error-catalog.ts";

const exitMeanings: readonly (readonly [status: string, meaning: string])[] = [
  ["0", "Done, or nothing to do."],
  ["1", "Failed; the state is known and printed."],
  ["2", "The command line, the configuration or the plan is not valid; nothing was attempted."],
  ["3", "Waiting for a person (only where the command does not wait itself)."],
  ["4", "A login or a credential is needed."],
  ["5", "Incomplete, or an outcome is unknown: run the same command again."],
  ["6", "Refused by a rule, or a registry holds other bytes than ours."],
  ["7", "The plan is stale; the changes are listed."],
  ["8", "`doctor` or `verify` found something."],
  ["9", "`plan --exit-code`: there are changes."],
  ["130, 143", "Interrupted; the state is safe, and the same command goes on."],
];

const form = `An error is printed to standard error as \`error[CODE]: message\`, then what is public now where anything was sent, then
hints. With \`--json\` it has the members \`code\`, \`message\`, \`hint\` and \`details\`. A message says first what was attempted, then what
is and what should be; scripts should look at the code and the [exit status](exit-codes.md), never at the words.
`;

export const errorsPage: Page = {
  path: "docs/reference/errors.md",
  source,
  make: async () => {
    const { errorCatalog } = await import("../../src/domain/error-catalog.ts");
    const sections = Object.entries(errorCatalog).map(
      ([code, { exit, meaning, next }]) => `## ${code}\n\n${meaning}\n\n- Exit status: [${exit}](exit-codes.md)\n- What to do: ${next}\n`,
    );
    return [heading("Error codes", source), form, ...sections].join("\n");
  },
};

export const exitCodesPage: Page = {
  path: "docs/reference/exit-codes.md",
  source,
  make: async () => {
    const { errorCatalog } = await import("../../src/domain/error-catalog.ts");
    const codesOf = (status: string) =>
      Object.entries(errorCatalog)
        .filter(([, entry]) => String(entry.exit) === status)
        .map(([code]) => `[${code}](errors.md#${code.toLowerCase()})`)
        .join(", ");
    const rows = exitMeanings.map(([status, meaning]) => [status, meaning, codesOf(status)]);
    return [heading("Exit statuses", source), table(["status", "meaning", "error codes"], rows)].join("\n");
  },
};
