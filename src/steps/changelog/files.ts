// Files of the copy by their path in the repository. No link of the tree may lead reading or writing out of it.
import { posix } from "node:path";
import type { Files } from "../../platform/ports.ts";

export type Found =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "absent" }
  /** In words, for a message. */
  | { readonly kind: "unusable"; readonly why: string };

/** Largest changelog or configuration that is read. */
export const fileBytesMax = 8 * 1024 * 1024;

export async function readInside(files: Files, root: string, path: string): Promise<Found> {
  const parts = path.split("/");
  for (let depth = 1; depth <= parts.length; depth += 1) {
    const info = await files.info(posix.join(root, ...parts.slice(0, depth)));
    if (info === undefined) return { kind: "absent" };
    const wanted = depth === parts.length ? "file" : "folder";
    if (info.kind !== wanted)
      return { kind: "unusable", why: `"${parts.slice(0, depth).join("/")}" is a ${info.kind} and should be a ${wanted}` };
    if (info.kind === "file" && info.sizeBytes > fileBytesMax)
      return { kind: "unusable", why: `"${path}" has ${info.sizeBytes} bytes, more than the ${fileBytesMax} that are read` };
  }
  const text = await files.readTextIfThere(posix.join(root, path));
  return text === undefined ? { kind: "absent" } : { kind: "text", text };
}
