// The composed YAML as plain data. What the language does not have is left out and named; the rest is read on, so that
// one reading tells all problems.
import { type Alias, isAlias, isMap, isScalar, isSeq, type Pair, type ParsedNode, type Scalar, type YAMLMap } from "yaml";
import type { Draft, Told } from "../draft.ts";
import { foundText, type Path, quoted } from "../phrases.ts";
import { depthMax, nodesMax, tooDeep, tooMany } from "./scan.ts";

export interface ReadData {
  /** Plain maps, lists and scalars. What could not be read is left out. */
  readonly data: unknown;
  /** Paths of what could not be read: that it is missing is no second problem. */
  readonly broken: readonly Path[];
  /** Unquoted numbers other than whole ones: read as the text that stands there. */
  readonly numbers: readonly { readonly path: Path; readonly draft: Draft }[];
  readonly drafts: readonly Draft[];
}

interface Reading {
  readonly broken: Path[];
  readonly numbers: { readonly path: Path; readonly draft: Draft }[];
  readonly drafts: Draft[];
  readonly lineOf: (offset: number) => number;
  nodes: number;
}

const unreadable: unique symbol = Symbol("unreadable");

/** @param lineOf line of an offset, for messages that name a second place */
export function readData(root: ParsedNode, lineOf: (offset: number) => number): ReadData {
  const reading: Reading = { broken: [], numbers: [], drafts: [], lineOf, nodes: 0 };
  const data = readNode(reading, root, []);
  return { ...reading, data: data === unreadable ? undefined : data };
}

function readNode(reading: Reading, node: unknown, path: Path): unknown {
  if (node === null || node === undefined) return null;
  reading.nodes += 1;
  if (path.length > depthMax) return refuse(reading, path, { node, told: tooDeep });
  if (reading.nodes > nodesMax) return refuse(reading, path, { node, told: tooMany });
  // `scan` has named the alias, anchor or tag already.
  if (isAlias(node)) return lose(reading, path);
  if (isMap(node)) return node.tag === undefined ? readMap(reading, node, path) : lose(reading, path);
  if (isSeq(node))
    return node.tag === undefined ? node.items.map((item, index) => readItem(reading, item, [...path, index])) : lose(reading, path);
  if (!isScalar(node)) return lose(reading, path);
  return node.tag === undefined ? readScalar(reading, node, path) : lose(reading, path);
}

function readItem(reading: Reading, item: unknown, path: Path): unknown {
  const value = readNode(reading, item, path);
  return value === unreadable ? null : value;
}

function lose(reading: Reading, path: Path): typeof unreadable {
  reading.broken.push(path);
  return unreadable;
}

function refuse(reading: Reading, path: Path, { node, told }: { readonly node: unknown; readonly told: Told }): typeof unreadable {
  const isFirst = !reading.drafts.some((draft) => draft.code === "CONFIG_TOO_LARGE");
  if (isFirst) reading.drafts.push({ code: "CONFIG_TOO_LARGE", range: rangeOfNode(node), tell: () => told });
  return lose(reading, path);
}

function readMap(reading: Reading, map: YAMLMap, path: Path): unknown {
  const members = new Map<string, unknown>();
  const lines = new Map<string, number>();
  for (const pair of map.items) {
    const key = readKey(reading, pair, path);
    if (key === undefined) continue;
    const earlier = lines.get(key);
    if (earlier !== undefined) {
      complain(reading, pair.key, {
        message: `Cannot use the key ${quoted(key)} twice in one map: it stands in line ${earlier} already`,
        hint: "Keep one of the two",
      });
      continue;
    }
    lines.set(key, reading.lineOf(rangeOfNode(pair.key).start));
    const value = readNode(reading, pair.value, [...path, key]);
    members.set(key, value);
  }
  return Object.fromEntries([...members].filter(([, value]) => value !== unreadable));
}

const dangerousKeys: ReadonlySet<string> = new Set(["__proto__", "constructor", "prototype"]);

/** The key as text, or `undefined` after a complaint. */
function readKey(reading: Reading, pair: Pair, path: Path): string | undefined {
  const { key } = pair;
  if (!isScalar(key) || key.tag !== undefined) return complainOfKey(reading, pair);
  if (typeof key.value !== "string") {
    const written = key.source ?? "";
    const hint = written === "" ? "Write a key before the colon" : `Quote it: "${written}"`;
    complain(reading, key, { message: `Cannot use ${foundText(key.value, written)} as a key: expected text`, hint });
    reading.broken.push([...path, written]);
    return written === "" ? undefined : written;
  }
  if (key.value === "<<" && key.type === "PLAIN") {
    complain(reading, key, {
      message: 'Cannot use the key "<<": merge keys are not part of the language',
      hint: "Write the keys themselves",
    });
    return undefined;
  }
  if (!dangerousKeys.has(key.value)) return key.value;
  complain(reading, key, {
    message: `Cannot use the key ${quoted(key.value)}: no name may be spelled like it`,
    hint: "Choose another name",
  });
  return undefined;
}

function complainOfKey(reading: Reading, pair: Pair): undefined {
  // An alias or tag has been named by `scan`.
  const isNamed = isAlias(pair.key) || (isScalar(pair.key) && pair.key.tag !== undefined);
  if (!isNamed)
    complain(reading, pair.key ?? pair.value, {
      message: "Cannot use a map or a list as a key: expected text",
      hint: 'Quote the key if it is text, such as "{name}"',
    });
  return undefined;
}

function readScalar(reading: Reading, scalar: Scalar, path: Path): unknown {
  const { value } = scalar;
  if (typeof value === "string") return value.includes("\u0000") ? refuseNul(reading, scalar, path) : value;
  if (typeof value !== "number") return value;
  const written = scalar.source ?? String(value);
  if (/^(?:0|-?[1-9]\d*)$/.test(written) && Number.isSafeInteger(value)) return value;
  const tell = (): Told => ({
    message: `Cannot use the number ${written.slice(0, 60)}: only whole numbers may stand unquoted${String(value) === written ? "" : `, and this one would become ${String(value)}`}`,
    hint: `Quote it: "${written.slice(0, 60)}"`,
  });
  reading.numbers.push({ path, draft: { code: "CONFIG_INVALID", range: rangeOfNode(scalar), tell } });
  return written;
}

function refuseNul(reading: Reading, scalar: Scalar, path: Path): typeof unreadable {
  complain(reading, scalar, { message: "Cannot use a NUL character in a text", hint: 'Delete the "\\0"' });
  return lose(reading, path);
}

function complain(reading: Reading, node: unknown, told: Told): void {
  reading.drafts.push({ code: "CONFIG_SYNTAX", range: rangeOfNode(node), tell: () => told });
}

function rangeOfNode(node: unknown): { readonly start: number; readonly end: number } {
  const range = (node as Alias | null)?.range ?? [0, 0, 0];
  return { start: range[0], end: range[1] };
}
