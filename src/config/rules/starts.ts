// Pipelines that start pipelines: by `dispatch`, by pushing a tag they made, or by publishing a release at the forge. A
// circle of them would release for ever, so it is refused before anything runs.
import type { Configuration, PipelineConfiguration, StepConfiguration } from "../../domain/configuration.ts";
import { complain, type Judging } from "../judging.ts";
import { type Path, quoted } from "../phrases.ts";
import { pipelinesMax, type Rule, stepsOf } from "./rule.ts";

/** One pipeline that starts another. */
export interface Start {
  readonly from: string;
  readonly to: string;
  /** The step of `from` that does it. */
  readonly step: StepConfiguration;
  /** `dispatch` asks the forge for it; the others are events, which a forge may keep to itself. */
  readonly kind: "dispatch" | "tag" | "release-published";
}

const hows: Readonly<Record<Start["kind"], string>> = {
  dispatch: "dispatches",
  tag: "pushes a release tag, which starts",
  "release-published": "publishes a release, which starts",
};

export const judgeStarts: Rule = (judging, judged) => {
  // More are refused as too many.
  if (judged.configuration.pipelines.length > pipelinesMax) return;
  const starts = pipelineStarts(judged.configuration);
  const told = new Set<string>();
  for (const { name } of judged.configuration.pipelines) {
    const circle = told.has(name) ? undefined : shortestCircle(starts, name);
    if (circle === undefined) continue;
    for (const start of circle) told.add(start.from);
    refuse(judging, circle);
  }
};

/** Which pipeline of the file starts which, and by what. */
export function pipelineStarts(configuration: Pick<Configuration, "pipelines">): readonly Start[] {
  return configuration.pipelines.flatMap((pipeline) => startsOf(configuration, pipeline));
}

function startsOf(configuration: Pick<Configuration, "pipelines">, pipeline: PipelineConfiguration): readonly Start[] {
  const steps = stepsOf(pipeline);
  const pushed = pushOfOwnTag(steps);
  return configuration.pipelines.flatMap((other) => {
    const starts = (kind: string): boolean => other.on.some((trigger) => trigger.kind === kind);
    const by = (step: StepConfiguration | undefined, kind: Start["kind"]): readonly Start[] =>
      step === undefined ? [] : [{ from: pipeline.name, to: other.name, step, kind }];
    return [
      ...by(
        steps.find((step) => step.uses === "dispatch" && step.with.pipeline === other.name),
        "dispatch",
      ),
      ...by(starts("tag") ? pushed : undefined, "tag"),
      ...by(starts("release-published") ? steps.find(publishesRelease) : undefined, "release-published"),
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
  const parts = [first, ...rest].map(({ step, kind, to }) => `step ${quoted(step.name)} ${hows[kind]} ${quoted(to)}`);
  const path: Path = [...first.step.path, "uses"];
  complain(judging, path, () => ({
    message: `Cannot let the pipeline ${quoted(first.from)} start itself: ${parts.join(", whose ")}`,
    hint:
      rest.length === 0 && first.kind !== "dispatch" ? "Make the tag or release in a pipeline of its own" : "Take one of these steps out",
  }));
}
