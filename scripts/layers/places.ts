// Where a file stands in the layering of DESIGN §3, read from its path alone.

export const siblings = ["config", "engine", "steps", "registries", "forges", "platform"] as const;
/** What the rehearsal servers of registries and forges are made from; see `loopback-beside-rehearsal`. */
export const layers = ["domain", "loopback", ...siblings, "app", "compile", "entrypoints"] as const;
export type Layer = (typeof layers)[number];

export interface Place {
  readonly path: string;
  readonly layer: Layer;
  /** Folder below the layer: the step, the registry, the forge, the entrypoint. Absent for a file right in the layer. */
  readonly unit?: string;
  readonly test: boolean;
}

/** The interface files ◆: all that a sibling may see of a layer. */
export const diamonds: ReadonlySet<string> = new Set([
  "src/steps/step.ts",
  "src/registries/registry.ts",
  "src/platform/ports.ts",
  "src/platform/http-port.ts",
  "src/platform/identity-port.ts",
  "src/platform/signer-port.ts",
  "src/engine/journal/journal.ts",
  "src/forges/forge.ts",
]);

/** @returns undefined for a path outside `src/` and for one that is in no layer. */
export function placeOf(path: string): Place | undefined {
  const parts = path.split("/");
  const layer = layers.find((one) => one === parts[1]);
  if (parts[0] !== "src" || layer === undefined || parts.length < 3) return undefined;
  const [, , unit] = parts;
  const test = isTest(path);
  return parts.length > 3 && unit !== undefined ? { path, layer, unit, test } : { path, layer, test };
}

export function isTest(path: string): boolean {
  return path.endsWith(".test.ts");
}

/** The rehearsal server of a registry or forge: `rehearsal/…`, `rehearsal.ts` or `rehearsal-….ts` in its folder. */
export function isRehearsal(path: string): boolean {
  return /^src\/(?:registries|forges)\/[^/]+\/rehearsal(?:\/|\.ts$|-)/.test(path);
}

/** `app/compose.ts`, `app/compose-….ts` or `app/compose/…`: where ports meet their implementations. */
export function isCompose(path: string): boolean {
  return /^src\/app\/compose(?:\/|\.ts$|-)/.test(path);
}
