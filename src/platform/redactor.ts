// Keeps secrets out of logs, errors and the output of child processes (reference/trust.md §7 row 19). It works at the
// sink: whatever way a secret took, it is looked for in what is about to be shown, in the forms programs print it in
// (redactor-forms.ts), all at once (text-automaton.ts).
import { SlipwayError } from "../domain/error.ts";
import type { Redactor, RedactorStream } from "./ports.ts";
import { secretForms } from "./redactor-forms.ts";
import { buildAutomaton, type Found, scan, type TextAutomaton } from "./text-automaton.ts";

export const redactionMark = "«redacted»";

/** Below this a secret would be found in ordinary words, and hiding it would tell what it is. */
const lengthMin = 6;
/** Sum of the lengths of all forms of all secrets: bounds memory (20 bytes each). */
const charactersMax = 16_000_000;

export function createRedactor(): Redactor {
  const forms = new Set<string>();
  let characters = 0;
  let automaton: TextAutomaton | undefined;

  // Built at the first use after the last `add`: secrets come together, at the start of a step.
  function current(): TextAutomaton | undefined {
    if (forms.size === 0) return undefined;
    automaton ??= buildAutomaton([...forms]);
    return automaton;
  }

  return {
    add(secret) {
      requireLength(secret);
      for (const form of secretForms(secret)) {
        if (forms.has(form)) continue;
        forms.add(form);
        characters += form.length;
        automaton = undefined;
      }
      if (characters > charactersMax) {
        throw new SlipwayError(
          "CREDENTIAL_INVALID",
          `Cannot hide more secrets: their forms have ${characters} characters and may have ${charactersMax}`,
        );
      }
    },
    redact(text) {
      const stream = createStream(current);
      return withoutCut(stream.push(text) + stream.end(), current());
    },
    stream: () => createStream(current),
  };
}

/** What stands before it was cut, as texts of servers are (domain/server-text.ts). */
const cutMark = "…";
/** Shorter beginnings are those of ordinary words, and of the prefixes that all tokens of a registry share. */
const cutLengthMin = 8;

/** Hides the first part of a secret whose rest was cut off before the text came here. */
function withoutCut(text: string, automaton: TextAutomaton | undefined): string {
  if (automaton === undefined || !text.includes(cutMark)) return text;
  const parts = text.split(cutMark);
  const last = parts.pop() ?? "";
  const clean = parts.map((part) => {
    const { openFrom } = scan(automaton, part);
    return part.length - openFrom < cutLengthMin ? part : part.slice(0, openFrom) + redactionMark;
  });
  return [...clean, last].join(cutMark);
}

function requireLength(secret: string): void {
  if (secret.length >= lengthMin) return;
  throw new SlipwayError("CREDENTIAL_INVALID", `Cannot hide a secret of ${secret.length} characters: it must have at least ${lengthMin}`, {
    hint: "Use a longer secret",
  });
}

/**
 * `held` is what was read and not yet shown; its first `covered` characters belong to a secret whose mark has been
 * shown already. A secret added between two pieces is looked for from the held part on.
 */
function createStream(current: () => TextAutomaton | undefined): RedactorStream {
  let held = "";
  let covered = 0;

  function show(text: string, found: Found): string {
    const keepFrom = found.openFrom;
    const ranges = merged(covered, found.ranges);
    let shown = "";
    let position = 0;
    for (const [start, end] of ranges) {
      if (start >= keepFrom) break;
      shown += text.slice(position, start);
      // A range from 0 that began in an earlier piece has its mark already.
      if (!(start === 0 && covered > 0)) shown += redactionMark;
      position = end;
    }
    if (position < keepFrom) shown += text.slice(position, keepFrom);
    held = text.slice(keepFrom);
    if (keepFrom > 0) covered = Math.max(0, position - keepFrom);
    return shown;
  }

  return {
    push(piece) {
      const automaton = current();
      const text = held + piece;
      if (automaton === undefined) return text;
      return show(text, scan(automaton, text));
    },
    end() {
      const automaton = current();
      if (automaton === undefined || held === "") return held;
      return show(held, { ranges: scan(automaton, held).ranges, openFrom: held.length });
    },
  };
}

/** Ranges in order, with the covered start first, overlapping and touching ones made one. */
function merged(covered: number, ranges: Found["ranges"]): Found["ranges"] {
  const result: [number, number][] = covered > 0 ? [[0, covered]] : [];
  for (const [start, end] of ranges) {
    const last = result.at(-1);
    if (last !== undefined && start <= last[1]) last[1] = Math.max(last[1], end);
    else result.push([start, end]);
  }
  return result;
}
