// The lock file that goes with a package: in its folder, or in one above it up to the root (a workspace has one for all).
import { posix } from "node:path";
import { lockFiles, readLock, type LockedPackage } from "../../domain/sbom/lock.ts";
import type { WorkPorts } from "../step.ts";

const bytesMax = 32 * 1024 * 1024;

export type FoundLock =
  | { readonly kind: "none" }
  | { readonly kind: "found"; readonly path: string; readonly packages: readonly LockedPackage[] }
  | { readonly kind: "invalid"; readonly path: string; readonly why: string };

/** @param folder of the package, from the root of the repository */
export async function findLock(folder: string, ports: Pick<WorkPorts, "files" | "workFolder">): Promise<FoundLock> {
  for (const at of foldersUp(folder)) {
    for (const name of lockFiles) {
      const path = posix.join(at, name);
      const info = await ports.files.info(posix.join(ports.workFolder, path));
      if (info?.kind !== "file") continue;
      if (info.sizeBytes > bytesMax) return { kind: "invalid", path, why: `it has ${info.sizeBytes} bytes, more than ${bytesMax}` };
      const read = readLock(await ports.files.readText(posix.join(ports.workFolder, path)));
      return read.kind === "invalid" ? { kind: "invalid", path, why: read.why } : { kind: "found", path, packages: read.packages };
    }
  }
  return { kind: "none" };
}

function foldersUp(folder: string): readonly string[] {
  const parts = folder === "." ? [] : folder.split("/");
  return [...parts.keys(), parts.length].map((count) => (count === parts.length ? "." : parts.slice(0, parts.length - count).join("/")));
}
