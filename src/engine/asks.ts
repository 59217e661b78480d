// What people asked for, judged against the state at the moment it is taken up. Pure. An ask that does not count (a wrong
// digest, a person the rule excludes, a step that has not failed) leads to no fact; whoever asked was told at once.
import { judgeApproval } from "../domain/gate.ts";
import type { Fact } from "../domain/run/fact.ts";
import type { RunState } from "../domain/run/state.ts";
import { sha256 } from "../domain/digest.ts";
import { unreachable } from "../domain/error.ts";
import type { Ask } from "./journal/journal.ts";

/** Names in a group of people, or undefined when this way of running cannot know them. */
export type MembersOf = (group: string) => readonly string[] | undefined;

export type AskVerdict =
  | { readonly kind: "counts"; readonly fact: Fact }
  | { readonly kind: "refused"; readonly why: string; readonly hint: string };

export function judgeAsk(state: RunState, ask: Ask, membersOf: MembersOf): AskVerdict {
  if (state.closed !== undefined) return refused(`the run is over (${state.closed.result})`, "Start the next one with `slipway run`");
  switch (ask.kind) {
    case "approve":
      return judgeApprove(state, ask, membersOf);
    case "reject":
      if (frozenDigest(state, ask.gate) !== ask.digest) return otherSubject(state, ask.gate);
      return counts({ kind: "gate-rejected", gate: ask.gate, digest: sha256(ask.digest), by: ask.by, reason: ask.reason });
    case "answer":
      return judgeAnswer(state, ask, membersOf);
    case "retry":
      if (state.steps.get(ask.step)?.phase !== "failed") return refused(`step "${ask.step}" has not failed`, "See `slipway status`");
      return counts({ kind: "step-again", step: ask.step, by: ask.by, ...(ask.reason === undefined ? {} : { reason: ask.reason }) });
    case "cancel":
      if (state.cancel !== undefined) return refused("the run is being cancelled already", "See `slipway status`");
      return counts({ kind: "cancel-asked", by: ask.by, ...(ask.reason === undefined ? {} : { reason: ask.reason }) });
    default:
      return unreachable(ask, "ask");
  }
}

function judgeApprove(state: RunState, ask: Extract<Ask, { kind: "approve" }>, membersOf: MembersOf): AskVerdict {
  if (frozenDigest(state, ask.gate) !== ask.digest) return otherSubject(state, ask.gate);
  const rule = state.plan.environments.find((environment) => environment.gate === ask.gate && environment.approvals !== undefined)?.approvals;
  if (rule === undefined) return refused(`gate "${ask.gate}" asks for no approval`, "See `slipway plan`");
  const given = ask.note === undefined ? { by: ask.by.name } : { by: ask.by.name, note: ask.note };
  const verdict = judgeApproval(rule, given, { requester: state.requester.name, members: membersOf(rule.from) });
  if (verdict.kind === "refused") return verdict;
  return counts({ kind: "gate-approved", gate: ask.gate, digest: sha256(ask.digest), by: ask.by, ...(ask.note === undefined ? {} : { note: ask.note }) });
}

function judgeAnswer(state: RunState, ask: Extract<Ask, { kind: "answer" }>, membersOf: MembersOf): AskVerdict {
  const step = state.steps.get(ask.step);
  if (step?.question === undefined) return refused(`step "${ask.step}" asks nothing now`, "See `slipway status`");
  if (step.question.binding !== ask.binding) return refused("what it was asked for has changed since", "Look again with `slipway status`");
  const from = (state.plan.steps.find((one) => one.id === ask.step)?.input as { from?: string } | null)?.from;
  const members = from === undefined ? undefined : membersOf(from);
  if (members !== undefined && !members.includes(ask.by.name)) return refused(`"${ask.by.name}" is not one of ${from}`, `Ask one of ${members.join(", ")}`);
  return counts({ kind: "question-answered", step: ask.step, binding: sha256(ask.binding), by: ask.by, ...(ask.note === undefined ? {} : { note: ask.note }) });
}

function frozenDigest(state: RunState, gate: string): string | undefined {
  return state.gates.get(gate)?.subject?.digest;
}

function otherSubject(state: RunState, gate: string): AskVerdict {
  const digest = frozenDigest(state, gate);
  if (digest === undefined) return refused(`gate "${gate}" does not ask yet`, "Wait until `slipway status` shows what is to be approved");
  return refused(`gate "${gate}" asks for consent to ${digest.slice(0, 12)}, not to what was named`, "Look at `slipway status` and name the digest it shows");
}

function counts(fact: Fact): AskVerdict {
  return { kind: "counts", fact };
}

function refused(why: string, hint: string): AskVerdict {
  return { kind: "refused", why, hint };
}
