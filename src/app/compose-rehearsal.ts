// The registries of a rehearsal: one server inside Slipway for each registry of the plan, on this machine's loopback
// only. What is not ours comes from the index that the user's own clients are configured for.
import path from "node:path";
import { SlipwayError } from "../domain/error.ts";
import type { Plan, PlannedRegistry } from "../domain/plan/plan.ts";
import { openHttp } from "../platform/http.ts";
import { rehearsalCredential } from "../registries/pypi/credentials.ts";
import { pythonHooks, type JudgePorts } from "./rehearsal-judge.ts";
import type { RehearsalRegistries } from "./registries.ts";
import type { RehearsalPlace, World } from "./world.ts";

type Around = Pick<World, "clock" | "env" | "version" | "git" | "exec"> & JudgePorts;

/** How long "absent" may be stale here: the servers have no cache before them. */
const settleMs = 250;

/** @throws SlipwayError NOT_YET, USAGE for an unknown fault profile */
export async function startRehearsalRegistries(world: Around, plan: Plan, options: RehearsalPlace): Promise<RehearsalRegistries> {
  const planned = new Map(plan.environments.flatMap((environment) => environment.registries).map((registry) => [registry.name, registry]));
  const other = [...planned.values()].find((registry) => registry.ecosystem !== "pypi");
  if (other !== undefined) {
    throw new SlipwayError("NOT_YET", `Cannot rehearse "${other.name}": this version of Slipway has no ${other.ecosystem} registry inside`);
  }
  const faults = splitFaults(options.faults);
  const started = await Promise.all(
    [...planned.values()].map((registry) => startOne(world, plan, { registry, ...options, faults: faults.registries })),
  );
  const { rehearsalForges } = await import("./compose-rehearsal-forge.ts");
  const forges = rehearsalForges(world, plan, { ...options, faults: faults.forge });
  const byName = new Map(started.map((one) => [one.name, one]));
  return {
    registry(name) {
      const found = byName.get(name);
      if (found === undefined) throw new SlipwayError("INTERNAL_ASSERTION", `Cannot find rehearsal registry "${name}"`);
      return found.registry;
    },
    credential: rehearsalCredential,
    forges,
    findings: async () => {
      const seen = await Promise.all(started.map((one) => one.server.findings(world.interrupted)));
      return [...started.flatMap((one) => one.notes.map((message) => ({ level: "fine", message }))), ...seen.flat()];
    },
    close: async () => void (await Promise.all([forges.close(), ...started.map((one) => one.server.close())])),
  };
}

/** `forge/lost-reply:create-release` strikes at the forge, anything else at the registries. */
function splitFaults(faults: string | undefined): { readonly forge: readonly string[]; readonly registries: string | undefined } {
  const all = (faults ?? "").split(",").map((one) => one.trim());
  const registries = all.filter((one) => one !== "" && !one.startsWith("forge/"));
  return {
    forge: all.flatMap((one) => (one.startsWith("forge/") ? [one.slice("forge/".length)] : [])),
    registries: registries.length === 0 ? undefined : registries.join(","),
  };
}

async function startOne(world: Around, plan: Plan, options: RehearsalPlace & { readonly registry: PlannedRegistry }) {
  const { registry } = options;
  const [{ startRehearsalPypi }, { parseFaults }, { archiveHooks }, { resolveUpstream }, { pypiRegistry }, { publicPypiIndex }] =
    await Promise.all([
      import("../registries/pypi/rehearsal/server.ts"),
      import("../registries/pypi/rehearsal/faults.ts"),
      import("../registries/pypi/rehearsal/archive-hooks.ts"),
      import("../registries/pypi/upstream.ts"),
      import("../registries/pypi/client.ts"),
      import("../domain/known-services.ts"),
    ]);
  const upstream = await resolveUpstream({ env: world.env, home: world.env["HOME"] ?? "", reader: world.files, fallback: publicPypiIndex });
  const server = await startRehearsalPypi({
    ours: plan.packages.filter((one) => one.ecosystem === "pypi").map((one) => one.name),
    upstream,
    faults: options.faults === undefined ? [] : parseFaults(options.faults),
    clock: world.clock,
    storeFolder: path.join(options.folder, "registries", registry.name),
    hooks: { ...archiveHooks(world.archives), ...pythonHooks(world, path.join(options.folder, `${registry.name}.python`)) },
  });
  const client = pypiRegistry({
    name: registry.name,
    uploadUrl: server.uploadUrl,
    indexUrl: server.indexUrl,
    world: "rehearsal",
    rules: registry.url === undefined ? "pypi" : "open",
    settleMs,
    clock: world.clock,
    http: openHttp({ userAgent: `slipway/${world.version}` }),
  });
  return { name: registry.name, server, registry: client, notes: upstream.notes };
}
