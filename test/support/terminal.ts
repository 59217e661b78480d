// A terminal that keeps what is written to it.
import { styleText } from "node:util";
import type { Terminal } from "../../src/entrypoints/cli/terminal.ts";

export interface FakeTerminal extends Terminal {
  readonly outText: () => string;
  readonly errText: () => string;
}

export function fakeTerminal(
  parts: Partial<Pick<Terminal, "json" | "progress" | "verbosity" | "columns">> & { readonly color?: boolean } = {},
): FakeTerminal {
  let [out, err] = ["", ""];
  let through: ((text: string) => void) | undefined;
  const direct = (text: string): void => {
    err += text;
  };
  return {
    json: parts.json ?? false,
    progress: parts.progress ?? "plain",
    verbosity: parts.verbosity ?? 0,
    columns: parts.columns ?? 100,
    out: (text) => {
      out += text;
    },
    err: (text) => (through ?? direct)(text),
    style: (format, text) => (parts.color === true ? styleText(format, text, { validateStream: false }) : text),
    redraw: (to) => {
      through = to;
      return direct;
    },
    outText: () => out,
    errText: () => err,
  };
}
