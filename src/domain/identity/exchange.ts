// What registries answer to an identity has one form in all of them: a JSON object with a token, or their reasons. Pure.
import { parseRecord, recordOf, textOf, type JsonRecord } from "../json-record.ts";

/** The object that an answer is; an empty one where it is none. */
export function answeredObject(text: string): JsonRecord {
  return parseRecord(text) ?? {};
}

/** A member that is a text, and not an empty one. */
export function textMember(object: JsonRecord, name: string): string | undefined {
  const value = textOf(object[name]);
  return value === "" ? undefined : value;
}

/** The objects of a list; none where the member is no list. */
export function objectsMember(object: JsonRecord, name: string): readonly JsonRecord[] {
  const list = object[name];
  return Array.isArray(list) ? list.flatMap((one: unknown): readonly JsonRecord[] => listed(recordOf(one))) : [];
}

function listed(found: JsonRecord | undefined): readonly JsonRecord[] {
  return found === undefined ? [] : [found];
}
