// Several looks at a registry side by side, and never all at once: a release may have hundreds of packages.

/** As many as a registry of one's own answers without queueing, and fewer than the connections to one host (platform/http.ts). */
export const looksAtOnce = 8;

/** @returns what `act` made of each, in the order of `all` */
export async function sideBySide<T, R>(all: readonly T[], atOnce: number, act: (one: T) => Promise<R>): Promise<readonly R[]> {
  const made: R[] = [];
  const waiting = all.entries();
  const take = async (): Promise<void> => {
    for (const [index, one] of waiting) made[index] = await act(one);
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, all.length) }, take));
  return made;
}
