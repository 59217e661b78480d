// ◆ What the three scanners have in common. Each is run on one image, in an empty folder, so that no file of the project
// tells it what to leave out: that is the policy's business. Its report is read from a file, with a schema of the form that
// the scanner documents; any other form, and any end that is not documented, is an error.
import type { z } from "zod";
import { failed, type Failed } from "../building.ts";
import type { WorkPorts } from "../step.ts";
import type { ScannerName, Vulnerability } from "./vulnerability.ts";

export interface Scanning {
  /** The frozen oci-archive; absolute path without a file ending. */
  readonly frozen: string;
  /** The same image for programs that read what `docker save` writes; ends with `.tar`. */
  readonly forDocker: string;
  /** Name of the artifact, for words. */
  readonly name: string;
  /** Absolute path of an empty folder. */
  readonly folder: string;
  /** The scanner may fetch newer data. */
  readonly update: boolean;
  readonly ports: WorkPorts;
  /** Milliseconds since 1970. */
  readonly deadlineMs: number;
}

export interface Scanned {
  readonly kind: "scanned";
  readonly vulnerabilities: readonly Vulnerability[];
  /** How many packages it saw; absent: its report does not say. */
  readonly packages?: number;
  /** Of when its data is, milliseconds since 1970; absent: it does not say. */
  readonly dataMs?: number;
}

export interface Scanner {
  readonly name: ScannerName;
  scan(scanning: Scanning): Promise<Scanned | Failed>;
}

export interface Ended {
  readonly kind: "ended";
  readonly code: number;
  /** The last lines of both streams. */
  readonly lines: readonly string[];
}

/** Lines of a scanner that are kept. */
const linesMax = 2_000;

/** Runs a scanner to its end. @returns its failure where it did not end by itself */
export async function runScanner(
  words: readonly string[],
  { ports, folder, deadlineMs }: Scanning,
  env: Readonly<Record<string, string>> = {},
): Promise<Ended | Failed> {
  const [program = "", ...args] = words;
  const lines: string[] = [];
  ports.print(`$ ${words.join(" ")}`);
  const end = await ports.exec.run({
    program,
    args,
    cwd: folder,
    env: { ...ports.env, ...env },
    timeoutMs: Math.max(1, deadlineMs - ports.clock.nowMs()),
    signal: ports.signal,
    onLine: (_stream, line) => {
      ports.print(line);
      if (lines.push(line) > linesMax) lines.shift();
    },
  });
  if (end.kind === "exited") return { kind: "ended", code: end.code, lines };
  if (end.kind === "not-found") return failed("TOOL_MISSING", `Cannot scan images: there is no program "${program}"`, `Install ${program}`);
  if (end.kind === "timed-out") return failed("TIMED_OUT", `Cannot scan images: ${program} took longer than the step's time-out`);
  return failed("SCAN_FAILED", `Cannot scan images: ${program} was ended by the signal ${end.signal}`);
}

/** A scanner that ended as it does when it could not compare. */
export function endedBadly(scanner: ScannerName, { code, lines }: Ended, { name, update }: Scanning): Failed {
  const tail = lines.slice(-10);
  const told = tail.length === 0 ? "; it printed nothing" : `; it printed last:\n  ${tail.join("\n  ")}`;
  const data = update ? "" : ", and its data on this machine, which `update: never` asks for";
  return {
    ...failed("SCAN_FAILED", `Cannot scan "${name}": ${scanner} ended with exit status ${code}${told}`, `See to ${scanner}${data}`),
    details: { scanner, exitStatus: code, lastLines: tail },
  };
}

export function withoutData(scanner: ScannerName, why: string): Failed {
  return failed(
    "SCAN_FAILED",
    `Cannot scan images: ${scanner} has no data to compare with: ${why}`,
    `Let ${scanner} fetch its data, or give it`,
  );
}

/** Largest report that is read, in bytes. */
const reportBytesMax = 64 * 1024 * 1024;

/** Reads a report. @returns the failure of the step for any other form */
export async function readReport<T>(
  scanner: ScannerName,
  { file, schema, ports }: { readonly file: string; readonly schema: z.ZodType<T>; readonly ports: WorkPorts },
): Promise<{ readonly kind: "report"; readonly report: T } | Failed> {
  const sizeBytes = (await ports.files.info(file))?.sizeBytes;
  if (sizeBytes === undefined) return unreadable(scanner, "it wrote none");
  if (sizeBytes > reportBytesMax) return unreadable(scanner, `it has ${sizeBytes} bytes, more than ${reportBytesMax}`);
  return parseReport(scanner, await ports.files.readText(file), schema);
}

export function parseReport<T>(
  scanner: ScannerName,
  text: string,
  schema: z.ZodType<T>,
): { readonly kind: "report"; readonly report: T } | Failed {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return unreadable(scanner, "it is no JSON");
  }
  const read = schema.safeParse(value);
  if (read.success) return { kind: "report", report: read.data };
  const [issue] = read.error.issues;
  return unreadable(scanner, `\`${issue?.path.join(".") ?? ""}\`: ${issue?.message ?? "it is of another form"}`);
}

function unreadable(scanner: ScannerName, why: string): Failed {
  const hint = `Install a version of ${scanner} whose report this version knows`;
  return failed("SCAN_FAILED", `Cannot read the report of ${scanner}: ${why}`, hint);
}

/** Milliseconds since 1970, or undefined for what is no time, or the zero time of Go. */
export function timeOf(text: string | undefined): number | undefined {
  const ms = text === undefined ? Number.NaN : Date.parse(text);
  return Number.isFinite(ms) && ms > 0 ? ms : undefined;
}
