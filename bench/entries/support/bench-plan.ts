// Plans for measuring the engine alone: made by hand, of the same form as those that `slipway plan` makes.
import { drawLine } from "../../../src/domain/plan/order.ts";
import type { ArtifactKind } from "../../../src/domain/artifact.ts";
import type { Ecosystem } from "../../../src/domain/configuration.ts";
import { planSchema, type Plan, type PlannedPackage, type PlannedRegistry, type PlannedStep } from "../../../src/domain/plan/plan.ts";

export interface BenchPlan {
  readonly name: string;
  readonly version: string;
  /** Default: one Python package of that name. */
  readonly packages?: readonly PlannedPackage[];
  /** Commit of the source; default: one that there is not. */
  readonly commit?: string;
  readonly steps: readonly PlannedStep[];
  readonly registries?: readonly PlannedRegistry[];
}

export function benchPlan({ name, version, steps, registries = [], ...more }: BenchPlan): Plan {
  return {
    schema: planSchema,
    project: name,
    pipeline: "release",
    source: { commit: more.commit ?? "0".repeat(40), moved: "stop", epochSeconds: 1_700_000_000 },
    release: { title: `${name} ${version}`, prerelease: false },
    inputs: {},
    packages: more.packages ?? [{ id: "one", ecosystem: "pypi", name, folder: ".", version }],
    environments: [{ name: "index", registries, variables: {}, secrets: [] }],
    steps,
    leftOut: [],
    line: drawLine(steps),
  };
}

/** A work step that takes and makes nothing. */
export function work(id: string, waitsFor: readonly string[]): PlannedStep {
  return {
    id,
    uses: "run@1",
    kind: "work",
    zone: "project",
    title: id,
    waitsFor,
    input: {},
    takes: [],
    makes: [],
    timeoutMs: 600_000,
    retry: 0,
    optional: false,
    keep: [],
  };
}

export function plannedIndex(url: string, index: string): PlannedRegistry {
  return { ...plannedRegistry("pypi", url), index };
}

export function plannedRegistry(ecosystem: Ecosystem, url: string): PlannedRegistry {
  return { name: "bench", ecosystem, test: false, credentials: { kind: "none" }, url };
}

/** The step `publish`, after the step that made what it takes. */
export function publishOf(kind: ArtifactKind, maker: string): PlannedStep {
  return {
    ...work("publish", [maker]),
    uses: "publish@1",
    kind: "acting",
    zone: "publish",
    environment: "index",
    reach: "irreversible",
    takes: [{ kinds: [kind] }],
  };
}
