// Where the program writes: data to standard output, everything else to standard error. Colour never carries meaning;
// NO_COLOR, FORCE_COLOR and `--no-color` are obeyed.
import { writeSync } from "node:fs";
import { isatty } from "node:tty";
import { stripVTControlCharacters, styleText } from "node:util";

export type Progress = "auto" | "tty" | "plain" | "quiet" | "json";

export interface Terminal {
  readonly json: boolean;
  readonly progress: Exclude<Progress, "auto">;
  readonly verbosity: number;
  /** As wide as it is now: people resize windows. */
  readonly columns: number;
  /** Data. */
  out(text: string): void;
  /** Everything else. */
  err(text: string): void;
  style(format: Style, text: string): string;
  /**
   * From now on, what is written to standard error goes through `to`, which redraws something below it; undefined: no
   * longer. @returns what writes without going through it
   */
  redraw(to: ((text: string) => void) | undefined): (text: string) => void;
}

export type Style = "bold" | "dim" | "green" | "yellow" | "red" | "cyan";

export interface TerminalOptions {
  readonly json: boolean;
  readonly progress: Progress;
  readonly color: boolean;
  readonly verbosity: number;
}

/** What the process was started with, as far as it decides how things look. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly outIsTty: boolean;
  readonly errIsTty: boolean;
}

export interface Manner {
  readonly colorOut: boolean;
  readonly colorErr: boolean;
  readonly progress: Exclude<Progress, "auto">;
}

/** Pure. Each stream is coloured only where it is read on a terminal, unless FORCE_COLOR says otherwise. */
export function mannerOf(options: TerminalOptions, { env, outIsTty, errIsTty }: Surroundings): Manner {
  const forced = env["FORCE_COLOR"];
  const isForced = forced !== undefined && forced !== "0" && forced !== "false";
  // no-color.org: "when present and not an empty string".
  const isRefused = !options.color || (env["NO_COLOR"] ?? "") !== "" || forced === "0" || forced === "false" || env["TERM"] === "dumb";
  const color = (isTty: boolean): boolean => (options.color && isForced) || (isTty && !isRefused);
  const isLive = errIsTty && env["CI"] === undefined && env["TERM"] !== "dumb";
  const chosen = options.progress === "auto" ? (isLive ? "tty" : "plain") : options.progress;
  return { colorOut: color(outIsTty), colorErr: color(errIsTty), progress: options.verbosity < 0 ? "quiet" : chosen };
}

export function openTerminal(options: TerminalOptions): Terminal {
  const { colorOut, colorErr, progress } = mannerOf(options, {
    env: process.env,
    // Asking `process.stdout` would open a stream, which nothing is written through.
    outIsTty: isatty(1),
    errIsTty: isatty(2),
  });
  const plain = (color: boolean, text: string): string => (color ? text : stripVTControlCharacters(text));
  const direct = (text: string): void => write(2, text);
  let through: ((text: string) => void) | undefined;
  return {
    json: options.json,
    progress,
    verbosity: options.verbosity,
    get columns() {
      return process.stderr.columns ?? 100;
    },
    out: (text) => write(1, colorErr && !colorOut ? plain(false, text) : text),
    err: (text) => (through ?? direct)(colorOut && !colorErr ? plain(false, text) : text),
    style: (format, text) => (colorOut || colorErr ? styleText(format, text, { validateStream: false }) : text),
    redraw: (to) => {
      through = to;
      return direct;
    },
  };
}

/** Of standard output and standard error, of which a process has one each: whoever opens a terminal, this hides in it. */
let hide = (text: string): string => text;

/** From now on, nothing that `redact` knows is written to either stream (reference/trust.md §7 row 19: at the sink). */
export function hideInTerminal(redact: (text: string) => string): void {
  hide = (text) => withoutSecrets(text, redact);
}

/** Members whose values are ours: a short password that happens to stand in one must not change what scripts go by. */
const ours: ReadonlySet<string> = new Set(["schema", "id", "step", "state", "standing", "kind", "code", "sha256", "run"]);

/**
 * Text without what `redact` knows. Of JSON documents on lines of their own only the values change, so that they stay the
 * documents they are.
 */
export function withoutSecrets(text: string, redact: (text: string) => string): string {
  const hidden = redact(text);
  if (hidden === text || !text.startsWith("{")) return hidden;
  return text
    .split("\n")
    .map((line) => documentWithout(line, redact))
    .join("\n");
}

function documentWithout(line: string, redact: (text: string) => string): string {
  try {
    const document: unknown = JSON.parse(line, (key, value: unknown) =>
      typeof value === "string" && !ours.has(key) ? redact(value) : value,
    );
    return jsonText(document);
  } catch {
    return redact(line);
  }
}

/** Written at once, so that nothing is lost when the process is killed right after. A reader that went away is no error. */
function write(descriptor: 1 | 2, text: string): void {
  const bytes = Buffer.from(hide(text), "utf8");
  let written = 0;
  while (written < bytes.length) {
    try {
      written += writeSync(descriptor, bytes, written);
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      if (code === "EPIPE") return;
      if (code !== "EAGAIN") throw error;
    }
  }
}

/** Controls, line separators, and what is invisible or reorders what is seen (Unicode Standard, §23.2 and UAX #9). */
const steering =
  /[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]/gu;

/** One line of what others wrote (file names, server texts), with everything that could steer a terminal made visible. */
export function safe(text: string): string {
  return text.replace(steering, escaped);
}

/** The same for text that may have several lines. All but the first are indented: none can pass for a line of ours. */
export function safeLines(text: string, indent = "  "): string {
  return text.split(/\r?\n/).map(safe).join(`\n${indent}`);
}

/** JSON that is safe to look at: the same value, with the same characters written as escapes. */
export function jsonText(value: unknown): string {
  return JSON.stringify(value).replace(steering, escaped);
}

/** As JSON and JavaScript write it; beyond U+FFFF as two. */
function escaped(character: string): string {
  return Array.from({ length: character.length }, (_, at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, "0")}`).join("");
}
