// What was published of a release, version by version, in the reverse order of publishing: what others need goes last. Each is taken
// back as far as its registry has a call for it; where it has none, a person is told what to do, after all else is done.
import { z } from "zod";
import { ecosystems } from "../../domain/configuration.ts";
import { SlipwayError } from "../../domain/error.ts";
import { inOrderOfNeed, membersOf, type PublishedMember } from "../../domain/plan/members.ts";
import type { PlannedPackage, PlannedRegistry } from "../../domain/plan/plan.ts";
import type { Effect, Observation, Performed } from "../../domain/run/effect.ts";
import { withdrawalMeaning } from "../../domain/withdrawal.ts";
import type { EffectPorts, Frozen, ReadPorts } from "../step.ts";
import { channelEffects } from "./channels.ts";
import type { WithdrawInput } from "./withdraw.ts";

const versionData = z.strictObject({
  kind: z.literal("version"),
  registry: z.string(),
  ecosystem: z.enum(ecosystems),
  package: z.string(),
  version: z.string(),
  reason: z.string(),
});

export type VersionData = z.infer<typeof versionData>;

const withinMs = 15 * 60_000;

/** Undefined for an effect that is no version. */
export function readVersionData(effect: Pick<Effect, "data">): VersionData | undefined {
  const read = versionData.safeParse(effect.data);
  return read.success ? read.data : undefined;
}

export interface VersionEffects {
  /** In the order in which they go, each after the one before. */
  readonly byCall: readonly Effect[];
  /** What only a person can do. */
  readonly byPerson: readonly Effect[];
}

/** @throws SlipwayError STEP_FAILED where a registry does not say what it has */
export async function versionEffects(frozen: Frozen<WithdrawInput>, ports: ReadPorts): Promise<VersionEffects> {
  const there: { readonly effect: Effect; readonly byPerson: boolean }[] = [];
  for (const registry of frozen.environment?.registries ?? []) {
    for (const member of reversed(frozen.packages, registry)) {
      // Which registries have a call for it is known by kind alone, without opening one: of these only PyPI has none.
      for (const effect of await effectsFor(member, { registry, frozen, ports }))
        there.push({ effect, byPerson: registry.ecosystem === "pypi" });
    }
  }
  const only = (byPerson: boolean): readonly Effect[] => there.filter((one) => one.byPerson === byPerson).map(({ effect }) => effect);
  return { byCall: only(false), byPerson: only(true) };
}

function reversed(packages: readonly PlannedPackage[], { ecosystem }: PlannedRegistry): readonly PublishedMember[] {
  const ordered = inOrderOfNeed(packages, ecosystem);
  const members = ordered.kind === "ordered" ? ordered.members : packages.filter((one) => one.ecosystem === ecosystem).flatMap(membersOf);
  return members.toReversed();
}

/** The names that lead to the version, then the version. */
async function effectsFor(member: PublishedMember, at: Parameters<typeof effectFor>[1]): Promise<readonly Effect[]> {
  const one = await effectFor(member, at);
  if (one === undefined) return [];
  const { effects, staying } = await channelEffects(one, { ...at, package: member.name, version: member.package.version });
  const rest = staying.map((name) => `; "${name}" goes on leading to it, since no other version remains`);
  return [...effects, { ...one, title: `${one.title}${rest.join("")}` }];
}

async function effectFor(
  member: PublishedMember,
  at: { readonly registry: PlannedRegistry; readonly frozen: Frozen<WithdrawInput>; readonly ports: ReadPorts },
): Promise<Effect | undefined> {
  const { registry, frozen, ports } = at;
  const { version } = member.package;
  const reader = ports.registry(registry.name);
  const survey = await reader.survey(member.name, version, ports.signal);
  if (survey.kind === "unknown")
    throw new SlipwayError("STEP_FAILED", `Cannot tell whether ${member.name} ${version} is at ${registry.name}: ${survey.why}`, {
      hint: "Look at the network, then run the same command again",
    });
  if (survey.kind === "absent") return undefined;
  const { done, stays } = withdrawalMeaning(registry.ecosystem);
  const reason = frozen.input.reason ?? "";
  return {
    key: `version/${registry.name}/${member.name}`,
    target: registry.name,
    title: `${member.name} ${version} ${done} at ${registry.name}; ${stays}`,
    after: [],
    reach: "reversible",
    again: "harmless",
    settleMs: reader.settleMs,
    withinMs,
    data: { kind: "version", registry: registry.name, ecosystem: registry.ecosystem, package: member.name, version, reason },
  };
}

/** Whether the version is offered to nobody any more: then it is present, as what is withdrawn. */
export async function observeVersion(data: VersionData, ports: ReadPorts): Promise<Observation> {
  const survey = await ports.registry(data.registry).survey(data.package, data.version, ports.signal);
  if (survey.kind === "unknown") return survey;
  const { done } = withdrawalMeaning(data.ecosystem);
  const how = `${data.package} ${data.version} is ${done} at ${data.registry}, looked for`;
  if (survey.kind === "absent") return { kind: "present", evidence: { how } };
  const isOffered = survey.files.length === 0 || survey.files.some(({ yanked }) => yanked === undefined || yanked === false);
  return isOffered ? { kind: "absent" } : { kind: "present", evidence: { how } };
}

export async function takeBackVersion(data: VersionData, ports: EffectPorts): Promise<Performed> {
  const reader = ports.registry(data.registry);
  // Nothing is sent, so that nothing is in doubt: what a person did there is for the next look to see.
  if (data.ecosystem === "pypi") return { kind: "refused", code: "DECISION_NEEDED", why: await instructionOf(data, ports) };
  const { registry, credential } = await ports.open(data.registry, data.package);
  if (registry.takeBack === undefined) return { kind: "refused", why: `${reader.name} has no call that takes a version back` };
  return registry.takeBack({ package: data.package, version: data.version, reason: data.reason }, credential, ports.signal);
}

async function instructionOf(data: VersionData, ports: EffectPorts): Promise<string> {
  const { registry } = await ports.open(data.registry, data.package);
  const withdrawn = registry.withdraw({ package: data.package, version: data.version });
  return withdrawn.kind === "by-person" ? withdrawn.instruction : withdrawn.meaning;
}
