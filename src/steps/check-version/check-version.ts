// The step `check-version`: manifests, tag and plan say one version, and every registry of the plan can take it (S1.2,
// S1.3, S5.2, protocols §8.3). Preflight makes the same looks before anything starts.
import * as z from "../../domain/shape.ts";
import { isVersionWrittenAbove } from "../../domain/plan/writes-version.ts";
import { backoffMs } from "../../domain/run/retry.ts";
import type { Finding, Frozen, Planned, ReadPorts, Use, Worked, WorkPorts, WorkStep } from "../step.ts";
import type { VersionLook } from "./look.ts";

const checkVersionInput = z.strictObject({
  maintenance: z.boolean().optional().describe("An older line is released on purpose: newer versions at a registry are no fault"),
});

export type CheckVersionInput = z.infer<typeof checkVersionInput>;

/** How long a registry that does not answer is asked again. */
export const registriesWithinMs = 2 * 60_000;

export const checkVersionStep: WorkStep<CheckVersionInput> = {
  name: "check-version",
  revision: 1,
  kind: "work",
  zone: "tool",
  summary: "Checks that manifests and tag say the planned version, and that it is free and the newest at every registry.",
  input: checkVersionInput,
  timeoutMs: 5 * 60_000,
  takes: () => [],
  makes: () => [],
  asks: () => ({ programs: [], toolbox: false, platforms: [] }),
  describe: ({ packages }) => `check that everything says ${[...new Set(packages.map((one) => one.version))].join(", ")}`,
  preflight: preflightCheckVersion,
  perform: performCheckVersion,
};

async function performCheckVersion(frozen: Frozen<CheckVersionInput>, ports: WorkPorts): Promise<Worked> {
  const looks = await lookAtAll(frozen, { root: ports.workFolder, manifests: true }, ports);
  for (const look of looks) ports.print(look.message);
  const wrong = looks.filter((look) => look.kind === "wrong");
  const [first] = wrong;
  if (first !== undefined) {
    const message = `Cannot release this version: ${wrong.map((look) => look.message).join("; ")}`;
    return { kind: "failed", code: first.code, message, hint: first.hint };
  }
  const unknown = looks.find((look) => look.kind === "unknown");
  if (unknown !== undefined) return askAgain(unknown.message, frozen, ports);
  return { kind: "done", output: { looks: looks.map(({ kind, message }) => ({ kind, message })) }, artifacts: [] };
}

function askAgain(message: string, frozen: Frozen<CheckVersionInput>, ports: WorkPorts): Worked {
  const nowMs = ports.clock.nowMs();
  const waitedMs = nowMs - frozen.sinceMs;
  if (waitedMs < registriesWithinMs)
    return { kind: "later", atMs: nowMs + backoffMs(4, frozen.step.id) + Math.floor(waitedMs / 10), why: message };
  return { kind: "failed", code: "STEP_FAILED", message, hint: "Look at the network and the registry, then run the same command again" };
}

async function preflightCheckVersion(planned: Planned<CheckVersionInput>, ports: ReadPorts): Promise<readonly Finding[]> {
  // What a step above writes is not in the commit yet.
  const manifests = !isVersionWrittenAbove(planned.plan, planned.step);
  const looks = await lookAtAll(planned, { root: ports.sourceFolder, manifests }, ports);
  const later: readonly Finding[] = manifests
    ? []
    : [
        {
          id: "PF-VERSION",
          level: "fine",
          message: "Manifests are held against the plan when this step runs: a step above it may write the version",
        },
      ];
  return [...later, ...looks.map((look) => findingOf(look, planned.begun))];
}

/** Once something was sent, what stands under the version may be this run's own: then it stops nothing here. */
function findingOf(look: VersionLook, begun: boolean): Finding {
  switch (look.kind) {
    case "agrees":
      return { id: "PF-VERSION", level: "fine", message: look.message };
    case "note":
      return { id: "PF-VERSION", level: "warns", message: look.message };
    case "unknown":
      return { id: "PF-VERSION", level: "cannot-be-tried", message: look.message };
    case "wrong":
      return {
        id: `PF-${look.code.replace("_", "-")}`,
        level: begun && look.code !== "VERSION_MISMATCH" ? "warns" : "blocks",
        message: look.message,
        hint: look.hint,
      };
  }
}

async function lookAtAll(
  use: Use<CheckVersionInput> & Pick<Planned, "plan">,
  { root, manifests }: { readonly root: string; readonly manifests: boolean },
  ports: ReadPorts,
): Promise<readonly VersionLook[]> {
  // Loaded here: a plan asks what a step takes and makes, and looks at nothing for it.
  const [{ lookAtTag }, { lookAtManifests }, { lookAtMembers }, { lookAtRegistries }, { treeOf }] = await Promise.all([
    import("./tag.ts"),
    import("./manifests.ts"),
    import("./members.ts"),
    import("./registries.ts"),
    import("../checkout-tree.ts"),
  ]);
  const looks: VersionLook[] = [...lookAtTag(use.plan)];
  for (const one of manifests ? use.plan.packages : []) {
    if (one.ecosystem === "pypi") looks.push(...(await lookAtManifests(one, { root, files: ports.files })));
    else looks.push(...(await lookAtMembers(one, treeOf(root, ports.files))));
  }
  looks.push(...(await lookAtRegistries({ plan: use.plan, maintenance: use.input.maintenance === true, ports })));
  return looks;
}
