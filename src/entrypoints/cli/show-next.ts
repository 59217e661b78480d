// What would be released, as text: each package with its last release, the version that comes next, why, and what would be
// told of it; packages with nothing to release in one line at the end.
import type { CommitsTold, NextPackage, NextRelease, Outlook } from "../../app/next-release.ts";
import { safe, type Terminal } from "./terminal.ts";
import { plural } from "./words.ts";

const reasonsMax = 5;
const changelogLinesMax = 30;
const namesMax = 10;

export function showNext(next: NextRelease, terminal: Pick<Terminal, "style">): string {
  const { style } = terminal;
  const idle = next.packages.filter(({ outlook }) => outlook.kind === "nothing");
  const moving = next.packages.filter(({ outlook }) => outlook.kind !== "nothing");
  const lines = [
    `${style("bold", safe(next.project))}  at ${next.commit.slice(0, 10)}, version from ${words[next.from]}`,
    ...moving.flatMap((one) => ["", ...packageLines(one, terminal)]),
    ...idleLines(idle, { isAll: moving.length === 0, style }),
    ...uncommittedLines(next.uncommitted, terminal),
  ];
  return `${lines.join("\n").trimEnd()}\n`;
}

const words = { manifest: "the manifest", tag: "the tag", input: "whoever releases", commits: "the commits" } as const;

function packageLines(one: NextPackage, terminal: Pick<Terminal, "style">): readonly string[] {
  return [
    headline(one, terminal),
    ...(one.last === undefined ? ["  last       no release tag yet"] : [`  last       ${safe(one.last.tag)}`]),
    ...whyLines(one.outlook, terminal),
    ...commitLines(one.commits),
    ...changelogLines(one, terminal),
  ];
}

function headline({ name, present, outlook }: NextPackage, { style }: Pick<Terminal, "style">): string {
  const title = style("bold", safe(name));
  const now = present === undefined ? "" : `  ${safe(present)}`;
  if (outlook.kind !== "release" && outlook.kind !== "proposal") return `${title}${now}`;
  const tag = outlook.tag === undefined ? "" : `  tag ${safe(outlook.tag)}`;
  const next = style("green", safe(outlook.version));
  const from = present === undefined || present === outlook.version ? `  ${next}` : `${now} → ${next}`;
  return `${title}${from}${tag}${outlook.kind === "proposal" ? "  (proposed)" : ""}`;
}

function whyLines(outlook: Outlook, { style }: Pick<Terminal, "style">): readonly string[] {
  const hint = outlook.kind === "unknown" && outlook.hint !== undefined ? [`  ${style("cyan", "hint")}: ${safe(outlook.hint)}`] : [];
  return [`  ${outlook.kind === "unknown" ? style("yellow", "unknown  ") : "why      "}  ${safe(outlook.why)}`, ...hint];
}

function commitLines({ count, complete, types, reasons }: CommitsTold): readonly string[] {
  if (count === 0) return [];
  const kinds = Object.entries(types).map(([type, of]) => `${of} ${safe(type)}`);
  const shown = reasons.slice(0, reasonsMax).map((reason) => `             ${safe(reason)}`);
  const rest = reasons.length > reasonsMax ? [`             … and ${reasons.length - reasonsMax} more`] : [];
  return [`  commits    ${complete ? "" : "more than "}${count}: ${kinds.join(", ")}`, ...shown, ...rest];
}

function changelogLines({ changelog }: NextPackage, { style }: Pick<Terminal, "style">): readonly string[] {
  if (changelog === undefined) return [];
  const from = changelog.by === "file" ? `from ${safe(changelog.file ?? "")}` : "from the commits";
  const lines = changelog.text.split("\n");
  const shown = lines.slice(0, changelogLinesMax).map((line) => (line.trim() === "" ? "" : `    ${safe(line)}`));
  const rest = lines.length > shown.length ? [`    … and ${plural(lines.length - shown.length, "line")} more`] : [];
  return [`  changelog  ${from}`, ...[...shown, ...rest].map((line) => style("dim", line))];
}

function idleLines(idle: readonly NextPackage[], how: { readonly isAll: boolean } & Pick<Terminal, "style">): readonly string[] {
  const [only] = idle;
  if (only === undefined) return [];
  if (idle.length === 1)
    return [
      "",
      `${how.style("bold", safe(only.name))}  nothing to release: ${safe(only.outlook.kind === "nothing" ? only.outlook.why : "")}`,
    ];
  const names = idle.slice(0, namesMax).map(({ name }) => safe(name));
  const more = idle.length > namesMax ? ` and ${idle.length - namesMax} more` : "";
  return ["", `nothing to release${how.isAll ? "" : " of the other packages"}: ${names.join(", ")}${more}`];
}

function uncommittedLines(paths: readonly string[], { style }: Pick<Terminal, "style">): readonly string[] {
  if (paths.length === 0) return [];
  const names = paths.slice(0, reasonsMax).map((path) => safe(path));
  const more = paths.length > reasonsMax ? ", …" : "";
  return [
    "",
    `${style("yellow", "note")} ${plural(paths.length, "uncommitted change")} ${paths.length === 1 ? "is" : "are"} not part of it: ${names.join(", ")}${more}`,
  ];
}
