// Why no answer came, in words for people: what the system reported, and where, without anything secret.

/** The code of the system is kept, because people search for it. */
export function failureText(cause: unknown, url: string): string {
  const place = `"${safeUrl(url)}"`;
  if (cause instanceof Error && (cause.name === "AbortError" || cause.name === "TimeoutError")) {
    return cause.name === "TimeoutError" ? `${place} took too long to answer` : `the request to ${place} was cut short here`;
  }
  const code = codeOf(cause);
  const text = failures[code];
  if (text !== undefined) return `${place} ${text} (${code})`;
  return `${place} gave no answer that can be read (${code === "" ? messageOf(cause) : code})`;
}

const failures: Readonly<Record<string, string>> = {
  ECONNREFUSED: "refused the connection: nothing listens there",
  ENOTFOUND: "has a host name that cannot be resolved",
  EAI_AGAIN: "has a host name that cannot be resolved now",
  ENETUNREACH: "cannot be reached from here",
  EHOSTUNREACH: "cannot be reached from here",
  ECONNRESET: "cut the connection",
  EPIPE: "cut the connection",
  UND_ERR_SOCKET: "cut the connection",
  UND_ERR_CONNECT_TIMEOUT: "did not accept a connection in time",
  UND_ERR_HEADERS_TIMEOUT: "did not answer in time",
  UND_ERR_BODY_TIMEOUT: "stopped in the middle of its answer",
  UND_ERR_ABORTED: "was given up here",
  CERT_HAS_EXPIRED: "shows a certificate that has expired",
  DEPTH_ZERO_SELF_SIGNED_CERT: "shows a certificate that this machine does not trust",
  SELF_SIGNED_CERT_IN_CHAIN: "shows a certificate that this machine does not trust",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "shows a certificate that this machine does not trust",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "shows a certificate that this machine does not trust",
};

/** A body that is longer than its reader takes. */
export class TooLong extends Error {}

/** What no second try mends: a certificate that is not trusted, a body that is too long. A name that is not found may be a network that is down. */
export function isLasting(cause: unknown): boolean {
  return cause instanceof TooLong || /CERT/.test(codeOf(cause)) || codeOf(cause) === "UNABLE_TO_VERIFY_LEAF_SIGNATURE";
}

function codeOf(cause: unknown): string {
  for (let at: unknown = cause, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth += 1) {
    const code: unknown = "code" in at ? at.code : undefined;
    if (typeof code === "string") return code;
  }
  return "";
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message.slice(0, 200) : "no reason given";
}

/** An address for people: no user information, query or fragment, which may hold credentials. */
export function safeUrl(url: string): string {
  if (!URL.canParse(url)) return "an address that cannot be read";
  const { origin, pathname } = new URL(url);
  return `${origin}${pathname}`;
}
