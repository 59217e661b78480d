// The registries of a rehearsal: one server inside Slipway for each registry of the plan, on this machine's loopback
// only. What is not ours comes from the index that the user's own clients are configured for.
import path from "node:path";
import { SlipwayError } from "../domain/error.ts";
import type { Plan, PlannedRegistry } from "../domain/plan/plan.ts";
import type { Registry } from "../registries/registry.ts";
import type { World } from "./world.ts";

export interface RehearsalRegistries {
  /** @throws SlipwayError INTERNAL_ASSERTION for a name that the plan does not have */
  registry(name: string): Registry;
  /** What the servers saw that a real release should know. */
  findings(): Promise<readonly { readonly level: string; readonly message: string }[]>;
  close(): Promise<void>;
}

/** How long "absent" may be stale here: the servers have no cache before them. */
const settleMs = 250;

/** @throws SlipwayError NOT_YET, USAGE for an unknown fault profile */
export async function startRehearsalRegistries(world: World, plan: Plan, options: { readonly folder: string; readonly faults: string | undefined }): Promise<RehearsalRegistries> {
  const planned = new Map(plan.environments.flatMap((environment) => environment.registries).map((registry) => [registry.name, registry]));
  const other = [...planned.values()].find((registry) => registry.ecosystem !== "pypi");
  if (other !== undefined) {
    throw new SlipwayError("NOT_YET", `Cannot rehearse "${other.name}": this version of Slipway has no ${other.ecosystem} registry inside`);
  }
  const started = await Promise.all([...planned.values()].map((registry) => startOne(world, plan, { registry, ...options })));
  const byName = new Map(started.map((one) => [one.name, one]));
  return {
    registry(name) {
      const found = byName.get(name);
      if (found === undefined) throw new SlipwayError("INTERNAL_ASSERTION", `Cannot find rehearsal registry "${name}"`);
      return found.registry;
    },
    findings: async () => (await Promise.all(started.map((one) => one.server.findings(world.interrupted)))).flat(),
    close: async () => void (await Promise.all(started.map((one) => one.server.close()))),
  };
}

async function startOne(world: World, plan: Plan, options: { readonly registry: PlannedRegistry; readonly folder: string; readonly faults: string | undefined }) {
  const { registry } = options;
  const [{ startRehearsalPypi }, { parseFaults }, { archiveHooks }, { resolveUpstream }, { pypiRegistry }, { publicPypiIndex }] = await Promise.all([
    import("../registries/pypi/rehearsal/server.ts"),
    import("../registries/pypi/rehearsal/faults.ts"),
    import("../registries/pypi/rehearsal/archive-hooks.ts"),
    import("../registries/pypi/upstream.ts"),
    import("../registries/pypi/client.ts"),
    import("../registries/known-services.ts"),
  ]);
  const upstream = await resolveUpstream({ env: world.env, home: world.env["HOME"] ?? "", reader: world.files, fallback: publicPypiIndex });
  const server = await startRehearsalPypi({
    ours: plan.packages.filter((one) => one.ecosystem === "pypi").map((one) => one.name),
    upstream,
    faults: options.faults === undefined ? [] : parseFaults(options.faults),
    clock: world.clock,
    storeFolder: path.join(options.folder, registry.name),
    hooks: archiveHooks(world.archives),
  });
  const client = pypiRegistry({
    name: registry.name,
    uploadUrl: server.uploadUrl,
    indexUrl: server.indexUrl,
    world: "rehearsal",
    rules: registry.url === undefined ? "pypi" : "open",
    settleMs,
    clock: world.clock,
    userAgent: `slipway/${world.version}`,
  });
  return { name: registry.name, server, registry: client };
}
