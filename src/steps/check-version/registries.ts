// Whether the version is free, and the newest, at every registry that this release publishes to (protocols §8.3). At a
// test registry nothing is forbidden by what stands there: names may be burned, and nobody depends on them.
import { membersOf } from "../../domain/plan/members.ts";
import { environmentOf, type Plan, type PlannedPackage, type PlannedRegistry } from "../../domain/plan/plan.ts";
import { schemeOf } from "../../domain/version/catalog.ts";
import type { Version } from "../../domain/version/scheme.ts";
import type { ReadPorts } from "../step.ts";
import type { VersionLook } from "./look.ts";

export interface Asked {
  readonly plan: Plan;
  /** An older line is released on purpose. */
  readonly maintenance: boolean;
  readonly ports: ReadPorts;
}

/** One look per package and registry of its ecosystem; one request each. */
export async function lookAtRegistries(asked: Asked): Promise<readonly VersionLook[]> {
  const looks: VersionLook[] = [];
  for (const registry of registriesOf(asked.plan)) {
    const packages = asked.plan.packages.filter((candidate) => candidate.ecosystem === registry.ecosystem);
    const members = packages.flatMap(membersOf).map((member) => ({ ...member.package, name: member.name }));
    looks.push(...(await Promise.all(members.map((one) => lookAtRegistry(registry, one, asked)))));
  }
  return looks;
}

/** Registries of the environments that acting steps of the plan are in, each once. */
function registriesOf(plan: Plan): readonly PlannedRegistry[] {
  const acting = plan.steps.filter((step) => step.kind === "acting");
  const all = acting.flatMap((step) => environmentOf(plan, step)?.registries ?? []);
  return [...new Map(all.map((registry) => [registry.name, registry])).values()];
}

async function lookAtRegistry(registry: PlannedRegistry, one: PlannedPackage, asked: Asked): Promise<VersionLook> {
  const at = await asked.ports.registry(registry.name).versions(one.name, asked.ports.signal);
  if (at.kind === "unknown")
    return { kind: "unknown", message: `Cannot tell which versions of ${one.name} are at ${registry.name}: ${at.why}` };
  if (at.kind === "absent")
    return { kind: "agrees", message: `${one.name} is not at ${registry.name} yet: ${one.version} would be its first version` };
  return judge(at.versions, { registry, one, maintenance: asked.maintenance });
}

interface Judged {
  readonly registry: PlannedRegistry;
  readonly one: PlannedPackage;
  readonly maintenance: boolean;
}

function judge(published: readonly string[], judged: Judged): VersionLook {
  const { registry, one } = judged;
  const scheme = schemeOf(one.ecosystem);
  const planned = scheme.parse(one.version);
  if (planned.kind === "invalid") return { kind: "wrong", code: "VERSION_MISMATCH", message: planned.problem.message, hint: "Plan again" };
  // What an old registry holds besides versions is nothing to compare with.
  const versions = published.map((text) => scheme.parse(text)).flatMap((read) => (read.kind === "valid" ? [read.version] : []));
  const same = versions.find((version) => scheme.compare(version, planned.version) === 0);
  if (same !== undefined) return taken(same, judged);
  const newest = versions.reduce<Version | undefined>(
    (best, next) => (best === undefined || scheme.compare(next, best) > 0 ? next : best),
    undefined,
  );
  if (newest !== undefined && scheme.compare(newest, planned.version) > 0) return overtaken(newest, judged);
  const before = newest === undefined ? "" : `, and newer than ${newest.normal}`;
  return { kind: "agrees", message: `${one.name} ${one.version} is free at ${registry.name}${before}` };
}

function taken(same: Version, { registry, one }: Judged): VersionLook {
  const message = `${one.name} ${one.version} is at ${registry.name} already${same.written === one.version ? "" : ` (as ${same.written})`}`;
  if (registry.test) return { kind: "note", message: `${message}; other files under it would be refused there` };
  return { kind: "wrong", code: "VERSION_TAKEN", message, hint: "Raise the version in the manifest and release that" };
}

function overtaken(newest: Version, { registry, one, maintenance }: Judged): VersionLook {
  const message = `${one.name} ${newest.normal} is at ${registry.name}, and newer than ${one.version}`;
  if (registry.test || maintenance) return { kind: "note", message };
  return {
    kind: "wrong",
    code: "VERSION_ORDER",
    message,
    hint: `Release a version newer than ${newest.normal}, or say \`maintenance: true\` for \`check-version\` if an older line is meant`,
  };
}
