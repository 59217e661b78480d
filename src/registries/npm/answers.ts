// What an answer to a write at an npm registry means. Pure: status and headers decide, the text only chooses wording, and
// where an answer leaves open whether the write was taken the outcome is unknown, so that the next look decides.
// Sources: protocols §5.1, §5.5; trust §3; RFC 9110 §10.2.3 (Retry-After), §15.4 (redirects).
import type { Performed } from "../../domain/run/effect.ts";
import { plainText, presentable, retryAfterMs } from "../../domain/server-text.ts";
import type { HttpAnswer } from "../../platform/http-port.ts";
import { isPage } from "./packument.ts";
import { wireHeaders } from "./wire.ts";

export type Answer = Pick<HttpAnswer, "status" | "reason" | "headers" | "text">;

export interface AnswerContext {
  readonly registry: string;
  readonly package: string;
  /** What was to be done, as in `publish "demo-1.0.0.tgz"`. */
  readonly what: string;
  readonly nowMs: number;
  /** Texts that must not come back in a message: the secret and its encoded forms. */
  readonly secrets: readonly string[];
}

/** A "no" that a look has to confirm: a registry says 403 of a version that it holds as well as of a credential. */
export type Read = Performed | { readonly kind: "look"; readonly refused: Extract<Performed, { kind: "refused" }> };

/** A refusal for now without a time: short, because the engine waits longer after each attempt. */
const pauseMs = 5_000;

/** Reads the answer to one write. */
export function readAnswer(answer: Answer, context: AnswerContext): Read {
  const { status } = answer;
  if (status >= 200 && status < 300) return readSuccess(answer, context);
  if (status >= 300 && status < 400) {
    const why = `"${context.registry}" answered ${status}, a redirect, and a write follows none: check the registry's url`;
    return { kind: "refused", why };
  }
  if (status === 429 || (status === 503 && retryAfterMs(answer, context.nowMs) !== undefined)) {
    const atMs = retryAfterMs(answer, context.nowMs) ?? context.nowMs + pauseMs;
    return { kind: "later", atMs, why: `"${context.registry}" asks to wait: ${said(answer, context)}` };
  }
  if (status >= 500 || status === 408) return { kind: "unknown", why: `"${context.registry}" answered ${said(answer, context)}` };
  // 409 says that the version is there, or that another write of the package is under way: neither is known from here.
  if (status === 409 || saysExists(answer, context)) {
    return { kind: "unknown", why: `"${context.registry}" says that this is there, or being written: ${said(answer, context)}` };
  }
  return { kind: "look", refused: refusal(answer, context) };
}

function readSuccess(answer: Answer, context: AnswerContext): Performed {
  if (!isPage(answer.text)) return { kind: "sent", warnings: [] };
  const why = `"${context.registry}" answered ${answer.status} with a web page, not as a registry does: a proxy or login page stands between`;
  return { kind: "unknown", why };
}

/** Only saves a look: what the text does not say, the look finds. */
function saysExists(answer: Answer, context: AnswerContext): boolean {
  return (
    answer.status >= 400 &&
    /\b(?:previously (?:published|staged)|already (?:exists?|present|published))\b/i.test(serverText(answer, context.secrets))
  );
}

function refusal(answer: Answer, context: AnswerContext): Extract<Performed, { kind: "refused" }> {
  const { status } = answer;
  const not = `"${context.registry}" did not let the credential ${context.what} (${said(answer, context)})`;
  if (asksForPassword(answer)) return { kind: "refused", code: "CREDENTIAL_REFUSED", why: `${not}: ${passwordWords}` };
  if (status === 401 || status === 403) return { kind: "refused", code: "CREDENTIAL_REFUSED", why: `${not}; ${credentialWords}` };
  if (status === 404) {
    const why = `${not}: it says "not found" to those who may not write; check that the scope exists and that the token may write "${context.package}" and, for its first version, make new packages`;
    return { kind: "refused", code: "CREDENTIAL_REFUSED", why };
  }
  if (status === 402) {
    const why = `${not}: it takes private packages against payment only; set the access to "public" if that is what it is to be`;
    return { kind: "refused", why };
  }
  return { kind: "refused", why: `"${context.registry}" refused to ${context.what}: ${said(answer, context)}` };
}

const credentialWords = "check that the token is for this registry, is not expired, and may write this package";

/** Which kinds of token publish without a person (protocols §5.5). */
const passwordWords =
  "it asks for a one-time password, which no machine has; it takes a granular access token with write permission that may bypass " +
  "two-factor authentication, or trusted publishing, or a stage that a person approves";

/** A one-time password is asked for by the challenge; some servers say it in the text alone. */
function asksForPassword(answer: Answer): boolean {
  if (answer.status !== 401) return false;
  return /\botp\b/i.test(answer.headers[wireHeaders.challenge] ?? "") || /one-time pass/i.test(answer.text);
}

function said(answer: Answer, context: AnswerContext): string {
  const text = serverText(answer, context.secrets);
  return text === "" ? `${answer.status}` : `${answer.status} "${text}"`;
}

/** The server's own words: `error`, `message` or `reason` of a JSON answer. */
function serverText(answer: Answer, secrets: readonly string[]): string {
  return presentable(jsonText(answer.text) ?? plainText(answer.text), secrets);
}

function jsonText(body: string): string | undefined {
  if (!body.trimStart().startsWith("{")) return undefined;
  try {
    const { error, message, reason } = JSON.parse(body) as Readonly<Record<string, unknown>>;
    return [error, message, reason].find((one): one is string => typeof one === "string" && one !== "") ?? "";
  } catch {
    return undefined;
  }
}
