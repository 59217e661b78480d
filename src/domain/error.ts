// The one error class of Slipway. Expected outcomes are values; this is thrown for what the caller cannot go on from.
// The shape (code, message, hint, cause, details) and the wording rules stand in docs/reference/errors.md.
import { errorCatalog, type ErrorCode } from "./error-catalog.ts";

/** Where in a text something was found. Lines and columns start at 1. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** One thing wrong with something a person wrote, together with where it stands and what to do. */
export interface Problem {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint?: string;
  readonly place?: Place;
  /** The source line with a caret under the fault, ready to print. */
  readonly frame?: string;
}

export interface ErrorDetails {
  readonly hint?: string;
  readonly cause?: unknown;
  /** Extra fields for `--json`; never secrets. */
  readonly details?: Readonly<Record<string, unknown>>;
  /** All problems, where several were found at once. */
  readonly problems?: readonly Problem[];
}

export class SlipwayError extends Error {
  override readonly name = "SlipwayError";
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly details: Readonly<Record<string, unknown>>;
  readonly problems: readonly Problem[];

  constructor(code: ErrorCode, message: string, rest: ErrorDetails = {}) {
    super(message, rest.cause === undefined ? undefined : { cause: rest.cause });
    this.code = code;
    this.hint = rest.hint;
    this.details = rest.details ?? {};
    this.problems = rest.problems ?? [];
  }

  /** The process exit status that this error leads to (reference/exit-codes). */
  get exitCode(): number {
    return errorCatalog[this.code].exit;
  }
}

/**
 * States something that cannot be otherwise. Stays on in production: a release tool that goes on
 * from an impossible state is worse than one that stops.
 * @throws SlipwayError INTERNAL_ASSERTION
 */
export function assert(condition: unknown, why: string): asserts condition {
  if (!condition) throw new SlipwayError("INTERNAL_ASSERTION", `Cannot go on: ${why}`);
}

/** Makes a switch over a union exhaustive at compile time, and stops at run time if it is not. */
export function unreachable(value: never, what: string): never {
  throw new SlipwayError("INTERNAL_ASSERTION", `Cannot go on: unexpected ${what} ${JSON.stringify(value)}`);
}
