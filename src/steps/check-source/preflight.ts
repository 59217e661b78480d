// What can be said about the source before anything starts: the same looks at the remote as the step takes later.
import type { Finding, Planned, ReadPorts } from "../step.ts";
import type { CheckSourceInput } from "./check-source.ts";
import { lookAtRemote, type SourceLook } from "./remote.ts";

export async function preflightCheckSource(planned: Planned<CheckSourceInput>, ports: ReadPorts): Promise<readonly Finding[]> {
  return (await lookAtRemote(planned.plan, planned.input.remote, ports)).map((look) => findingOf(look, planned.begun));
}

const levels = { agrees: "fine", note: "warns", moved: "blocks", unknown: "cannot-be-tried" } as const;

/** Below the line a moved source is ignored (DESIGN §1.7), so once something was sent it blocks nothing here. */
function findingOf(look: SourceLook, begun: boolean): Finding {
  const level = look.kind === "moved" && begun ? "warns" : levels[look.kind];
  const hint = "hint" in look ? look.hint : undefined;
  return {
    id: look.kind === "moved" ? "PF-SOURCE-MOVED" : "PF-SOURCE",
    level,
    message: look.message,
    ...(hint === undefined ? {} : { hint }),
  };
}
