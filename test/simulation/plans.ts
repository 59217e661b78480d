// Random plans, made by the real `assemble` from random configurations: serial, side by side, in groups, with and without
// gates, of work and of effects of every reach and of every way to be repeated.
import { assemble, type DescribeStep, type StepTraits, type StepUse } from "../../src/domain/plan/assemble.ts";
import type { Configuration, EnvironmentConfiguration, StepConfiguration, StepEntry } from "../../src/domain/configuration.ts";
import type { Plan } from "../../src/domain/plan/plan.ts";
import type { Effect } from "../../src/domain/run/effect.ts";
import type { Chance } from "./chance.ts";

export const managers = ["ann", "ben", "cyd"];
export const requester = "ann";

/** What the fake steps of a plan do, as their input in the plan says. */
export type Doing =
  | { readonly does: "work"; readonly makes: number }
  | { readonly does: "act"; readonly again: Effect["again"]; readonly extra: number; readonly chained: boolean }
  | { readonly does: "ask" };

export function randomPlan(chance: Chance): Plan {
  for (let tries = 0; tries < 50; tries += 1) {
    const assembled = assemble(requestFor(randomConfiguration(chance)));
    // What makes no sense as a plan is refused by `assemble`, which has tests of its own.
    if (assembled.kind === "assembled") return assembled.plan;
  }
  throw new Error("50 random configurations gave no plan");
}

function requestFor(configuration: Configuration): Parameters<typeof assemble>[0] {
  const [pipeline] = configuration.pipelines;
  if (pipeline === undefined) throw new Error("no pipeline");
  return {
    configuration,
    pipeline,
    source: { commit: "c".repeat(40), tag: "v1", moved: "stop", epochSeconds: 0 },
    trigger: "tag",
    inputs: {},
    path: undefined,
    packages: [{ id: "demo", ecosystem: "pypi", name: "demo", folder: ".", version: "1.0" }],
    release: { title: "demo 1.0", prerelease: false },
    forge: undefined,
    knownRegistries: ["real", "test", "draft"].map((name) => ({ name, ecosystem: "pypi", test: name === "test" })),
    describe,
  };
}

const reaches = { real: "irreversible", test: "expendable", draft: "reversible" } as const;

const describe: DescribeStep = (use) => ({ kind: "described", traits: { ...plainTraits, ...traitsOf(use) } });

const plainTraits: StepTraits = {
  uses: "work@1",
  kind: "work",
  zone: "tool",
  title: "A step",
  input: null,
  takes: [],
  makes: [],
  publishes: [],
  reads: [],
  reach: undefined,
  writesSource: false,
  usesForge: false,
  looksEverywhere: "never",
  timeoutMs: 3_600_000,
};

function traitsOf(use: StepUse): Partial<StepTraits> {
  const doing = use.with as unknown as Doing;
  if (use.uses === "check-artifacts")
    return { uses: "check-artifacts@1", input: { does: "work", makes: 0 }, takes: [{ kinds: ["wheel"] }] };
  switch (doing.does) {
    case "work":
      return {
        input: { ...doing },
        makes: doing.makes === 0 ? [] : [{ kind: "wheel", package: "demo", countMin: doing.makes, countMax: doing.makes }],
      };
    case "act": {
      const registry = use.environment?.registries[0]?.name ?? "draft";
      const reach = reaches[registry as keyof typeof reaches];
      return {
        uses: "act@1",
        kind: "acting",
        zone: "publish",
        input: { ...doing },
        takes: [{ kinds: ["wheel"] }],
        publishes: [registry],
        reach,
      };
    }
    case "ask":
      return { uses: "ask@1", kind: "gate", input: { ...doing } };
  }
}

function randomConfiguration(chance: Chance): Configuration {
  const naming = { count: 0 };
  const entries: StepEntry[] = [{ kind: "step", step: work(chance, naming, { makes: chance.int(1, 2) }) }];
  const lines = chance.int(1, 4);
  for (let line = 0; line < lines; line += 1) entries.push(randomEntry(chance, naming));
  if (!entries.some((entry) => stepsOf(entry).some((step) => step.environment !== undefined)))
    entries.push({ kind: "step", step: act(chance, naming) });
  return {
    project: "demo",
    packages: [],
    versions: "one",
    version: { from: "tag" },
    source: { moved: "stop", carry: [] },
    people: [{ name: "managers", kind: "names", names: managers }],
    paths: [],
    registries: [],
    environments: randomEnvironments(chance),
    pipelines: [{ name: "release", on: [], inputs: [], entries }],
    places: () => undefined,
  };
}

function stepsOf(entry: StepEntry): readonly StepConfiguration[] {
  return entry.kind === "step" ? [entry.step] : entry.steps;
}

function randomEnvironments(chance: Chance): readonly EnvironmentConfiguration[] {
  const approvals = (): Pick<EnvironmentConfiguration, "approvals"> => ({
    approvals: { required: chance.int(1, 2), from: "managers", standing: "refused", ...(chance.is(0.5) ? { not: "requester" } : {}) },
  });
  const environment = (name: string, registry: string, parts: Partial<EnvironmentConfiguration>): EnvironmentConfiguration => ({
    name,
    registries: [{ registry, credentials: { kind: "none" }, test: registry === "test" }],
    secrets: [],
    variables: {},
    ...parts,
  });
  return [
    environment("drafts", "draft", {}),
    environment("tests", "test", chance.is(0.3) ? approvals() : {}),
    environment("real", "real", chance.is(0.5) ? approvals() : {}),
    environment("owner", "draft", approvals()),
    environment("shared", "real", { gate: "owner" }),
  ];
}

interface Naming {
  count: number;
}

function randomEntry(chance: Chance, naming: Naming): StepEntry {
  const kind = chance.pick(["step", "step", "step", "parallel", "parallel", "group"] as const);
  if (kind === "step") return { kind, step: randomStep(chance, naming) };
  naming.count += 1;
  const name = `${kind}-${naming.count}`;
  const steps = Array.from({ length: chance.int(2, 3) }, () => randomStep(chance, naming));
  return { kind, name, when: [], steps };
}

function randomStep(chance: Chance, naming: Naming): StepConfiguration {
  const draw = chance.next();
  if (draw < 0.4) return work(chance, naming, { makes: chance.is(0.25) ? 1 : 0 });
  if (draw < 0.45) return step(naming, { uses: "ask", with: { does: "ask" } });
  return act(chance, naming);
}

function work(chance: Chance, naming: Naming, doing: { readonly makes: number }): StepConfiguration {
  const matrix = chance.is(0.1) ? { matrix: { platform: ["a", "b"] } } : {};
  return step(naming, {
    uses: "work",
    with: { does: "work", ...doing },
    ...timeout(chance),
    retry: chance.int(0, 2),
    optional: doing.makes === 0 && chance.is(0.15),
    ...matrix,
  });
}

function act(chance: Chance, naming: Naming): StepConfiguration {
  const doing: Doing = {
    does: "act",
    again: chance.pick(["harmless", "after-look", "after-look", "by-person"]),
    extra: chance.int(0, 2),
    chained: chance.is(0.4),
  };
  const environment = chance.pick(["drafts", "tests", "real", "real", "owner", "shared"]);
  return step(naming, { uses: "act", with: { ...doing }, environment, optional: chance.is(0.05), ...timeout(chance) });
}

/** Mostly long enough for anything; now and then a step runs out of time. */
function timeout(chance: Chance): Pick<StepConfiguration, "timeoutMs"> {
  return chance.is(0.1) ? { timeoutMs: chance.pick([5_000, 120_000, 700_000]) } : {};
}

function step(naming: Naming, parts: Partial<StepConfiguration>): StepConfiguration {
  naming.count += 1;
  return { name: `s${naming.count}`, uses: "work", with: {}, when: [], retry: 0, optional: false, keep: [], path: [], ...parts };
}
