// What an answer to a write means. Pure: the status decides, the text only gives words, and where an answer leaves open
// whether it was done the outcome is unknown, so that the next look decides. Sources: distribution-spec v1.1 "Error codes",
// RFC 9110 §10.2.3 (Retry-After); protocols §6.
import { parseRecord, recordOf, textOf } from "../../domain/json-record.ts";
import type { Performed } from "../../domain/run/effect.ts";
import { plainText, presentable, retryAfterMs } from "../../domain/server-text.ts";
import type { HttpAnswer } from "../../platform/http-port.ts";

export type Answer = Pick<HttpAnswer, "status" | "reason" | "headers" | "text">;

export interface AnswerContext {
  readonly registry: string;
  /** For words: `the manifest sha256:… of owner/image`. */
  readonly what: string;
  readonly nowMs: number;
  /** Texts that must not come back in a message. */
  readonly secrets: readonly string[];
}

/** A refusal for now without a time: short, because the engine waits longer after each attempt. */
const pauseMs = 5_000;

/** @returns undefined for a success, which the caller judges by what it asked for */
export function readRefusal(answer: Answer, context: AnswerContext): Exclude<Performed, { kind: "sent" }> | undefined {
  const { status } = answer;
  if (status >= 200 && status < 300) return isPage(answer) ? { kind: "unknown", why: pageText(answer, context) } : undefined;
  const said = sayAnswer(answer, context);
  if (status >= 300 && status < 400) {
    return {
      kind: "refused",
      why: `"${context.registry}" answered ${status}, a redirect, and what is written follows none: check its url`,
    };
  }
  if (status === 429 || (status === 503 && retryAfterMs(answer, context.nowMs) !== undefined)) {
    const atMs = retryAfterMs(answer, context.nowMs) ?? context.nowMs + pauseMs;
    return { kind: "later", atMs, why: `"${context.registry}" asks to wait: ${said}` };
  }
  if (status >= 500 || status === 408) return { kind: "unknown", why: `"${context.registry}" answered ${said}` };
  if (status === 401 || status === 403) {
    const check = "check that the token is not expired and may write to this repository";
    return {
      kind: "refused",
      why: `"${context.registry}" did not let the credential put ${context.what} (${said}); ${check}`,
      code: "CREDENTIAL_REFUSED",
    };
  }
  if (forgotten.has(errorCode(answer.text) ?? "")) {
    return { kind: "unknown", why: `"${context.registry}" does not have what ${context.what} needs, which was put before: ${said}` };
  }
  return { kind: "refused", why: `"${context.registry}" refused ${context.what}: ${said}` };
}

/** Codes that only say that something put before is not there (any more), which the next attempt puts again. */
const forgotten = new Set(["BLOB_UPLOAD_UNKNOWN", "BLOB_UNKNOWN", "MANIFEST_BLOB_UNKNOWN", "MANIFEST_UNKNOWN"]);

/** A page for people is somebody else's answer. */
export function isPage(answer: Pick<Answer, "text">): boolean {
  return /^\s*<(?:!doctype html|html)\b/i.test(answer.text);
}

function pageText(answer: Answer, context: AnswerContext): string {
  return `"${context.registry}" answered ${answer.status} with a web page, not as a registry does: a proxy or login page stands between`;
}

/** Status and the server's own words. */
export function sayAnswer(answer: Answer, context: Pick<AnswerContext, "secrets">): string {
  const text = presentable(errorText(answer.text) ?? plainText(answer.text), context.secrets);
  return text === "" ? `${answer.status}` : `${answer.status} "${text}"`;
}

/** The first code of an error answer, or undefined. */
export function errorCode(text: string): string | undefined {
  return textOf(firstError(text)?.["code"]);
}

function errorText(text: string): string | undefined {
  const error = firstError(text);
  if (error === undefined) return undefined;
  const [code, message] = [textOf(error["code"]) ?? "", textOf(error["message"]) ?? ""];
  const detail = textOf(error["detail"]) ?? "";
  const words = [code, message === "" ? detail : message].filter((one) => one !== "");
  return words.length === 0 ? undefined : words.join(": ");
}

function firstError(text: string): Readonly<Record<string, unknown>> | undefined {
  const errors = parseRecord(text)?.["errors"];
  return Array.isArray(errors) ? recordOf((errors as readonly unknown[])[0]) : undefined;
}
