// What the real performer is given in the simulation: steps that do as their input in the plan says, against the world.
// Builds are not repeatable here: whoever builds twice has other bytes, and is found out.
import type { Artifact } from "../../src/domain/artifact.ts";
import { sha256 } from "../../src/domain/digest.ts";
import type { PlannedStep } from "../../src/domain/plan/plan.ts";
import type { Effect } from "../../src/domain/run/effect.ts";
import type { Workshop } from "../../src/engine/performer.ts";
import type { ActingStep, EffectPorts, GateStep, Step, WorkPorts, WorkStep } from "../../src/steps/step.ts";
import { sha256OfText } from "../support/runs.ts";
import type { Chance } from "./chance.ts";
import type { Life } from "./life.ts";
import type { Doing } from "./plans.ts";
import type { Timeline } from "./timeline.ts";
import type { Watch } from "./watch.ts";
import type { World } from "./world.ts";

export interface WorkshopParts {
  readonly timeline: Timeline;
  readonly chance: Chance;
  readonly world: World;
  readonly watch: Watch;
  readonly source: { movedAtMs: number };
  /** Builds so far: each has other bytes. */
  readonly builds: { count: number };
}

const signal = new AbortController().signal;
// The fake steps ask no port for anything; the world is behind them.
const ports = { signal } as unknown as WorkPorts & EffectPorts;

export function createWorkshop(parts: WorkshopParts, life: Life): Workshop {
  const { timeline, chance, world, source } = parts;
  return {
    nowMs: timeline.nowMs,
    crashPoints: { reach: life.boundary },
    stepOf: (planned) => stepFor(parts, life, planned),
    async preflight() {
      await world.work(life, chance.int(1, 500));
      const passed = !(world.faults.left > 0 && chance.is(world.faults.rate / 4));
      return { passed, findings: [] };
    },
    readPorts: async () => ports,
    effectPorts: async () => ports,
    workPorts: async () => ({ ports, close: async () => {} }),
    freeze: async (made, maker): Promise<Artifact> => ({
      kind: made.kind,
      package: made.package,
      name: made.name,
      sizeBytes: 1,
      digest: sha256(made.file),
      maker,
    }),
    advance: async () => undefined,
    lookAtSource: async () =>
      timeline.nowMs() >= source.movedAtMs ? { kind: "moved", what: "refs/tags/v1", from: "a", to: "b" } : { kind: "same" },
    bind: async (_state, step, question) => ({
      kind: "question-asked",
      step: step.id,
      text: question.text,
      binding: sha256OfText(step.id),
      paths: [],
    }),
  };
}

const common = {
  name: "fake",
  revision: 1,
  summary: "",
  zone: "tool",
  timeoutMs: 1,
  takes: () => [],
  makes: () => [],
  asks: () => ({ programs: [], toolbox: false, platforms: [] }),
  describe: () => "",
  preflight: async () => [],
} as const;

function stepFor(parts: WorkshopParts, life: Life, planned: PlannedStep): Step {
  const doing = planned.input as unknown as Doing;
  // The schema of the input is never asked for: the plan is made.
  const input = undefined as unknown as Step["input"];
  switch (doing.does) {
    case "work":
      return { ...common, input, kind: "work", perform: () => work(parts, life, { planned, makes: doing.makes }) } satisfies WorkStep;
    case "ask":
      return { ...common, input, kind: "gate", question: () => ({ text: "Looked at?", from: "managers", paths: [] }) } satisfies GateStep;
    case "act":
      return actingStep(parts, life, { planned, doing, input });
  }
}

async function work(
  parts: WorkshopParts,
  life: Life,
  what: { readonly planned: PlannedStep; readonly makes: number },
): ReturnType<WorkStep["perform"]> {
  const { world, chance, watch } = parts;
  const { planned, makes } = what;
  const end = watch.working(planned.id, life);
  await world.work(life, chance.int(10, 30_000));
  end();
  if (world.faults.left > 0 && chance.is(world.faults.rate)) {
    world.faults.left -= 1;
    const fault = chance.pick(["failed", "throws", "later", "later"] as const);
    if (fault === "throws") throw new Error("the tool crashed");
    if (fault === "failed") return { kind: "failed", code: "STEP_FAILED", message: "the tests fail" };
    return { kind: "later", atMs: parts.timeline.nowMs() + chance.int(0, 600_000), why: "not there yet" };
  }
  const artifacts = Array.from({ length: makes }, (_, index) => {
    parts.builds.count += 1;
    return { kind: "wheel", package: "demo", name: `${planned.id}-${index}.whl`, file: digestOf(parts.builds.count) } as const;
  });
  return { kind: "done", output: null, artifacts };
}

/** A digest that no other build has; only its being another one matters. */
function digestOf(build: number): string {
  return build.toString(16).padStart(64, "0");
}

function actingStep(
  parts: WorkshopParts,
  life: Life,
  what: { readonly planned: PlannedStep; readonly doing: Extract<Doing, { does: "act" }>; readonly input: Step["input"] },
): ActingStep {
  const { world, watch } = parts;
  const { planned, doing, input } = what;
  const reach = planned.reach ?? "reversible";
  return {
    ...common,
    input,
    kind: "acting",
    reach: () => reach,
    effects: async (frozen) => effectsOf(planned, doing, frozen.artifacts),
    survey: (effects) => world.survey(life, effects),
    observe: (effect) => world.observe(life, effect),
    perform(effect, seen) {
      watch.sending(planned.id, effect, seen);
      return world.send(life, effect);
    },
    verify: (effect) => world.verify(life, effect),
  };
}

function effectsOf(planned: PlannedStep, doing: Extract<Doing, { does: "act" }>, artifacts: readonly Artifact[]): readonly Effect[] {
  const target = { irreversible: "real", expendable: "test", reversible: "draft" }[planned.reach ?? "reversible"];
  const settleMs = [10_000, 60_000, 600_000][planned.id.length % 3] ?? 10_000;
  const contents = [
    ...artifacts.map(({ name, digest }) => ({ name, digest: String(digest) })),
    ...Array.from({ length: doing.extra }, (_, index) => ({ name: `extra-${index}`, digest: `extra-${index}` })),
  ];
  const keys = contents.map(({ name }) => `${planned.id}:${name}`);
  return contents.map(({ digest }, index): Effect => {
    const key = keys[index] ?? "";
    return {
      key,
      target,
      title: key,
      after: doing.chained && index > 0 ? [keys[index - 1] ?? ""] : index > 0 && doing.extra === 2 ? [keys[0] ?? ""] : [],
      reach: planned.reach ?? "reversible",
      again: doing.again,
      settleMs,
      withinMs: Math.max(900_000, settleMs * 2),
      data: { digest, settleMs, pendingMs: index % 3 === 2 ? 20_000 : 0 },
    };
  });
}
