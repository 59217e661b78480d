// entry_points.txt: the commands and plug-ins that installing the wheel makes (PyPA "Entry points specification").
// PyPI refuses what is no INI file in UTF-8, and script names that could lead elsewhere (reference/protocols §1.4); the
// syntax is Python's configparser with `=` as the only delimiter, which is what reads it there.
import { error, quoted, warning, type ArtifactFinding } from "./finding.ts";

export interface EntryPoint {
  readonly group: string;
  readonly name: string;
  readonly value: string;
}

export type ParsedEntryPoints =
  | { readonly kind: "parsed"; readonly points: readonly EntryPoint[] }
  | { readonly kind: "invalid"; readonly why: string };

interface Reading {
  readonly points: Map<string, { readonly group: string; readonly name: string; value: string }>;
  readonly sections: Set<string>;
  section: string | undefined;
  /** The entry that an indented line continues, and its own indentation. */
  last: { value: string } | undefined;
  indent: number;
}

/** Reads the INI file. Names keep their case; a section or a name in it may stand there once. */
export function parseEntryPoints(text: string): ParsedEntryPoints {
  const reading: Reading = { points: new Map(), sections: new Set(), section: undefined, last: undefined, indent: 0 };
  for (const [index, line] of text.split(/\r\n|[\n\r]/).entries()) {
    const why = readLine(reading, line);
    if (why !== undefined) return { kind: "invalid", why: `line ${index + 1} ${why}` };
  }
  return { kind: "parsed", points: [...reading.points.values()].map((point) => ({ ...point, value: point.value.trim() })) };
}

function readLine(reading: Reading, line: string): string | undefined {
  const value = line.trim();
  if (value === "" || value.startsWith("#") || value.startsWith(";")) return undefined;
  const indent = line.length - line.trimStart().length;
  if (reading.last !== undefined && indent > reading.indent) {
    reading.last.value += `\n${value}`;
    return undefined;
  }
  reading.indent = indent;
  const section = /^\[(.+)\]/.exec(value)?.[1];
  return section === undefined ? readEntry(reading, value) : readSection(reading, section);
}

function readSection(reading: Reading, section: string): string | undefined {
  if (reading.sections.has(section) && section !== "DEFAULT") return `opens section ${quoted(section)} a second time`;
  reading.sections.add(section);
  reading.section = section;
  reading.last = undefined;
  return undefined;
}

function readEntry(reading: Reading, line: string): string | undefined {
  if (reading.section === undefined) return `stands before any section: ${quoted(line)}`;
  const equals = line.indexOf("=");
  const name = line.slice(0, Math.max(0, equals)).trim();
  if (equals === -1 || name === "") return `is not "name = value": ${quoted(line)}`;
  const key = `${reading.section}\n${name}`;
  if (reading.points.has(key)) return `gives ${quoted(name)} a second time in section ${quoted(reading.section)}`;
  const point = { group: reading.section, name, value: line.slice(equals + 1).trim() };
  reading.points.set(key, point);
  reading.last = point;
  return undefined;
}

const scriptGroups: readonly string[] = ["console_scripts", "gui_scripts"];
const scriptName = /^[\p{L}\p{N}_.-]+$/u;
const word = String.raw`[\p{XID_Start}_]\p{XID_Continue}*`;
const reference = new RegExp(`^(${word}(?:\\.${word})*)\\s*(?::\\s*(${word}(?:\\.${word})*))?\\s*(?:\\[[^\\]]*\\])?$`, "u");

/**
 * @param modules dotted names of modules and folders in the wheel: a script of a package that is in it must find its module
 */
export function entryPointFindings(text: string, modules: ReadonlySet<string>): readonly ArtifactFinding[] {
  const parsed = parseEntryPoints(text);
  if (parsed.kind === "invalid") return [error("ENTRY-POINTS", `entry_points.txt ${parsed.why}`)];
  return parsed.points.flatMap((point) => pointFindings(point, modules));
}

function pointFindings(point: EntryPoint, modules: ReadonlySet<string>): readonly ArtifactFinding[] {
  const isScript = scriptGroups.includes(point.group);
  const what = `entry_points.txt: ${quoted(point.name)} in [${point.group}]`;
  if (isScript && !scriptName.test(point.name))
    return [error("ENTRY-POINTS", `${what} is no name for a command: letters, digits, "_", ".", "-" (PyPI)`)];
  const [, module = "", object] = reference.exec(point.value) ?? [];
  if (module === "")
    return isScript ? [error("ENTRY-POINTS", `${what} has the value ${quoted(point.value)}, which is not "module:object"`)] : [];
  if (isScript && object === undefined)
    return [error("ENTRY-POINTS", `${what} has the value ${quoted(point.value)} without ":object"; installers refuse it`)];
  const top = module.split(".")[0] ?? "";
  if (modules.has(top) && !modules.has(module))
    return [warning("ENTRY-POINTS", `${what} leads to the module ${quoted(module)}, which is not in the wheel`)];
  return [];
}
