// A small file whole, without handing it to another thread: that costs ten times as much as reading it, and a release has
// hundreds of small files, each of them read several times.
import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";

/**
 * @returns undefined for what is larger, grows while it is read, or is no regular file
 * @throws the file system's error when it cannot be read
 */
export function readSmallFile(file: string, bytesMax: number): Buffer | undefined {
  // A pipe that nobody writes to would hold up whoever opens it.
  const descriptor = openSync(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    const found = fstatSync(descriptor);
    if (!found.isFile() || found.size > bytesMax) return undefined;
    // Not a slice of a shared pool: whoever gets it may keep it for long.
    const bytes = Buffer.allocUnsafeSlow(found.size + 1);
    let filled = 0;
    for (let read = -1; read !== 0 && filled < bytes.length; filled += read)
      read = readSync(descriptor, bytes, filled, bytes.length - filled, null);
    return filled === bytes.length ? undefined : bytes.subarray(0, filled);
  } finally {
    closeSync(descriptor);
  }
}
