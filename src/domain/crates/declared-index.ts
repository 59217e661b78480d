// The index of a crate registry that slipway.yaml declares, as manifests and cargo's configuration name it: what cargo packs for
// that registry says it in `registry-index`, in a rehearsal as well, where another server stands in its place (protocols §4.4).
import type { PlannedRegistry } from "../plan/plan.ts";

/** Root of the sparse index with a slash at its end and without `sparse+`; undefined for the registry that manifests mean when they name none. */
export function declaredIndexOf(registry: Pick<PlannedRegistry, "url" | "index"> | undefined): string | undefined {
  const written = (registry?.index ?? registry?.url)?.replace(/^sparse\+/, "");
  return written === undefined || written.endsWith("/") ? written : `${written}/`;
}
