// Whether anything of the release can no longer be taken back: a file at an index that is no test index, or a page that the
// forge has locked.
import { nextAfter } from "../../domain/version/bump.ts";
import { readVersion, type VersionScheme } from "../../domain/version/scheme.ts";
import { schemeOf } from "../../domain/version/catalog.ts";
import type { PlannedPackage, PlannedRegistry } from "../../domain/plan/plan.ts";
import { releaseMark } from "../../domain/marks.ts";
import type { Frozen, ReadPorts } from "../step.ts";
import type { WithdrawInput } from "./withdraw.ts";

export type Published =
  | { readonly kind: "nothing" }
  | { readonly kind: "public"; readonly what: string; readonly hint: string }
  | { readonly kind: "unknown"; readonly why: string };

export async function publishedAlready(
  frozen: Pick<Frozen<WithdrawInput>, "plan" | "packages" | "input">,
  tags: readonly string[],
  ports: ReadPorts,
): Promise<Published> {
  const { plan, packages, input } = frozen;
  const registries = [...new Map(plan.environments.flatMap((one) => one.registries).map((one) => [one.name, one])).values()];
  const places = registries
    .filter(({ test }) => !test)
    .flatMap((registry) => packages.filter(({ ecosystem }) => ecosystem === registry.ecosystem).map((one) => ({ one, registry })));
  for (const place of places) {
    const found = await atRegistry(place, ports);
    if (found.kind !== "nothing") return found;
  }
  for (const tag of input.of.includes("forge-release") ? tags : []) {
    const found = await atForge(plan.project, tag, ports);
    if (found.kind !== "nothing") return found;
  }
  return { kind: "nothing" };
}

async function atRegistry(
  { one, registry }: { readonly one: PlannedPackage; readonly registry: PlannedRegistry },
  ports: ReadPorts,
): Promise<Published> {
  const index = ports.registry(registry.name);
  const survey = await index.survey(one.name, one.version, ports.signal);
  if (survey.kind === "unknown") return { kind: "unknown", why: survey.why };
  if (survey.kind === "absent") return { kind: "nothing" };
  const versions = await index.versions(one.name, ports.signal);
  const taken = versions.kind === "listed" ? versions.versions : [];
  const next = nextFree(schemeOf(one.ecosystem), one.version, taken);
  return {
    kind: "public",
    what: `${one.name} ${one.version} is at ${registry.name}, and cannot be taken back`,
    hint: `Release the next version: \`slipway run ${next}\``,
  };
}

/** The next version that nobody has. */
function nextFree(scheme: VersionScheme, version: string, taken: readonly string[]): string {
  const known = new Set(taken);
  let next = nextAfter(readVersion(scheme, version));
  for (let turns = 0; known.has(next) && turns < 1_000; turns += 1) next = nextAfter(readVersion(scheme, next));
  return next;
}

async function atForge(project: string, tag: string, ports: ReadPorts): Promise<Published> {
  const { forge, access } = await ports.forge();
  const found = await forge.releases.find({ tag, mark: releaseMark(project, tag) }, access);
  if (found.kind === "unknown") return found;
  if (found.kind === "absent" || found.found.immutable !== true) return { kind: "nothing" };
  return {
    kind: "public",
    what: `the release page ${found.found.url} is locked, and the name of its tag is burned`,
    hint: "Release the next version",
  };
}
