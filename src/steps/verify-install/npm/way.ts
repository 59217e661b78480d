// How npm is led to the registry under test. The usual registry is asked for everything, as everybody does; in a rehearsal the
// server in its place hands on what is not ours. Any other registry is asked for our own names alone.
import { join } from "node:path";
import { splitNpmName } from "../../../domain/npm/names.ts";
import type { ReadRegistry } from "../../../registries/registry.ts";
import type { Bench, Failed } from "../bench.ts";
import { isUsual, type Source, type Waiting } from "../installing.ts";
import type { OwnMember } from "../own-members.ts";

export interface NpmWay {
  /** What every command says. */
  readonly options: readonly string[];
  /** Whether npm itself gets the package from the registry under test; otherwise it is given the file. */
  byName(name: string): boolean;
  /** Registry for the scopes of our packages; absent: they need none of their own. */
  readonly scoped?: string;
}

/** Pure. @param env of the step: `npm_config_registry` is where this machine's npm asks, if that is said */
export function wayTo(source: Source, env: Readonly<Record<string, string>>): NpmWay {
  const configured = env["npm_config_registry"];
  const asConfigured = configured === undefined ? [] : ["--registry", configured];
  if (source.kind === "artifacts") return { options: asConfigured, byName: () => false };
  const { registry, planned } = source;
  const isAsked = configured === undefined || withSlash(configured) === withSlash(registry.indexUrl);
  if (isUsual(planned) && (isAsked || registry.world === "rehearsal"))
    return { options: ["--registry", registry.indexUrl], byName: () => true };
  return { options: asConfigured, byName: (name) => splitNpmName(name).scope !== undefined, scoped: registry.indexUrl };
}

/** Settings of the user's own, and what is told to anybody, are left out; scripts are what a user runs, and run. */
export function npmEnvironment({ ports, folder }: Pick<Bench, "ports" | "folder">): Readonly<Record<string, string>> {
  const through = Object.entries(ports.env).filter(([name]) => !/^npm_config_/i.test(name) && name !== "NODE_PATH");
  return {
    ...Object.fromEntries(through),
    npm_config_userconfig: join(folder, "no-npmrc"),
    npm_config_cache: join(folder, "npm-cache"),
    npm_config_package_lock: "true",
    npm_config_update_notifier: "false",
    npm_config_fund: "false",
    npm_config_audit: "false",
    NO_COLOR: "1",
  };
}

/** Fetches the file from the registry under test and compares it; undefined: it is ours. */
export async function fetchOwnFile(
  { name, version, artifact }: OwnMember,
  registry: ReadRegistry,
  { ports, folder }: Bench,
): Promise<Waiting | Failed | undefined> {
  const wanted = { package: name, version, name: artifact.name };
  const got = await registry.download(wanted, join(folder, `fetched-${artifact.name}`), ports.signal);
  if (got.kind === "absent") return { kind: "waiting", why: `${registry.name} does not have "${artifact.name}"` };
  if (got.kind === "unknown") return { kind: "waiting", why: got.why };
  if (got.sha256 === artifact.digest) return undefined;
  const message = `Cannot install ${name}: "${artifact.name}" at ${registry.name} has the sha256 ${got.sha256}, and ours is ${artifact.digest}`;
  return { kind: "failed", code: "REGISTRY_CONFLICT", message };
}

function withSlash(url: string): string {
  return url.endsWith("/") ? url : `${url}/`;
}
