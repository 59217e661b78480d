// The smallest words of the language: names, variables, paths, durations. Each carries the phrase that follows
// "expected" in a message; a phrase with a capital letter is a sentence of its own.
import * as z from "../../domain/shape.ts";

/** Text of a certain form. The phrase is said when it is no text and when it is another form. */
export function form(pattern: RegExp, phrase: string): z.Text {
  return z.string({ error: phrase }).regex(pattern, { error: phrase });
}

export const namePattern = /^[a-z][a-z0-9-]{0,63}$/;
const namePhrase = "a name of at most 64 lower-case letters, digits and hyphens that starts with a letter";

/** Names that the file gives to its own things: steps, packages, environments. */
export const name = form(namePattern, namePhrase);

export const text = z.string().min(1).max(10_000);

export const variablePhrase = 'the name of an environment variable in capital letters, such as "PYPI_TOKEN"';

/** Name of the variable that holds a credential. Never the credential. */
export const variable = form(/^[A-Z][A-Z0-9_]{0,127}$/, variablePhrase);

export const folder = form(
  /^(?![/~]|[A-Za-z]:)(?!(?:[^/]*\/)*\.\.(?:\/|$))[^\\\p{Cc}]{1,500}$/u,
  'a path inside the repository with "/" between its parts and without ".."',
);

export const glob = form(
  /^(?![/~]|[A-Za-z]:)(?!(?:[^/]*\/)*\.\.(?:\/|$))[^\\\p{Cc}]{1,500}$/u,
  'a pattern of paths inside the repository with "/" between its parts and without ".."',
);

export const duration = form(/^[1-9][0-9]{0,5}(?:s|m|h|d)$/, 'a duration such as "30s", "15m", "2h" or "3d"');

/** A map by names that the file gives; the order of the file is kept. */
export function mapOf<Value extends z.Shape<unknown>>(value: Value): z.Shape<Record<string, z.infer<Value>>> {
  return z.record(name, value);
}
