// A declared way around steps or rules (S5.6): who takes it, why, and whether the rule of the file lets them.
import type { Configuration } from "../domain/configuration.ts";
import { SlipwayError } from "../domain/error.ts";
import type { ChosenPath } from "../domain/plan/plan.ts";
import type { GitTag } from "../platform/ports.ts";
import type { Asked } from "./asked.ts";

/**
 * Named on the command line, or by trailers of the annotated tag.
 * @throws SlipwayError USAGE, POLICY_REFUSED, NOT_YET
 */
export function choosePath(configuration: Configuration, tag: GitTag | undefined, asked: Asked["path"]): ChosenPath | undefined {
  const byTag = tag?.trailers["Slipway-Path"];
  const wanted =
    asked ?? (byTag === undefined ? undefined : { name: byTag, reason: tag?.trailers["Slipway-Reason"], by: tag?.tagger ?? "" });
  if (wanted === undefined) return undefined;
  const rule = configuration.paths.find((one) => one.name === wanted.name);
  if (rule === undefined) {
    const known = configuration.paths.map((one) => one.name).join(", ");
    throw new SlipwayError("USAGE", `Cannot take path "${wanted.name}": slipway.yaml has no such path`, {
      hint: `Paths: ${known === "" ? "none" : known}`,
    });
  }
  const reason = wanted.reason?.trim() ?? "";
  if (rule.reason === "required" && reason === "") {
    throw new SlipwayError("POLICY_REFUSED", `Cannot take path "${rule.name}": it wants a reason`, {
      hint: "Give one with --reason, or as trailer `Slipway-Reason:` of the annotated tag",
    });
  }
  const by = nameOf(wanted.by);
  const group = configuration.people.find((one) => one.name === rule.by);
  if (group !== undefined && group.kind !== "names") {
    throw new SlipwayError("NOT_YET", `Cannot take path "${rule.name}": this version of Slipway cannot tell who belongs to "${rule.by}"`, {
      hint: `Name its people in slipway.yaml: \`people: { ${rule.by}: [alice, bob] }\``,
    });
  }
  if (group?.kind === "names" && !group.names.some((name) => name === by || name === wanted.by || wanted.by.includes(`<${name}>`))) {
    throw new SlipwayError(
      "POLICY_REFUSED",
      `Cannot take path "${rule.name}": "${by}" is not one of ${rule.by} (${group.names.join(", ")})`,
      {
        hint: `Ask one of ${rule.by}`,
      },
    );
  }
  return { name: rule.name, by, reason, leavesOut: rule.leavesOut };
}

/** `Ada <ada@example.org>` is known as `Ada`. */
export function nameOf(person: string): string {
  return person.replace(/\s*<[^>]*>\s*$/, "").trim();
}
