// The `Archives` port on this machine's files. Wheels and source distributions are read where they stand, in pieces,
// with limits on everything, and never unpacked to disk (reference/protocols §1.4, performance §13 design 5).
import type { Archives } from "../ports.ts";
import { openTarGz } from "./tar-archive.ts";
import { openZip } from "./zip-archive.ts";

/** Reads archives of release artifacts. Both calls throw only when the file itself cannot be read. */
export function createArchives(): Archives {
  return { openZip, openTarGz };
}
