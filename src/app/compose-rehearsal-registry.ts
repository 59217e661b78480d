// One registry of a rehearsal: a server inside Slipway that speaks the protocol of its ecosystem, with what is not ours from
// wherever the user's own clients are configured to look, and the client that the release meets it with.
import path from "node:path";
import type { Credential } from "../domain/credential.ts";
import { assert, SlipwayError } from "../domain/error.ts";
import { servicesOf, type AddressesOf } from "../domain/known-services.ts";
import { membersOf } from "../domain/plan/members.ts";
import type { Plan, PlannedRegistry } from "../domain/plan/plan.ts";
import { openHttp } from "../platform/http.ts";
import type { Registry } from "../registries/registry.ts";
import { pythonHooks, type JudgePorts } from "./rehearsal-judge.ts";
import type { Trusts } from "./compose-rehearsal-identity.ts";
import type { World } from "./world.ts";

export type RehearsalWorld = Pick<World, "clock" | "env" | "version" | "git" | "exec" | "images" | "redactor" | "log"> & JudgePorts;

export interface RehearsalRegistry {
  readonly name: string;
  readonly registry: Registry;
  /** One of the right form that is worth nothing anywhere. */
  readonly credential: Credential;
  /** What the user's clients are configured for and the rehearsal leaves out. */
  readonly notes: readonly string[];
  /** What the server saw that a real release should know. */
  findings(signal: AbortSignal): Promise<readonly { readonly level: string; readonly message: string }[]>;
  close(): Promise<void>;
}

export interface Starting {
  readonly registry: PlannedRegistry;
  readonly plan: Plan;
  /** Where rehearsals keep what they take in. */
  readonly folder: string;
  /** Root of the user's repository: some clients read their configuration there. */
  readonly repository: string;
  /** Faults that are to strike here, as `--faults` writes them. */
  readonly faults: readonly string[];
  /** Whose identities open it, and for what; absent: nobody's. */
  readonly trusts?: Trusts;
}

/** How long "absent" may be stale here: the servers have no cache before them. */
const settleMs = 250;

/** @throws SlipwayError USAGE for an unknown fault profile, PLAN_INVALID for an ecosystem without registries */
export async function startRehearsalRegistry(world: RehearsalWorld, starting: Starting): Promise<RehearsalRegistry> {
  switch (starting.registry.ecosystem) {
    case "pypi":
      return startPypi(world, starting);
    case "crates":
      return startCrates(world, starting);
    case "npm":
      return startNpm(world, starting);
    case "oci":
      return startOci(world, starting);
    case "binary":
      throw new SlipwayError("PLAN_INVALID", `Cannot publish to "${starting.registry.name}": there are no registries of binaries`);
  }
}

/** @throws SlipwayError USAGE when no such fault is known there */
export async function knowsFault(ecosystem: PlannedRegistry["ecosystem"], fault: string): Promise<void> {
  await parserOf(ecosystem).then((parse) => parse(fault));
}

async function parserOf(ecosystem: PlannedRegistry["ecosystem"]): Promise<(text: string) => readonly unknown[]> {
  switch (ecosystem) {
    case "crates":
      return (await import("../registries/crates/rehearsal/faults.ts")).parseCratesFaults;
    case "npm":
      return (await import("../registries/npm/rehearsal/faults.ts")).parseNpmFaults;
    case "oci":
      return (await import("../registries/oci/rehearsal/faults.ts")).parseFaults;
    case "pypi":
    case "binary":
      return (await import("../registries/pypi/rehearsal/faults.ts")).parseFaults;
  }
}

function common(world: RehearsalWorld, { registry, folder, trusts }: Starting) {
  const store = {
    clock: world.clock,
    storeFolder: path.join(folder, "registries", registry.name),
    ...(trusts === undefined ? {} : { trusts }),
  };
  const client = { name: registry.name, world: "rehearsal", settleMs, clock: world.clock } as const;
  return { store, client: { ...client, http: openHttp({ userAgent: `slipway/${world.version}` }) } };
}

/** Names under which the release's packages of an ecosystem are published. */
function oursOf({ plan, registry }: Starting): readonly string[] {
  return plan.packages.filter((one) => one.ecosystem === registry.ecosystem).flatMap((one) => membersOf(one).map(({ name }) => name));
}

/** The version of each of them. */
function versionsOf({ plan, registry }: Starting): ReadonlyMap<string, string> {
  const ours = plan.packages.filter((one) => one.ecosystem === registry.ecosystem);
  return new Map(ours.flatMap((one) => membersOf(one).map(({ name }) => [name, one.version] as const)));
}

function asking(world: RehearsalWorld) {
  return { env: world.env, home: world.env["HOME"] ?? "", reader: world.files };
}

/** The public registry of an ecosystem, for whoever is configured for no other. */
function publicOne<E extends "pypi" | "crates" | "npm">(ecosystem: E): AddressesOf[E] {
  const found = servicesOf(ecosystem).find(({ test }) => !test);
  assert(found !== undefined, `there is no public registry of the ecosystem "${ecosystem}"`);
  return found.addresses;
}

async function startPypi(world: RehearsalWorld, starting: Starting): Promise<RehearsalRegistry> {
  const [{ startRehearsalPypi }, { parseFaults }, { archiveHooks }, { resolveUpstream }, { pypiRegistry }, { rehearsalCredential }] =
    await Promise.all([
      import("../registries/pypi/rehearsal/server.ts"),
      import("../registries/pypi/rehearsal/faults.ts"),
      import("../registries/pypi/rehearsal/archive-hooks.ts"),
      import("../registries/pypi/upstream.ts"),
      import("../registries/pypi/client.ts"),
      import("../registries/pypi/credentials.ts"),
    ]);
  const { registry, folder } = starting;
  const { store, client } = common(world, starting);
  const upstream = await resolveUpstream({ ...asking(world), fallback: publicOne("pypi").index });
  const server = await startRehearsalPypi({
    ...store,
    ours: oursOf(starting),
    upstream,
    faults: parseFaults(starting.faults.join(",")),
    hooks: { ...archiveHooks(world.archives), ...pythonHooks(world, path.join(folder, `${registry.name}.python`)) },
  });
  const { uploadUrl, indexUrl } = server;
  const rules = registry.url === undefined ? "pypi" : "open";
  return {
    name: registry.name,
    registry: pypiRegistry({ ...client, uploadUrl, indexUrl, rules }),
    credential: rehearsalCredential(),
    notes: upstream.notes,
    findings: server.findings,
    close: server.close,
  };
}

async function startCrates(world: RehearsalWorld, starting: Starting): Promise<RehearsalRegistry> {
  const [{ startRehearsalCrates }, { parseCratesFaults }, { resolveCratesUpstream }, { cratesRegistry }, { rehearsalCratesCredential }] =
    await Promise.all([
      import("../registries/crates/rehearsal/server.ts"),
      import("../registries/crates/rehearsal/faults.ts"),
      import("../registries/crates/upstream.ts"),
      import("../registries/crates/client.ts"),
      import("../registries/crates/credentials.ts"),
    ]);
  const { store, client } = common(world, starting);
  const upstream = await resolveCratesUpstream({ ...asking(world), folder: starting.repository, fallback: publicOne("crates").index });
  const server = await startRehearsalCrates({
    ...store,
    ours: oursOf(starting),
    releasing: versionsOf(starting),
    upstream,
    faults: parseCratesFaults(starting.faults.join(",")),
    hooks: {
      readMember: async (file, member) => {
        const opened = await world.archives.openTarGz(file);
        const read = opened.kind === "opened" ? await opened.archive.readText(member, memberBytesMax) : undefined;
        return read?.kind === "text" ? read.text : undefined;
      },
    },
  });
  const rules = starting.registry.url === undefined && starting.registry.index === undefined ? "crates" : "open";
  return {
    name: starting.registry.name,
    registry: cratesRegistry({ ...client, indexUrl: server.indexUrl, rules }),
    credential: rehearsalCratesCredential(),
    notes: upstream.notes,
    findings: server.findings,
    close: server.close,
  };
}

/** A manifest of a crate has room for less. */
const memberBytesMax = 8 * 1024 * 1024;

async function startNpm(world: RehearsalWorld, starting: Starting): Promise<RehearsalRegistry> {
  const [{ startRehearsalNpm }, { parseNpmFaults }, { resolveNpmUpstream }, { npmRegistry }, credentials] = await Promise.all([
    import("../registries/npm/rehearsal/server.ts"),
    import("../registries/npm/rehearsal/faults.ts"),
    import("../registries/npm/upstream.ts"),
    import("../registries/npm/client.ts"),
    import("../registries/npm/credentials.ts"),
  ]);
  const { store, client } = common(world, starting);
  const upstream = await resolveNpmUpstream({ ...asking(world), project: starting.repository, fallback: publicOne("npm").registry });
  const faults = parseNpmFaults(starting.faults.join(","));
  const server = await startRehearsalNpm({ ...store, ours: oursOf(starting), upstream, faults });
  return {
    name: starting.registry.name,
    registry: npmRegistry({
      ...client,
      registryUrl: server.registryUrl,
      // Nobody is asked in a rehearsal: what a person would let out is let out, as gates pass.
      oneTimePassword: async () => credentials.rehearsalOneTimePassword,
      knows: (packageName) => server.knows(packageName),
    }),
    credential: credentials.rehearsalNpmCredential(),
    notes: upstream.notes,
    findings: server.findings,
    close: server.close,
  };
}

async function startOci(world: RehearsalWorld, starting: Starting): Promise<RehearsalRegistry> {
  const [{ startRehearsalOci }, { parseFaults }, { ociRegistry }, { rehearsalOciCredential }] = await Promise.all([
    import("../registries/oci/rehearsal/server.ts"),
    import("../registries/oci/rehearsal/faults.ts"),
    import("../registries/oci/client.ts"),
    import("../registries/oci/credentials.ts"),
  ]);
  const { store, client } = common(world, starting);
  const server = await startRehearsalOci({ ...store, ours: oursOf(starting), faults: parseFaults(starting.faults.join(",")) });
  const credential = rehearsalOciCredential();
  return {
    name: starting.registry.name,
    registry: ociRegistry({ ...client, registryUrl: server.url, images: world.images, readAs: async () => credential }),
    credential,
    notes: [],
    findings: async () => server.findings(),
    close: server.close,
  };
}
