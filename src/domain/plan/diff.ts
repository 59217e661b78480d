// What changed between two plans, field by field: a stale plan names each field, old and new.
import type { Plan } from "./plan.ts";

export interface PlanChange {
  /** `steps.publish.input.to`; members of lists are named by their id or name where they have one. */
  readonly field: string;
  readonly before: string | undefined;
  readonly after: string | undefined;
}

/** In the order of the fields of the older plan, then those that are new. Empty exactly when the plans have the same digest. */
export function diffPlans(before: Plan, after: Plan): readonly PlanChange[] {
  const old = new Map(flatten(before, ""));
  const young = new Map(flatten(after, ""));
  const fields = [...old.keys(), ...[...young.keys()].filter((field) => !old.has(field))];
  return fields
    .map((field) => ({ field, before: old.get(field), after: young.get(field) }))
    .filter((change) => change.before !== change.after && !isKnownOtherwise(change));
}

/** What comes or goes changes the order too; that is named only where nothing else says it. */
function isKnownOtherwise({ field, before = "", after = "" }: PlanChange): boolean {
  return field.endsWith(orderField) && before.split(orderJoint).toSorted().join() !== after.split(orderJoint).toSorted().join();
}

const orderField = "(order)";
const orderJoint = ", ";

function flatten(value: unknown, at: string): readonly (readonly [string, string])[] {
  if (value === undefined) return [];
  if (value === null || typeof value !== "object") return [[at, textOf(value)]];
  const members = Array.isArray(value) ? namedMembers(value) : Object.entries(value);
  if (members.length === 0) return [[at, Array.isArray(value) ? "[]" : "{}"]];
  const isNamed = Array.isArray(value) && members.some(([name], index) => name !== String(index));
  const order = isNamed ? [[`${at} ${orderField}`, members.map(([name]) => name).join(orderJoint)] as const] : [];
  return [...members.flatMap(([name, member]) => flatten(member, at === "" ? name : `${at}.${name}`)), ...order];
}

/** A text as it is, unless it would read as a value of another type. */
function textOf(value: unknown): string {
  if (typeof value !== "string") return JSON.stringify(value);
  return /^(?:true|false|null|-?\d+|\[\]|\{\}|".*")$/s.test(value) ? JSON.stringify(value) : value;
}

/** Members by id or name; by place where they have none, or share it with another. */
function namedMembers(list: readonly unknown[]): readonly (readonly [string, unknown])[] {
  const names = list.map(nameOf);
  return list.map((member, index) => {
    const name = names[index];
    return [name === undefined || names.indexOf(name) !== names.lastIndexOf(name) ? String(index) : name, member];
  });
}

function nameOf(member: unknown): string | undefined {
  if (member === null || typeof member !== "object") return undefined;
  if ("id" in member && typeof member.id === "string") return member.id;
  return "name" in member && typeof member.name === "string" ? member.name : undefined;
}
