// Progress of a run from its facts: on a terminal finished lines stay and running ones are redrawn below them; elsewhere
// one plain line per event with UTC time; as JSON one line per fact. Scrollback is never lost.
import type { RunObserver } from "../../app/drive-run.ts";
import type { Fact, Recorded } from "../../domain/run/fact.ts";
import { lineOf, type ProgressLine } from "./progress-lines.ts";
import { safe, type Terminal } from "./terminal.ts";
import { durationWords, plural } from "./words.ts";

export interface Progress extends RunObserver {
  /** Removes what is redrawn. */
  end(): void;
}

interface Running {
  readonly what: string;
  readonly sinceMs: number;
}

/** @param nowMs clock for elapsed times, in milliseconds */
export function createProgress(terminal: Terminal, nowMs: () => number): Progress {
  if (terminal.progress === "quiet") return silent;
  if (terminal.progress === "json") return jsonLines(terminal);
  const running = new Map<string, Running>();
  const live = terminal.progress === "tty" ? liveRegion(terminal, running, nowMs) : noRegion;
  const print = (line: ProgressLine, atMs: number): void => {
    const text = `${terminal.style(line.tone, line.verb.padStart(10))} ${safe(line.text)}`;
    live.above(terminal.progress === "tty" ? text : `${new Date(atMs).toISOString().slice(11, 19)} ${text}`);
  };
  const started = new Map<string, number>();
  return {
    onHistory(recorded) {
      const resumed = resumedWords(recorded);
      if (resumed !== undefined) print({ verb: "Resuming", text: resumed, tone: "bold" }, nowMs());
    },
    onRecorded(recorded) {
      for (const { fact, atMs } of recorded) {
        noteRunning(running, fact, atMs);
        if (fact.kind === "step-started") started.set(fact.step, atMs);
        const line = lineOf(fact, { startedMs: "step" in fact ? started.get(fact.step) : undefined, atMs, verbosity: terminal.verbosity });
        if (line !== undefined) print(line, atMs);
      }
      live.draw();
    },
    onMove: () => live.draw(),
    onLine(step, line) {
      if (terminal.verbosity > 0) live.above(`${terminal.style("dim", `${step} │`)} ${safe(line)}`);
    },
    end: () => live.end(),
  };
}

const silent: Progress = { onHistory() {}, onRecorded() {}, onMove() {}, onLine() {}, end() {} };

function jsonLines(terminal: Terminal): Progress {
  const write = (value: unknown): void => terminal.err(`${JSON.stringify(value)}\n`);
  return {
    ...silent,
    onRecorded: (recorded) => recorded.forEach((one) => write({ schema: "slipway-fact/1", ...one })),
    onLine: (step, line) => write({ schema: "slipway-line/1", step, line }),
  };
}

function resumedWords(recorded: readonly Recorded[]): string | undefined {
  const [first] = recorded;
  if (first?.fact.kind !== "run-opened" || recorded.length < 2) return undefined;
  const steps = new Set(recorded.flatMap(({ fact }) => (fact.kind === "step-done" ? [fact.step] : [])));
  const { plan, planDigest } = first.fact;
  return `${plan.release.title} (plan ${planDigest.slice(0, 12)}) · ${steps.size} of ${plural(plan.steps.length, "step")} done`;
}

function noteRunning(running: Map<string, Running>, fact: Fact, atMs: number): void {
  switch (fact.kind) {
    case "step-started":
      running.set(fact.step, { what: fact.step, sinceMs: atMs });
      return;
    case "step-done":
    case "step-failed":
    case "step-later":
    case "step-lost":
      running.delete(fact.step);
      return;
    case "effect-intended":
      running.set(`${fact.step} ${fact.effect}`, { what: `${fact.step}: sending ${fact.effect}`, sinceMs: atMs });
      return;
    case "effect-replied":
      running.delete(`${fact.step} ${fact.effect}`);
      return;
    default:
      return;
  }
}

interface Region {
  above(text: string): void;
  draw(): void;
  end(): void;
}

/** Rows of the redrawn part; more running things are counted. */
const rowsMax = 6;

function liveRegion(terminal: Terminal, running: ReadonlyMap<string, Running>, nowMs: () => number): Region {
  let drawn = 0;
  const clear = (): string => (drawn === 0 ? "" : `\u001b[${drawn}A\u001b[0J`);
  const rows = (): readonly string[] => {
    const all = [...running.values()];
    const shown = all.slice(0, rowsMax).map((one) => cut(`${"…".padStart(10)} ${safe(one.what)}${elapsed(nowMs() - one.sinceMs)}`, terminal.columns - 1));
    return all.length > rowsMax ? [...shown, `${"".padStart(10)} and ${all.length - rowsMax} more`] : shown;
  };
  const paint = (before: string): void => {
    const next = rows();
    terminal.err(`${clear()}${before}${next.map((row) => `${terminal.style("dim", row)}\n`).join("")}`);
    drawn = next.length;
  };
  const timer = setInterval(() => running.size > 0 && paint(""), 200);
  timer.unref();
  return {
    above: (text) => paint(`${text}\n`),
    draw: () => paint(""),
    end() {
      clearInterval(timer);
      terminal.err(clear());
      drawn = 0;
    },
  };
}

function noRegionFor(): Region {
  return { above: (text) => process.stderr.write(`${text}\n`), draw() {}, end() {} };
}

const noRegion = noRegionFor();

function elapsed(ms: number): string {
  return ms < 2_000 ? "" : `  ${durationWords(ms)}`;
}

function cut(text: string, columns: number): string {
  return text.length <= columns ? text : `${text.slice(0, Math.max(0, columns - 1))}…`;
}
