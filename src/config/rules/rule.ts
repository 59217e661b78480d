// A rule judges what two places of slipway.yaml say together; what one place says alone is the schema's.
import type { Configuration, PipelineConfiguration, StepConfiguration } from "../../domain/configuration.ts";
import { type Judging, namesAt } from "../judging.ts";
import type { Path } from "../phrases.ts";
import type { WrittenFile } from "../schema.ts";

export interface Judged {
  /** The written form without the parts whose shape is wrong. */
  readonly written: WrittenFile;
  readonly configuration: Configuration;
}

export const pipelinesMax = 32;

export type Rule = (judging: Judging, judged: Judged) => void;

/** Where a pipeline stands: at the top of a file with `steps`. */
export function pathOfPipeline({ written }: Judged, name: string): Path {
  return written.pipelines === undefined ? [] : ["pipelines", name];
}

export function stepsOf(pipeline: PipelineConfiguration): readonly StepConfiguration[] {
  return pipeline.entries.flatMap((entry) => (entry.kind === "step" ? [entry.step] : entry.steps));
}

export function allSteps({ configuration }: Judged): readonly StepConfiguration[] {
  return configuration.pipelines.flatMap(stepsOf);
}

export const environmentNames = (judging: Judging): readonly string[] => [...new Set([...namesAt(judging, ["environments"]), "forge"])];

export const registryNames = (judging: Judging): readonly string[] => [
  ...new Set([...namesAt(judging, ["registries"]), ...judging.vocabulary.knownRegistries.map((known) => known.name)]),
];

export const declaredUnder = (key: string): string => `declared under "${key}"`;

/** Names and ids of all steps and groups of the file, those with mistakes in them included. */
export function stepNames(judging: Judging): readonly string[] {
  const pipelines = namesAt(judging, ["pipelines"]).map((name) => ["pipelines", name, "steps"]);
  return [...new Set([["steps"], ...pipelines].flatMap((path) => namesIn(judging, path)))];
}

function namesIn(judging: Judging, path: Path): readonly string[] {
  return namesAt(judging, path).flatMap((name) => {
    const inside = ["parallel", "steps"].flatMap((key) => namesAt(judging, [...path, name, key]));
    return [name, ...inside.flatMap((member) => [member, `${name}/${member}`])];
  });
}
