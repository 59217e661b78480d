// JSON that others wrote, read without trust: what is not of the expected form is undefined, never a guess.

export type JsonRecord = Readonly<Record<string, unknown>>;

/** @returns undefined for text that is no JSON object */
export function parseRecord(text: string): JsonRecord | undefined {
  try {
    return recordOf(JSON.parse(text) as unknown);
  } catch {
    return undefined;
  }
}

export function recordOf(value: unknown): JsonRecord | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonRecord) : undefined;
}

export function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** Texts by name; members that are no texts are left out, because annotations are words and no structure. */
export function textsOf(value: unknown): Readonly<Record<string, string>> {
  const texts = Object.entries(recordOf(value) ?? {}).filter((entry): entry is [string, string] => typeof entry[1] === "string");
  return Object.fromEntries(texts);
}
