// What a release would change, as text: red flags first, then counts, then the lists.
import type { ReleaseDiff } from "../../app/diff-release.ts";
import type { ArtifactDiff } from "../../app/diff/compare-artifacts.ts";
import type { AgainstPublished } from "../../app/diff/published.ts";
import { safe, type Terminal } from "./terminal.ts";
import { plural, sizeWords } from "./words.ts";

export interface ShowDiffOptions {
  /** Counts only. */
  readonly stat: boolean;
}

export function showDiff(diff: ReleaseDiff, options: ShowDiffOptions, terminal: Pick<Terminal, "style">): string {
  const kind = diff.mode === "rehearsal" ? "rehearsal" : "run";
  const head = `${terminal.style("bold", safe(diff.title))}  ${kind} ${diff.run}, commit ${diff.commit.slice(0, 10)}`;
  return `${[head, ...diff.artifacts.flatMap((one) => ["", ...artifactLines(one, options, terminal)])].join("\n")}\n`;
}

function artifactLines(one: ArtifactDiff, options: ShowDiffOptions, terminal: Pick<Terminal, "style">): readonly string[] {
  return [
    `${safe(one.name)}  ${sizeWords(one.sizeBytes)}${growth(one)}`,
    // What cannot be compared is told below, with the comparison.
    ...one.changes
      .filter(({ kind }) => kind !== "unknown")
      .map(({ kind, what }) => `  ${terminal.style("yellow", "look")} ${kind}: ${safe(what)}`),
    ...sourceLines(one, options, terminal),
    ...publishedLines(one.published, options, terminal),
  ];
}

function growth({ sizeBytes, published }: ArtifactDiff): string {
  if (published.kind !== "compared") return "";
  const by = sizeBytes - published.sizeBytes;
  return by === 0 ? ", as before" : `, ${by > 0 ? "+" : "−"}${sizeWords(Math.abs(by))}`;
}

function sourceLines({ source, kind }: ArtifactDiff, options: ShowDiffOptions, terminal: Pick<Terminal, "style">): readonly string[] {
  if (source.kind === "unknown") return [`  against git: cannot be looked at: ${safe(source.why)}`];
  const { added, changed, generated, leftOut } = source;
  const counts = [
    `${plural(added.length, "file")} that git does not have`,
    `${changed.length} with other bytes`,
    `${generated.length} written by every build`,
    ...(kind === "wheel" ? [] : [`${plural(leftOut.length, "file")} of git left out`]),
  ];
  const lists = options.stat ? [] : [...listed("+", added, terminal), ...listed("~", changed, terminal)];
  return [`  against git: ${counts.join(", ")}`, ...lists];
}

function publishedLines(published: AgainstPublished, options: ShowDiffOptions, terminal: Pick<Terminal, "style">): readonly string[] {
  if (published.kind === "first") return [`  against ${safe(published.registry)}: nothing to compare with: ${safe(published.why)}`];
  if (published.kind === "unknown")
    return [`  against ${safe(published.registry) || "a registry"}: cannot be looked at: ${safe(published.why)}`];
  const { files, metadata, entryPoints, hooks } = published;
  const counts = `${files.added.length} added, ${files.removed.length} removed, ${files.changed.length} changed`;
  const head = `  against ${safe(published.version)} at ${safe(published.registry)}: ${counts}`;
  const python = metadata.requiresPython;
  const facts = [
    ...changes("requires", metadata.dependencies, terminal),
    ...(python === undefined ? [] : [`    Python: ${safe(python.before ?? "any")} → ${safe(python.after ?? "any")}`]),
    ...changes("entry point", entryPoints, terminal),
    ...changes("runs by itself", hooks, terminal),
  ];
  if (options.stat) return [head, ...facts];
  const paths = (of: readonly { readonly path: string }[]): readonly string[] => of.map((file) => file.path);
  return [
    head,
    ...facts,
    ...changes("metadata", metadata.others, terminal),
    ...listed("+", paths(files.added), terminal),
    ...listed("-", paths(files.removed), terminal),
    ...listed("~", paths(files.changed), terminal),
  ];
}

function changes(
  what: string,
  lines: { readonly added: readonly string[]; readonly removed: readonly string[] },
  terminal: Pick<Terminal, "style">,
): readonly string[] {
  const line = (sign: "+" | "-", text: string): string =>
    terminal.style(sign === "+" ? "green" : "red", `    ${sign} ${what} ${safe(text.replace(/\s+/g, " "))}`);
  return [...lines.added.map((text) => line("+", text)), ...lines.removed.map((text) => line("-", text))];
}

/** Paths of one list that are printed; `--json` has all. */
const listedMax = 100;

function listed(sign: "+" | "-" | "~", paths: readonly string[], terminal: Pick<Terminal, "style">): readonly string[] {
  const tone = { "+": "green", "-": "red", "~": "yellow" } as const;
  const shown = paths.slice(0, listedMax).map((path) => terminal.style(tone[sign], `    ${sign} ${safe(path)}`));
  return paths.length > listedMax ? [...shown, `    ${sign} and ${paths.length - listedMax} more`] : shown;
}
