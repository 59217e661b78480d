// What changed between two plans, field by field: a stale plan names each field, old and new.
import type { Plan } from "./plan.ts";

export interface PlanChange {
  /** `steps.publish.input.to`; members of lists are named by their id or name where they have one. */
  readonly field: string;
  readonly before: string | undefined;
  readonly after: string | undefined;
}

/** In the order of the fields of the older plan, then those that are new. Empty when the plans are the same. */
export function diffPlans(before: Plan, after: Plan): readonly PlanChange[] {
  const old = new Map(flatten(before, ""));
  const young = new Map(flatten(after, ""));
  const fields = [...old.keys(), ...[...young.keys()].filter((field) => !old.has(field))];
  return fields
    .filter((field) => old.get(field) !== young.get(field))
    .map((field) => ({ field, before: old.get(field), after: young.get(field) }));
}

function flatten(value: unknown, at: string): readonly (readonly [string, string])[] {
  if (value === undefined) return [];
  if (value === null || typeof value !== "object") return [[at, String(value)]];
  const members = Array.isArray(value) ? value.map((one, index) => [nameOf(one, index), one] as const) : Object.entries(value);
  if (members.length === 0) return [[at, Array.isArray(value) ? "[]" : "{}"]];
  return members.flatMap(([name, member]) => flatten(member, at === "" ? name : `${at}.${name}`));
}

function nameOf(member: unknown, index: number): string {
  if (member !== null && typeof member === "object") {
    if ("id" in member && typeof member.id === "string") return member.id;
    if ("name" in member && typeof member.name === "string") return member.name;
  }
  return String(index);
}
