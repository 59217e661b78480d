// The `Archives` port on this machine's files. Wheels and source distributions are read where they stand, in pieces,
// with limits on everything, and never unpacked to disk (reference/protocols §1.4, performance §13 design 5).
import type { Archives } from "../ports.ts";

/**
 * Reads archives of release artifacts. Both calls throw only when the file itself cannot be read. The readers, and Node's
 * zlib, are loaded with the first archive: most commands open none.
 */
export function createArchives(): Archives {
  return {
    openZip: async (file) => (await import("./zip-archive.ts")).openZip(file),
    openTarGz: async (file) => (await import("./tar-archive.ts")).openTarGz(file),
    write: async (writing) => (await import("./write-archive.ts")).writeArchive(writing),
  };
}
