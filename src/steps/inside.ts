// The ports of a step that builds, seen from inside of the project's environment: each program that is asked for or run is
// the one of that environment (`in:`). It is entered at the root of the project, where `run` enters it; whatever it prints
// when it is entered is no answer of the program.
import { posix } from "node:path";
import type { Command, CommandEnd, CommandOutput, Exec } from "../platform/ports.ts";
import { failed, runBuild, type Building, type Failed } from "./building.ts";
import { enter, entering, findEntrance, type Entered } from "./entrance.ts";
import type { Finding, ReadPorts, WorkPorts } from "./step.ts";

/** What preflight tells of a step with `in`: the way in, and that what is inside is found only once it is entered. */
export async function lookInside(into: string, ports: ReadPorts): Promise<readonly Finding[]> {
  const findings = await findEntrance(into, ports);
  if (findings.length > 0) return findings;
  const message = `What builds is looked for inside of "in: ${into}", which the step enters when it begins`;
  return [{ id: "PF-INSIDE", level: "cannot-be-tried", message }];
}

export type Inside = { readonly kind: "inside"; readonly ports: WorkPorts } | Failed;

/**
 * Enters the environment once, as long as that takes, so that each program is there at once afterwards.
 * @param into absent: the ports stay as they are
 * @returns failures CONFIG_INVALID, TOOL_MISSING, STEP_FAILED and TIMED_OUT
 */
export async function goInside(into: string | undefined, { ports, deadlineMs }: Building): Promise<Inside> {
  if (into === undefined) return { kind: "inside", ports };
  const root = ports.workFolder;
  const entered = await enter(into, { folder: root, files: ports.files });
  if (entered.kind === "refused")
    return failed("CONFIG_INVALID", `Cannot enter the environment of the project: "in: ${into}" ${entered.why}`, entered.hint);
  // The step's own log shows the way in once, and then the commands as they are.
  const problem = await runBuild({ words: located(entering(entered, ["true"]), root), cwd: root }, { ports, deadlineMs });
  if (problem !== undefined) return cannotEnter(into, problem);
  return { kind: "inside", ports: { ...ports, exec: execInside(entered, ports) } };
}

function cannotEnter(into: string, { code, message, hint, details }: Failed): Failed {
  const said = failed(
    code,
    message.replace("Cannot build", `Cannot enter "in: ${into}"`),
    hint ?? "Enter it by hand in a clean clone, and mend what it says",
  );
  return details === undefined ? said : { ...said, details };
}

/** A program such as `./enter` is one of the project. */
function located([program = "", ...args]: readonly string[], root: string): readonly string[] {
  return [program.includes("/") && !posix.isAbsolute(program) ? posix.join(root, program) : program, ...args];
}

/** Printed once the environment is entered; what stands before it is the environment's own. */
const begins = "--- slipway: entered ---";
const missing = "--- slipway: no such program ---";

/**
 * Folder, SOURCE_DATE_EPOCH and command. An environment may set the time of its own packages (nixpkgs does), and what is
 * built here has that of the release's commit.
 */
const script = `cd -- "$1" || exit 126
if [ -n "$2" ]; then export SOURCE_DATE_EPOCH="$2"; fi
shift 2
if command -v -- "$1" >/dev/null; then printf '%s\\n' '${begins}'; exec "$@"; fi
printf '%s\\n' '${missing}'
exit 127`;

function execInside(entered: Exclude<Entered, { kind: "refused" }>, ports: WorkPorts): Exec {
  const found = new Map<string, Promise<string | undefined>>();
  const run = async (command: Command): Promise<CommandEnd> => {
    const { program, args, cwd, env } = command;
    const words = ["sh", "-c", script, "sh", cwd, env["SOURCE_DATE_EPOCH"] ?? "", program, ...args];
    const [way = "", ...rest] = located(entering(entered, words), ports.workFolder);
    const end = await ports.exec.run({ ...command, ...behindMark(command), program: way, args: rest, cwd: ports.workFolder });
    if (end.kind === "not-found") return end;
    if (end.kind === "exited" && end.code === 127 && hasLine(end, missing)) return { kind: "not-found", program };
    return { ...end, stdout: afterMark(end.stdout) };
  };
  const ask = async (program: string): Promise<string | undefined> => {
    const { env, signal, workFolder: cwd } = ports;
    const args = ["-c", 'command -v -- "$1"', "sh", program];
    const end = await run({ program: "sh", args, cwd, env, timeoutMs: 60_000, signal });
    const path = end.kind === "exited" && end.code === 0 ? end.stdout.trim() : "";
    return posix.isAbsolute(path) ? path : undefined;
  };
  const find = (program: string): Promise<string | undefined> => {
    const known = found.get(program) ?? ask(program);
    found.set(program, known);
    return known;
  };
  return { run, find };
}

/** Marks are shown to nobody; what an environment says of itself goes to the log, and into no answer. */
function behindMark({ onLine, onText }: Command): Pick<Command, "onLine" | "onText"> {
  let waiting: string | undefined = "";
  return {
    ...(onLine === undefined ? {} : { onLine: (stream, line) => (line === begins || line === missing ? undefined : onLine(stream, line)) }),
    ...(onText === undefined
      ? {}
      : {
          onText: (text) => {
            if (waiting === undefined) return onText(text);
            waiting += text;
            const at = waiting.indexOf(`${begins}\n`);
            // Only the last piece can hold a part of the mark.
            if (at < 0) waiting = waiting.slice(-begins.length - 1);
            else {
              const rest = waiting.slice(at + begins.length + 1);
              waiting = undefined;
              if (rest !== "") onText(rest);
            }
          },
        }),
  };
}

function afterMark(stdout: string): string {
  const at = stdout.indexOf(`${begins}\n`);
  return at < 0 ? stdout : stdout.slice(at + begins.length + 1);
}

function hasLine({ stdout }: CommandOutput, line: string): boolean {
  return stdout.split("\n").includes(line);
}
