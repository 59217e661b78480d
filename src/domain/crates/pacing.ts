// When the sends of a release may go out without being refused for their number: the registry gives everybody a bucket of
// tries that fills up again slowly. A plan tells people how long that takes before anything is sent.
// Source of the figures: protocols §4.1 (rate limits per user); they hold for user tokens, and trusted publishing is exempt.

export type PacedKind = "new-crate" | "new-version" | "yank";

export interface Bucket {
  /** Sends that may go out at once after a long pause. */
  readonly burst: number;
  /** After the burst one more becomes free each time this passes, in milliseconds. */
  readonly everyMs: number;
}

/** What the public registry allows one user. */
export const cratesBuckets: Readonly<Record<PacedKind, Bucket>> = {
  "new-crate": { burst: 5, everyMs: 600_000 },
  "new-version": { burst: 30, everyMs: 60_000 },
  yank: { burst: 100, everyMs: 60_000 },
};

export interface PacedSend {
  readonly key: string;
  readonly kind: PacedKind;
  /** Keys of earlier sends that must be there first: they go out before this one, or at the same time. */
  readonly after?: readonly string[];
}

export interface Pacing {
  /** In the order of the sends; `atMs` counts from the first one. */
  readonly sends: readonly { readonly key: string; readonly atMs: number }[];
  /** From the first send to the last, in milliseconds. */
  readonly totalMs: number;
}

/**
 * The earliest times at which a user who has sent nothing for long may send each of these, in the order given. Times that the
 * sends and the waiting for the index take are not in it.
 * @param sends dependencies before what depends on them
 */
export function paceCrates(sends: readonly PacedSend[]): Pacing {
  const taken: Record<PacedKind, number[]> = { "new-crate": [], "new-version": [], yank: [] };
  const times = new Map<string, number>();
  for (const send of sends) {
    const before = (send.after ?? []).map((key) => times.get(key) ?? 0);
    const atMs = Math.max(freeAt(taken[send.kind], cratesBuckets[send.kind]), ...before);
    taken[send.kind].push(atMs);
    times.set(send.key, atMs);
  }
  const paced = sends.map(({ key }) => ({ key, atMs: times.get(key) ?? 0 }));
  return { sends: paced, totalMs: paced.reduce((last, { atMs }) => Math.max(last, atMs), 0) };
}

/** When a bucket that was full at 0 has a try left, given when tries were taken, the earliest first. */
function freeAt(taken: readonly number[], { burst, everyMs }: Bucket): number {
  let tries = burst;
  let filledMs = 0;
  const fill = (nowMs: number): void => {
    const more = Math.floor((nowMs - filledMs) / everyMs);
    tries = Math.min(burst, tries + more);
    filledMs += more * everyMs;
  };
  let lastMs = 0;
  for (const atMs of taken) {
    fill(atMs);
    tries -= 1;
    lastMs = Math.max(lastMs, atMs);
  }
  return tries > 0 ? lastMs : Math.max(lastMs, filledMs + everyMs);
}
