// Performs `check-source`: first what this machine knows, then what the remote says. A remote that cannot be asked is
// asked again for a while; one that was not asked for by name may stay unknown, and the output says so.
import { backoffMs } from "../../domain/run/retry.ts";
import type { Frozen, Worked, WorkPorts } from "../step.ts";
import type { CheckSourceInput } from "./check-source.ts";
import { runGit } from "./git.ts";
import { lookAtRemote, short } from "./remote.ts";

/** How long a remote that does not answer is asked again. */
export const remoteWithinMs = 2 * 60_000;

/** Paths that are named in a failure at most. */
const pathsShown = 10;

export async function performCheckSource(frozen: Frozen<CheckSourceInput>, ports: WorkPorts): Promise<Worked> {
  const wrong = await wrongCopy(frozen.plan.source.commit, ports);
  if (wrong !== undefined) return wrong;
  const looks = await lookAtRemote(frozen.plan, frozen.input.remote, ports);
  for (const look of looks) ports.print(look.message);
  const moved = looks.find((look) => look.kind === "moved");
  if (moved?.kind === "moved")
    return { kind: "failed", code: "SOURCE_MOVED", message: moved.message, ...(moved.hint === undefined ? {} : { hint: moved.hint }) };
  const unknown = looks.find((look) => look.kind === "unknown" && look.needed);
  if (unknown !== undefined) return askAgain(unknown.message, frozen, ports);
  return {
    kind: "done",
    output: { commit: frozen.plan.source.commit, looks: looks.map(({ kind, message }) => ({ kind, message })) },
    artifacts: [],
  };
}

function askAgain(message: string, frozen: Frozen<CheckSourceInput>, ports: WorkPorts): Worked {
  const nowMs = ports.clock.nowMs();
  const waitedMs = nowMs - frozen.sinceMs;
  if (waitedMs < remoteWithinMs) {
    // Waiting a tenth of what was waited, so that long outages are asked less often.
    return { kind: "later", atMs: nowMs + Math.max(backoffMs(4, frozen.step.id), Math.floor(waitedMs / 10)), why: message };
  }
  return { kind: "failed", code: "STEP_FAILED", message, hint: "Look at the network and the remote, then run the same command again" };
}

type Failed = Extract<Worked, { kind: "failed" }>;

/** What is wrong with the copy: another commit, or files that are not the commit's. */
async function wrongCopy(commit: string, ports: WorkPorts): Promise<Failed | undefined> {
  const head = await runGit(["rev-parse", "--verify", "HEAD^{commit}"], ports.workFolder, ports);
  if (head.kind === "not-found") return failed("TOOL_MISSING", 'Cannot check the source: the program "git" is not on the PATH');
  if (head.kind !== "exited" || head.code !== 0)
    return failed("STEP_FAILED", "Cannot check the source: git does not say which commit the copy holds");
  const found = head.stdout.trim();
  if (found !== commit)
    return failed("SOURCE_MOVED", `Cannot go on: the copy holds the commit ${short(found)} and the plan is for ${short(commit)}`);
  const status = await runGit(["status", "--porcelain=v1", "-z", "--untracked-files=all", "--ignored=no"], ports.workFolder, ports);
  if (status.kind !== "exited" || status.code !== 0)
    return failed("STEP_FAILED", "Cannot check the source: git does not say whether the copy was changed");
  const paths = status.stdout.split("\0").filter((line) => line !== "");
  if (paths.length === 0) return undefined;
  const shown = paths
    .slice(0, pathsShown)
    .map((line) => `"${line.slice(3)}"`)
    .join(", ");
  return failed("SOURCE_MOVED", `Cannot go on: ${paths.length} paths of the copy differ from the commit ${short(commit)}: ${shown}`);
}

function failed(code: Failed["code"], message: string): Failed {
  return { kind: "failed", code, message };
}
