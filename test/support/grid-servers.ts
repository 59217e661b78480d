// Servers on loopback that stand for real ones while a kill grid goes over a release: registries of each kind and a forge that
// count what they take in, and are emptied at the same address for the next point.
import { mkdirSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";
import { createSystemClock } from "../../src/platform/clock.ts";
import { startRehearsalCrates } from "../../src/registries/crates/rehearsal/server.ts";
import { startRehearsalNpm } from "../../src/registries/npm/rehearsal/server.ts";
import { startRehearsalOci } from "../../src/registries/oci/rehearsal/server.ts";
import { startIndex, type Bed } from "./bed.ts";
import { openProjectForge, type ProjectForge } from "./project-forge.ts";

interface Taken {
  readonly name: string;
  readonly kind?: string;
  readonly stored: number;
  readonly repeated: number;
}

interface Server {
  readonly url: string;
  /** For slipway.yaml. */
  readonly address: string;
  received(): readonly Taken[];
  close(): Promise<void>;
}

type Kind = "pypi" | "crates" | "npm" | "oci";

export interface GridServers {
  readonly forge: ProjectForge;
  /** For slipway.yaml, by name. */
  address(name: string): string;
  empty(): Promise<void>;
  /** `REGISTRY/FILE ×TIMES`, `page TAG`, `TAG FILE STATE`, and `CALL ×TIMES` of what changed the forge. */
  held(): readonly string[];
  close(): Promise<void>;
}

export interface GridServersOptions {
  readonly registries: Readonly<Record<string, { readonly kind: Kind; readonly ours: readonly string[] }>>;
  /** `OWNER/NAME` at the forge. */
  readonly repository: string;
  /** What stands at the forge before each point. */
  readonly prepare?: (forge: ProjectForge) => Promise<void>;
}

let folders = 0;

export async function openGridServers({ registries, repository, prepare }: GridServersOptions): Promise<GridServers> {
  const folder = path.join(process.env["TMPDIR"] ?? "/tmp", `slipway-grid-${process.pid}-${(folders += 1)}`);
  mkdirSync(folder, { recursive: true });
  const start = (name: string, port?: number): Promise<Server> => {
    const { kind, ours } = registries[name] ?? { kind: "pypi", ours: [] };
    return startServer(kind, { ours, folder: path.join(folder, `${name}-${(folders += 1)}`), ...(port === undefined ? {} : { port }) });
  };
  const servers = new Map<string, Server>();
  for (const name of Object.keys(registries)) servers.set(name, await start(name));
  const forge = await openProjectForge(folder, repository);
  await prepare?.(forge);
  return {
    forge,
    address: (name) => servers.get(name)?.address ?? "",
    empty: async () => {
      for (const [name, server] of servers) {
        await server.close();
        servers.set(name, await start(name, Number(new URL(server.url).port)));
      }
      await forge.empty();
      await prepare?.(forge);
    },
    held: () => [...[...servers].flatMap(([name, server]) => server.received().flatMap((one) => takenAt(name, one))), ...onForge(forge)],
    close: async () => {
      await Promise.all([...servers.values(), forge].map((server) => server.close()));
    },
  };
}

interface Starting {
  readonly ours: readonly string[];
  readonly folder: string;
  readonly port?: number;
}

async function startServer(kind: Kind, { ours, folder, port }: Starting): Promise<Server> {
  const at = { ours, storeFolder: folder, clock: createSystemClock(), announced: false, ...(port === undefined ? {} : { port }) };
  switch (kind) {
    case "pypi": {
      const server = await startIndex(folder, { ours, ...(port === undefined ? {} : { port }) });
      return { ...server, address: server.uploadUrl };
    }
    case "crates": {
      const server = await startRehearsalCrates(at);
      return { ...server, address: server.indexUrl };
    }
    case "npm": {
      const server = await startRehearsalNpm(at);
      return { ...server, address: server.registryUrl };
    }
    case "oci": {
      const server = await startRehearsalOci(at);
      return { ...server, address: server.url };
    }
  }
}

/** Parts of images are told by their number alone: their digests are of the compiler of the day. */
function takenAt(registry: string, { name, kind, stored, repeated }: Taken): readonly string[] {
  const named = name.replace(/@sha256:.*/, "");
  return [`${registry}/${kind === undefined ? "" : `${kind} `}${named} ×${stored + repeated}`];
}

function onForge(forge: ProjectForge): readonly string[] {
  const pages = forge.releases().flatMap(({ tag, draft, prerelease, assets }) => {
    const page = `page ${tag}${draft ? " (draft)" : ""}${prerelease ? " (prerelease)" : ""}`;
    return [page, ...assets.map(({ name, state }) => `${tag} ${name} ${state}`)];
  });
  const closed = forge.issues().map(({ title, closedMs }) => `issue ${title} ${closedMs === undefined ? "open" : "closed"}`);
  return [...pages, ...closed, ...Object.entries(forge.done()).map(([call, times]) => `${call} ×${times}`)];
}

/** Where Rust is kept for the user of this machine; a bed has a home of its own. */
export function giveRust({ env }: Bed): void {
  for (const name of ["CARGO_HOME", "RUSTUP_HOME"] as const)
    env[name] = process.env[name] ?? path.join(homedir(), `.${name.slice(0, -5).toLowerCase()}`);
}

/** Exchanges a step of slipway.yaml. @throws when it is not there */
export function withStep(text: string, step: string, rest: string): string {
  const changed = text.replace(new RegExp(`(?<=[ {])${step}: \\{(?:[^{}]|\\{[^{}]*\\})*\\}`), `${step}: ${rest}`);
  if (changed === text) throw new Error(`the example has no step "${step}"`);
  return changed;
}
