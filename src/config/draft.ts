// Problems before they are written out. Everything that looks at slipway.yaml leaves drafts; only the first fifty, in
// the order of the file, become text, so that a hostile file with ten thousand faults costs no more than fifty.
import type { Problem } from "../domain/error.ts";
import type { ErrorCode } from "../domain/error-catalog.ts";
import { frameAt, maskCredentials, placeAt, printable, type Range, type SourceText } from "./frame.ts";

export const problemsMax = 50;

export interface Draft {
  readonly code: ErrorCode;
  readonly range: Range;
  /** The range holds what may be a credential: it is shown in no frame. */
  readonly secret?: boolean;
  /** Writes message and hint; called only for problems that are shown. */
  readonly tell: () => Told;
}

export interface Told {
  readonly message: string;
  readonly hint?: string | undefined;
}

/** Writes out the first `problemsMax` drafts in the order of the file; two that say the same at one place are one. */
export function writeProblems(source: SourceText, drafts: readonly Draft[]): readonly Problem[] {
  const ordered = drafts.toSorted((a, b) => a.range.start - b.range.start);
  const hidden = ordered.filter((draft) => draft.secret === true).map((draft) => draft.range);
  const problems = new Map<string, Problem>();
  for (const draft of ordered.slice(0, 4 * problemsMax)) {
    const problem = writeProblem(source, draft, hidden);
    const key = `${problem.place?.line}:${problem.place?.column}:${problem.message}`;
    if (!problems.has(key)) problems.set(key, problem);
    if (problems.size >= problemsMax) break;
  }
  return [...problems.values()];
}

function writeProblem(source: SourceText, draft: Draft, hidden: readonly Range[]): Problem {
  const { message, hint } = draft.tell();
  return {
    code: draft.code,
    message: printable(maskCredentials(message)),
    ...(hint === undefined ? {} : { hint: printable(maskCredentials(hint)) }),
    place: placeAt(source, draft.range.start),
    frame: frameAt(source, draft.range, hidden),
  };
}
