// Registries that lose replies, answer late, take broken bytes, show what they have only after a while, and let strangers
// in. What a registry holds has a history: a stale answer is a true one about an earlier moment. Nothing sent arrives
// later than half of the settling time, and no answer is staler than the other half: that is what `settleMs` promises.
import type { Effect, Observation, Performed, Stranger } from "../../src/domain/run/effect.ts";
import { SlipwayError } from "../../src/domain/error.ts";
import type { Surveyed, Verified } from "../../src/steps/step.ts";
import type { Chance } from "./chance.ts";
import type { Life } from "./life.ts";
import type { Timeline } from "./timeline.ts";

export interface Faults {
  /** Chance that a request meets one. */
  readonly rate: number;
  /** How many may still happen. */
  left: number;
}

interface Held {
  readonly digest: string;
  readonly by: "us" | "stranger";
  readonly isBroken: boolean;
}

interface Change {
  readonly atMs: number;
  readonly held: Held | undefined;
}

export interface World {
  readonly faults: Faults;
  /** Things that must never happen, as they happened. */
  readonly wrongs: string[];
  /** How often each kind of thing happened, to show that the schedules are not empty. */
  readonly counts: Map<string, number>;
  survey(life: Life, effects: readonly Effect[]): Promise<Surveyed>;
  observe(life: Life, effect: Effect): Promise<Observation>;
  send(life: Life, effect: Effect): Promise<Performed>;
  verify(life: Life, effect: Effect): Promise<Verified>;
  /** Something takes time in the process, without faults. */
  work(life: Life, ms: number): Promise<void>;
  /** A stranger puts other bytes where ours will stand, or a file of their own beside them. */
  intrude(place: string): void;
  removeStrangers(): void;
  readonly hasStrangers: () => boolean;
  /** Whom the target last named when it was asked about a place, or about the whole version for the effect that is asked for first. */
  readonly answers: ReadonlyMap<string, string>;
  /** What stands at a place now, stale answers aside. */
  truth(effect: Effect): Held | undefined;
  /** A person approves at the target what waits there. @returns whether something did */
  approveAt(effect: Effect): boolean;
}

type SendFault =
  | "lost-before"
  | "lost-after"
  | "server-error"
  | "late"
  | "later"
  | "refused"
  | "throws-before"
  | "throws-after"
  | "broken"
  | "credential"
  | "by-person";
const sendFaults: readonly SendFault[] = [
  "lost-before",
  "lost-after",
  "lost-after",
  "server-error",
  "late",
  "later",
  "refused",
  "throws-before",
  "throws-after",
  "broken",
  "credential",
];

export function placeOf(effect: Effect): string {
  return `${effect.target}/${effect.key}`;
}

/** Half of what the target promises; the effect that the engine knows may have been tampered with. */
function halfSettlingMs(effect: Effect): number {
  return Math.floor(Number(effect.data["settleMs"]) / 2);
}

export function createWorld(parts: { readonly timeline: Timeline; readonly chance: Chance; readonly faults: Faults }): World {
  const { timeline, chance, faults } = parts;
  const history = new Map<string, Change[]>();
  const awaiting = new Set<string>();
  const wrongs: string[] = [];
  const counts = new Map<string, number>();
  const answers = new Map<string, string>();
  const count = (what: string): void => void counts.set(what, (counts.get(what) ?? 0) + 1);

  const truthAt = (place: string): Held | undefined => history.get(place)?.at(-1)?.held;
  const change = (place: string, one: Change): void => void history.set(place, [...(history.get(place) ?? []), one]);
  const readAt = (place: string, atMs: number): Change | undefined => history.get(place)?.findLast((one) => one.atMs <= atMs);
  const isFault = (): boolean => {
    if (faults.left <= 0 || !chance.is(faults.rate)) return false;
    faults.left -= 1;
    return true;
  };

  /** Goes out now, has its effect at the target, and comes back; a process that died never hears of it. */
  function request<T>(
    life: Life,
    timing: { readonly arriveMs: number; readonly replyMs: number },
    arrive: (atMs: number) => T,
  ): Promise<T> {
    timeline.blocked();
    if (life.isDead()) return new Promise(() => {});
    // A killed process leaves in the network what it had handed over.
    const isHandedOver = chance.is(0.5);
    const nowMs = timeline.nowMs();
    return new Promise((resolve) => {
      let answer: { readonly value: T } | undefined;
      timeline.at(nowMs + timing.arriveMs, (dueMs) => {
        if (!life.isDead() || isHandedOver) answer = { value: arrive(dueMs) };
      });
      timeline.at(nowMs + Math.max(timing.arriveMs, timing.replyMs), () => {
        if (life.isDead() || answer === undefined) return;
        timeline.began();
        resolve(answer.value);
      });
    });
  }

  const quick = (): { arriveMs: number; replyMs: number } => {
    const arriveMs = chance.int(1, 400);
    return { arriveMs, replyMs: arriveMs + chance.int(1, 400) };
  };

  function accept(effect: Effect, atMs: number, isBroken: boolean): boolean {
    const place = placeOf(effect);
    const held = truthAt(place);
    if (held?.by === "stranger") return false;
    if (held !== undefined && !held.isBroken) {
      count("sent what was there");
      if (effect.again !== "harmless") wrongs.push(`"${place}" was accepted twice`);
      if (held.digest !== effect.data["digest"]) wrongs.push(`"${place}" was sent with two contents`);
      return true;
    }
    if (held?.isBroken === true) count("mended");
    change(place, { atMs, held: { digest: String(effect.data["digest"]), by: "us", isBroken } });
    return true;
  }

  function sendFaulty(life: Life, effect: Effect, fault: SendFault): Promise<Performed> {
    count(fault);
    const unknown = { kind: "unknown", why: fault } as const;
    const half = halfSettlingMs(effect);
    switch (fault) {
      case "lost-before":
        return request(life, quick(), () => unknown);
      case "lost-after":
      case "server-error":
        return request(life, quick(), (atMs) => (accept(effect, atMs, false), unknown));
      case "late":
        // The client gave up; the request did not.
        timeline.at(timeline.nowMs() + chance.int(1, Math.max(1, half)), (atMs) => void accept(effect, atMs, false));
        return request(life, { arriveMs: 1, replyMs: chance.int(1, Math.max(1, half)) }, () => unknown);
      case "later":
        return request(life, quick(), (atMs) => ({ kind: "later", atMs: atMs + chance.int(100, 120_000), why: "too many requests" }));
      case "refused":
        return request(life, quick(), () => ({ kind: "refused", why: "refused" }));
      case "throws-before":
      case "throws-after":
        return request(life, quick(), (atMs) => fault === "throws-after" && accept(effect, atMs, false)).then(() => {
          throw new Error("the connection was reset");
        });
      case "broken": {
        const reply = chance.is(0.5) ? ({ kind: "sent", warnings: [] } as const) : unknown;
        return request(life, quick(), (atMs) => (accept(effect, atMs, true), reply));
      }
      case "credential":
        return Promise.reject(new SlipwayError("CREDENTIAL_MISSING", "no credential"));
      case "by-person":
        return request(life, quick(), () => {
          if (truthAt(placeOf(effect)) === undefined) awaiting.add(placeOf(effect));
          return { kind: "by-person", why: "approve it there" };
        });
    }
  }

  function look(life: Life, effect: Effect): Promise<Observation> {
    const staleMs = chance.is(0.3) ? chance.int(0, halfSettlingMs(effect)) : 0;
    const pendingMs = Number(effect.data["pendingMs"] ?? 0);
    return request(life, quick(), (atMs): Observation => {
      const seen = readAt(placeOf(effect), atMs - staleMs);
      answers.set(placeOf(effect), seen?.held?.by ?? "nobody");
      if (seen?.held === undefined) return { kind: "absent" };
      const { held } = seen;
      if (held.by === "stranger") return { kind: "conflict", theirs: held.digest };
      if (held.isBroken) return { kind: "damaged", how: "cut short" };
      if (atMs < seen.atMs + pendingMs) return { kind: "pending", againMs: chance.int(0, 5_000), why: "in the queue" };
      return { kind: "present", evidence: { how: "index", sha256: held.digest } };
    });
  }

  return {
    faults,
    wrongs,
    counts,
    answers,
    work: (life, ms) => request(life, { arriveMs: ms, replyMs: ms }, () => undefined),
    survey(life, effects) {
      if (isFault())
        return chance.is(0.5)
          ? Promise.reject(new Error("no route"))
          : request(life, quick(), () => ({ kind: "unknown", why: "no answer" }));
      const targets = new Set(effects.map((effect) => effect.target));
      return request(life, quick(), (): Surveyed => {
        const strangers: Stranger[] = [];
        for (const place of history.keys()) {
          const [target = "", name = ""] = place.split("/stranger-");
          if (name !== "" && targets.has(target) && truthAt(place) !== undefined) strangers.push({ target, name });
        }
        answers.set(`version of ${effects[0]?.key}`, strangers.length > 0 ? "stranger" : "nobody");
        return strangers.length === 0 ? { kind: "clear" } : { kind: "strangers", strangers };
      });
    },
    observe(life, effect) {
      if (!isFault()) return look(life, effect);
      return chance.is(0.3) ? Promise.reject(new Error("no route")) : request(life, quick(), () => ({ kind: "unknown", why: "no answer" }));
    },
    send(life, effect) {
      count(faults.left > 0 ? "sends among faults" : "sends without");
      if (isFault())
        return sendFaulty(life, effect, effect.again === "by-person" && chance.is(0.3) ? "by-person" : chance.pick(sendFaults));
      return request(life, quick(), (atMs) =>
        accept(effect, atMs, false) ? { kind: "sent", warnings: [] } : { kind: "refused", why: "there is another file of that name" },
      );
    },
    async verify(life, effect) {
      if (isFault()) return { kind: "unknown", why: "no answer" };
      const seen = await look(life, effect);
      if (seen.kind === "conflict") return { kind: "differs", theirs: seen.theirs };
      if (seen.kind === "present" && seen.evidence.sha256 !== effect.data["digest"])
        return { kind: "differs", theirs: seen.evidence.sha256 ?? "" };
      return seen.kind === "present" ? { kind: "verified", evidence: seen.evidence } : { kind: "unknown", why: `seen: ${seen.kind}` };
    },
    intrude(place) {
      if (truthAt(place) !== undefined) return;
      count("stranger");
      change(place, { atMs: timeline.nowMs(), held: { digest: "f".repeat(64), by: "stranger", isBroken: false } });
    },
    removeStrangers() {
      for (const place of history.keys()) if (truthAt(place)?.by === "stranger") change(place, { atMs: timeline.nowMs(), held: undefined });
    },
    hasStrangers: () => [...history.keys()].some((place) => truthAt(place)?.by === "stranger"),
    truth: (effect) => truthAt(placeOf(effect)),
    approveAt(effect) {
      if (!awaiting.delete(placeOf(effect))) return false;
      accept(effect, timeline.nowMs(), false);
      return true;
    },
  };
}
