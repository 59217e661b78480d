// Ranges that mean something in the project's own workspace only: whoever installs the package cannot follow them.
import type { NpmManifest } from "../../domain/manifest/npm.ts";

const local = /^(?:workspace|catalog|link|portal|file):/;

/** What a manifest asks its readers for and they cannot have, as `"name": "range"`; undefined: nothing. */
export function localRange({ requirements }: NpmManifest, only = local): string | undefined {
  const found = requirements.find((one) => !one.development && only.test(one.statement.version));
  return found === undefined ? undefined : `"${found.name}": "${found.statement.version}"`;
}

/** Ranges that pnpm and yarn rewrite while they pack, and npm does not. */
export const rewrittenByOthers = /^(?:workspace|catalog):/;
