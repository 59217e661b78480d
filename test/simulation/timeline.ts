// Virtual time: what happens, happens in the order of its due time, and only when nobody can go on without it. No timer
// and no turn of the event loop is used, so that thousands of runs of days each take seconds.

export interface Timeline {
  nowMs(): number;
  /** Has something happen at a time; it is told the time at which it was due, which a jump may have passed. */
  at(atMs: number, act: (dueMs: number) => void): void;
  /** The machine slept: time is over that nobody could use. What was due happens now, at the time at which it was due. */
  jump(ms: number): void;
  /** Counts somebody who goes on until it calls `blocked` or `ended`. */
  began(): void;
  /** Somebody cannot go on until something happens. */
  blocked(): void;
  /** Lets what happens until `isOver`, or until nothing is left to happen. */
  run(isOver: () => boolean): Promise<void>;
}

interface Due {
  readonly atMs: number;
  readonly order: number;
  readonly act: (dueMs: number) => void;
}

/** More than any schedule needs: one that needs more does not come to an end. */
const happeningsMax = 50_000;

export function createTimeline(startMs: number): Timeline {
  const heap: Due[] = [];
  let nowMs = startMs;
  let active = 0;
  let order = 0;
  return {
    nowMs: () => nowMs,
    at(atMs, act) {
      push(heap, { atMs, order, act });
      order += 1;
    },
    jump: (ms) => void (nowMs += ms),
    began: () => void (active += 1),
    blocked: () => void (active -= 1),
    async run(isOver) {
      for (let happened = 0; ; happened += 1) {
        // Lets every promise go on that can; each of these is one turn of the microtask queue.
        // oxlint-disable-next-line eslint/no-unmodified-loop-condition -- what goes on meanwhile changes it
        while (active > 0) await Promise.resolve();
        if (isOver()) return;
        const due = pop(heap);
        if (due === undefined) return;
        if (happened > happeningsMax) throw new Error(`no end after ${happeningsMax} happenings`);
        nowMs = Math.max(nowMs, due.atMs);
        due.act(due.atMs);
      }
    },
  };
}

function isBefore(one: Due, other: Due): boolean {
  return one.atMs < other.atMs || (one.atMs === other.atMs && one.order < other.order);
}

function push(heap: Due[], due: Due): void {
  let at = heap.push(due) - 1;
  while (at > 0) {
    const up = (at - 1) >> 1;
    const [child, parent] = [heap[at], heap[up]];
    if (child === undefined || parent === undefined || !isBefore(child, parent)) return;
    heap[at] = parent;
    heap[up] = child;
    at = up;
  }
}

function pop(heap: Due[]): Due | undefined {
  const first = heap[0];
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return first;
  heap[0] = last;
  for (let at = 0; ;) {
    let least = at;
    for (const child of [2 * at + 1, 2 * at + 2]) {
      const [one, other] = [heap[child], heap[least]];
      if (one !== undefined && other !== undefined && isBefore(one, other)) least = child;
    }
    if (least === at) return first;
    const [one, other] = [heap[at], heap[least]];
    if (one !== undefined && other !== undefined) [heap[at], heap[least]] = [other, one];
    at = least;
  }
}
