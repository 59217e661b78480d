// One page for everybody who asks at the same time: ten files that are looked at side by side are answered by one read of
// their project's page. Nobody gets an answer that was asked for before they asked: what is asked while a read is under way
// waits for the next one, because that read may have left the index before the asker's own upload reached it.
import { lookUp, type Index, type LookedUp } from "./look-up.ts";

export type LookUp = (packageName: string, signal: AbortSignal) => Promise<LookedUp>;

interface Reads {
  /** The read that has not been sent yet; whoever asks now may have its answer. */
  next: Promise<LookedUp> | undefined;
  /** The one under way, or the last. */
  last: Promise<unknown>;
}

export function sharedLookUp(index: Index): LookUp {
  // Two askers who can be stopped one without the other do not share a request.
  const reads = new WeakMap<AbortSignal, Map<string, Reads>>();
  return (packageName, signal) => {
    const bySignal = reads.get(signal) ?? new Map<string, Reads>();
    reads.set(signal, bySignal);
    const known = bySignal.get(packageName) ?? { next: undefined, last: Promise.resolve() };
    bySignal.set(packageName, known);
    known.next ??= begin(known, () => lookUp(index, packageName, signal));
    return known.next;
  };
}

async function begin(reads: Reads, read: () => Promise<LookedUp>): Promise<LookedUp> {
  const before = reads.last;
  await before;
  // All that was asked for in this turn of the event loop is in one request.
  await new Promise((resolve) => setImmediate(resolve));
  reads.next = undefined;
  const answer = read();
  reads.last = answer.catch(() => undefined);
  return answer;
}
