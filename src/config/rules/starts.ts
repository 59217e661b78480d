// Pipelines that start pipelines: by `dispatch`, by pushing a tag they made, or by publishing a release at the forge. A
// circle of them would release for ever, so it is refused before anything runs.
import type { PipelineConfiguration, StepConfiguration } from "../../domain/configuration.ts";
import { complain, type Judging } from "../judging.ts";
import { type Path, quoted } from "../phrases.ts";
import { type Judged, pipelinesMax, type Rule, stepsOf } from "./rule.ts";

interface Start {
  readonly from: string;
  readonly to: string;
  readonly step: StepConfiguration;
  readonly how: string;
}

export const judgeStarts: Rule = (judging, judged) => {
  // More are refused as too many.
  if (judged.configuration.pipelines.length > pipelinesMax) return;
  const starts = judged.configuration.pipelines.flatMap((pipeline) => startsOf(judged, pipeline));
  const told = new Set<string>();
  for (const { name } of judged.configuration.pipelines) {
    const circle = told.has(name) ? undefined : shortestCircle(starts, name);
    if (circle === undefined) continue;
    for (const start of circle) told.add(start.from);
    refuse(judging, circle);
  }
};

function startsOf({ configuration }: Judged, pipeline: PipelineConfiguration): readonly Start[] {
  const steps = stepsOf(pipeline);
  const pushed = pushOfOwnTag(steps);
  return configuration.pipelines.flatMap((other) => {
    const starts = (kind: string): boolean => other.on.some((trigger) => trigger.kind === kind);
    const by = (step: StepConfiguration | undefined, how: string): readonly Start[] =>
      step === undefined ? [] : [{ from: pipeline.name, to: other.name, step, how }];
    return [
      ...by(
        steps.find((step) => step.uses === "dispatch" && step.with.pipeline === other.name),
        "dispatches",
      ),
      ...by(starts("tag") ? pushed : undefined, "pushes a release tag, which starts"),
      ...by(starts("release-published") ? steps.find(publishesRelease) : undefined, "publishes a release, which starts"),
    ];
  });
}

/** The first `push` after a `tag`. */
function pushOfOwnTag(steps: readonly StepConfiguration[]): StepConfiguration | undefined {
  const tagged = steps.findIndex((step) => step.uses === "tag");
  return tagged === -1 ? undefined : steps.slice(tagged).find((step) => step.uses === "push");
}

function publishesRelease(step: StepConfiguration): boolean {
  return step.uses === "forge-release" && step.with.draft !== true;
}

/** The shortest way from a pipeline back to itself, breadth first. */
function shortestCircle(starts: readonly Start[], name: string): readonly Start[] | undefined {
  const ways: (readonly Start[])[] = starts.filter((start) => start.from === name).map((start) => [start]);
  const seen = new Set<string>();
  for (let way = ways.shift(); way !== undefined; way = ways.shift()) {
    const last = way.at(-1)?.to ?? name;
    if (last === name) return way;
    if (seen.has(last)) continue;
    seen.add(last);
    const before = way;
    ways.push(...starts.filter((start) => start.from === last).map((start) => [...before, start]));
  }
  return undefined;
}

function refuse(judging: Judging, circle: readonly Start[]): void {
  const [first, ...rest] = circle;
  if (first === undefined) return;
  const parts = [first, ...rest].map(({ step, how, to }) => `step ${quoted(step.name)} ${how} ${quoted(to)}`);
  const path: Path = [...first.step.path, "uses"];
  complain(judging, path, () => ({
    message: `Cannot let the pipeline ${quoted(first.from)} start itself: ${parts.join(", whose ")}`,
    hint:
      rest.length === 0 && first.how !== "dispatches" ? "Make the tag or release in a pipeline of its own" : "Take one of these steps out",
  }));
}
