// Changes to a text by spans: what no edit names stays byte for byte what it was.

export interface Edit {
  readonly start: number;
  /** Offset after the last character that goes; equal to `start` where something is only put in. */
  readonly end: number;
  readonly text: string;
}

/** Makes all edits, which may not overlap. */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  let done = "";
  let at = 0;
  for (const edit of edits.toSorted((one, other) => one.start - other.start || one.end - other.end)) {
    done += `${text.slice(at, edit.start)}${edit.text}`;
    at = Math.max(at, edit.end);
  }
  return `${done}${text.slice(at)}`;
}
