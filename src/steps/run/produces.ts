// `produces:` of a `run` step: which files of the copy become artifacts. Only regular files inside the copy count; a
// link is refused, because what it leads to may change or lie outside. Everything is bounded.
import { join } from "node:path";
import { mayLieIn, readGlob } from "../../domain/glob.ts";
import type { Files } from "../../platform/ports.ts";

/** Limits of one walk: entries looked at, depth of folders, files that match. */
export const entriesMax = 50_000;
export const depthMax = 30;
export const matchesMax = 1000;

export type Found =
  | { readonly kind: "found"; readonly paths: readonly string[] }
  /** `why` ends a sentence that starts with the glob. */
  | { readonly kind: "refused"; readonly why: string };

/** Paths in `folder` (with `/`, sorted) that a glob means. */
export async function findFiles(folder: string, pattern: string, files: Files): Promise<Found> {
  const glob = readGlob(pattern);
  if (glob.kind === "invalid") return { kind: "refused", why: `is no glob: ${glob.why}` };
  const paths: string[] = [];
  const waiting: string[] = [""];
  let entries = 0;
  for (let inside = waiting.shift(); inside !== undefined; inside = waiting.shift()) {
    for (const name of await files.list(join(folder, inside))) {
      entries += 1;
      if (entries > entriesMax) return { kind: "refused", why: `looks through more than ${entriesMax} files; name a folder` };
      const path = inside === "" ? name : `${inside}/${name}`;
      const info = await files.info(join(folder, path));
      if (info?.kind === "folder") {
        if (path.split("/").length < depthMax && mayLieIn(pattern, path)) waiting.push(path);
      } else if (glob.matches(path)) {
        if (info?.kind !== "file") return { kind: "refused", why: `names "${path}", which is no regular file` };
        paths.push(path);
      }
    }
  }
  if (paths.length > matchesMax) return { kind: "refused", why: `names ${paths.length} files, and ${matchesMax} is the most` };
  return { kind: "found", paths: paths.toSorted() };
}
