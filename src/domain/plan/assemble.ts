// Joins what slipway.yaml says with what the source is into a plan. Pure: the same configuration, source and choice give
// the same plan, and so the same digest, everywhere. Nothing here knows any step by name; those that run by themselves are
// told by by-itself.ts.
import type { ArtifactQuery, ExpectedArtifact } from "../artifact.ts";
import type {
  Configuration,
  Ecosystem,
  Json,
  JsonObject,
  PipelineConfiguration,
  StepConfiguration,
  StepEntry,
  TriggerKind,
} from "../configuration.ts";
import type { Problem } from "../error.ts";
import { stepsByThemselves, type ByItself } from "./by-itself.ts";
import { fillTemplate } from "../template.ts";
import { whyLeftOut, type Circumstances } from "./conditions.ts";
import { planEnvironments, type KnownRegistry } from "./environments.ts";
import { explainMissing, leftOutWithMaker } from "./makers.ts";
import { legsOf } from "./matrix-legs.ts";
import { nothingToDo } from "./nothing-to-do.ts";
import { refuseNotYet } from "./not-yet.ts";
import { ancestors, drawLine } from "./order.ts";
import {
  planSchema,
  type ChosenPath,
  type LeftOutStep,
  type Leg,
  type Plan,
  type PlannedEnvironment,
  type PlannedForge,
  type PlannedPackage,
  type PlannedRelease,
  type PlannedSource,
  type PlannedStep,
  type Reach,
  type StepKind,
  type Zone,
} from "./plan.ts";
import { noForge, problemsOf, sharedFile, sharedName, stepProblem, twoGates, writesBeside } from "./step-problems.ts";
import { withInputs } from "./with-inputs.ts";
import { isVouchedFor } from "./vouched.ts";

export interface AssembleRequest {
  readonly configuration: Configuration;
  readonly pipeline: PipelineConfiguration;
  readonly source: PlannedSource;
  readonly trigger: TriggerKind;
  readonly inputs: JsonObject;
  readonly path: ChosenPath | undefined;
  readonly packages: readonly PlannedPackage[];
  readonly release: PlannedRelease;
  /** The repository's forge, as far as it can be told. */
  readonly forge: PlannedForge | undefined;
  readonly knownRegistries: readonly KnownRegistry[];
  readonly describe: DescribeStep;
}

/** What the catalogue says about one use of a step. */
export type DescribeStep = (use: StepUse) => Described;

export interface StepUse {
  readonly uses: string;
  readonly with: JsonObject;
  readonly leg: Leg;
  readonly packages: readonly PlannedPackage[];
  /** Whether the packages are one release, or each has its own. */
  readonly versions: Configuration["versions"];
  readonly environment: PlannedEnvironment | undefined;
}

export type Described =
  | { readonly kind: "described"; readonly traits: StepTraits }
  | { readonly kind: "not-yet"; readonly what: string }
  | {
      readonly kind: "invalid";
      readonly problems: readonly { readonly path: readonly (string | number)[]; readonly message: string; readonly hint?: string }[];
    };

export interface StepTraits {
  /** `publish@1`. */
  readonly uses: string;
  readonly kind: StepKind;
  readonly zone: Zone;
  readonly title: string;
  readonly input: Json;
  readonly takes: readonly ArtifactQuery[];
  readonly makes: readonly ExpectedArtifact[];
  /** It builds packages of one ecosystem, and does nothing else. */
  readonly builds?: Ecosystem;
  readonly publishes: readonly string[];
  readonly reads: readonly string[];
  readonly reach: Reach | undefined;
  /** It changes the head. */
  readonly writesSource: boolean;
  /** It asks the forge, or acts on it. */
  readonly usesForge: boolean;
  /** It looks at every registry of the file. */
  readonly looksEverywhere: LooksEverywhere;
  readonly timeoutMs: number;
}

/** When a step looks at every registry of the file: then all environments with registries are part of the plan. */
export type LooksEverywhere = "never" | "always" | "where-nothing-is-published";

export type Assembled =
  | { readonly kind: "assembled"; readonly plan: Plan }
  | { readonly kind: "invalid"; readonly problems: readonly Problem[] };

interface Assembling {
  readonly request: AssembleRequest;
  readonly environments: readonly PlannedEnvironment[];
  readonly steps: PlannedStep[];
  readonly traits: Map<string, StepTraits>;
  readonly leftOut: (LeftOutStep & { readonly traits: StepTraits | undefined })[];
  readonly problems: Problem[];
  /** What the next line of the file waits for. */
  frontier: readonly string[];
}

export function assemble(request: AssembleRequest): Assembled {
  const planned = planEnvironments(request.configuration, request.knownRegistries);
  const assembling: Assembling = {
    request,
    environments: planned.environments,
    steps: [],
    traits: new Map(),
    leftOut: [],
    problems: [...planned.problems, ...refuseNotYet(request)],
    frontier: [],
  };
  if (request.source.carried !== undefined) addFirst(assembling, "carry");
  for (const entry of request.pipeline.entries) addEntry(assembling, entry);
  if (assembling.steps.length === 0 && assembling.problems.length === 0) {
    assembling.problems.push({
      code: "PLAN_INVALID",
      message: "Cannot plan: every step is left out",
      hint: "Look at the `when` of the steps",
    });
  }
  return assembling.problems.length > 0
    ? { kind: "invalid", problems: assembling.problems }
    : { kind: "assembled", plan: finish(assembling) };
}

function finish(assembling: Assembling): Plan {
  const { request, steps } = assembling;
  const used = new Set(steps.flatMap((step) => step.environment ?? []));
  // The environment whose rule a gate goes by is part of the plan, though no step may be performed in it.
  const gates = new Set(steps.flatMap((step) => step.gate ?? []));
  const looks = new Set([...assembling.traits.values()].map(({ looksEverywhere }) => looksEverywhere));
  const publishes = [...assembling.traits.values()].some((one) => one.publishes.length > 0);
  const everywhere = looks.has("always") || (looks.has("where-nothing-is-published") && !publishes);
  const isUsed = (one: PlannedEnvironment): boolean =>
    (everywhere && one.registries.length > 0) ||
    used.has(one.name) ||
    (one.approvals !== undefined && one.gate !== undefined && gates.has(one.gate));
  const environments = assembling.environments.filter(isUsed);
  const asksForge = [...assembling.traits.values()].some(({ usesForge }) => usesForge) || isVouchedFor(environments, steps);
  return {
    schema: planSchema,
    project: request.configuration.project,
    pipeline: request.pipeline.name,
    source: request.source,
    release: request.release,
    inputs: request.inputs,
    ...(request.path === undefined ? {} : { path: request.path }),
    packages: request.packages,
    ...(request.forge !== undefined && asksForge ? { forge: request.forge } : {}),
    ...trackerOf(request),
    environments,
    steps,
    leftOut: assembling.leftOut.map(({ id, reason }) => ({ id, reason })),
    line: drawLine(steps),
  };
}

function trackerOf({ configuration, packages }: AssembleRequest): Pick<Plan, "tracker"> {
  const { tracker, project } = configuration;
  return tracker === undefined ? {} : { tracker: { label: tracker.label, title: fillTemplate(tracker.title, { packages, project }) } };
}

function addEntry(assembling: Assembling, entry: StepEntry): void {
  if (entry.kind === "step") {
    assembling.frontier = addStep(assembling, {
      step: entry.step,
      id: entry.step.name,
      names: [entry.step.name],
      inherited: undefined,
      beside: false,
    });
    return;
  }
  const reason = whyLeftOut(entry.when, circumstances(assembling.request));
  const beside = entry.kind === "parallel";
  if (beside && reason === undefined) addBeforeSiblings(assembling, entry.name, entry.steps);
  const before = assembling.frontier;
  const reached: string[] = [];
  for (const step of entry.steps) {
    const id = `${entry.name}/${step.name}`;
    const after = addStep(assembling, { step, id, names: [entry.name, step.name, id], inherited: reason, beside });
    if (entry.kind === "group") assembling.frontier = after;
    // A step that was left out hands on what it waited for; beside siblings that is already waited for.
    else if (after !== before) reached.push(...after);
  }
  if (entry.kind === "parallel" && reached.length > 0) assembling.frontier = reached;
}

interface Adding {
  readonly step: StepConfiguration;
  readonly id: string;
  /** Names by which a path may leave it out. */
  readonly names: readonly string[];
  /** Why the group it stands in is left out. */
  readonly inherited: string | undefined;
  /** It runs side by side with others, and waits for no more than they do. */
  readonly beside: boolean;
}

/** Adds a step with all its legs. @returns what the next step waits for: the same array if it was left out */
function addStep(assembling: Assembling, adding: Adding): readonly string[] {
  const { step, id } = adding;
  const reason = adding.inherited ?? reasonOf(assembling, step, adding.names);
  if (reason !== undefined) {
    assembling.leftOut.push({ id, reason, traits: describeQuietly(assembling, step) });
    return assembling.frontier;
  }
  const legs = legsOf(step.matrix);
  const before = adding.beside ? assembling.frontier : frontierFor(assembling, step);
  const added = legs.flatMap((leg) => addLeg(assembling, { ...adding, leg, waitsFor: before }));
  return added.length > 0 ? added : assembling.frontier;
}

function reasonOf(assembling: Assembling, step: StepConfiguration, names: readonly string[]): string | undefined {
  return whyLeftOut(step.when, circumstances(assembling.request)) ?? leftOutByPath(assembling.request.path, names);
}

function circumstances(request: AssembleRequest): Circumstances {
  return {
    trigger: request.trigger,
    tagged: request.source.tag !== undefined,
    prerelease: request.release.prerelease,
    inputs: request.inputs,
  };
}

function leftOutByPath(path: ChosenPath | undefined, names: readonly string[]): string | undefined {
  if (path === undefined || !names.some((name) => path.leavesOut.includes(name))) return undefined;
  return `path "${path.name}", by ${path.by}: ${path.reason}`;
}

function addLeg(assembling: Assembling, adding: Adding & { readonly leg: Leg; readonly waitsFor: readonly string[] }): readonly string[] {
  const { step, leg, waitsFor } = adding;
  const { request } = assembling;
  const suffix = Object.entries(leg)
    .map(([key, value]) => `${key}=${value}`)
    .join(",");
  const id = suffix === "" ? adding.id : `${adding.id}[${suffix}]`;
  const environment = assembling.environments.find((one) => one.name === step.environment);
  const described = request.describe(useOf(request, step, { leg, environment }));
  if (described.kind !== "described") {
    assembling.problems.push(...problemsOf(request.configuration, step, described));
    return [];
  }
  const { traits } = described;
  const above = traitsAbove(assembling, waitsFor);
  const reason = nothingToDo(request, traits) ?? leftOutWithMaker(traits, above, assembling.leftOut);
  if (reason !== undefined) {
    assembling.leftOut.push({ id, reason, traits });
    return [];
  }
  const missing =
    explainMissing(traits, above) ??
    twoGates(step, environment) ??
    sharedName(assembling.traits, id) ??
    sharedFile(assembling.steps, traits) ??
    writesBeside(step, traits, { beside: adding.beside, legs: legsOf(step.matrix).length }) ??
    noForge(request, traits);
  if (missing !== undefined)
    assembling.problems.push(stepProblem(request.configuration, step, { message: `Cannot plan step "${id}": ${missing}` }));
  assembling.traits.set(id, traits);
  assembling.steps.push(plannedStep({ id, step, traits, leg, waitsFor, gate: step.gate ?? environment?.gate }));
  return [id];
}

function useOf(request: AssembleRequest, step: StepConfiguration, at: Pick<StepUse, "leg" | "environment">): StepUse {
  return { ...plainUse(request, step.uses), with: withInputs(step.with, request.inputs), ...at };
}

/** A step that the file does not write, or writes with nothing beside its name. */
function plainUse({ packages, configuration }: AssembleRequest, uses: string): StepUse {
  return { uses, with: {}, leg: {}, packages, versions: configuration.versions, environment: undefined };
}

function plannedStep(parts: {
  readonly id: string;
  readonly step: Pick<StepConfiguration, "environment" | "timeoutMs" | "retry" | "optional" | "keep">;
  readonly traits: StepTraits;
  readonly leg: Leg;
  readonly waitsFor: readonly string[];
  readonly gate: string | undefined;
}): PlannedStep {
  const { id, step, traits, leg, waitsFor, gate } = parts;
  return {
    id,
    uses: traits.uses,
    kind: traits.kind,
    zone: traits.zone,
    title: traits.title,
    waitsFor,
    ...(Object.keys(leg).length === 0 ? {} : { leg }),
    input: traits.input,
    ...(step.environment === undefined ? {} : { environment: step.environment }),
    ...(gate === undefined ? {} : { gate }),
    takes: traits.takes,
    makes: traits.makes,
    ...(traits.reach === undefined ? {} : { reach: traits.reach }),
    timeoutMs: step.timeoutMs ?? traits.timeoutMs,
    retry: step.retry,
    optional: step.optional,
    keep: step.keep,
    ...(traits.writesSource || step.keep.length > 0 ? { writesSource: true as const } : {}),
  };
}

function describeQuietly(assembling: Assembling, step: StepConfiguration): StepTraits | undefined {
  const environment = assembling.environments.find((one) => one.name === step.environment);
  const leg = legsOf(step.matrix)[0] ?? {};
  const described = assembling.request.describe(useOf(assembling.request, step, { leg, environment }));
  return described.kind === "described" ? described.traits : undefined;
}

/** What the steps are like that a step with these to wait for follows, at any distance: what stands beside it has made nothing yet. */
function traitsAbove(assembling: Assembling, waitsFor: readonly string[]): readonly StepTraits[] {
  return [...waitsFor, ...ancestors(assembling.steps, waitsFor)].flatMap((id) => assembling.traits.get(id) ?? []);
}

/**
 * Adds the steps that run by themselves before a step that is about to be added (by-itself.ts).
 * @returns what that step waits for
 */
function frontierFor(assembling: Assembling, step: StepConfiguration): readonly string[] {
  for (const rule of stepsByThemselves) addByItself(assembling, step, rule);
  return assembling.frontier;
}

/** A step that runs by itself before all others. */
function addFirst(assembling: Assembling, uses: string): void {
  const { request, steps, traits } = assembling;
  const described = request.describe(plainUse(request, uses));
  if (described.kind !== "described") return;
  traits.set(uses, described.traits);
  steps.push(
    plannedStep({
      id: uses,
      step: { retry: 0, optional: false, keep: [] },
      traits: described.traits,
      leg: {},
      waitsFor: [],
      gate: undefined,
    }),
  );
  assembling.frontier = [uses];
}

function addByItself(assembling: Assembling, step: StepConfiguration, rule: ByItself): void {
  const { request, steps, frontier, traits } = assembling;
  const takes = describeQuietly(assembling, step)?.takes ?? [];
  const isWritten = stepsOf(request.pipeline).some(({ uses }) => uses === rule.uses);
  if (isWritten || step.uses === rule.uses || !rule.isDue({ takes, steps, frontier, traits })) return;
  const described = request.describe(plainUse(request, rule.uses));
  if (described.kind !== "described" || nothingToDo(request, described.traits) !== undefined) return;
  const count = steps.filter((one) => one.uses === described.traits.uses).length;
  const id = count === 0 ? rule.uses : `${rule.uses}-${count + 1}`;
  if (steps.some((one) => one.id === id))
    assembling.problems.push(
      stepProblem(request.configuration, step, { message: `Cannot plan "${id}": a step of that name does something else` }),
    );
  traits.set(id, described.traits);
  const plain = { retry: 0, optional: false, keep: [] };
  steps.push(plannedStep({ id, step: plain, traits: described.traits, leg: {}, waitsFor: frontier, gate: undefined }));
  assembling.frontier = [id];
}

function stepsOf({ entries }: PipelineConfiguration): readonly StepConfiguration[] {
  return entries.flatMap((entry) => (entry.kind === "step" ? [entry.step] : entry.steps));
}

/** Beside siblings it would have to wait for some and not for others, so it stands before all of them. */
function addBeforeSiblings(assembling: Assembling, group: string, siblings: readonly StepConfiguration[]): void {
  for (const step of siblings) {
    if (reasonOf(assembling, step, [group, step.name, `${group}/${step.name}`]) === undefined) frontierFor(assembling, step);
  }
}
