// RECORD, both ways: every file of the wheel stands in it with its digest and size, and everything in it is there
// (PyPA "Recording installed projects" and "Binary distribution format"). PyPI only compares the names and writes a
// mail; installers stop on any difference, so we do (reference/protocols §1.4).
import { error, listed, quoted, warning, type ArtifactFinding } from "./finding.ts";

export interface RecordRow {
  readonly path: string;
  readonly digest: string;
  readonly size: string;
}

export type ParsedRecord =
  | { readonly kind: "rows"; readonly rows: readonly RecordRow[] }
  | { readonly kind: "invalid"; readonly line: number };

export interface RecordedFile {
  readonly sha256: string;
  readonly sizeBytes: number;
}

/** Names of files that RECORD may leave out: itself, and signatures of it. */
export function recordExemptions(distInfo: string): ReadonlySet<string> {
  return new Set([`${distInfo}/RECORD`, `${distInfo}/RECORD.jws`, `${distInfo}/RECORD.p7s`]);
}

/**
 * Reads RECORD as the CSV it is: commas, double quotes, a quote within quotes doubled.
 * @returns `invalid` with the line that has not three fields, or quotes that do not close
 */
export function parseRecord(text: string): ParsedRecord {
  const rows: RecordRow[] = [];
  for (const [index, line] of text.split(/\r\n|\n|\r/).entries()) {
    if (line === "") continue;
    const fields = line.includes('"') ? parseQuoted(line) : line.split(",");
    const [path, digest, size, ...more] = fields ?? [];
    if (path === undefined || digest === undefined || size === undefined || more.length > 0) return { kind: "invalid", line: index + 1 };
    rows.push({ path, digest, size });
  }
  return { kind: "rows", rows };
}

function parseQuoted(line: string): readonly string[] | undefined {
  const field = /(?:"((?:[^"]|"")*)"|([^",]*))(,|$)/y;
  const fields: string[] = [];
  for (let at = 0; at <= line.length;) {
    field.lastIndex = at;
    const found = field.exec(line);
    if (found === null) return undefined;
    fields.push(found[1]?.replaceAll('""', '"') ?? found[2] ?? "");
    at = field.lastIndex;
    if (found[3] === "") return fields;
  }
  return undefined;
}

/** Holds RECORD against the files of the wheel. `files` has every file member; folders do not count. */
export function recordFindings(
  text: string,
  wheel: { readonly distInfo: string; readonly files: ReadonlyMap<string, RecordedFile> },
): readonly ArtifactFinding[] {
  const parsed = parseRecord(text);
  if (parsed.kind === "invalid")
    return [error("RECORD-SYNTAX", `RECORD line ${parsed.line} is not "path,digest,size" (CSV with three fields)`)];
  const exempt = recordExemptions(wheel.distInfo);
  const findings: ArtifactFinding[] = [];
  const seen = new Set<string>();
  const wrong = {
    twice: [] as string[],
    missing: [] as string[],
    unrecorded: [] as string[],
    digest: [] as string[],
    size: [] as string[],
  };
  for (const row of parsed.rows) {
    if (seen.has(row.path)) wrong.twice.push(row.path);
    seen.add(row.path);
    const file = wheel.files.get(row.path);
    if (file === undefined) wrong.missing.push(row.path);
    else findings.push(...rowFindings(row, file, { exempt, wrong }));
  }
  for (const path of wheel.files.keys()) if (!seen.has(path) && !exempt.has(path)) wrong.unrecorded.push(path);
  if (!seen.has(`${wheel.distInfo}/RECORD`)) findings.push(warning("RECORD-SELF", "RECORD does not list itself"));
  for (const path of wheel.files.keys()) {
    if (/\/RECORD\.(?:jws|p7s)$/.test(path) && exempt.has(path))
      findings.push(warning("RECORD-SIGNATURE", `The wheel holds ${quoted(path)}, a form of signature that is deprecated (PEP 815)`));
  }
  return [...findings, ...differences(wrong)];
}

interface Wrong {
  readonly digest: string[];
  readonly size: string[];
}

function rowFindings(
  row: RecordRow,
  file: RecordedFile,
  around: { readonly exempt: ReadonlySet<string>; readonly wrong: Wrong },
): readonly ArtifactFinding[] {
  if (row.digest === "" && around.exempt.has(row.path)) return [];
  const equals = row.digest.indexOf("=");
  const algorithm = equals === -1 ? row.digest : row.digest.slice(0, equals);
  const findings: ArtifactFinding[] = [];
  if (row.digest === "")
    findings.push(error("RECORD-DIGEST", `RECORD has no digest for ${quoted(row.path)}; every file but RECORD needs one`));
  else if (algorithm === "sha384" || algorithm === "sha512") {
    findings.push(
      error(
        "RECORD-ALGORITHM",
        `RECORD has a ${algorithm} digest for ${quoted(row.path)}, which Slipway cannot verify; let the builder write sha256`,
      ),
    );
  } else if (algorithm !== "sha256") {
    findings.push(
      error(
        "RECORD-ALGORITHM",
        `RECORD has the digest ${quoted(row.digest)} for ${quoted(row.path)}; it should be sha256=… (PyPA: sha256 or stronger)`,
      ),
    );
  } else if (row.digest.slice(equals + 1).replace(/=+$/, "") !== file.sha256) around.wrong.digest.push(row.path);
  if (row.size !== "" && row.size !== String(file.sizeBytes)) around.wrong.size.push(row.path);
  return findings;
}

function differences(
  wrong: Readonly<Record<"twice" | "missing" | "unrecorded" | "digest" | "size", readonly string[]>>,
): readonly ArtifactFinding[] {
  const findings: ArtifactFinding[] = [];
  const add = (id: string, paths: readonly string[], what: string) => {
    if (paths.length > 0) findings.push(error(id, `${what}: ${listed(paths)}`));
  };
  add("RECORD-TWICE", wrong.twice, "RECORD lists more than once");
  add("RECORD-MISSING", wrong.missing, "RECORD lists what the wheel does not hold");
  add("RECORD-UNLISTED", wrong.unrecorded, "The wheel holds what RECORD does not list");
  add("RECORD-DIGEST", wrong.digest, "The digest in RECORD is not that of the file");
  add("RECORD-SIZE", wrong.size, "The size in RECORD is not that of the file");
  return findings;
}
