// Which facts a person wants to read as they happen, and in which words.
import { isFile, isForPerson, type Effect } from "../../domain/run/effect.ts";
import type { Fact, Person } from "../../domain/run/fact.ts";
import { describeOpened } from "../../domain/run/opened.ts";
import type { Style } from "./terminal.ts";
import { durationWords, plural } from "./words.ts";

export interface ProgressLine {
  readonly verb: string;
  readonly text: string;
  readonly tone: Style;
}

export interface LineContext {
  readonly startedMs: number | undefined;
  readonly atMs: number;
  readonly verbosity: number;
  /** An effect of a step as it was listed; undefined for one that was not. */
  effectOf(step: string, key: string): Effect | undefined;
}

/** @returns undefined for a fact that only the journal needs */
export function lineOf(fact: Fact, context: LineContext): ProgressLine | undefined {
  switch (fact.kind) {
    case "preflight-reported":
      return preflightLine(fact);
    case "step-done":
      return doneLine(fact, context);
    case "step-failed":
      // A leg for another kind of machine is nothing that broke.
      if (fact.code === "NO_PLACE") return line("No place", `${fact.step}: ${inOneLine(fact.message)}`, "yellow");
      return line("Failed", `${fact.step}: ${inOneLine(fact.message)}`, "red");
    case "artifacts-imported":
      return line("Imported", `${fact.step}: ${fact.artifacts.map(({ name }) => name).join(", ")}, from ${saidWords(fact)}`, "green");
    case "step-later":
      return line("Waiting", `${fact.step}: ${fact.why}`, "yellow");
    case "step-lost":
      return line("Lost", `${fact.step}: it is begun again`, "yellow");
    case "step-again":
      return line("Again", fact.step, "bold");
    case "targets-surveyed":
      return surveyLine(fact);
    case "effect-observed":
      return observedLine(fact, context);
    case "effect-replied":
      return repliedLine(fact, context);
    case "effect-verified":
      return line("Verified", `${titleOf(fact, context)}  ${fact.evidence.how}`, "green");
    case "effect-settled":
      return line("Absent", `${titleOf(fact, context)}: nothing of it is there`, "yellow");
    case "question-asked":
      return line("Asking", `${fact.step}: ${fact.text}  (\`slipway acknowledge ${fact.step}\`)`, "yellow");
    case "question-answered":
      return line("Answered", `${fact.step} by ${fact.by.name}${fact.by.authenticated ? "" : " (not authenticated)"}`, "green");
    case "subject-frozen":
      return line("Frozen", `${plural(fact.subject.artifacts.length, "artifact")} for gate "${fact.gate}": sha256:${fact.digest}`, "bold");
    case "gate-approved":
      return line("Approved", `gate "${fact.gate}" by ${fact.by.name}${fact.by.authenticated ? "" : " (not authenticated)"}`, "green");
    case "gate-rejected":
      return line("Rejected", `gate "${fact.gate}" by ${fact.by.name}: ${fact.reason}`, "red");
    case "source-moved":
      return line("Moved", `${fact.what}: ${fact.from.slice(0, 10)} → ${fact.to.slice(0, 10)}`, "yellow");
    case "glass-broken":
      return line(
        "BREAK-GLASS",
        `${fact.registry}: one try of ${fact.step} with the token in ${fact.variable}, by ${saidWords(fact)}`,
        "red",
      );
    case "credential-opened":
      if (fact.how.kind === "fallback") return line("BREAK-GLASS", `${fact.registry} is opened with ${describeOpened(fact.how)}`, "red");
      return context.verbosity > 0 ? line("Opened", `${fact.registry} with ${describeOpened(fact.how)}`, "dim") : undefined;
    case "incident-told":
      return line("Told", `${fact.step}: ${fact.url}`, "yellow");
    case "incident-closed":
      return line("Closed", `break-glass of ${fact.step} by ${saidWords(fact)}`, "green");
    case "cancel-asked":
      return line("Cancelling", `asked by ${fact.by.name}; no new effect is begun`, "yellow");
    case "effect-intended":
      return context.verbosity > 0 ? line("Sending", titleOf(fact, context), "dim") : undefined;
    case "step-started":
      return context.verbosity > 0 ? line("Starting", fact.step, "dim") : undefined;
    case "run-opened":
    case "run-driven":
    case "effects-listed":
    case "run-closed":
      return undefined;
  }
}

function saidWords({ by, reason }: { readonly by: Person; readonly reason: string }): string {
  return `${by.name}${by.authenticated ? "" : " (not authenticated)"}: ${inOneLine(reason)}`;
}

function line(verb: string, text: string, tone: Style): ProgressLine {
  return { verb, text, tone };
}

function preflightLine(fact: Extract<Fact, { kind: "preflight-reported" }>): ProgressLine {
  const count = (level: string): number => fact.findings.filter((finding) => finding.level === level).length;
  const told = [
    ...(count("blocks") > 0 ? [`${plural(count("blocks"), "thing")} would stop the release`] : []),
    ...(count("warns") > 0 ? [plural(count("warns"), "warning")] : []),
    ...(count("cannot-be-tried") > 0 ? [`${count("cannot-be-tried")} cannot be tried`] : []),
  ];
  return line("Preflight", told.length === 0 ? "nothing stands in the way" : told.join(", "), count("blocks") > 0 ? "yellow" : "green");
}

function doneLine(fact: Extract<Fact, { kind: "step-done" }>, context: LineContext): ProgressLine {
  const took = context.startedMs === undefined ? "" : `  ${durationWords(context.atMs - context.startedMs)}`;
  const made =
    fact.artifacts.length === 0
      ? ""
      : `  ${fact.artifacts
          .map((artifact) => artifact.name)
          .slice(0, 3)
          .join(", ")}${fact.artifacts.length > 3 ? ` and ${fact.artifacts.length - 3} more` : ""}`;
  return line("Done", `${fact.step}${made}${took}`, "green");
}

function surveyLine(fact: Extract<Fact, { kind: "targets-surveyed" }>): ProgressLine | undefined {
  if (fact.surveyed.kind === "clear") return undefined;
  if (fact.surveyed.kind === "unknown") return line("Looking", `${fact.step}: ${fact.surveyed.why}`, "yellow");
  return line("Conflict", fact.surveyed.strangers.map((stranger) => `${stranger.name} at ${stranger.target}`).join(", "), "red");
}

function observedLine(fact: Extract<Fact, { kind: "effect-observed" }>, context: LineContext): ProgressLine | undefined {
  const { observation } = fact;
  const effect = titleOf(fact, context);
  if (observation.kind === "conflict") return line("Conflict", `${effect}: ${observation.theirs}`, "red");
  if (isForPerson(observation) && observation.kind === "pending") return line("Waiting", `${effect}: ${observation.why}`, "yellow");
  if (observation.kind === "unknown" || observation.kind === "pending") return line("Checking", `${effect}: ${observation.why}`, "yellow");
  return context.verbosity > 1 ? line("Looked", `${effect}: ${observation.kind}`, "dim") : undefined;
}

function repliedLine(fact: Extract<Fact, { kind: "effect-replied" }>, context: LineContext): ProgressLine | undefined {
  const { reply } = fact;
  const effect = titleOf(fact, context);
  switch (reply.kind) {
    case "sent":
      return line(sentVerb(fact, context), `${effect}${reply.warnings.length > 0 ? `  (${reply.warnings.join("; ")})` : ""}`, "green");
    case "later":
      return line("Paced", `${effect}: ${reply.why}`, "yellow");
    case "unknown":
      return line("Checking", `${effect}: ${reply.why}; looking what became of it`, "yellow");
    case "refused":
    case "by-person":
      return line("Refused", `${effect}: ${reply.why}`, "red");
  }
}

type OfEffect = Pick<Extract<Fact, { kind: "effect-replied" }>, "step" | "effect">;

/** What the world will hold, in words; the key where nothing is known of the effect. */
export function titleOf({ step, effect }: OfEffect, { effectOf }: Pick<LineContext, "effectOf">): string {
  return effectOf(step, effect)?.title ?? effect;
}

/** A branch, a page or a message is not uploaded. */
function sentVerb({ step, effect }: OfEffect, { effectOf }: LineContext): string {
  const found = effectOf(step, effect);
  return found !== undefined && isFile(found) ? "Uploaded" : "Sent";
}

/** What a program that failed printed ends with a colon and follows line by line: the most telling of them is put beside it. */
function inOneLine(message: string): string {
  const [head = "", ...rest] = message.split(/\r?\n/);
  const lines = rest.map((text) => text.trim()).filter((text) => text !== "");
  if (!head.endsWith(":") || lines.length === 0) return message;
  const told = tellings.map((telling) => lines.findLast((text) => telling.test(text.slice(0, toldMax)))).find((text) => text !== undefined);
  return `${head} ${(told ?? lines.at(-1) ?? "").slice(0, toldMax)}${lines.length > 1 ? " …" : ""}`;
}

const toldMax = 300;
/** A named error with its text, before anything that only sounds like one; the last of its kind, since causes come last. */
const tellings = [/^\W*(?:[\w.]*(?:Error|Exception)|error|fatal)(?:\[\w+\])?: \S/, /\b(?:error|fatal|failed|cannot|not found)\b/i];
