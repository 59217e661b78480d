// `when`: named conditions, decided when the plan is computed. There is no expression language to get wrong.
import type { Condition, JsonObject, TriggerKind } from "../configuration.ts";
import { unreachable } from "../error.ts";

export interface Circumstances {
  readonly trigger: TriggerKind;
  /** Pinned to a release tag, however the run was started. */
  readonly tagged: boolean;
  readonly prerelease: boolean;
  readonly inputs: JsonObject;
}

/** @returns the reason for leaving a step out, or undefined when every condition holds */
export function whyLeftOut(conditions: readonly Condition[], around: Circumstances): string | undefined {
  const failing = conditions.find((condition) => holds(condition, around) === condition.not);
  return failing === undefined ? undefined : `when: ${describeCondition(failing)}`;
}

export function describeCondition(condition: Condition): string {
  const name = condition.kind === "input" ? `input.${condition.name}` : condition.kind;
  return condition.not ? `not ${name}` : name;
}

function holds(condition: Condition, around: Circumstances): boolean {
  switch (condition.kind) {
    case "tag":
      return around.tagged;
    case "dispatch":
    case "schedule":
    case "release-published":
      return around.trigger === condition.kind;
    case "prerelease":
      return around.prerelease;
    case "final":
      return !around.prerelease;
    case "input": {
      const value = around.inputs[condition.name];
      return value !== undefined && value !== null && value !== false && value !== "";
    }
    default:
      return unreachable(condition, "condition");
  }
}
