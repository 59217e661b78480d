// Progress of a run from its facts: on a terminal finished lines stay and running ones are redrawn below them; elsewhere
// one plain line per event with UTC time; as JSON one line per fact. Scrollback is never lost.
import type { RunObserver } from "../../app/drive-run.ts";
import { isForPerson, type Effect } from "../../domain/run/effect.ts";
import type { Fact, Recorded } from "../../domain/run/fact.ts";
import { lineOf, titleOf, type LineContext, type ProgressLine } from "./progress-lines.ts";
import { jsonText, safe, type Terminal } from "./terminal.ts";
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
  const live = terminal.progress === "tty" ? liveRegion(terminal, running, nowMs) : noRegion(terminal);
  const print = (line: ProgressLine, atMs: number): void => {
    const text = `${terminal.style(line.tone, line.verb.padStart(10))} ${safe(firstLine(line.text))}`;
    live.above(terminal.progress === "tty" ? text : `${new Date(atMs).toISOString().slice(11, 19)} ${text}`);
  };
  const started = new Map<string, number>();
  const effects = new Map<string, Effect>();
  const asked = new Map<string, string>();
  const effectOf: LineContext["effectOf"] = (step, key) => effects.get(`${step} ${key}`);
  return {
    onHistory(recorded) {
      for (const { fact } of recorded) noteEffects(effects, fact);
      const resumed = resumedWords(recorded);
      if (resumed !== undefined) print({ verb: "Resuming", text: resumed, tone: "bold" }, nowMs());
    },
    onRecorded(recorded) {
      for (const { fact, atMs } of recorded) {
        noteEffects(effects, fact);
        noteRunning(running, { fact, atMs, effectOf });
        if (fact.kind === "step-started") started.set(fact.step, atMs);
        const startedMs = "step" in fact ? started.get(fact.step) : undefined;
        const line = lineOf(fact, { startedMs, atMs, verbosity: terminal.verbosity, effectOf });
        if (line !== undefined && !isToldAgain(asked, fact)) print(line, atMs);
      }
      live.draw();
    },
    onMove: () => live.draw(),
    onLine(step, line) {
      if (terminal.verbosity > 0) live.above(`${terminal.style("dim", `${safe(step)} │`)} ${safe(line)}`);
    },
    end: () => live.end(),
  };
}

const silent: Progress = { onHistory() {}, onRecorded() {}, onMove() {}, onLine() {}, end() {} };

function jsonLines(terminal: Terminal): Progress {
  const write = (value: unknown): void => terminal.err(`${jsonText(value)}\n`);
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

/** What somebody elsewhere is asked for is told once, and not at each of the looks of several days. */
function isToldAgain(asked: Map<string, string>, fact: Fact): boolean {
  if (fact.kind !== "effect-observed") return false;
  const { observation, step, effect } = fact;
  const why = isForPerson(observation) && observation.kind === "pending" ? observation.why : undefined;
  const before = asked.get(`${step} ${effect}`);
  if (why === undefined) asked.delete(`${step} ${effect}`);
  else asked.set(`${step} ${effect}`, why);
  return why !== undefined && why === before;
}

function noteEffects(effects: Map<string, Effect>, fact: Fact): void {
  if (fact.kind === "effects-listed") for (const effect of fact.effects) effects.set(`${fact.step} ${effect.key}`, effect);
}

interface Noting extends Pick<LineContext, "atMs" | "effectOf"> {
  readonly fact: Fact;
}

/** What a person waits for: steps that were started, and what is being sent. */
function noteRunning(running: Map<string, Running>, { fact, atMs, effectOf }: Noting): void {
  if (fact.kind === "step-started") running.set(fact.step, { what: fact.step, sinceMs: atMs });
  else if (endings.has(fact.kind) && "step" in fact) forget(running, fact.step);
  else if (fact.kind === "effect-intended")
    running.set(`${fact.step} ${fact.effect}`, { what: `${fact.step}: sending ${titleOf(fact, { effectOf })}`, sinceMs: atMs });
  else if (fact.kind === "effect-replied") running.delete(`${fact.step} ${fact.effect}`);
}

/** A step that ended waits for nothing any more: what was sent without an answer is told as the run's outcome. */
function forget(running: Map<string, Running>, step: string): void {
  for (const key of running.keys()) if (key === step || key.startsWith(`${step} `)) running.delete(key);
}

const endings: ReadonlySet<Fact["kind"]> = new Set(["step-done", "step-failed", "step-later", "step-lost", "artifacts-imported"]);

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
    const shown = all
      .slice(0, rowsMax)
      .map((one) => cut(`${"…".padStart(10)} ${safe(one.what)}${elapsed(nowMs() - one.sinceMs)}`, terminal.columns - 1));
    return all.length > rowsMax ? [...shown, `${"".padStart(10)} and ${all.length - rowsMax} more`] : shown;
  };
  const paint = (before: string): void => {
    const next = rows();
    direct(`${clear()}${before}${next.map((row) => `${terminal.style("dim", row)}\n`).join("")}`);
    drawn = next.length;
  };
  // A warning of somebody else is a finished line too: it stays, and what is redrawn goes on below it.
  const direct = terminal.redraw((text) => paint(text.endsWith("\n") ? text : `${text}\n`));
  const timer = setInterval(() => running.size > 0 && paint(""), 200);
  timer.unref();
  return {
    above: (text) => paint(`${text}\n`),
    draw: () => paint(""),
    end() {
      clearInterval(timer);
      direct(clear());
      drawn = 0;
      terminal.redraw(undefined);
    },
  };
}

function noRegion(terminal: Terminal): Region {
  return { above: (text) => terminal.err(`${text}\n`), draw() {}, end() {} };
}

/** The rest of a long message stands in the report at the end, and in the step's log. */
function firstLine(text: string): string {
  const at = text.search(/\r?\n/);
  return at === -1 ? text : `${text.slice(0, at)} …`;
}

function elapsed(ms: number): string {
  return ms < 2_000 ? "" : `  ${durationWords(ms)}`;
}

function cut(text: string, columns: number): string {
  return text.length <= columns ? text : `${text.slice(0, Math.max(0, columns - 1))}…`;
}
