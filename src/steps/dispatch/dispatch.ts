// The step `dispatch`: starts another pipeline of the file at the forge, for this release's tag (S4.2). It is done when the
// forge shows that run; what becomes of it is that run's own story.
import { z } from "zod";
import { dispatchMark } from "../../domain/marks.ts";
import { assert, SlipwayError } from "../../domain/error.ts";
import type { Effect, Observation, Performed } from "../../domain/run/effect.ts";
import type { ActingStep, EffectPorts, Finding, Frozen, Planned, ReadPorts, Verified } from "../step.ts";

const dispatchInput = z.strictObject({
  pipeline: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,63}$/, { error: "must be the name of a pipeline of this file" })
    .describe("Pipeline of this file that is started"),
  workflow: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}\.ya?ml$/, { error: 'must be the file name of a workflow, for example "publish.yml"' })
    .optional()
    .describe("Workflow that runs the pipeline at the forge; default: the pipeline's name with .yml"),
});

export type DispatchInput = z.infer<typeof dispatchInput>;

const dispatchData = z.strictObject({ workflow: z.string(), tag: z.string(), mark: z.string() });

export const dispatchStep: ActingStep<DispatchInput> = {
  name: "dispatch",
  revision: 1,
  kind: "acting",
  zone: "forge",
  summary: "Starts another pipeline at the forge, for this release's tag, and sees that it runs.",
  input: dispatchInput,
  timeoutMs: 30 * 60_000,
  takes: () => [],
  makes: () => [],
  asks: () => ({ programs: [], toolbox: false, platforms: [] }),
  usesForge: () => true,
  describe: ({ input }) => `start the pipeline ${input.pipeline} (${workflowOf(input)}) at the forge`,
  preflight: preflightDispatch,
  // What it starts may do what cannot be taken back, and nobody here stops it then.
  reach: () => "irreversible",
  effects: dispatchEffects,
  survey: async () => ({ kind: "clear" }),
  observe: observeDispatch,
  perform: performDispatch,
  verify: verifyDispatch,
};

function workflowOf({ pipeline, workflow }: DispatchInput): string {
  return workflow ?? `${pipeline}.yml`;
}

async function dispatchEffects(frozen: Frozen<DispatchInput>, ports: ReadPorts): Promise<readonly Effect[]> {
  const tag = frozen.packages.find((one) => one.tag !== undefined)?.tag;
  if (tag === undefined) throw new SlipwayError("PLAN_INVALID", "Cannot start a pipeline for the release: no package has a `tag:` pattern");
  const { forge } = await ports.forge();
  const workflow = workflowOf(frozen.input);
  const mark = dispatchMark(frozen.plan.project, tag, frozen.input.pipeline);
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
      data: { workflow, tag, mark },
    },
  ];
}

/** A run that was started shows in the list some seconds later. */
const listSettleMs = 60_000;
const withinMs = 10 * 60_000;

async function observeDispatch(effect: Effect, ports: ReadPorts): Promise<Observation> {
  const { workflow, mark } = dispatchData.parse(effect.data);
  const { forge, access } = await ports.forge();
  const listed = await forge.workflows.findRuns({ workflow, mark }, access);
  if (listed.kind === "unknown") return listed;
  const [run] = listed.runs;
  if (run === undefined) return { kind: "absent" };
  return {
    kind: "present",
    evidence: { how: "run with our mark, seen at the forge", url: run.url, details: { run: run.id, commit: run.commit } },
  };
}

async function performDispatch(effect: Effect, _seen: Observation, ports: EffectPorts): Promise<Performed> {
  const { workflow, tag, mark } = dispatchData.parse(effect.data);
  const { forge, access } = await ports.forge();
  const made = await forge.workflows.dispatch({ workflow, ref: `refs/tags/${tag}`, inputs: { tag, slipway: mark } }, access);
  return made.kind === "sent" ? { kind: "sent", warnings: made.warnings } : made;
}

async function verifyDispatch(effect: Effect, ports: ReadPorts): Promise<Verified> {
  const seen = await observeDispatch(effect, ports);
  if (seen.kind === "present") return { kind: "verified", evidence: seen.evidence };
  assert(seen.kind !== "conflict", "a run of ours stands in nobody's place");
  return { kind: "unknown", why: seen.kind === "unknown" ? seen.why : "the forge shows no such run" };
}

async function preflightDispatch({ input, plan }: Planned<DispatchInput>, _ports: ReadPorts): Promise<readonly Finding[]> {
  const where = plan.forge?.repository ?? "the forge";
  const message = `Whether the token may start ${workflowOf(input)} at ${where}: only using it would tell; a forge's default job token starts no further pipeline`;
  return [{ id: "PF-DISPATCH", level: "cannot-be-tried", message }];
}
