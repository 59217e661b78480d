// The registries of a rehearsal: one server inside Slipway for each registry of the plan, on this machine's loopback
// only. What is not ours comes from the index that the user's own clients are configured for.
import { assert, SlipwayError } from "../domain/error.ts";
import type { Plan, PlannedRegistry } from "../domain/plan/plan.ts";
import { knowsFault, startRehearsalRegistry, type RehearsalWorld } from "./compose-rehearsal-registry.ts";
import { startRehearsalIdentity } from "./compose-rehearsal-identity.ts";
import type { RehearsalRegistries } from "./registries.ts";
import type { RehearsalPlace } from "./world.ts";

/** @throws SlipwayError USAGE for an unknown fault profile */
export async function startRehearsalRegistries(world: RehearsalWorld, plan: Plan, options: RehearsalPlace): Promise<RehearsalRegistries> {
  const planned = [...new Map(plan.environments.flatMap((environment) => environment.registries).map((one) => [one.name, one])).values()];
  const faults = await shareOut(options.faults, planned);
  const isTrusting =
    planned.some(({ credentials }) => credentials.kind === "trusted-publishing") || plan.steps.some(({ uses }) => uses === "attest");
  const vouching = isTrusting ? await startRehearsalIdentity(world, plan) : undefined;
  const started = await Promise.all(
    planned.map((registry) =>
      startRehearsalRegistry(world, {
        registry,
        plan,
        folder: options.folder,
        repository: options.repository,
        faults: faults.registries.get(registry.name) ?? [],
        ...(vouching === undefined ? {} : { trusts: vouching.trusts(registry) }),
      }),
    ),
  );
  const { rehearsalForges } = await import("./compose-rehearsal-forge.ts");
  const forges = rehearsalForges(world, plan, { ...options, faults: faults.forge });
  const named = (name: string) => {
    const found = started.find((one) => one.name === name);
    if (found === undefined) throw new SlipwayError("INTERNAL_ASSERTION", `Cannot find rehearsal registry "${name}"`);
    return found;
  };
  return {
    registry: (name) => named(name).registry,
    identity: vouching?.identity ?? { kind: "none", why: "nothing in this plan logs in without a token" },
    signer: (environment) => {
      assert(vouching !== undefined, "nothing in this plan signs");
      return vouching.signer(environment);
    },
    credential: async (name, use) => {
      const { registry, credential } = named(name);
      const isTrusted = planned.some((one) => one.name === name && one.credentials.kind === "trusted-publishing");
      return isTrusted && vouching !== undefined ? vouching.logIn({ ...use, registry }) : { credential, how: { kind: "none" } };
    },
    forges,
    findings: async () => {
      const seen = await Promise.all(started.map((one) => one.findings(world.interrupted)));
      return [...started.flatMap((one) => one.notes.map((message) => ({ level: "fine", message }))), ...seen.flat()];
    },
    close: async () => void (await Promise.all([forges.close(), vouching?.close(), ...started.map((one) => one.close())])),
  };
}

interface SharedOut {
  readonly forge: readonly string[];
  /** By name of the registry. */
  readonly registries: ReadonlyMap<string, readonly string[]>;
}

/**
 * `forge/lost-reply:create-release` strikes at the forge, `pypi/lost-reply` at the registry of that name, and one without a
 * name at every registry that knows it. @throws SlipwayError USAGE for one that nobody knows
 */
async function shareOut(faults: string | undefined, planned: readonly PlannedRegistry[]): Promise<SharedOut> {
  const all = (faults ?? "").split(",").map((one) => one.trim()).filter((one) => one !== ""); // prettier-ignore
  const registries = new Map<string, readonly string[]>();
  for (const fault of all) {
    const [name, rest] = fault.includes("/")
      ? [fault.slice(0, fault.indexOf("/")), fault.slice(fault.indexOf("/") + 1)]
      : [undefined, fault];
    if (name === "forge") continue;
    for (const registry of await whereKnown(rest, { name, planned }))
      registries.set(registry.name, [...(registries.get(registry.name) ?? []), rest]);
  }
  return { forge: all.flatMap((one) => (one.startsWith("forge/") ? [one.slice("forge/".length)] : [])), registries };
}

async function whereKnown(
  fault: string,
  { name, planned }: { readonly name: string | undefined; readonly planned: readonly PlannedRegistry[] },
): Promise<readonly PlannedRegistry[]> {
  const meant = planned.filter((one) => name === undefined || one.name === name);
  if (name !== undefined && meant.length === 0) {
    throw new SlipwayError("USAGE", `Cannot read the fault "${name}/${fault}": the plan has no registry "${name}"`, {
      hint: `Write one of ${["forge", ...planned.map((one) => one.name)].join(", ")} before the slash`,
    });
  }
  const known: PlannedRegistry[] = [];
  let refusal: SlipwayError | undefined;
  for (const registry of meant) {
    try {
      await knowsFault(registry.ecosystem, fault);
      known.push(registry);
    } catch (cause) {
      if (!(cause instanceof SlipwayError)) throw cause;
      refusal ??= cause;
    }
  }
  if (known.length === 0 && refusal !== undefined) throw refusal;
  return known;
}
