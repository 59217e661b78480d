// What zod finds wrong, one fault per place. A union that fits nowhere says which of its shapes was meant and what is wrong
// with that one; a number that would be right as text is known as such, so that the message says "quote it". Loaded for files
// with faults alone: zod is a tenth of what a `plan` would load.
import { z } from "zod";
import type { Shape } from "../domain/shape.ts";
import { keySeparator, phraseOf } from "./expected.ts";
import { type Fault, type FaultsOf, valueAt } from "./faults.ts";
import { choices, join, type Path } from "./phrases.ts";

type Issue = z.core.$ZodIssue;

const candidatesMax = 100;

export const faultsOf: FaultsOf = (shape, data, prefix) => {
  const found = check(shape, data);
  const candidates = found.filter((fault) => typeof fault.value === "number" || typeof fault.value === "boolean").slice(0, candidatesMax);
  const quoted = candidates.reduce((changed, fault) => replaceAt(changed, fault.path, String(fault.value)), data);
  const wrong = new Set((candidates.length === 0 ? [] : check(shape, quoted)).map((fault) => JSON.stringify(fault.path)));
  const fits = new Set(candidates.map((fault) => JSON.stringify(fault.path)).filter((path) => !wrong.has(path)));
  return found.map((fault) => ({
    ...fault,
    ...(fault.kind === "bad-value" ? { quotable: fits.has(JSON.stringify(fault.path)) } : {}),
    path: [...prefix, ...fault.path],
  }));
};

function check(shape: Shape<unknown>, data: unknown): readonly Fault[] {
  if (shape.fits(data)) return [];
  // A schema is used once in a process: writing a program for it takes longer than the check itself.
  const result = shape.zod(z).safeParse(data, { error: phraseOf, jitless: true });
  return result.success ? [] : result.error.issues.flatMap((issue) => faultsOfIssue(issue, [], data));
}

function faultsOfIssue(issue: Issue, above: Path, data: unknown): readonly Fault[] {
  const path = [...above, ...issue.path.map((part) => (typeof part === "symbol" ? String(part) : part))];
  const value = valueAt(data, path);
  if (issue.code === "unrecognized_keys") {
    const known = issue.message.split(keySeparator);
    return issue.keys.map((key) => ({ kind: "unknown-key", path: [...path, key], value: valueAt(data, [...path, key]), known }));
  }
  if (issue.code === "invalid_key") return [{ kind: "bad-key", path, value, expected: issue.issues[0]?.message ?? issue.message }];
  if (issue.code === "invalid_union" && value !== undefined) return faultsOfUnion(issue, path, data);
  const { expected, words } = expectation(issue);
  if (value === undefined && path.length > 0) return [{ kind: "missing", path, value, expected }];
  return [{ kind: "bad-value", path, value, expected, words, quotable: false }];
}

type UnionIssue = Extract<Issue, { readonly code: "invalid_union" }>;

function faultsOfUnion(issue: UnionIssue, path: Path, data: unknown): readonly Fault[] {
  const meant = issue.errors.filter((branch) => !branch.some(isOtherKind)).toSorted((a, b) => weight(a) - weight(b))[0];
  if (meant !== undefined) return meant.flatMap((inner) => faultsOfIssue(inner, path, data));
  const { expected, words } = expectation(issue);
  return [{ kind: "bad-value", path, value: valueAt(data, path), expected, words, quotable: false }];
}

/** The value is of another kind than this branch wants: not even a wrong one of its kind. */
function isOtherKind(issue: Issue): boolean {
  if (issue.path.length > 0) return false;
  return issue.code === "invalid_type" || issue.code === "invalid_value" || issue.code === "invalid_union";
}

/** Of several branches of the right kind, the one with the fewest foreign keys and faults was meant. */
function weight(branch: readonly Issue[]): number {
  return branch.reduce((sum, issue) => sum + (issue.code === "unrecognized_keys" ? 2 * issue.keys.length : 1), 0);
}

interface Expectation {
  readonly expected: string;
  readonly words: readonly string[];
}

function expectation(issue: Issue): Expectation {
  if (issue.code === "invalid_value") return { expected: issue.message, words: issue.values.map(String) };
  if (issue.code !== "invalid_union") return { expected: issue.message, words: [] };
  if (issue.errors.length === 0) return expectationOfOptions(issue);
  const branches = issue.errors.map((branch) => branch.find((inner) => inner.path.length === 0)).filter((inner) => inner !== undefined);
  const parts = branches.map(expectation);
  const phrases = [...new Set(parts.flatMap((part) => (part.words.length > 0 ? part.words.map((word) => `"${word}"`) : [part.expected])))];
  return { expected: phrases.length === 0 ? "a map" : join(phrases), words: parts.flatMap((part) => part.words) };
}

/** A discriminated union: the value of its key is none of the options. */
function expectationOfOptions(issue: UnionIssue): Expectation {
  const options = "options" in issue && Array.isArray(issue.options) ? issue.options.map(String) : [];
  return { expected: options.length === 0 ? "a value that fits here" : choices(options), words: options };
}

/** The same data with another value at a path that exists; only what leads there is copied. */
function replaceAt(data: unknown, path: Path, value: unknown): unknown {
  const [part, ...rest] = path;
  if (part === undefined) return value;
  if (Array.isArray(data)) return (data as readonly unknown[]).map((item, index) => (index === part ? replaceAt(item, rest, value) : item));
  if (typeof data !== "object" || data === null) return data;
  const members = data as Readonly<Record<string, unknown>>;
  return { ...members, [part]: replaceAt(members[part], rest, value) };
}
