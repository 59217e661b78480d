// Where a rehearsal npm registry keeps what it took: tarballs and manifests under their content, and one index file that is
// replaced as a whole after every change. What is not in the index does not exist (DESIGN §7, kill grid).
import { mkdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import type { JsonObject } from "../../../domain/configuration.ts";
import { moveDurably, openKeptState, writeDurably, type KeptState } from "../../../loopback/kept-state.ts";
import { emptyState, type RegistryState, type StoredVersion } from "./state.ts";

type Place = Pick<StoredVersion, "sha256" | "fileName">;

export interface Store extends KeptState<RegistryState> {
  /** Where uploads are written while they arrive. */
  readonly incomingFolder: string;
  /** Absolute path of a tarball. */
  pathOf(version: Place): string;
  /** Puts a tarball that was received and its manifest at their place, durably; nothing points at them yet. */
  keep(from: string, version: Place, manifest: JsonObject): Promise<void>;
  manifestOf(version: Place): Promise<JsonObject>;
  /** Keeps the provenance of a tarball beside it. */
  keepBundle(version: Place, bundle: string): Promise<void>;
  bundleOf(version: Place): Promise<string>;
}

/** @throws SlipwayError STORAGE_FAILED when the folder cannot be used or holds something else */
export async function openStore(folder: string): Promise<Store> {
  const incomingFolder = join(folder, "incoming");
  await rm(incomingFolder, { recursive: true, force: true });
  await mkdir(incomingFolder, { recursive: true });
  const kept = await openKeptState({ file: join(folder, "registry.json"), empty: emptyState, what: "rehearsal npm registry" });
  const pathOf: Store["pathOf"] = ({ sha256, fileName }) => join(folder, "packages", sha256, fileName);
  return {
    ...kept,
    incomingFolder,
    pathOf,
    keep: async (from, version, manifest) => {
      await moveDurably(from, pathOf(version));
      await writeDurably(`${pathOf(version)}.json`, JSON.stringify(manifest));
    },
    keepBundle: (version, bundle) => writeDurably(`${pathOf(version)}.sigstore.json`, bundle),
    bundleOf: (version) => readFile(`${pathOf(version)}.sigstore.json`, "utf8"),
    manifestOf: async (version) => JSON.parse(await readFile(`${pathOf(version)}.json`, "utf8")) as JsonObject,
  };
}
