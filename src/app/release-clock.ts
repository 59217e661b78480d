// The release clock: a registry that takes new files only for a while after a version's first (PyPI: 14 days since July
// 2026, protocols §1.2 row 13) makes a paused release impossible to finish. Said before the start, not by the refusal.
import { environmentOf, type PlannedStep } from "../domain/plan/plan.ts";
import type { FindingFact } from "../domain/run/fact.ts";
import type { RunState } from "../domain/run/state.ts";
import type { WorkshopParts } from "./workshop.ts";

export const windowMs = 14 * 24 * 60 * 60 * 1000;

export type WindowVerdict =
  | { readonly kind: "open" }
  | { readonly kind: "closing"; readonly leftMs: number }
  | { readonly kind: "closed"; readonly sinceMs: number };

/** @param firstMs when the first file of the version was uploaded @param nowMs both milliseconds since 1970 */
export function judgeWindow(firstMs: number, nowMs: number): WindowVerdict {
  const ageMs = nowMs - firstMs;
  if (ageMs > windowMs) return { kind: "closed", sinceMs: ageMs - windowMs };
  return ageMs >= windowMs / 2 ? { kind: "closing", leftMs: windowMs - ageMs } : { kind: "open" };
}

export async function judgeClock(parts: WorkshopParts, state: RunState, open: readonly PlannedStep[]): Promise<readonly FindingFact[]> {
  const publishing = open.filter((step) => step.kind === "acting");
  const perStep = publishing.flatMap((step) => {
    const registries = environmentOf(state.plan, step)?.registries ?? [];
    // A registry that slipway.yaml declares itself has rules of its own; the window is PyPI's.
    return registries
      .filter((registry) => registry.ecosystem === "pypi" && registry.url === undefined)
      .map((registry) => ({ step, registry }));
  });
  const found = await Promise.all(
    perStep.flatMap(({ step, registry }) =>
      state.plan.packages
        .filter((one) => one.ecosystem === registry.ecosystem)
        .map(async (one): Promise<FindingFact | undefined> => {
          const survey = await parts.preflightRegistries.open(registry).survey(one.name, one.version, parts.stop);
          if (survey.kind !== "listed") return undefined;
          const times = survey.files
            .flatMap((file) => (file.uploadedAt === undefined ? [] : [Date.parse(file.uploadedAt)]))
            .filter((ms) => !Number.isNaN(ms));
          if (times.length === 0) return undefined;
          return describeWindow(judgeWindow(Math.min(...times), parts.world.clock.nowMs()), {
            step: step.id,
            registry: registry.name,
            title: `${one.name} ${one.version}`,
          });
        }),
    ),
  );
  return found.filter((finding) => finding !== undefined);
}

function describeWindow(
  verdict: WindowVerdict,
  where: { readonly step: string; readonly registry: string; readonly title: string },
): FindingFact | undefined {
  const { step, registry, title } = where;
  if (verdict.kind === "open") return undefined;
  if (verdict.kind === "closing") {
    return {
      id: "PF-WINDOW-CLOSING",
      level: "warns",
      message: `"${registry}" takes files for ${title} only for another ${timeWords(verdict.leftMs)}`,
      hint: "Finish the release soon",
      step,
    };
  }
  const message = `"${registry}" takes no more files for ${title}: its window of 14 days closed ${timeWords(verdict.sinceMs)} ago`;
  return { id: "PF-WINDOW-CLOSED", level: "blocks", message, hint: "Release what is missing under the next version", step };
}

function timeWords(ms: number): string {
  const hours = Math.floor(ms / 3_600_000);
  if (hours < 48) return `${hours} ${hours === 1 ? "hour" : "hours"}`;
  return `${Math.floor(hours / 24)} days`;
}
