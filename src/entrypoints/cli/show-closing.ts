// The closing table on a terminal: a line for each channel with what to type, and below it the address and the digests in
// full, so that everything can be copied (S3.11, ux.md §2.11).
import type { Report } from "../../app/report.ts";
import { safe, type Terminal } from "./terminal.ts";

type Row = Report["closing"][number];

/** Most digests that one row shows; `--json` has them all. */
const digestsMax = 50;

/** @returns an empty text for a release that has nothing anywhere */
export function showClosing({ closing, mode }: Pick<Report, "closing" | "mode">, { style }: Pick<Terminal, "style">): string {
  if (closing.length === 0) return "";
  const head = mode === "rehearsal" ? "What would be where, and how it would be installed:" : "What is where, and how it is installed:";
  const [channels, names] = [closing.map(({ channel }) => channel), closing.map(nameWords)];
  const widths = [Math.max(...channels.map(({ length }) => length)), Math.max(...names.map(({ length }) => length))] as const;
  return `${style("bold", head)}\n${closing.map((row) => rowLines(row, widths)).join("")}`;
}

function rowLines(row: Row, [channelWidth, nameWidth]: readonly [number, number]): string {
  const [first, ...more] = row.install;
  const head = `  ${row.channel.padEnd(channelWidth)}  ${nameWords(row).padEnd(nameWidth)}${first === undefined ? "" : `  ${first}`}`;
  const indent = " ".repeat(channelWidth + 4);
  const left = row.digests.length - digestsMax;
  const below = [
    ...more.map((command) => `${" ".repeat(nameWidth + 2)}${command}`),
    ...row.or.map((command) => `or ${command}`),
    ...(row.link === undefined || first?.includes(row.link) === true ? [] : [row.link]),
    ...row.digests.slice(0, digestsMax).map(({ name, digest }) => (name === row.package ? digest : `${digest}  ${name}`)),
    ...(left > 0 ? [`and ${left} more digests`] : []),
  ];
  return [head.trimEnd(), ...below.map((line) => `${indent}${line}`)].map((line) => `${safe(line)}\n`).join("");
}

function nameWords({ package: name, version, importName, channels }: Row): string {
  const words = [name, ...(name.includes(version) ? [] : [version]), ...(importName === undefined ? [] : [`(import ${importName})`])];
  return [...words, ...(channels.length === 0 ? [] : [`[${channels.join(", ")}]`])].join(" ");
}
