// Proof that a Cargo workspace is whole after its versions changed: cargo itself resolves it with the lock file as it is
// now, and compiles it where the user asks for that (S3.1). First without network; then with it, for a machine whose
// cache does not have the dependencies yet.
import { joinWords } from "../../domain/words.ts";
import type { CommandEnd } from "../../platform/ports.ts";
import type { Worked, WorkPorts } from "../step.ts";

export interface Proving {
  /** Folder of the workspace, from the root. */
  readonly folder: string;
  readonly locked: boolean;
  readonly compile: boolean;
  readonly deadlineMs: number;
}

type Failed = Extract<Worked, { kind: "failed" }>;

/** Output of cargo that is told with a failure, in characters. */
const toldMax = 2000;

export async function proveWorkspace(proving: Proving, ports: WorkPorts): Promise<Failed | undefined> {
  // `fetch` resolves as a build does and prints nothing, where `metadata` prints a line of megabytes. Without a lock file it
  // would make one, so that the manifests alone are read then.
  const resolve = proving.locked ? ["fetch", "--locked"] : ["metadata", "--format-version", "1", "--no-deps"];
  const offline = await runCargo([...resolve, "--offline"], proving, ports);
  const end = isDone(offline) || offline.kind === "not-found" || !proving.locked ? offline : await runCargo(resolve, proving, ports);
  if (!isDone(end)) return describeFailure(end, resolve);
  if (!proving.compile) return undefined;
  const check = ["check", "--workspace", ...(proving.locked ? ["--locked"] : [])];
  const compiled = await runCargo(check, proving, ports);
  return isDone(compiled) ? undefined : describeFailure(compiled, check);
}

async function runCargo(args: readonly string[], proving: Proving, ports: WorkPorts): Promise<CommandEnd> {
  ports.print(`$ ${joinWords(["cargo", ...args])}`);
  return ports.exec.run({
    program: "cargo",
    args,
    cwd: proving.folder,
    env: ports.env,
    timeoutMs: Math.max(1, proving.deadlineMs - ports.clock.nowMs()),
    signal: ports.signal,
    // What `metadata` prints is for programs; what it complains about is on the other stream.
    onLine: (stream, line) => {
      if (stream === "stderr") ports.print(line);
    },
  });
}

function isDone(end: CommandEnd): boolean {
  return end.kind === "exited" && end.code === 0;
}

function describeFailure(end: CommandEnd, args: readonly string[]): Failed {
  const command = joinWords(["cargo", ...args]);
  if (end.kind === "not-found") {
    return {
      kind: "failed",
      code: "TOOL_MISSING",
      message: `Cannot prove that the workspace is whole: there is no program "cargo"`,
      hint: "Install Rust, or leave `bump` out and check the workspace in a step of its own",
    };
  }
  const said = end.stderr.trim();
  const tail = said === "" ? "; it printed nothing" : `; it printed last:\n  ${said.slice(-toldMax).split("\n").join("\n  ")}`;
  const how =
    end.kind === "exited"
      ? `ended with exit status ${end.code}`
      : end.kind === "timed-out"
        ? "took longer than the step may"
        : `was ended by ${end.signal}`;
  return {
    kind: "failed",
    code: end.kind === "timed-out" ? "TIMED_OUT" : "STEP_FAILED",
    message: `Cannot use the workspace with its new version: "${command}" ${how}${tail}`,
    hint: "Mend what cargo says in the repository, and plan again",
  };
}
