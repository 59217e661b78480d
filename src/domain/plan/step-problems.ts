// What can be wrong with one step of a plan, each in words that follow `Cannot plan step "x": `, or undefined.
import type { Configuration, StepConfiguration } from "../configuration.ts";
import type { Problem } from "../error.ts";
import type { AssembleRequest, Described, StepTraits } from "./assemble.ts";
import { notYet } from "./not-yet.ts";
import type { PlannedEnvironment, PlannedStep } from "./plan.ts";

/** What the catalogue found wrong with the use of a step. */
export function problemsOf(
  configuration: Configuration,
  step: StepConfiguration,
  described: Exclude<Described, { kind: "described" }>,
): readonly Problem[] {
  if (described.kind === "not-yet") return [notYet(configuration, described.what, [...step.path, "uses"])];
  return described.problems.map(({ path, message, hint }) => stepProblem(configuration, step, { message, path, hint }));
}

/** A problem of one step, at its place in the file. */
export function stepProblem(
  configuration: Configuration,
  step: StepConfiguration,
  said: { readonly message: string; readonly path?: readonly (string | number)[]; readonly hint?: string | undefined },
): Problem {
  const place = configuration.places([...step.path, ...(said.path ?? [])]);
  return {
    code: "PLAN_INVALID",
    message: said.message,
    ...(said.hint === undefined ? {} : { hint: said.hint }),
    ...(place === undefined ? {} : { place }),
  };
}

/** Why a step cannot do without a forge that can be told. */
export function noForge({ forge }: AssembleRequest, { usesForge }: StepTraits): string | undefined {
  if (!usesForge || forge !== undefined) return undefined;
  return "it needs the forge, and the remote `origin` does not tell which that is; name it: `forge: { kind: gitea, url: …, repository: owner/name }`";
}

/** Nothing may run while the source changes: what stands beside it would see the one source or the other, by chance. */
export function writesBeside(
  step: StepConfiguration,
  traits: StepTraits,
  place: { readonly beside: boolean; readonly legs: number },
): string | undefined {
  const writes = traits.writesSource || step.keep.length > 0;
  if (!writes || (!place.beside && place.legs <= 1)) return undefined;
  return `it changes the source, and ${place.beside ? "other steps run beside it" : "its legs run side by side"}; give it a line of its own`;
}

/** Facts of a run name a step by its id; values of a matrix may hold what ids are put together with. */
export function sharedName(known: Pick<ReadonlySet<string>, "has">, id: string): string | undefined {
  return known.has(id) ? 'another leg has the same name; write values without "," and "="' : undefined;
}

/** A release page, a folder and a checksum file have room for one file of a name. */
export function sharedFile(steps: readonly PlannedStep[], { makes }: StepTraits): string | undefined {
  const names = makes.flatMap(({ name }) => name ?? []);
  const twin = names.find((name, index) => names.indexOf(name) !== index);
  const ways = 'tell them apart by `asset:` of the package, for example "{name}-{platform}", or leave one of them out';
  if (twin !== undefined) return `it would make two files named "${twin}"; ${ways}`;
  for (const other of steps) {
    const shared = other.makes.find(({ name }) => name !== undefined && names.includes(name));
    if (shared !== undefined) return `it would make "${shared.name}", and so does "${other.id}"; ${ways}`;
  }
  return undefined;
}

/** A gate named at the step must not be a way around the gate of its environment. */
export function twoGates(step: StepConfiguration, environment: PlannedEnvironment | undefined): string | undefined {
  if (step.gate === undefined || environment?.gate === undefined || step.gate === environment.gate) return undefined;
  return `it names the gate "${step.gate}", and its environment "${environment.name}" has the gate "${environment.gate}"`;
}
