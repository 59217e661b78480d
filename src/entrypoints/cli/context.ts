// What every command is given: the world, the terminal, the words common to all commands.
import path from "node:path";
import { composeWorld } from "../../app/compose.ts";
import { withEarlyLook } from "../../app/early-look.ts";
import type { Asked } from "../../app/asked.ts";
import type { Report } from "../../app/report.ts";
import type { World } from "../../app/world.ts";
import type { Json, JsonObject } from "../../domain/configuration.ts";
import { SlipwayError } from "../../domain/error.ts";
import type { Log } from "../../platform/ports.ts";
import { hideInTerminal, jsonText, openTerminal, safe, type Progress, type Terminal } from "./terminal.ts";

export interface GlobalOptions {
  readonly json?: boolean;
  readonly state?: string;
  readonly folder?: string;
  readonly quiet?: boolean;
  readonly verbose?: number;
  readonly color?: boolean;
  readonly progress?: string;
}

export interface Context {
  readonly world: World;
  readonly terminal: Terminal;
}

const progressKinds: readonly Progress[] = ["auto", "tty", "plain", "quiet", "json"];

/** @throws SlipwayError USAGE */
export function openContext(options: GlobalOptions): Context {
  const terminal = terminalOf(options);
  const interrupted = new AbortController();
  listenForInterrupts(interrupted, terminal);
  const folder = path.resolve(options.folder ?? ".");
  const world = composeWorld({
    env: process.env,
    folder,
    stateRoot: options.state === undefined ? undefined : path.resolve(options.state),
    interrupted: interrupted.signal,
    log: logTo(terminal),
  });
  hideInTerminal((text) => world.redactor.redact(text));
  return { world, terminal };
}

/** The same for commands that begin with a look at the source. @throws SlipwayError USAGE */
export function openLooking(options: GlobalOptions): Context {
  const { world, terminal } = openContext(options);
  return { world: { ...world, git: withEarlyLook(world.git, world.folder) }, terminal };
}

/** @throws SlipwayError USAGE */
export function terminalOf(options: GlobalOptions): Terminal {
  const progress = progressKinds.find((kind) => kind === (options.progress ?? "auto"));
  if (progress === undefined)
    throw new SlipwayError("USAGE", `Cannot show progress as "${options.progress}"`, { hint: `Kinds: ${progressKinds.join(", ")}` });
  return openTerminal({
    json: options.json === true,
    progress,
    color: options.color !== false,
    verbosity: options.quiet === true ? -1 : (options.verbose ?? 0),
  });
}

/** Once: what is under way is ended and the state printed. Twice: out, now; that is safe at any moment. */
function listenForInterrupts(interrupted: AbortController, terminal: Terminal): void {
  for (const [signal, code] of [
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const) {
    process.on(signal, () => {
      if (interrupted.signal.aborted) process.exit(code);
      terminal.err(`\nStopping after what is under way; once more to stop at once.\n`);
      interrupted.abort(new Error(`Interrupted by ${signal}`, { cause: code }));
    });
  }
}

/** The status of an interrupted run says by which signal, as shells do. */
export function endedBy<R extends Report>(report: R, { interrupted }: Pick<World, "interrupted">): R {
  const status: unknown = interrupted.reason instanceof Error ? interrupted.reason.cause : undefined;
  return report.exitCode === 130 && typeof status === "number" ? { ...report, exitCode: status } : report;
}

function logTo(terminal: Terminal): Log {
  const write = (level: string, atLeast: number) => (message: string, fields?: Readonly<Record<string, unknown>>) => {
    if (terminal.verbosity < atLeast) return;
    const shown = Object.entries(fields ?? {}).map(([key, value]) => `${key}=${String(value)}`);
    terminal.err(`${level} ${safe([message, ...shown].join(" "))}\n`);
  };
  return { debug: write("debug", 2), info: write("info", 1), warn: write("warning", 0) };
}

export interface ReleaseOptions {
  readonly pipeline?: string;
  readonly package?: readonly string[];
  readonly path?: string;
  readonly reason?: string;
  readonly input?: readonly string[];
}

export async function askedFor(
  context: Context,
  version: string | undefined,
  options: ReleaseOptions & { readonly mayAssumeTag: boolean },
): Promise<Asked> {
  const { world } = context;
  const chosen =
    options.path === undefined
      ? undefined
      : { name: options.path, reason: options.reason, by: (await world.git.look(world.folder)).person };
  const packages = options.package ?? [];
  return {
    pipeline: options.pipeline,
    version,
    inputs: inputsOf(options.input ?? []),
    ...(packages.length === 0 ? {} : { packages }),
    path: chosen,
    mayAssumeTag: options.mayAssumeTag,
  };
}

function inputsOf(given: readonly string[]): JsonObject {
  return Object.fromEntries(
    given.map((text): readonly [string, Json] => {
      const at = text.indexOf("=");
      if (at <= 0) throw new SlipwayError("USAGE", `Cannot read input "${text}"`, { hint: "Write it as --input name=value" });
      return [text.slice(0, at), text.slice(at + 1)];
    }),
  );
}

/** One document on one line, so that its reader may take the whole output or its last line. */
export function printJson(terminal: Terminal, document: unknown): void {
  terminal.out(`${jsonText(document)}\n`);
}
