// What an answer of Gitea or Forgejo means. Pure: the status decides. 409 is "there already", and the next look tells what.
import type { Performed } from "../../domain/run/effect.ts";
import { plainText, presentable, retryAfterMs } from "../../domain/server-text.ts";
import type { HttpAnswer } from "../../platform/http-port.ts";
import type { Unknown } from "../forge.ts";
import { elsewhere, lastingIf } from "../lasting.ts";
import { parseJson, recordOf, textOf } from "../reading.ts";

type Answer = Pick<HttpAnswer, "status" | "headers" | "text" | "place">;

interface AnswerContext {
  readonly forge: string;
  /** What was asked for, in words. */
  readonly what: string;
  readonly nowMs: number;
  /** Texts that must not come back in a message. */
  readonly secrets: readonly string[];
}

/** A refusal for now without a time: the server has none, a proxy before it may. */
const pauseMs = 5_000;

/** Reads the answer to a request that changes something. */
export function readAnswer(answer: Answer, context: AnswerContext): Performed {
  const { status } = answer;
  const words = `"${context.forge}" was asked to ${context.what} and answered ${said(answer, context.secrets)}`;
  if (status >= 200 && status < 300) return readSuccess(answer, words);
  const atMs = retryAfterMs(answer, context.nowMs);
  if (status === 429 || (status === 503 && atMs !== undefined)) return { kind: "later", atMs: atMs ?? context.nowMs + pauseMs, why: words };
  if (status >= 500 || status === 408 || status === 409) return { kind: "unknown", why: words };
  const why = `${words}${hints[status] ?? ""}`;
  return status === 401 || status === 403 ? { kind: "refused", why, code: "CREDENTIAL_REFUSED" } : { kind: "refused", why };
}

function readSuccess(answer: Answer, words: string): Performed {
  if (answer.text.trim() === "" || parseJson(answer.text) !== undefined) return { kind: "sent", warnings: [] };
  return { kind: "unknown", why: `${words}: a proxy or login page stands between` };
}

const hints: Readonly<Record<number, string>> = {
  301: "; the repository has another name now",
  307: "; the repository has another name now",
  401: "; the credential is wrong or expired",
  403: "; the credential lacks the scope, or its user the right",
  404: "; it does not exist, or the credential may not see it",
  413: "; the server takes no file of this size",
};

/** Any answer to a look that is neither the thing nor its absence. */
export function unknownAnswer(answer: Answer, context: Pick<AnswerContext, "forge" | "secrets">): Unknown {
  const why = `"${answer.place}" answered ${said(answer, context.secrets)}${elsewhere(answer) ?? hints[answer.status] ?? ""}`;
  // A proxy that limits says when it takes more.
  return { kind: "unknown", why, ...(answer.headers["retry-after"] === undefined ? lastingIf(answer.status) : {}) };
}

function said(answer: Answer, secrets: readonly string[]): string {
  const body = recordOf(parseJson(answer.text));
  const text = presentable(body === undefined ? plainText(answer.text) : (textOf(body["message"]) ?? ""), secrets);
  return text === "" || answer.status < 300 ? `${answer.status}` : `${answer.status} "${text}"`;
}
