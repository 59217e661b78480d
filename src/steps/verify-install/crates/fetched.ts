// What cargo fetched: the files in its own home, which was empty. They are the proof that what was built and installed are
// our bytes, and the list of everything that came with them.
import { join } from "node:path";
import type { Bench, Failed } from "../bench.ts";
import type { OwnMember } from "../own-members.ts";

export interface FetchedCrate {
  readonly name: string;
  readonly version: string;
  /** Absolute path. */
  readonly file: string;
}

/** Most crates that are recorded. */
const fetchedMax = 2000;

export async function listFetched({ ports, folder }: Pick<Bench, "ports" | "folder">): Promise<readonly FetchedCrate[]> {
  const cache = join(folder, "cargo", "registry", "cache");
  const found: FetchedCrate[] = [];
  for (const index of await ports.files.list(cache)) {
    for (const file of await ports.files.list(join(cache, index))) {
      const { name, version } = /^(?<name>.+?)-(?<version>\d+\.\d+\.\d+.*)\.crate$/.exec(file)?.groups ?? {};
      if (name !== undefined && version !== undefined) found.push({ name, version, file: join(cache, index, file) });
    }
  }
  return found.slice(0, fetchedMax);
}

/** Whether cargo used other bytes under one of our names, or none at all. */
export async function foreignBytes(own: readonly OwnMember[], from: string, bench: Bench): Promise<Failed | undefined> {
  const fetched = await listFetched(bench);
  for (const { name, version, artifact } of own) {
    const there = fetched.filter((one) => one.name === name && one.version === version);
    if (there.length === 0)
      return {
        kind: "failed",
        code: "STEP_FAILED",
        message: `Cannot go on: ${name} ${version} was installed, and cargo fetched no file of it`,
      };
    for (const { file } of there) {
      const { sha256 } = await bench.ports.files.digest(file);
      if (sha256 === artifact.digest) continue;
      const message = `Cannot verify the installation: cargo got "${artifact.name}" from ${from} with the sha256 ${sha256}, and ours is ${artifact.digest}`;
      return { kind: "failed", code: "REGISTRY_CONFLICT", message };
    }
  }
  return undefined;
}
