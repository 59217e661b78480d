// Runs a Node process under the disk recorder (recorder.c) and reads what it recorded.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

export type DiskRecord =
  /** A file or folder came into being: an entry of the folder above it. */
  | { readonly kind: "create" | "mkdir" | "unlink"; readonly path: string }
  | { readonly kind: "write"; readonly path: string; readonly offset: number; readonly bytes: Uint8Array }
  | { readonly kind: "truncate"; readonly path: string; readonly length: number }
  /** Of a file: what was written to it is on the disk. Of a folder: its entries are. */
  | { readonly kind: "sync"; readonly path: string }
  /** A piece of standard output: what the process promised. */
  | { readonly kind: "said"; readonly text: string };

/** Compiles the recorder. @throws Error without a C compiler, saying what to install */
export function compileRecorder(folder: string): string {
  const library = join(folder, "recorder.so");
  const source = join(import.meta.dirname, "recorder.c");
  const compiled = spawnSync("gcc", ["-shared", "-fPIC", "-O2", "-Wall", "-Werror", "-o", library, source, "-ldl"], { encoding: "utf8" });
  if (compiled.error !== undefined)
    throw new Error("The power-loss test needs a C compiler: install gcc and the C library's headers (Debian: gcc libc6-dev)");
  if (compiled.status !== 0) throw new Error(`Cannot compile recorder.c: ${compiled.stderr}`);
  return library;
}

export interface Recorded {
  readonly records: readonly DiskRecord[];
  readonly stdout: string;
  readonly stderr: string;
  readonly status: number | null;
  readonly signal: string | null;
}

/** Runs a TypeScript file with Node and records what it does below `folder`. */
export function recordDisk(
  library: string,
  parts: { readonly folder: string; readonly trace: string; readonly script: string; readonly args: readonly string[] },
): Recorded {
  const { folder, trace, script, args } = parts;
  const ran = spawnSync(process.execPath, [script, ...args], {
    env: { PATH: process.env["PATH"] ?? "", LD_PRELOAD: library, DISK_FOLDER: folder, DISK_TRACE: trace },
    encoding: "utf8",
    timeout: 60_000,
  });
  const records = existsSync(trace) ? parseTrace(readFileSync(trace)) : [];
  return { records, stdout: ran.stdout, stderr: ran.stderr, status: ran.status, signal: ran.signal };
}

function parseTrace(trace: Buffer): readonly DiskRecord[] {
  const records: DiskRecord[] = [];
  for (let at = 0; at < trace.length;) {
    const end = trace.indexOf(10, at);
    const [, kind = "", number = "", length = "", path = ""] = /^(\S+) (-?\d+) (\d+) (.*)$/s.exec(trace.toString("utf8", at, end)) ?? [];
    const bytes = trace.subarray(end + 1, end + 1 + Number(length));
    records.push(recordOf(kind, { path, number: Number(number), bytes }));
    at = end + 1 + Number(length);
  }
  return records;
}

function recordOf(kind: string, parts: { readonly path: string; readonly number: number; readonly bytes: Buffer }): DiskRecord {
  const { path, number, bytes } = parts;
  switch (kind) {
    case "create":
    case "mkdir":
    case "unlink":
    case "sync":
      return { kind, path };
    case "write":
      return { kind, path, offset: number, bytes };
    case "truncate":
      return { kind, path, length: number };
    case "said":
      return { kind, text: bytes.toString("utf8") };
    default:
      throw new Error(`Cannot read a record of the kind "${kind}"`);
  }
}
