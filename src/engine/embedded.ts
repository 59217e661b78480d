// The embedded runtime: journal in SQLite, work in this process, people's asks from the inbox. `slipway run` is this;
// `slipway serve` is the same kept alive.
import type { Sha256OfText } from "../domain/digest.ts";
import { canonicalJson } from "../domain/digest.ts";
import type { Move } from "../domain/run/decide.ts";
import type { Recorded } from "../domain/run/fact.ts";
import type { RunState } from "../domain/run/state.ts";
import type { Clock } from "../platform/ports.ts";
import { judgeRows, type MembersOf } from "./asks.ts";
import type { Input, Runtime } from "./driver.ts";
import type { Journal } from "./journal/journal.ts";
import { perform, type Workshop } from "./performer.ts";

export interface EmbeddedParts {
  readonly run: string;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly workshop: Workshop;
  readonly sha256OfText: Sha256OfText;
  readonly membersOf: MembersOf;
  /** Aborted when a person interrupts: `next` returns, so that the driver can end. */
  readonly interrupted: AbortSignal;
  /** Told of every fact once it is durable, and of every move that begins. */
  readonly onRecorded: (recorded: readonly Recorded[], state: RunState) => void;
  readonly onMove: (move: Move) => void;
  /** Over when all that has come in by now has arrived; absent: nothing is waited for. */
  readonly arrivals?: () => Promise<void>;
}

/** How often the inbox is looked at: an approval from a second shell takes effect within this time. */
const inboxEveryMs = 400;

export function createEmbeddedRuntime(parts: EmbeddedParts, state: RunState): Runtime {
  const { journal, clock, run } = parts;
  const ended: Input[] = [];
  let told = false;
  /** Written, and not durable yet: nobody is told of it before. */
  let untold: Recorded[] | undefined;
  let fault: { readonly error: unknown } | undefined;
  let ring: () => void = () => {};
  const arrive = (input: Input): void => {
    ended.push(input);
    ring();
  };
  return {
    nowMs: () => clock.nowMs(),
    commit(facts, answered) {
      const recorded = journal.append(run, facts, { atMs: clock.nowMs(), answered });
      if (untold === undefined) parts.onRecorded(recorded, state);
      else untold.push(...recorded);
      return recorded;
    },
    together(act) {
      const fresh: Recorded[] = [];
      untold = fresh;
      try {
        const result = journal.together(act);
        if (fresh.length > 0) parts.onRecorded(fresh, state);
        return result;
      } finally {
        untold = undefined;
      }
    },
    more: () => ended.splice(0),
    asked: () => judgeInbox(parts, state),
    perform(move, current) {
      parts.onMove(move);
      perform(move, current, parts.workshop).then(
        (facts) => arrive({ kind: "ended", key: move.key, facts }),
        (error: unknown) => {
          fault = { error };
          ring();
        },
      );
    },
    async next(wakeAtMs) {
      for (;;) {
        if (fault !== undefined) throw fault.error;
        const input = ended.shift() ?? judgeInbox(parts, state);
        if (input !== undefined) return input;
        if (parts.interrupted.aborted && !told) {
          told = true;
          return { kind: "woken" };
        }
        if (wakeAtMs !== undefined && clock.nowMs() >= wakeAtMs) return { kind: "woken" };
        const untilMs = Math.min(wakeAtMs ?? Number.POSITIVE_INFINITY, clock.nowMs() + inboxEveryMs);
        await sleepOrRing(parts, untilMs - clock.nowMs(), (wake) => (ring = wake));
        // What else has arrived by now is taken up with it: one sync for all of it instead of one for each.
        await parts.arrivals?.();
      }
    },
    digestSubject: (subject) => parts.sha256OfText(canonicalJson(subject)),
  };
}

async function sleepOrRing(parts: EmbeddedParts, ms: number, setRing: (wake: () => void) => void): Promise<void> {
  const rung = new AbortController();
  // With a reason of its own no error is made, with its stack, each time that something ends.
  const wake = (): void => rung.abort("rung");
  setRing(wake);
  parts.interrupted.addEventListener("abort", wake, { once: true });
  await parts.clock.sleep(Math.max(0, ms), rung.signal).catch(() => {});
  parts.interrupted.removeEventListener("abort", wake);
}

function judgeInbox(parts: EmbeddedParts, state: RunState): Input | undefined {
  return judgeRows(state, parts.journal.asks(parts.run), parts.membersOf);
}
