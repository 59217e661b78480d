// Images that a rehearsal copies and did not put anywhere itself: they stand at the real registry, as the dependencies of a
// package do, and are read from there. Nothing but reading by digest goes through, and only for what the rehearsal's own
// registry does not hold (DESIGN §6).
import type { ImageSource, Registry } from "../registries/registry.ts";

/** @param real the registry that the rehearsal's one stands for; opened when something is not in the rehearsal */
export function readingThrough(rehearsal: Registry, real: () => Pick<Registry, "images">): Registry {
  return rehearsal.images === undefined ? rehearsal : { ...rehearsal, images: sourceThrough(rehearsal.images, () => real().images) };
}

function sourceThrough(own: ImageSource, real: () => ImageSource | undefined): ImageSource {
  return {
    origin: own.origin,
    manifest: async (of, signal) => {
      const found = await own.manifest(of, signal);
      return found.kind === "absent" ? ((await real()?.manifest(of, signal)) ?? found) : found;
    },
    blob: async (of, file, signal) => {
      const got = await own.blob(of, file, signal);
      return got.kind === "absent" ? ((await real()?.blob(of, file, signal)) ?? got) : got;
    },
  };
}
