// What a server says, made fit for messages, and the time it asks us to wait. Pure.
// Sources: RFC 9110 §10.2.3 (Retry-After); protocols §1.2, §7.5.

/** Longest text of a server that is passed on, in characters. */
export const serverTextMax = 2048;

/** Longest pause that a server may ask for; beyond it a person is better asked than a process kept. */
export const pauseMaxMs = 24 * 60 * 60 * 1000;

/** Removes control characters and secrets, joins white space, and cuts: a server's text must not steer a terminal. */
export function presentable(text: string, secrets: readonly string[]): string {
  let clean = text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, " ").trim();
  for (const secret of secrets) if (secret !== "") clean = clean.replaceAll(secret, "«redacted»");
  return clean.length > serverTextMax ? `${clean.slice(0, serverTextMax)}…` : clean;
}

/** Text of a page for people. Only the beginning is read: patterns over a long hostile page would take long. */
export function plainText(page: string): string {
  return page
    .slice(0, 4 * serverTextMax)
    .replace(/<(?:style|script|title)\b[\s\S]*?<\/(?:style|script|title)\s*>/gi, " ")
    .replace(/<[^>]{0,2000}>/g, " ");
}

/** Absolute time of `Retry-After`, which is a number of seconds or an HTTP date; undefined if there is none to be read. */
export function retryAfterMs(
  answer: { readonly headers: Readonly<Record<string, string | undefined>> },
  nowMs: number,
): number | undefined {
  const written = answer.headers["retry-after"]?.trim();
  if (written === undefined || written === "") return undefined;
  const atMs = /^\d{1,9}$/.test(written) ? nowMs + Number(written) * 1000 : Date.parse(written);
  if (Number.isNaN(atMs)) return undefined;
  return Math.min(Math.max(atMs, nowMs), nowMs + pauseMaxMs);
}
