// What an answer to an upload means. Pure: status and headers decide, the text only chooses wording, and where an answer
// leaves open whether the file was taken the outcome is unknown, so that the next look at the index decides.
// Sources: protocols §1.2; RFC 9110 §10.2.3 (Retry-After), §15.4 (redirects).
import type { Performed } from "../../domain/run/effect.ts";
import { plainText, presentable, retryAfterMs } from "../../domain/server-text.ts";
import type { HttpAnswer } from "../../platform/http-port.ts";
import type { WireError } from "./wire.ts";

export type Answer = Pick<HttpAnswer, "status" | "reason" | "headers" | "text">;

export interface AnswerContext {
  readonly registry: string;
  readonly uploadUrl: string;
  readonly fileName: string;
  readonly nowMs: number;
  /** Texts that must not come back in a message: the secret and its encoded forms. */
  readonly secrets: readonly string[];
}

const warningsMax = 50;
/** A refusal for now without a time: short, because the engine waits longer after each attempt. */
const pauseMs = 5_000;

/** Reads the answer to one upload. */
export function readAnswer(answer: Answer, context: AnswerContext): Performed {
  const { status } = answer;
  if (status >= 200 && status < 300) return readSuccess(answer, context);
  if (status >= 300 && status < 400) return { kind: "refused", why: redirectText(answer, context) };
  if (status === 429 || (status === 503 && retryAfterMs(answer, context.nowMs) !== undefined)) return readPause(answer, context);
  if (status >= 500 || status === 408) return { kind: "unknown", why: `"${context.registry}" answered ${said(answer, context)}` };
  if (status === 401 || status === 403) {
    return { kind: "refused", why: credentialText(answer, context), code: "CREDENTIAL_REFUSED" };
  }
  if (status === 409 || saysExists(answer, context)) {
    return { kind: "unknown", why: `"${context.registry}" says that it holds a file of this name or content: ${said(answer, context)}` };
  }
  return { kind: "refused", why: `"${context.registry}" refused "${context.fileName}": ${said(answer, context)}` };
}

/** PyPI answers 200 with nothing, or with lines of warnings. A page for people is somebody else's answer. */
function readSuccess(answer: Answer, context: AnswerContext): Performed {
  if (/^\s*<(?:!doctype html|html)\b/i.test(answer.text)) {
    const why = `"${context.registry}" answered ${answer.status} with a web page, not as an index does: a proxy or login page stands between`;
    return { kind: "unknown", why };
  }
  const type = answer.headers["content-type"] ?? "";
  const lines = /\bjson\b/.test(type) ? [] : answer.text.split("\n");
  const warnings = lines.map((line) => presentable(line, context.secrets)).filter((line) => line !== "");
  return { kind: "sent", warnings: warnings.slice(0, warningsMax) };
}

function readPause(answer: Answer, context: AnswerContext): Performed {
  const atMs = retryAfterMs(answer, context.nowMs) ?? context.nowMs + pauseMs;
  return { kind: "later", atMs, why: `"${context.registry}" asks to wait: ${said(answer, context)}` };
}

function redirectText(answer: Answer, context: AnswerContext): string {
  const to = target(answer.headers["location"], context.uploadUrl);
  const hint = to === undefined ? "check the registry's url" : `set the registry's url to "${to}" if that is the right place`;
  return `"${context.registry}" answered ${answer.status}, a redirect, and an upload follows none: ${hint}`;
}

/** Where a redirect leads, without user information, query or fragment. */
function target(location: string | undefined, base: string): string | undefined {
  if (location === undefined || !URL.canParse(location, base)) return undefined;
  const url = new URL(location, base);
  return `${url.origin}${url.pathname}`;
}

function credentialText(answer: Answer, context: AnswerContext): string {
  const check = "check that the token is for this index, is not expired, and may upload to this package";
  return `"${context.registry}" did not let the credential upload "${context.fileName}" (${said(answer, context)}); ${check}`;
}

/** Only chooses between two kinds of "no": a name that is taken is settled by a look, anything else is final. */
function saysExists(answer: Answer, context: AnswerContext): boolean {
  return answer.status === 400 && /\balready exists?\b/i.test(serverText(answer, context.secrets));
}

function said(answer: Answer, context: AnswerContext): string {
  const text = serverText(answer, context.secrets);
  return text === "" ? `${answer.status}` : `${answer.status} "${text}"`;
}

/** The server's own words: PyPI puts them into the reason phrase and, for JSON, into `code` after the status. */
export function serverText(answer: Answer, secrets: readonly string[]): string {
  return presentable(jsonText(answer.text) ?? reasonText(answer.reason) ?? plainText(answer.text), secrets);
}

function jsonText(body: string): string | undefined {
  const parsed = parseError(body);
  if (parsed === undefined) return undefined;
  const code = typeof parsed.code === "string" ? parsed.code.replace(/^\d{3}\s+/, "") : "";
  if (code !== "") return code;
  return typeof parsed.message === "string" && parsed.message.trim() !== "" ? parsed.message : undefined;
}

function parseError(body: string): Partial<WireError> | undefined {
  if (!body.trimStart().startsWith("{")) return undefined;
  try {
    return JSON.parse(body) as Partial<WireError>;
  } catch {
    return undefined;
  }
}

/** The phrases that go with a status by default say nothing of their own. */
const bareReasons = new Set(["", "bad request", "forbidden", "unauthorized", "not found", "conflict", "internal server error",
  "bad gateway", "service unavailable", "service temporarily unavailable", "gateway timeout", "too many requests",
  "payload too large", "content too large", "request entity too large", "method not allowed", "unprocessable entity",
  "unprocessable content", "permanent redirect", "gone", "ok"]); // prettier-ignore

function reasonText(reason: string): string | undefined {
  return bareReasons.has(reason.trim().toLowerCase()) ? undefined : reason;
}
