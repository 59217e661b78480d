// `slipway init`: writes slipway.yaml from looking at the repository, and shows it.
import path from "node:path";
import { proposeConfiguration, writeConfiguration, type Proposal } from "../../../app/init.ts";
import { tellPublishers } from "../../../app/publishers.ts";
import { printJson, type Context } from "../context.ts";
import { diffLines, foldDiff } from "../line-diff.ts";
import { showPublishers } from "../show-publishers.ts";
import { safe, type Terminal } from "../terminal.ts";

export interface InitOptions {
  /** Also over a file that is there. */
  readonly yes?: boolean;
  /** The text on standard output; nothing is written. */
  readonly print?: boolean;
}

/** @returns 0 when the file is there as proposed @throws SlipwayError what the use case throws, CONFIG_EXISTS without `yes` */
export async function initCommand({ world, terminal }: Context, options: InitOptions): Promise<number> {
  const proposal = await proposeConfiguration(world);
  if (options.print === true) {
    if (terminal.json) printJson(terminal, { ...documentOf(proposal), written: false });
    else terminal.out(proposal.text);
    return 0;
  }
  if (proposal.before !== undefined && proposal.before !== proposal.text && options.yes !== true)
    terminal.err(showDiff(proposal, terminal));
  const written = await writeConfiguration(world, proposal, { replace: options.yes === true });
  const told = await tellPublishers(world).catch(() => undefined);
  if (terminal.json) {
    printJson(terminal, {
      ...documentOf(proposal),
      ...(told === undefined ? {} : { publishers: told.publishers }),
      written: written.kind === "written",
      ...(written.kind === "written" && written.kept !== undefined ? { kept: written.kept } : {}),
    });
    return 0;
  }
  for (const note of proposal.notes) terminal.err(`${terminal.style("dim", "found")} ${safe(note)}\n`);
  const name = path.basename(proposal.file);
  if (written.kind === "unchanged") {
    terminal.out(`${name} says this already; nothing is written\n`);
    return 0;
  }
  terminal.out(
    `\n${proposal.text
      .split("\n")
      .map((line) => (line === "" ? "" : `  ${line}`))
      .join("\n")}\n`,
  );
  if (written.kept !== undefined) terminal.out(`The old file is kept as ${safe(path.basename(written.kept))}\n`);
  if (told !== undefined && told.publishers.length > 0) terminal.out(`${showPublishers(told, terminal)}\n`);
  terminal.out(
    `${terminal.style("green", "Written")} ${safe(proposal.file)}\n\n${terminal.style("cyan", "next")}: \`slipway plan\` shows what it comes to, \`slipway rehearse\` tries all of it with nothing public\n`,
  );
  return 0;
}

function documentOf({ file, text, notes }: Proposal): object {
  return { schema: "slipway-init/1", file, text, notes };
}

/** Two unchanged lines around each change. */
function showDiff({ before, text }: Proposal, terminal: Pick<Terminal, "style">): string {
  const lines = foldDiff(diffLines(before ?? "", text), 2).map(({ sign, text: line }) => {
    const shown = `${sign} ${safe(line)}`;
    if (sign === "+") return terminal.style("green", shown);
    return sign === "-" ? terminal.style("red", shown) : terminal.style("dim", shown);
  });
  return `What would change:\n${lines.join("\n")}\n\n`;
}
