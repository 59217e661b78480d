// What a run has put somewhere, as the closing table takes it: read from its effects, of those alone that were seen to be
// there and that others see. Addresses come from the plan, so that a rehearsal tells what the real release will have.
import { closingTable, type ClosingRow } from "../domain/closing/closing-table.ts";
import type { ClosingThing } from "../domain/closing/things.ts";
import { artifactKinds } from "../domain/artifact.ts";
import type { Json } from "../domain/configuration.ts";
import type { Plan, PlannedRegistry } from "../domain/plan/plan.ts";
import type { Effect } from "../domain/run/effect.ts";
import { effectsOf, type EffectState, type RunState } from "../domain/run/state.ts";

/** Every channel of the release that is there. */
export function closingOf(state: RunState): readonly ClosingRow[] {
  const { plan } = state;
  const all = plan.steps.flatMap((step) => effectsOf(state.steps.get(step.id)));
  const there = all.filter((one) => one.evidence !== undefined && isShown(one, all));
  return closingTable(
    plan,
    there.flatMap(({ effect }) => thingOf(effect, plan)),
  );
}

function isShown({ effect }: EffectState, all: readonly EffectState[]): boolean {
  return effect.shownBy === undefined || all.some((other) => other.effect.key === effect.shownBy && other.evidence !== undefined);
}

/** As the steps that publish and make release pages write their effects; others are no channel. */
function thingOf({ data, target }: Effect, plan: Plan): readonly ClosingThing[] {
  const registry = plan.environments.flatMap(({ registries }) => registries).find(({ name }) => name === target);
  return registry === undefined ? onPage(data) : atRegistry(data, registry);
}

function atRegistry(data: Effect["data"], registry: PlannedRegistry): readonly ClosingThing[] {
  const [name, version, channel] = [text(data["package"]), text(data["version"]), text(data["channel"])];
  if (name === undefined || version === undefined) return [];
  if (channel !== undefined) return [{ kind: "channel", registry, name, channel }];
  const [file, sha256] = [text(data["name"]), text(data["sha256"])];
  const digest = text(data["registryDigest"]) ?? (sha256 === undefined ? undefined : `sha256:${sha256}`);
  return [
    { kind: "package", registry, name, version, ...(file === undefined || digest === undefined ? {} : { file: { name: file, digest } }) },
  ];
}

function onPage(data: Effect["data"]): readonly ClosingThing[] {
  const tag = text(table(data["wanted"])["tag"]);
  if (tag === undefined) return [];
  if (data["kind"] === "published") return [{ kind: "page", tag }];
  const artifact = table(data["artifact"]);
  const of = artifactKinds.find((kind) => kind === artifact["kind"]);
  const [name, sha256, packageId] = [text(data["name"]), text(data["sha256"]), text(artifact["package"])];
  if (data["kind"] !== "asset" || of === undefined || name === undefined || sha256 === undefined || packageId === undefined) return [];
  return [{ kind: "asset", tag, package: packageId, of, file: { name, digest: `sha256:${sha256}` } }];
}

function text(value: Json | undefined): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function table(value: Json | undefined): Readonly<Record<string, Json>> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Readonly<Record<string, Json>>) : {};
}
