// Turns what a format's reader says into claims or faults: the one place that knows both words.
import { placeOf, type Reading, type Statement } from "../../domain/manifest/edit.ts";
import type { SchemeName } from "../../domain/version/scheme.ts";
import { faultAt, type Claim, type Gathering } from "./claim.ts";
import type { Wanted } from "./wanted.ts";

export interface Found {
  readonly file: string;
  readonly text: string;
  readonly role: Claim["role"];
  readonly scheme: SchemeName;
}

/** Adds the statements of a reading. @returns how many there were */
export function collect(reading: Reading, found: Found, around: { readonly wanted: Wanted; readonly into: Gathering }): number {
  const { file, text, role, scheme } = found;
  const { wanted, into } = around;
  if (reading.kind === "refused") {
    refuse(into, { file, line: reading.line, column: reading.column }, reading.reason);
    return 0;
  }
  if (reading.statements.length === 0) return 0;
  const to = wanted.in(scheme);
  const [first] = reading.statements;
  if (to.kind === "refused") {
    const { code, message, hint } = to.problem;
    into.faults.push(faultAt({ file, ...placeOf(text, first?.start ?? 0) }, { code, message, hint: hint ?? "Choose another version" }));
    return 0;
  }
  for (const one of reading.statements) {
    into.claims.push({ file, statement: withoutMark(one, scheme), package: wanted.planned.id, scheme, role, to: to.text });
  }
  return reading.statements.length;
}

/** Files say `v1.2.3` here and there; the letter is theirs and stays. */
function withoutMark(one: Statement, scheme: SchemeName): Statement {
  if (scheme !== "pep440" || !/^v[0-9]/.test(one.version)) return one;
  return { ...one, version: one.version.slice(1), start: one.start + 1 };
}

export function refuse(
  into: Gathering,
  place: { readonly file: string; readonly line: number; readonly column: number },
  reason: string,
): void {
  into.faults.push(
    faultAt(place, {
      code: "VERSION_INVALID",
      message: `Cannot write the version into "${place.file}": ${reason}`,
      hint: "Write the version there as a plain text",
    }),
  );
}
