// JSON of a forge, read without trust: what is not of the expected form is undefined, never a guess.

export type JsonRecord = Readonly<Record<string, unknown>>;

/** @returns undefined for text that is no JSON */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

export function recordOf(value: unknown): JsonRecord | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonRecord) : undefined;
}

export function listOf(value: unknown): readonly unknown[] | undefined {
  return Array.isArray(value) ? (value as readonly unknown[]) : undefined;
}

export function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** Ids, numbers and sizes: whole, from 0. */
export function numberOf(value: unknown): number | undefined {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

/** All members of a list read by `read`; undefined if one of them cannot be read: half a list would hide what is there. */
export function readAll<T>(value: unknown, read: (one: unknown) => T | undefined): readonly T[] | undefined {
  const all: T[] = [];
  for (const one of listOf(value) ?? [undefined]) {
    const found = read(one);
    if (found === undefined) return undefined;
    all.push(found);
  }
  return all;
}
