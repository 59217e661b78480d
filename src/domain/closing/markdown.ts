// The closing table as a release page shows it: commands in blocks that can be copied, one block for each channel, and the
// digests below. Pure.
import { pageChannel, scriptChannel, type ClosingRow } from "./closing-table.ts";

/** Most digests that a page lists; the page itself shows those of its files. */
const digestsMax = 100;

/** @returns an empty text where nothing can be installed. What is only at a test registry is told as a trial. */
export function closingMarkdown(rows: readonly ClosingRow[]): string {
  const installable = rows.filter(({ install }) => install.length > 0);
  const told = installable.filter(
    (row) => row.test !== true || !installable.some((other) => other.test !== true && other.package === row.package),
  );
  const groups = [...Map.groupBy(told, ({ channel }) => channel).values()];
  const blocks = groups.map((group) => blockOf(group, groups.length > 1));
  return [...blocks, digestTable(told)].filter((text) => text !== "").join("\n\n");
}

function blockOf(rows: readonly ClosingRow[], isOneOfSeveral: boolean): string {
  const [first] = rows;
  const intro = introOf(first, isOneOfSeveral);
  const links = rows.map((row) => `${linked(row)}${row.importName === undefined ? "" : `, imported as \`${row.importName}\``}`);
  const or = rows.flatMap((row) => row.or).map((command) => `or \`${command}\``);
  const commands = rows.flatMap(({ install }) => install);
  return [intro, `\`\`\`sh\n${commands.join("\n")}\n\`\`\``, [...or, ...links].join("  \n")].filter((text) => text !== "").join("\n\n");
}

function introOf(row: ClosingRow | undefined, isOneOfSeveral: boolean): string {
  if (row?.test === true) return "Try it; only the package itself comes from the test index:";
  if (row === undefined || !isOneOfSeveral) return "Install:";
  if (row.channel === scriptChannel) return "With the install script:";
  return row.channel === pageChannel ? "From this page:" : `From ${row.channel}:`;
}

function linked({ package: name, version, link }: ClosingRow): string {
  const text = [name, version]
    .filter((part) => part !== "")
    .join(" ")
    .replaceAll(/[[\]\\]/g, "\\$&");
  return link === undefined ? text : `[${text}](${link})`;
}

function digestTable(rows: readonly ClosingRow[]): string {
  const all = [...new Map(rows.flatMap(({ digests }) => digests).map((one) => [`${one.name} ${one.digest}`, one])).values()];
  if (all.length === 0) return "";
  const lines = all.slice(0, digestsMax).map(({ name, digest }) => `| \`${name}\` | \`${digest}\` |`);
  const more = all.length > digestsMax ? `\n\nand ${all.length - digestsMax} more` : "";
  return `| File | Digest |\n| --- | --- |\n${lines.join("\n")}${more}`;
}
