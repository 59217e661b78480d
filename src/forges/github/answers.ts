// What an answer of GitHub means. Pure: status and headers decide, texts only choose words, and where an answer leaves open
// whether something was done the outcome is unknown, so that the next look decides.
// Sources: protocols §7.1 (422 texts, 404 for a missing permission), §7.5 (limits); RFC 9110 §15.4.
import { unreachable } from "../../domain/error.ts";
import type { Performed } from "../../domain/run/effect.ts";
import { plainText, presentable, retryAfterMs } from "../../domain/server-text.ts";
import type { HttpAnswer } from "../../platform/http-port.ts";
import type { Unknown } from "../forge.ts";
import { elsewhere, lastingIf } from "../lasting.ts";
import { listOf, parseJson, recordOf, textOf } from "../reading.ts";
import { texts } from "./wire.ts";

export type Answer = Pick<HttpAnswer, "status" | "headers" | "text" | "place">;

export interface AnswerContext {
  readonly forge: string;
  /** What was asked for, in words: `create the draft of "v1.0"`. */
  readonly what: string;
  readonly nowMs: number;
  /** Texts that must not come back in a message. */
  readonly secrets: readonly string[];
}

/** Pause where GitHub asks for one without a time: at least a minute (protocols §7.5). */
const pauseMs = 60_000;
const errorsMax = 10;

/** Reads the answer to a request that changes something. */
export function readAnswer(answer: Answer, context: AnswerContext): Performed {
  const { status } = answer;
  if (status >= 200 && status < 300) return readSuccess(answer, context);
  const atMs = pausedUntil(answer, context.nowMs);
  if (atMs !== undefined) return { kind: "later", atMs, why: `"${context.forge}" asks to wait: ${said(answer, context.secrets)}` };
  const kind = kindOf(answer);
  switch (kind) {
    case "unclear":
      return { kind: "unknown", why: `"${context.forge}" was asked to ${context.what} and answered ${said(answer, context.secrets)}` };
    case "exists":
      return { kind: "unknown", why: `"${context.forge}" says that it is there already: ${said(answer, context.secrets)}` };
    case "refused":
      return { kind: "refused", why: refusalText(answer, context), ...(isOfCredential(answer) ? { code: "CREDENTIAL_REFUSED" } : {}) };
    default:
      return unreachable(kind, "kind of answer");
  }
}

function readSuccess(answer: Answer, context: AnswerContext): Performed {
  if (answer.status === 204 || parseJson(answer.text) !== undefined) return { kind: "sent", warnings: [] };
  const why = `"${context.forge}" answered ${answer.status} with a text that is not its own: a proxy or login page stands between`;
  return { kind: "unknown", why };
}

function kindOf(answer: Answer): "unclear" | "exists" | "refused" {
  const { status } = answer;
  if (status >= 500 || status === 408) return "unclear";
  return status === 422 && errorCodes(answer).includes("already_exists") ? "exists" : "refused";
}

/** When GitHub limits us, in the order in which it says so itself: `retry-after`, an emptied budget, a secondary limit. */
export function pausedUntil(answer: Answer, nowMs: number): number | undefined {
  const { status, headers } = answer;
  const asked = retryAfterMs(answer, nowMs);
  if (status === 503) return asked;
  if (status !== 429 && status !== 403) return undefined;
  if (asked !== undefined) return asked;
  const resetMs = Number(headers["x-ratelimit-reset"]) * 1000;
  if (headers["x-ratelimit-remaining"] === "0" && Number.isSafeInteger(resetMs) && resetMs > 0) return Math.max(resetMs, nowMs);
  if (status === 429 || messageOf(answer).startsWith(texts.secondaryLimit)) return nowMs + pauseMs;
  return undefined;
}

/** Any answer to a look that is neither the thing nor its absence. */
export function unknownAnswer(answer: Answer, context: Pick<AnswerContext, "forge" | "nowMs" | "secrets">): Unknown {
  const atMs = pausedUntil(answer, context.nowMs);
  const why = `"${answer.place}" answered ${said(answer, context.secrets)}`;
  if (atMs !== undefined) return { kind: "unknown", why: `${why}; it asks to wait until ${new Date(atMs).toISOString()}` };
  return { kind: "unknown", why: `${why}${elsewhere(answer) ?? hints[answer.status] ?? ""}`, ...lastingIf(answer.status) };
}

const hints: Readonly<Record<number, string>> = {
  301: "; the repository has another name now: write that one",
  307: "; the repository has another name now: write that one",
  401: "; the credential is wrong or expired",
  403: "; the credential may not see this",
  404: "; the repository does not exist, or the credential may not see it",
};

/** Whether another credential might be let do it; nobody may change what is archived. */
function isOfCredential(answer: Answer): boolean {
  return answer.status === 401 || (answer.status === 403 && !messageOf(answer).startsWith(texts.archived));
}

function refusalText(answer: Answer, context: AnswerContext): string {
  const asked = `"${context.forge}" refused to ${context.what}: ${said(answer, context.secrets)}`;
  switch (answer.status) {
    case 301:
    case 302:
    case 307:
    case 308:
      return `${asked}; the repository has another name now, and nothing is written by an old one`;
    case 401:
      return `${asked}; the credential is wrong or expired`;
    case 403:
      return `${asked}; the credential may not do this`;
    case 404:
      // GitHub hides what a credential may not touch, and also says this where a token without the right to change
      // workflows publishes a commit that changes them (protocols §7.1).
      return `${asked}; it does not exist, or the credential lacks the permission: GitHub answers 404 for both, and also where the commit changes workflows and the token may not`;
    case 422:
      return `${asked}${immutableHint(answer)}`;
    default:
      return asked;
  }
}

function immutableHint(answer: Answer): string {
  const text = said(answer, []);
  if (text.includes(texts.immutableAssets)) return "; the release was published and locked: assets are attached to a draft only";
  if (text.includes(texts.burnedTag)) return "; the tag belonged to a locked release and can never carry one again: use the next version";
  return "";
}

/** Status and the server's own words. */
export function said(answer: Answer, secrets: readonly string[]): string {
  const details = errorDetails(answer);
  const text = presentable([messageOf(answer), ...details].filter((part) => part !== "").join("; "), secrets);
  return text === "" ? `${answer.status}` : `${answer.status} "${text}"`;
}

function messageOf(answer: Answer): string {
  const body = recordOf(parseJson(answer.text));
  return body === undefined ? plainText(answer.text) : (textOf(body["message"]) ?? "");
}

function errorDetails(answer: Answer): readonly string[] {
  const errors = listOf(recordOf(parseJson(answer.text))?.["errors"]) ?? [];
  return errors.slice(0, errorsMax).map((error) => {
    const one = recordOf(error);
    if (one === undefined) return textOf(error) ?? "";
    const field = [textOf(one["resource"]), textOf(one["field"])].filter((part) => part !== undefined).join(".");
    const why = [textOf(one["code"]), textOf(one["message"])].filter((part) => part !== undefined).join(": ");
    return field === "" ? why : `${field} ${why}`;
  });
}

function errorCodes(answer: Answer): readonly string[] {
  const errors = listOf(recordOf(parseJson(answer.text))?.["errors"]) ?? [];
  return errors.flatMap((error) => textOf(recordOf(error)?.["code"]) ?? []);
}
