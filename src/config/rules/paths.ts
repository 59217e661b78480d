// Declared short cuts: what they leave out must be there, and who may choose them must be known.
import { type Judging, requireKnown } from "../judging.ts";
import { requirePeople } from "./environments.ts";
import { type Judged, type Rule, stepNames } from "./rule.ts";

const candidateRule = "candidate";

export const judgePaths: Rule = (judging, judged) => {
  const known = [...stepNames(judging), ...rulesToLeaveOut(judging, judged)];
  for (const rule of judged.configuration.paths) {
    const path = ["paths", rule.name];
    requirePeople(judging, rule.by, [...path, "by"]);
    for (const [index, name] of rule.leavesOut.entries()) {
      requireKnown(judging, [...path, "leaves-out", index], { what: "step, group or rule", name, known, from: "in the file" });
    }
  }
};

/** The rule that a candidate must have been tried can be left out only where the file has it. */
function rulesToLeaveOut(judging: Judging, { configuration }: Judged): readonly string[] {
  const rules = [configuration.version, ...configuration.pipelines.map((pipeline) => pipeline.version)];
  return rules.some((rule) => rule?.candidate === "tried") || judging.isFaulty(["version"]) ? [candidateRule] : [];
}
