// Extended header records of a pax archive: `length keyword=value\n`, one after another (POSIX.1-2024 pax, "pax
// Extended Header"). Only what changes a member's name, size or kind matters here; times and owners are read past.
import { decodeTarText } from "./tar-header.ts";

export interface PaxRecords {
  readonly path?: string;
  readonly linkTo?: string;
  readonly sizeBytes?: number;
  readonly faults: readonly string[];
}

/** Reads the records of one `x` or `g` header. */
export function readPaxRecords(bytes: Buffer): PaxRecords {
  const faults: string[] = [];
  const values = new Map<string, Buffer>();
  let at = 0;
  while (at < bytes.length) {
    const record = recordAt(bytes, at);
    if (record === undefined) {
      faults.push("has a pax header that cannot be read");
      break;
    }
    if (values.has(record.keyword)) faults.push(`has "${record.keyword}" twice in its pax header`);
    values.set(record.keyword, record.value);
    at = record.end;
  }
  for (const keyword of values.keys()) {
    if (keyword.startsWith("GNU.sparse.")) faults.push("is sparse (pax header GNU.sparse)");
    if (keyword === "hdrcharset") faults.push("says in its pax header that names are not UTF-8");
  }
  return { ...nameRecords(values, faults), faults };
}

interface PaxRecord {
  readonly keyword: string;
  readonly value: Buffer;
  readonly end: number;
}

/** A record is read only when its length, its `=` and its line end are all where they belong. */
function recordAt(bytes: Buffer, at: number): PaxRecord | undefined {
  const space = bytes.indexOf(0x20, at);
  if (space <= at || space - at > 8) return undefined;
  const digits = bytes.toString("latin1", at, space);
  if (!/^[1-9][0-9]*$/.test(digits)) return undefined;
  const end = at + Number(digits);
  const equals = bytes.indexOf(0x3d, space);
  if (end > bytes.length || equals <= space + 1 || equals >= end || bytes[end - 1] !== 0x0a) return undefined;
  return { keyword: bytes.toString("utf8", space + 1, equals), value: bytes.subarray(equals + 1, end - 1), end };
}

function nameRecords(values: ReadonlyMap<string, Buffer>, faults: string[]): Omit<PaxRecords, "faults"> {
  const path = values.get("path");
  const linkTo = values.get("linkpath");
  const size = values.get("size")?.toString("latin1");
  const sizeBytes = size !== undefined && /^[0-9]{1,15}$/.test(size) ? Number(size) : undefined;
  if (size !== undefined && sizeBytes === undefined) faults.push("has a size in its pax header that is no number");
  return {
    ...(path === undefined ? {} : { path: textOf("path", path, faults) }),
    ...(linkTo === undefined ? {} : { linkTo: textOf("linkpath", linkTo, faults) }),
    ...(sizeBytes === undefined ? {} : { sizeBytes }),
  };
}

function textOf(keyword: string, value: Buffer, faults: string[]): string {
  if (value.includes(0)) faults.push(`has a NUL in "${keyword}" of its pax header`);
  const decoded = decodeTarText(value);
  if (decoded.fault !== undefined) faults.push(decoded.fault);
  return decoded.text;
}
