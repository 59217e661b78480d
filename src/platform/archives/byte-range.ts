// A range of what comes in pieces. It exists because an executable says at its beginning what it is, and at a place that it
// names there what it needs: the rest of a large member is passed over.
import type { ByteRange } from "../ports.ts";

/** Largest range of a member, bytes. */
const rangeBytesMax = 16 * 1024 * 1024;

/** @returns `take` for each piece in order, and the bytes of the range that were in them */
export function createByteRange({ offset, sizeBytes }: ByteRange) {
  const until = offset + Math.min(sizeBytes, rangeBytesMax);
  const pieces: Buffer[] = [];
  let at = 0;
  return {
    take(bytes: Buffer): void {
      const from = Math.max(0, offset - at);
      const to = Math.min(bytes.length, until - at);
      if (from < to) pieces.push(Buffer.from(bytes.subarray(from, to)));
      at += bytes.length;
    },
    bytes: (): Buffer => Buffer.concat(pieces),
  };
}
