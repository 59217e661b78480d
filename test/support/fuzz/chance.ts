// Chance as a fuzzer needs it, on top of the seeded numbers: picks, odds, texts. The n-th input of a seed is the same on
// every machine, whatever came before it.
import { seeded, type Seeded } from "../seeded.ts";

export interface Chance extends Seeded {
  pick<T>(of: readonly [T, ...T[]] | readonly T[]): T;
  /** True once in `of` times. */
  once(of: number): boolean;
}

/** The chance of one input. */
export function chanceOf(seed: number, index: number): Chance {
  const { below } = seeded(Math.imul(seed, 0x9e3779b1) ^ Math.imul(index + 1, 0x85ebca6b));
  return {
    below,
    once: (of) => below(of) === 0,
    pick<T>(of: readonly T[]): T {
      const one = of[below(of.length)];
      if (one === undefined) throw new Error("Nothing to pick from");
      return one;
    },
  };
}
