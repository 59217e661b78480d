// What deserves a look before anything is public, as lines beside the question that it belongs to.
import type { ApprovalRule } from "../../domain/configuration.ts";
import { approvalsWanted, type Subject } from "../../domain/gate.ts";
import { safe, type Terminal } from "./terminal.ts";

export function changeLines(subject: Pick<Subject, "changes">, rule: ApprovalRule, terminal: Pick<Terminal, "style">): readonly string[] {
  const { changes = [] } = subject;
  const told = changes.map(({ kind, artifact, what }) => `  ${terminal.style("yellow", "look")} ${kind}: ${safe(artifact)}: ${safe(what)}`);
  const wanted = approvalsWanted(rule, subject);
  const more = wanted > rule.required ? [`  ${wanted} approvals are wanted instead of ${rule.required}, because of what stands above`] : [];
  return [...told, ...more];
}
