// Where the program writes: data to standard output, everything else to standard error. Colour never carries meaning;
// NO_COLOR, FORCE_COLOR and `--no-color` are obeyed.
import { writeSync } from "node:fs";
import { styleText } from "node:util";

export type Progress = "auto" | "tty" | "plain" | "quiet" | "json";

export interface Terminal {
  readonly json: boolean;
  readonly progress: Exclude<Progress, "auto">;
  readonly verbosity: number;
  readonly columns: number;
  /** Data. */
  out(text: string): void;
  /** Everything else. */
  err(text: string): void;
  style(format: Style, text: string): string;
}

export type Style = "bold" | "dim" | "green" | "yellow" | "red" | "cyan";

export interface TerminalOptions {
  readonly json: boolean;
  readonly progress: Progress;
  readonly color: boolean;
  readonly verbosity: number;
}

export function openTerminal(options: TerminalOptions): Terminal {
  const isTty = process.stderr.isTTY;
  const color = options.color && (process.env["FORCE_COLOR"] !== undefined || (isTty && process.env["NO_COLOR"] === undefined));
  const chosen = options.progress === "auto" ? (isTty && process.env["CI"] === undefined && process.env["TERM"] !== "dumb" ? "tty" : "plain") : options.progress;
  return {
    json: options.json,
    progress: options.verbosity < 0 ? "quiet" : chosen,
    verbosity: options.verbosity,
    columns: process.stderr.columns ?? 100,
    out: (text) => write(1, text),
    err: (text) => write(2, text),
    style: (format, text) => (color ? styleText(format, text, { validateStream: false }) : text),
  };
}

/** Written at once, so that nothing is lost when the process is killed right after. A reader that went away is no error. */
function write(descriptor: 1 | 2, text: string): void {
  const bytes = Buffer.from(text, "utf8");
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

/** What others wrote (file names, tool output, server texts) with everything that could steer a terminal made visible. */
export function safe(text: string): string {
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, (character) => `\\u${character.codePointAt(0)?.toString(16).padStart(4, "0")}`);
}
