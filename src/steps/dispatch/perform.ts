// Starts a run of the pipeline's workflow, and finds it at the forge by our mark among its inputs.
import { z } from "zod";
import { assert, SlipwayError } from "../../domain/error.ts";
import { dispatchMark } from "../../domain/marks.ts";
import type { Effect, Observation, Performed } from "../../domain/run/effect.ts";
import type { EffectPorts, Frozen, ReadPorts, Verified } from "../step.ts";
import { workflowOf, type DispatchInput } from "./input.ts";

const dispatchData = z.strictObject({
  workflow: z.string(),
  tag: z.string(),
  mark: z.string(),
  /** Where the tag leads: a run for the tag as it stood before it was moved is none of this release. */
  commit: z.string(),
});

export async function dispatchEffects(frozen: Frozen<DispatchInput>, ports: ReadPorts): Promise<readonly Effect[]> {
  const tag = frozen.packages.find((one) => one.tag !== undefined)?.tag;
  if (tag === undefined) throw new SlipwayError("PLAN_INVALID", "Cannot start a pipeline for the release: no package has a `tag:` pattern");
  const { forge } = await ports.forge();
  const workflow = workflowOf(frozen.input);
  const made = frozen.head.tags.find(({ name }) => name === tag);
  const mark = dispatchMark(frozen.plan.project, tag, { pipeline: frozen.input.pipeline, object: made?.object });
  return [
    {
      key: `dispatch/${workflow}/${tag}`,
      target: forge.name,
      title: `${workflow} started for ${tag}`,
      after: [],
      reach: "irreversible",
      again: "after-look",
      settleMs: Math.max(forge.settleMs, listSettleMs),
      withinMs,
      data: { workflow, tag, mark, commit: frozen.head.commit },
    },
  ];
}

/** A run that was started shows in the list some seconds later. */
const listSettleMs = 60_000;
const withinMs = 10 * 60_000;

export async function observeDispatch(effect: Effect, ports: ReadPorts): Promise<Observation> {
  const { workflow, mark, commit } = dispatchData.parse(effect.data);
  const { forge, access } = await ports.forge();
  const listed = await forge.workflows.findRuns({ workflow, mark }, access);
  if (listed.kind === "unknown") return listed;
  const run = listed.runs.find((one) => one.commit === commit);
  if (run === undefined) return { kind: "absent" };
  return {
    kind: "present",
    evidence: { how: "run with our mark, seen at the forge", url: run.url, details: { run: run.id, commit: run.commit } },
  };
}

export async function performDispatch(effect: Effect, _seen: Observation, ports: EffectPorts): Promise<Performed> {
  const { workflow, tag, mark } = dispatchData.parse(effect.data);
  const { forge, access } = await ports.forge();
  const made = await forge.workflows.dispatch({ workflow, ref: `refs/tags/${tag}`, inputs: { tag, slipway: mark } }, access);
  return made.kind === "sent" ? { kind: "sent", warnings: made.warnings } : made;
}

export async function verifyDispatch(effect: Effect, ports: ReadPorts): Promise<Verified> {
  const seen = await observeDispatch(effect, ports);
  if (seen.kind === "present") return { kind: "verified", evidence: seen.evidence };
  assert(seen.kind !== "conflict", "a run of ours stands in nobody's place");
  return { kind: "unknown", why: seen.kind === "unknown" ? seen.why : "the forge shows no such run" };
}
