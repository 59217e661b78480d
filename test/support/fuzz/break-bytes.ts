// Breaks bytes without knowing what they mean: flips, borders of number fields, cuts, repeats. What knows the format makes
// lies (make-zip.ts, make-tar.ts); this finds what nobody thought of.
import type { Chance } from "./chance.ts";

const bordersOf16 = [0, 1, 0x7fff, 0x8000, 0xffff, 22, 30, 46];
const bordersOf32 = [0, 1, 0x7fffffff, 0x80000000, 0xffffffff, 0xfffffffe, 0x04034b50, 0x02014b50, 0x06054b50];

/** One to four changes. */
export function broken(bytes: Buffer, chance: Chance): Buffer {
  let result: Buffer = Buffer.from(bytes);
  for (let left = 1 + chance.below(4); left > 0 && result.length > 0; left -= 1) result = changed(result, chance);
  return result;
}

function changed(bytes: Buffer, chance: Chance): Buffer {
  const at = chance.below(bytes.length);
  switch (chance.below(9)) {
    case 0:
    case 1:
      bytes[at] = chance.below(256);
      return bytes;
    case 2:
      bytes[at] = (bytes[at] ?? 0) ^ (1 << chance.below(8));
      return bytes;
    case 3:
      if (at + 2 <= bytes.length) bytes.writeUInt16LE(chance.pick(bordersOf16), at);
      return bytes;
    case 4:
      if (at + 4 <= bytes.length) bytes.writeUInt32LE(chance.pick(bordersOf32), at);
      return bytes;
    case 5:
      return Buffer.concat([bytes.subarray(0, at), Buffer.from([chance.below(256)]), bytes.subarray(at)]);
    case 6:
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + chance.below(chance.once(4) ? 600 : 8))]);
    case 7:
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(Math.max(0, at - 1 - chance.below(chance.once(4) ? 600 : 60)))]);
    default:
      return chance.once(8) ? bytes.subarray(0, at) : moved(bytes, at, chance);
  }
}

/** Writes a piece of the bytes over another place. */
function moved(bytes: Buffer, at: number, chance: Chance): Buffer {
  const from = chance.below(bytes.length);
  Buffer.from(bytes.subarray(from, from + 1 + chance.below(32))).copy(bytes, at);
  return bytes;
}
