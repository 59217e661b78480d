// What people asked for, judged against the state at the moment it is taken up. Pure. An ask that does not count (a wrong
// digest, a person the rule excludes, a step that has not failed) leads to no fact; whoever asked was told at once.
import { judgeApproval } from "../domain/gate.ts";
import { breakGlass, mayBreakGlass } from "../domain/run/break-glass.ts";
import type { Fact } from "../domain/run/fact.ts";
import { refuseImport } from "../domain/run/imports.ts";
import { effectsOf, type RunState } from "../domain/run/state.ts";
import { sha256 } from "../domain/digest.ts";
import { unreachable } from "../domain/error.ts";
import type { Ask, AskRow } from "./journal/journal.ts";

/** Names in a group of people, or undefined when this way of running cannot know them. */
export type MembersOf = (group: string) => readonly string[] | undefined;

export type AskVerdict =
  | { readonly kind: "counts"; readonly facts: readonly Fact[] }
  /** `early`: it may count later, once the gate asks; it is kept till then. */
  | { readonly kind: "refused"; readonly why: string; readonly hint: string; readonly early?: true };

type Refused = Extract<AskVerdict, { kind: "refused" }>;

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
      return judgeRetry(state, ask);
    case "import":
      return judgeImport(state, ask);
    case "break-glass":
      return judgeBreaking(state, ask, membersOf);
    case "cancel":
      if (state.cancel !== undefined) return refused("the run is being cancelled already", "See `slipway status`");
      return counts({ kind: "cancel-asked", by: ask.by, ...(ask.reason === undefined ? {} : { reason: ask.reason }) });
    default:
      return unreachable(ask, "ask");
  }
}

/** All legs or none: whoever brings files in learns of one mistake before the rest is taken. */
function judgeImport(state: RunState, { legs, by, reason }: Extract<Ask, { kind: "import" }>): AskVerdict {
  const why = legs.map((leg) => refuseImport(state, leg)).find((one) => one !== undefined);
  if (why !== undefined) return refused(why, "See `slipway status` for the legs that wait");
  return counts(...legs.map(({ step, artifacts }): Fact => ({ kind: "artifacts-imported", step, artifacts, by, reason })));
}

/** A named person's retry is also their word about what nothing else can tell: whether an interrupted attempt had its effect. */
function judgeRetry(state: RunState, ask: Extract<Ask, { kind: "retry" }>): AskVerdict {
  const step = state.steps.get(ask.step);
  if (step?.phase !== "failed") return refused(`step "${ask.step}" has not failed`, "See `slipway status`");
  const said = { step: ask.step, by: ask.by, ...(ask.reason === undefined ? {} : { reason: ask.reason }) };
  const decided = effectsOf(step).filter(
    ({ effect, open, reply }) => open && (effect.again === "by-person" || reply?.kind === "by-person"),
  );
  return counts(...decided.map(({ effect }): Fact => ({ ...said, kind: "effect-settled", effect: effect.key })), {
    ...said,
    kind: "step-again",
  });
}

/** Only a person of the group that the plan names, as for an approval. */
function judgeBreaking(state: RunState, ask: Extract<Ask, { kind: "break-glass" }>, membersOf: MembersOf): AskVerdict {
  const breaking = mayBreakGlass(state, ask.registry, ask.reason);
  if (breaking.kind === "may-not") return refused(breaking.why, breaking.hint);
  const { by: group } = breaking.rule;
  const members = membersOf(group);
  if (members === undefined) return unknownPeople(group);
  if (!members.includes(ask.by.name)) return refused(`"${ask.by.name}" is not one of ${group}`, `Ask one of ${members.join(", ")}`);
  return counts(...breakGlass(breaking, ask));
}

/**
 * Judges the rows of an inbox.
 * @returns the first that counts, with those before it that do not; undefined when none can be answered yet
 */
export function judgeRows(state: RunState, rows: readonly AskRow[], membersOf: MembersOf): AskedInput | undefined {
  const answered: string[] = [];
  for (const { id, ask } of rows) {
    const verdict = judgeAsk(state, ask, membersOf);
    if (verdict.kind === "refused" && verdict.early === true) continue;
    answered.push(id);
    // What one ask changes may decide about the next: each is judged against the state that the one before it left.
    if (verdict.kind === "counts") return { kind: "asked", facts: verdict.facts, answered };
  }
  return answered.length === 0 ? undefined : { kind: "asked", facts: [], answered };
}

/** Asks taken out of the inbox, and the facts that follow from them. */
export interface AskedInput {
  readonly kind: "asked";
  readonly facts: readonly Fact[];
  readonly answered: readonly string[];
}

function judgeApprove(state: RunState, ask: Extract<Ask, { kind: "approve" }>, membersOf: MembersOf): AskVerdict {
  if (frozenDigest(state, ask.gate) !== ask.digest) return otherSubject(state, ask.gate);
  const rule = state.plan.environments.find(
    (environment) => environment.gate === ask.gate && environment.approvals !== undefined,
  )?.approvals;
  if (rule === undefined) return refused(`gate "${ask.gate}" asks for no approval`, "See `slipway plan`");
  const members = membersOf(rule.from);
  if (members === undefined) return unknownPeople(rule.from);
  const given = ask.note === undefined ? { by: ask.by.name } : { by: ask.by.name, note: ask.note };
  const verdict = judgeApproval(rule, given, { requester: state.requester.name, members });
  if (verdict.kind === "refused") return verdict;
  return counts({
    kind: "gate-approved",
    gate: ask.gate,
    digest: sha256(ask.digest),
    by: ask.by,
    ...(ask.note === undefined ? {} : { note: ask.note }),
  });
}

function judgeAnswer(state: RunState, ask: Extract<Ask, { kind: "answer" }>, membersOf: MembersOf): AskVerdict {
  const step = state.steps.get(ask.step);
  if (step?.question === undefined) return refused(`step "${ask.step}" asks nothing now`, "See `slipway status`");
  if (step.question.binding !== ask.binding) return refused("what it was asked for has changed since", "Look again with `slipway status`");
  const from = (state.plan.steps.find((one) => one.id === ask.step)?.input as { from?: string } | null)?.from;
  const members = from === undefined ? undefined : membersOf(from);
  if (from !== undefined && members === undefined) return unknownPeople(from);
  if (members !== undefined && !members.includes(ask.by.name))
    return refused(`"${ask.by.name}" is not one of ${from}`, `Ask one of ${members.join(", ")}`);
  return counts({
    kind: "question-answered",
    step: ask.step,
    binding: sha256(ask.binding),
    by: ask.by,
    ...(ask.note === undefined ? {} : { note: ask.note }),
  });
}

/** A rule that cannot be checked is not met: otherwise any name given would do. */
function unknownPeople(group: string): Refused {
  return refused(
    `this version of Slipway cannot tell who belongs to "${group}"`,
    "Name its people in slipway.yaml: `people: { " + group + ": [alice, bob] }`",
  );
}

function frozenDigest(state: RunState, gate: string): string | undefined {
  return state.gates.get(gate)?.subject?.digest;
}

function otherSubject(state: RunState, gate: string): Refused {
  const digest = frozenDigest(state, gate);
  if (digest === undefined && !state.gates.has(gate)) return refused(`there is no gate "${gate}"`, "See `slipway plan`");
  if (digest === undefined)
    return { ...refused(`gate "${gate}" does not ask yet`, "Wait until `slipway status` shows what is to be approved"), early: true };
  return refused(
    `gate "${gate}" asks for consent to ${digest.slice(0, 12)}, not to what was named`,
    "Look at `slipway status` and name the digest it shows",
  );
}

function counts(...facts: readonly Fact[]): AskVerdict {
  return { kind: "counts", facts };
}

function refused(why: string, hint: string): Refused {
  return { kind: "refused", why, hint };
}
