// Identifiers of runs and attempts: ULIDs (https://github.com/ulid/spec), so that a listing by name is a listing by
// time. Within one process each is greater than the one before, even when the clock stands still or goes back.
import { randomBytes } from "node:crypto";
import { assert } from "../domain/error.ts";
import type { Clock, Random } from "./ports.ts";

const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const chanceBits = 80n;
const chanceEnd = 1n << chanceBits;

/** @param bytes source of chance; a test passes its own */
export function createRandom(clock: Pick<Clock, "nowMs">, bytes: (count: number) => Uint8Array = randomBytes): Random {
  let lastMs = -1;
  let chance = 0n;
  return {
    id() {
      const nowMs = Math.max(lastMs, Math.trunc(clock.nowMs()));
      chance = nowMs === lastMs ? chance + 1n : numberOf(bytes(10));
      lastMs = nowMs;
      // The first of a millisecond would have to start within the last of 2^80 values.
      assert(chance < chanceEnd, "one millisecond used up all of its identifiers");
      return base32((BigInt(nowMs) << chanceBits) | chance);
    },
  };
}

function numberOf(bytes: Uint8Array): bigint {
  return bytes.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
}

/** 26 characters of 5 bits; the 48 bits of time and 80 of chance leave the top two bits empty. */
function base32(value: bigint): string {
  let text = "";
  for (let shift = 125n; shift >= 0n; shift -= 5n) text += alphabet.charAt(Number((value >> shift) & 31n));
  return text;
}
