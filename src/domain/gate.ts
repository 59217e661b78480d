// Gates: where a run waits for consent to exact bytes. An approval names a subject digest and dies with it.
import type { Artifact } from "./artifact.ts";
import type { ApprovalRule } from "./configuration.ts";
import type { Sha256 } from "./digest.ts";
import { asksForMore, type ReleaseChange } from "./run/release-changes.ts";

/** What is approved, handed over and recorded: frozen when the last step above the gate is done. */
export interface Subject {
  readonly planDigest: Sha256;
  /** Commit the artifacts were made from. */
  readonly commit: string;
  readonly title: string;
  readonly artifacts: readonly Pick<Artifact, "name" | "sizeBytes" | "digest">[];
  /** Registries that the gate opens. */
  readonly targets: readonly string[];
  /** What deserves a look, as it was found when the artifacts were made; absent: nothing. */
  readonly changes?: readonly ReleaseChange[];
}

export interface ApprovalGiven {
  readonly by: string;
  readonly note?: string;
}

export type ConsentVerdict = { readonly kind: "counts" } | { readonly kind: "refused"; readonly why: string; readonly hint: string };

/**
 * Whether one person's approval counts under a rule.
 * @param members names in the group that the rule takes approvals from; undefined when this way of running cannot know them
 */
export function judgeApproval(
  rule: ApprovalRule,
  approval: ApprovalGiven,
  around: { readonly requester: string; readonly members: readonly string[] | undefined },
): ConsentVerdict {
  if (around.members !== undefined && !around.members.includes(approval.by)) {
    return refused(`"${approval.by}" is not one of ${rule.from} (${around.members.join(", ")})`, `Ask one of ${rule.from}`);
  }
  if (rule.not === "requester" && approval.by === around.requester) {
    return refused(`"${approval.by}" asked for this release, and the rule wants somebody else`, `Ask another of ${rule.from}`);
  }
  const note = approval.note?.trim() ?? "";
  if (rule.note === "required" && note === "") {
    return refused("the rule wants a note, and there is none", "Say why with --note");
  }
  if (typeof rule.note === "object" && !namesWhole(note, rule.note.names)) {
    return refused(
      `the note has to name the result at "${rule.note.names}", and it says "${note}"`,
      `Look at ${rule.note.names} and name what you saw there with --note`,
    );
  }
  return { kind: "counts" };
}

function refused(why: string, hint: string): ConsentVerdict {
  return { kind: "refused", why, hint };
}

/** True if the note holds the name as a word of its own, whatever its case. */
function namesWhole(note: string, name: string): boolean {
  return note
    .toLowerCase()
    .split(/[^\p{L}\p{N}_-]+/u)
    .includes(name.toLowerCase());
}

/** Number of different people whose approvals are wanted: one more where the subject holds what the rule names. */
export function approvalsWanted(rule: ApprovalRule, subject: Pick<Subject, "changes">): number {
  return rule.required + (asksForMore(rule.moreWhen, subject.changes) ? 1 : 0);
}

/** Number of different people whose approvals are still wanted. */
export function approvalsMissing(rule: ApprovalRule, approvals: readonly ApprovalGiven[], subject: Pick<Subject, "changes">): number {
  return Math.max(0, approvalsWanted(rule, subject) - new Set(approvals.map((approval) => approval.by)).size);
}
