// What all routes of a rehearsal GitHub work with.
import type { IncomingMessage } from "node:http";
import type { Clock } from "../../../platform/ports.ts";
import type { Fault } from "./faults.ts";
import type { Refs } from "./refs.ts";
import type { Store } from "./store.ts";

export interface RehearsalWorkflow {
  /** File name: `release.yml`. */
  readonly file: string;
  /** Inputs that it knows; any other is refused. */
  readonly inputs: readonly string[];
  /** `run-name:`, in which `${{ inputs.NAME }}` stands for the input. Absent: the run is called after the workflow. */
  readonly runName?: string;
}

export interface RehearsalEnvironment {
  readonly name: string;
  readonly waitMinutes?: number;
  readonly reviewers?: { readonly people: readonly string[]; readonly teams: readonly string[]; readonly notSelf: boolean };
  readonly branches?: "protected" | "named";
}

export interface Service {
  /** Address without a slash at the end. */
  readonly url: string;
  readonly owner: string;
  readonly name: string;
  readonly defaultBranch: string;
  readonly private: boolean;
  readonly workflows: readonly RehearsalWorkflow[];
  readonly environments: readonly RehearsalEnvironment[];
  readonly store: Store;
  readonly refs: Refs;
  readonly clock: Clock;
  readonly faults: readonly Fault[];
  /** Ends when the server closes: every wait of a fault ends with it. */
  readonly closing: AbortSignal;
  readonly announced: boolean;
}

/** Who asks, by the token that came along. */
export type Right = "none" | "read" | "write" | "admin";

/** One request that a route answers. */
export interface Asked {
  readonly service: Service;
  readonly request: IncomingMessage;
  readonly right: Right;
  readonly query: URLSearchParams;
  /** What stood at the places of the pattern, decoded. */
  readonly at: Readonly<Record<string, string>>;
  /** The fault that strikes this call and lets it be done. */
  readonly fault: Fault | undefined;
}

export function mayWrite(right: Right): boolean {
  return right === "write" || right === "admin";
}
