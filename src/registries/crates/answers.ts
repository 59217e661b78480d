// What an answer of the web API means. Pure: status and headers decide, the text only chooses wording and tells until when to
// wait; where an answer leaves open whether the version was taken, the next look at the index decides.
// Sources: Cargo Book "Registry web API" (errors may come with 200); protocols §4.1; RFC 9110 §10.2.3, §15.4.
import type { Performed } from "../../domain/run/effect.ts";
import { pauseMaxMs, plainText, presentable, retryAfterMs } from "../../domain/server-text.ts";
import type { HttpAnswer } from "../../platform/http-port.ts";
import { readJson } from "./index-lines.ts";

export type Answer = Pick<HttpAnswer, "status" | "headers" | "text">;

export interface AnswerContext {
  readonly registry: string;
  /** For words, with its verb: `publish demo 1.0.0`. */
  readonly what: string;
  readonly nowMs: number;
  /** Texts that must not come back in a message: the secret and its forms. */
  readonly secrets: readonly string[];
}

const warningsMax = 50;
/** A refusal for now without a time: short, because the engine waits longer after each attempt. */
const pauseMs = 5_000;

/** Reads the answer to one call that changes something. */
export function readAnswer(answer: Answer, context: AnswerContext): Performed {
  const { status } = answer;
  const errors = detailsOf(answer.text);
  if (status >= 200 && status < 300 && errors === undefined) return readSuccess(answer, context);
  if (status >= 300 && status < 400) return { kind: "refused", why: `"${context.registry}" answered ${status}, a redirect, and an upload follows none: check the registry's url` }; // prettier-ignore
  const atMs = untilMs(answer, context);
  if (status === 429 || (status === 503 && atMs !== undefined))
    return { kind: "later", atMs: atMs ?? context.nowMs + pauseMs, why: `"${context.registry}" asks to wait: ${said(answer, context)}` };
  if (status >= 500 || status === 408) return { kind: "unknown", why: `"${context.registry}" answered ${said(answer, context)}` };
  if (status === 401 || status === 403) return { kind: "refused", why: credentialText(answer, context), code: "CREDENTIAL_REFUSED" };
  if (status === 409 || saysExists(answer, context))
    return { kind: "unknown", why: `"${context.registry}" says that it holds this version: ${said(answer, context)}` };
  return { kind: "refused", why: `"${context.registry}" refused to ${context.what}: ${said(answer, context)}` };
}

/** A success is a JSON object, with warnings perhaps. Anything else, such as a page for people, is somebody else's answer. */
function readSuccess(answer: Answer, context: AnswerContext): Performed {
  const body = readJson(answer.text);
  if (!answer.text.trimStart().startsWith("{") && answer.text.trim() !== "")
    return { kind: "unknown", why: `"${context.registry}" answered ${answer.status} with something else than a registry does: a proxy or login page stands between` }; // prettier-ignore
  const warnings = body["warnings"];
  if (typeof warnings !== "object" || warnings === null) return { kind: "sent", warnings: [] };
  const told = Object.entries(warnings).flatMap(([kind, list]: [string, unknown]) => textsIn(list).map((text) => warningText(kind, text)));
  return { kind: "sent", warnings: told.slice(0, warningsMax).map((text) => presentable(text, context.secrets)) };
}

function warningText(kind: string, text: string): string {
  if (kind === "invalid_categories") return `The category "${text}" does not exist and is left out`;
  return kind === "invalid_badges" ? `The badge "${text}" does not exist and is left out` : text;
}

/** A date says whole seconds of a time that may be within that second: whoever comes a moment early is refused once more. */
const dateGrainMs = 1_000;

/** When to come back: from the header, else from the text: "Please try again after Sat, 21 Nov 2026 08:00:00 GMT". */
function untilMs(answer: Answer, context: AnswerContext): number | undefined {
  const header = answer.headers["retry-after"]?.trim() ?? "";
  const fromHeader = retryAfterMs(answer, context.nowMs);
  if (fromHeader !== undefined) return /^\d+$/.test(header) ? fromHeader : fromHeader + dateGrainMs;
  const text = serverText(answer, context.secrets);
  const written = /try again (?:after|at) (\w{3}, \d{1,2} \w{3} \d{4} \d\d:\d\d:\d\d (?:GMT|UTC))/i.exec(text)?.[1];
  const atMs = written === undefined ? Number.NaN : Date.parse(written) + dateGrainMs;
  return Number.isNaN(atMs) ? undefined : Math.min(Math.max(atMs, context.nowMs), context.nowMs + pauseMaxMs);
}

function credentialText(answer: Answer, context: AnswerContext): string {
  const check = "check that the token is for this registry, is not expired, and may do this for this crate";
  return `"${context.registry}" did not let the credential ${context.what} (${said(answer, context)}); ${check}`;
}

/** Only chooses between two kinds of "no": a version that is taken is settled by a look, anything else is final. */
function saysExists(answer: Answer, context: AnswerContext): boolean {
  return answer.status < 500 && /\balready (?:uploaded|exists?|published)\b/i.test(serverText(answer, context.secrets));
}

function said(answer: Answer, context: AnswerContext): string {
  const text = serverText(answer, context.secrets);
  return text === "" ? `${answer.status}` : `${answer.status} "${text}"`;
}

/** The server's own words. */
function serverText(answer: Answer, secrets: readonly string[]): string {
  return presentable(detailsOf(answer.text)?.join("; ") ?? plainText(answer.text), secrets);
}

/** Texts of `errors`, which an answer may carry with any status; undefined for none. */
function detailsOf(body: string): readonly string[] | undefined {
  const { errors } = readJson(body);
  if (!Array.isArray(errors) || errors.length === 0) return undefined;
  return errors.slice(0, warningsMax).map((one: unknown) => {
    const detail: unknown = typeof one === "object" && one !== null && "detail" in one ? one.detail : undefined;
    return typeof detail === "string" ? detail : "no reason given";
  });
}

function textsIn(list: unknown): readonly string[] {
  return Array.isArray(list) ? list.filter((one) => typeof one === "string") : [];
}
