// Exceptions to the policy: a list in the repository, each with its reason and its last day, so that nothing is let through
// for ever because it was let through once. Pure over the text of the file.
import { parseDocument } from "yaml";
import { z } from "zod";
import type { Vulnerability } from "./vulnerability.ts";

/** Largest file that is read, in characters. */
const charactersMax = 1024 * 1024;
const dayMs = 24 * 60 * 60 * 1000;

const exception = z.strictObject({
  id: z.string().trim().min(1),
  reason: z.string().trim().min(1),
  until: z.iso.date(),
  package: z.string().min(1).optional(),
});

const exceptionList = z.array(exception).max(1_000);

export type Exception = z.infer<typeof exception>;

export type ReadExceptions =
  | { readonly kind: "list"; readonly exceptions: readonly Exception[] }
  /** `why` follows the name of the file. */
  | { readonly kind: "unreadable"; readonly why: string };

export function readExceptions(text: string): ReadExceptions {
  if (text.length > charactersMax) return unreadable(`has more than ${charactersMax} characters`);
  const value = readYaml(text);
  if (value.kind === "unreadable") return value;
  const read = exceptionList.safeParse(value.value ?? []);
  if (!read.success) {
    const [issue] = read.error.issues;
    const [index, ...rest] = issue?.path ?? [];
    const where = typeof index === "number" ? `entry ${index + 1}${rest.length === 0 ? "" : `, \`${rest.join(".")}\``}: ` : "";
    return unreadable(
      `should be a list of { id, reason, until: YYYY-MM-DD, package }; ${where}${issue?.message ?? "it is something else"}`,
    );
  }
  const keys = read.data.map((one) => `${one.id.toLowerCase()}\n${one.package ?? ""}`);
  const twice = keys.findIndex((key, index) => keys.indexOf(key) !== index);
  return twice < 0 ? { kind: "list", exceptions: read.data } : unreadable(`names "${read.data[twice]?.id ?? ""}" twice`);
}

function readYaml(text: string): { readonly kind: "value"; readonly value: unknown } | Extract<ReadExceptions, { kind: "unreadable" }> {
  try {
    const document = parseDocument(text, { prettyErrors: false });
    const [error] = document.errors;
    if (error !== undefined) return unreadable(`is no YAML: ${error.message.split("\n")[0] ?? ""}`);
    return { kind: "value", value: document.toJS({ maxAliasCount: 0 }) as unknown };
  } catch (error) {
    return unreadable(`cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function unreadable(why: string): Extract<ReadExceptions, { kind: "unreadable" }> {
  return { kind: "unreadable", why };
}

/** Whether the last day of an exception is over, in UTC. @param nowMs milliseconds since 1970 */
export function isPast({ until }: Exception, nowMs: number): boolean {
  return nowMs >= Date.parse(`${until}T00:00:00Z`) + dayMs;
}

/** Whether an exception is about a vulnerability, by any of its names. */
export function concerns({ id, package: named }: Exception, { id: found, aliases, package: of }: Vulnerability): boolean {
  if (named !== undefined && named !== of) return false;
  return [found, ...aliases].some((one) => one.toLowerCase() === id.toLowerCase());
}
