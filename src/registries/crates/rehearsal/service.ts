// What all routes of a rehearsal crate registry work with.
import type { KeptState } from "../../../loopback/kept-state.ts";
import type { Desk } from "../../../loopback/login-desk.ts";
import type { Clock } from "../../../platform/ports.ts";
import type { Fault } from "./faults.ts";
import type { PassThrough } from "./pass-through.ts";
import type { RegistryState } from "./state.ts";

/** What the registry cannot know by itself and is told by whoever starts it; its checks fall away without it. */
export interface RehearsalHooks {
  /** Text of a member of the .crate at `file`, read with limits; undefined where there is none or the archive cannot be read. */
  readMember?(file: string, member: string): Promise<string | undefined>;
}

export interface Service {
  /** Address without a slash at the end. */
  readonly url: string;
  /** Canonical names of the crates that are released. */
  readonly ours: ReadonlySet<string>;
  /** Their versions by canonical name, as far as whoever started it told them. */
  readonly releasing: ReadonlyMap<string, string>;
  readonly store: KeptState<RegistryState>;
  /** Absolute path where the bytes of a version are kept, by their digest. */
  pathOf(sha256: string): string;
  readonly clock: Clock;
  readonly faults: readonly Fault[];
  readonly hooks: RehearsalHooks;
  /** Takes identities; undefined: this registry trusts nobody without a token. */
  readonly desk: Desk | undefined;
  readonly upstream: PassThrough | undefined;
  /** Ends when the server closes: every wait of a fault ends with it. */
  readonly closing: AbortSignal;
  readonly announced: boolean;
  readonly limits: "real" | "none";
  readonly fileLimitBytes: number;
}
