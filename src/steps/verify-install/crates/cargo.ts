// How cargo is pointed at the registry under test: by configuration of its own, and by nothing of the user's but how crates
// are reached from this machine. In a rehearsal the server stands in the real registry's place, as source replacement does
// it, since packaged manifests name the real one (protocols §4.4). Source: The Cargo Book, "Configuration".
import { join } from "node:path";
import { declaredIndexOf } from "../../../domain/crates/declared-index.ts";
import type { PlannedRegistry } from "../../../domain/plan/plan.ts";
import type { Bench } from "../bench.ts";
import { isUsual, type Source } from "../installing.ts";

export interface CargoSettings {
  /** Absolute path of a file for `--config`; absent: cargo is asked as everybody asks it. */
  readonly configuration?: string;
  /** Name by which crates are asked for; absent: those of the usual registry need none. */
  readonly registry?: string;
}

const underTest = "slipway-under-test";
const rehearsed = "slipway-rehearsed";

/** How this machine's network is reached; what else speaks to cargo would let something in. */
const kept: ReadonlySet<string> = new Set([
  "CARGO_HTTP_PROXY",
  "CARGO_HTTP_TIMEOUT",
  "CARGO_HTTP_CAINFO",
  "CARGO_NET_OFFLINE",
  "CARGO_NET_GIT_FETCH_WITH_CLI",
]);

export function cargoEnvironment({ ports, folder }: Pick<Bench, "ports" | "folder">): Readonly<Record<string, string>> {
  const through = Object.entries(ports.env).filter(([name]) => kept.has(name) || !/^CARGO(?:_|$)/i.test(name));
  return {
    ...Object.fromEntries(through),
    CARGO_HOME: join(folder, "cargo"),
    CARGO_TARGET_DIR: join(folder, "target"),
    CARGO_TERM_COLOR: "never",
    CARGO_TERM_PROGRESS_WHEN: "never",
  };
}

/** Writes what cargo reads: the mirror of this machine as it is configured, and the registry under test. */
export async function cargoSettings(source: Extract<Source, { kind: "registry" }>, bench: Bench): Promise<CargoSettings> {
  const { ports, folder } = bench;
  // The steps' cargo home holds no credentials; of it, only the settings are taken over.
  const home = ports.env["CARGO_HOME"];
  for (const name of home === undefined ? [] : ["config.toml", "config"]) {
    const text = await ports.files.readTextIfThere(join(home ?? "", name));
    if (text !== undefined) await ports.files.writeText(join(folder, "cargo", name), text);
  }
  const { registry, planned } = source;
  const text = configurationFor(planned, { indexUrl: registry.indexUrl, isRehearsed: registry.world === "rehearsal" });
  if (text === undefined) return {};
  const configuration = join(folder, "registry-under-test.toml");
  await ports.files.writeText(configuration, text);
  return { configuration, ...(isUsual(planned) ? {} : { registry: underTest }) };
}

/** @returns undefined where cargo's own default is the registry under test. Pure. */
export function configurationFor(
  planned: PlannedRegistry | undefined,
  at: { readonly indexUrl: string; readonly isRehearsed: boolean },
): string | undefined {
  const server = `[source.${rehearsed}]\nregistry = ${JSON.stringify(`sparse+${at.indexUrl}`)}\n`;
  if (isUsual(planned)) return at.isRehearsed ? `[source.crates-io]\nreplace-with = "${rehearsed}"\n${server}` : undefined;
  const declared = declaredIndexOf(planned) ?? at.indexUrl;
  const real = `[registries.${underTest}]\nindex = ${JSON.stringify(`sparse+${declared}`)}\n`;
  if (!at.isRehearsed) return real;
  return `${real}[source.${underTest}]\nregistry = ${JSON.stringify(`sparse+${declared}`)}\nreplace-with = "${rehearsed}"\n${server}`;
}
