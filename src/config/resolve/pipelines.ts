// Pipelines and their lines. A file with `steps` at the top has one pipeline, named `release`.
import type {
  InputConfiguration,
  JsonObject,
  PipelineConfiguration,
  StepConfiguration,
  StepEntry,
  Trigger,
} from "../../domain/configuration.ts";
import { type Judging, namesAt } from "../judging.ts";
import type { Path } from "../phrases.ts";
import type { WrittenEntry, WrittenFile, WrittenPipeline, WrittenStep } from "../schema.ts";
import { resolveWhen } from "./conditions.ts";
import { defined } from "./defined.ts";
import { resolveDuration } from "./durations.ts";
import { members, type Named } from "./members.ts";
import { resolveRun } from "./run.ts";
import { resolveVersion } from "./version.ts";

export function resolvePipelines(judging: Judging, written: WrittenFile): readonly PipelineConfiguration[] {
  const packages = Object.keys(written.packages);
  const { on, inputs, steps } = written;
  const short =
    steps === undefined ? [] : [resolvePipeline(judging, { name: "release", written: { on, inputs, steps }, path: [], packages })];
  const several = members(written.pipelines).map(({ name, value }) =>
    resolvePipeline(judging, { name, written: value, path: ["pipelines", name], packages }),
  );
  return written.pipelines === undefined ? short : several;
}

interface Resolving {
  readonly name: string;
  readonly written: WrittenPipeline;
  readonly path: Path;
  /** Ids of the packages of the file. */
  readonly packages: readonly string[];
}

function resolvePipeline(judging: Judging, { name, written, path, packages }: Resolving): PipelineConfiguration {
  const inputs = namesAt(judging, [...path, "inputs"]);
  const version = written.version === undefined ? undefined : resolveVersion(judging, written.version, [...path, "version"]);
  return {
    name,
    on: resolveTriggers(written.on),
    inputs: members(written.inputs).map(({ name: input, value }): InputConfiguration => ({ name: input, type: value })),
    ...defined({ version }),
    entries: members(written.steps).flatMap((entry) =>
      resolveEntry(judging, entry, { path: [...path, "steps", entry.name], packages, inputs }),
    ),
  };
}

function resolveTriggers(written: WrittenPipeline["on"]): readonly Trigger[] {
  if (written === undefined) return [{ kind: "dispatch", ref: "any" }];
  const triggers: Trigger[] = [];
  if (written.tag !== undefined) triggers.push({ kind: "tag", packages: typeof written.tag === "string" ? [written.tag] : written.tag });
  if (written.dispatch !== undefined) triggers.push({ kind: "dispatch", ref: written.dispatch?.ref ?? "any" });
  for (const { name, value } of members(written.schedule)) {
    triggers.push({ kind: "schedule", name, cron: value.cron, zone: value.zone ?? "UTC", inputs: value.inputs ?? {} });
  }
  if (written["release-published"] !== undefined) triggers.push({ kind: "release-published" });
  return triggers;
}

interface At {
  readonly path: Path;
  readonly packages: readonly string[];
  /** Names of the inputs of the pipeline. */
  readonly inputs: readonly string[];
}

function resolveEntry(judging: Judging, entry: Named<WrittenEntry>, at: At): readonly StepEntry[] {
  const { parallel, steps } = entry.value;
  const group = parallel ?? steps;
  if (group === undefined) {
    const step = resolveStep(judging, { name: entry.name, written: entry.value, ...at });
    return step === undefined ? [] : [{ kind: "step", step }];
  }
  const key = parallel === undefined ? "steps" : "parallel";
  const inside = members(group).map(({ name, value }) =>
    resolveStep(judging, { ...at, name, written: value, path: [...at.path, key, name] }),
  );
  return [
    {
      kind: parallel === undefined ? "group" : "parallel",
      name: entry.name,
      when: resolveWhen(judging, entry.value.when, { path: [...at.path, "when"], inputs: at.inputs }),
      steps: inside.filter((step) => step !== undefined),
    },
  ];
}

interface StepAt extends At {
  readonly name: string;
  readonly written: WrittenStep;
}

/** @returns `undefined` for an entry that says nothing to do; the rules complain */
function resolveStep(judging: Judging, { name, written, path, packages, inputs }: StepAt): StepConfiguration | undefined {
  const uses = written.run === undefined ? written.uses : "run";
  if (uses === undefined) return undefined;
  const { environment, gate, matrix, retry, optional, keep } = written;
  return {
    name,
    uses,
    with: written.run === undefined ? ((written.with ?? {}) as JsonObject) : resolveRun(judging, { written, path, packages }),
    when: resolveWhen(judging, written.when, { path: [...path, "when"], inputs }),
    ...defined({ environment, gate, matrix, timeoutMs: resolveDuration(judging, written.timeout, [...path, "timeout"]) }),
    retry: retry ?? 0,
    optional: optional ?? false,
    keep: keep ?? [],
    path,
  };
}
