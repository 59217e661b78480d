// How much of an archive is read before it is called hostile. They exist because an archive is other people's input
// even when our own build made it. The bomb rule is PyPI's (reference/protocols §1.4, trust §7 row 13).

const mebibyte = 1024 * 1024;

/** Members of one archive. */
export const entriesMax = 100_000;
/** Bytes of a member's name. */
export const nameBytesMax = 1_024;
/** Folders above a member. */
export const depthMax = 64;
/** Uncompressed bytes of all members together. */
export const totalBytesMax = 4 * 1024 * mebibyte;
/** An archive is a bomb when it unpacks to more than this ... */
export const bombBytesMin = 64 * mebibyte;
/** ... and to more than this many times its own size. */
export const bombRatioMax = 50;
/** Bytes of a zip's central directory. */
export const directoryBytesMax = 32 * mebibyte;
/** Bytes of one pax header or long name of a tar. */
export const paxBytesMax = mebibyte;
/** Bytes of a gzip header with its name and comment. */
export const gzipHeaderBytesMax = 4_096;
/** Faults listed of one archive; the rest is counted only. */
export const faultsMax = 50;
/** Files up to this size stay in memory between two looks at them. */
export const keptBytesMax = 64 * 1024;
/** Members up to this size are unpacked in one go. */
export const atOnceBytesMax = mebibyte;
/** Bytes read from disk, or unpacked, at a time. */
export const chunkBytes = 128 * 1024;
