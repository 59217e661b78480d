// HTTP for the PyPI client: one keep-alive agent with a limit per host, time-outs on every wait, bounded bodies, and no
// redirect followed unless the caller says so. undici is loaded at the first request, because plan and help need none.
// Sources: protocols §1.1, performance §13 (one agent, hand-built body: memory stays flat), libraries §6.
import type { Dispatcher } from "undici";
import type { Answer } from "./answers.ts";

export interface Timeouts {
  readonly connectMs: number;
  /** Wait for the first byte of the answer, counted from the last byte sent. */
  readonly answerMs: number;
  /** A whole read, from first to last byte, however slowly it drips. */
  readonly wholeMs: number;
}

export const defaultTimeouts: Timeouts = { connectMs: 15_000, answerMs: 120_000, wholeMs: 300_000 };

export interface HttpOptions {
  readonly userAgent: string;
  readonly timeouts: Timeouts;
  /** Environment for proxy settings (`HTTPS_PROXY`, `HTTP_PROXY`, `NO_PROXY`, either case). */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Text of a certificate bundle to trust besides the default one. */
  readonly certificates?: string;
}

export type Got =
  | {
      readonly kind: "answered";
      readonly status: number;
      readonly headers: Answer["headers"];
      readonly url: string;
      readonly body: AsyncIterable<Buffer> & { destroy(): void };
    }
  | { readonly kind: "failed"; readonly why: string };

export type Sent =
  | { readonly kind: "answered"; readonly answer: Answer }
  | { readonly kind: "failed"; readonly why: string; readonly cause: unknown };

export interface Http {
  /** Reads; `body` must be consumed or destroyed. Follows at most three redirects that `follows` allows. */
  get(url: string, options: GetOptions): Promise<Got>;
  /** Sends one body and reads the answer, whose body is cut at 64 KiB. */
  post(url: string, options: PostOptions): Promise<Sent>;
}

export interface GetOptions {
  readonly accept: string;
  readonly signal: AbortSignal;
  readonly follows: (from: URL, to: URL) => boolean;
}

export interface PostOptions {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: AsyncIterable<Buffer>;
  readonly signal: AbortSignal;
}

/** Connections to one host at a time; PyPI's front end takes more, but an upload is bound by the line, not by turns. */
const connectionsMax = 10;
const redirectsMax = 3;
const answerBytesMax = 64 * 1024;

/** Nothing is opened or loaded before the first request. */
export function openHttp(options: HttpOptions): Http {
  let opened: Promise<{ readonly undici: typeof import("undici"); readonly dispatcher: Dispatcher }> | undefined;
  const ready = () => (opened ??= import("undici").then(async (undici) => ({ undici, dispatcher: await dispatcherOf(undici, options) })));
  return {
    get: async (url, get) => getFollowing({ ready, options }, url, get),
    post: async (url, post) => {
      const { undici, dispatcher } = await ready();
      try {
        const reply = await undici.request(url, {
          dispatcher,
          method: "POST",
          headers: { ...post.headers, "user-agent": options.userAgent },
          body: post.body as unknown as NonNullable<Dispatcher.DispatchOptions["body"]>,
          signal: post.signal,
        });
        const body = await readText(reply.body, { limitBytes: answerBytesMax, cut: true, withinMs: options.timeouts.answerMs });
        return { kind: "answered", answer: { status: reply.statusCode, reason: reply.statusText, headers: flat(reply.headers), body } };
      } catch (cause) {
        return { kind: "failed", why: failureText(cause, url), cause };
      }
    },
  };
}

type Ready = () => Promise<{ readonly undici: typeof import("undici"); readonly dispatcher: Dispatcher }>;

async function getFollowing(http: { readonly ready: Ready; readonly options: HttpOptions }, start: string, get: GetOptions): Promise<Got> {
  const { undici, dispatcher } = await http.ready();
  const signal = AbortSignal.any([get.signal, AbortSignal.timeout(http.options.timeouts.wholeMs)]);
  const headers = { accept: get.accept, "cache-control": "no-cache", "user-agent": http.options.userAgent };
  let url = start;
  for (let hop = 0; hop <= redirectsMax; hop += 1) {
    try {
      const reply = await undici.request(url, { dispatcher, method: "GET", headers, signal });
      const answered = { kind: "answered", status: reply.statusCode, headers: flat(reply.headers), url, body: reply.body } as const;
      const next = redirectOf(answered, get.follows);
      if (next === undefined) return answered;
      // The destroyed body reports its own end as an error, which nobody waits for.
      reply.body.on("error", () => undefined).destroy();
      url = next;
    } catch (cause) {
      return { kind: "failed", why: failureText(cause, url) };
    }
  }
  return { kind: "failed", why: `"${safeUrl(start)}" redirects more than ${redirectsMax} times` };
}

function redirectOf(answered: Extract<Got, { kind: "answered" }>, follows: GetOptions["follows"]): string | undefined {
  const location = answered.headers["location"];
  if (answered.status < 301 || answered.status > 308 || location === undefined || !URL.canParse(location, answered.url)) return undefined;
  const to = new URL(location, answered.url);
  return follows(new URL(answered.url), to) ? to.href : undefined;
}

export function sameOrigin(from: URL, to: URL): boolean {
  return from.origin === to.origin;
}

async function dispatcherOf(undici: typeof import("undici"), { timeouts, env, certificates }: HttpOptions): Promise<Dispatcher> {
  const ca = certificates === undefined ? {} : { ca: [...(await import("node:tls")).getCACertificates("default"), certificates] };
  const agentOptions = {
    connections: connectionsMax,
    pipelining: 1,
    keepAliveTimeout: 10_000,
    headersTimeout: timeouts.answerMs,
    bodyTimeout: timeouts.answerMs,
    connect: { timeout: timeouts.connectMs, ...ca },
    // One protocol everywhere: PyPI's reason phrases exist only in HTTP/1.1.
    allowH2: false,
  };
  const httpProxy = env["http_proxy"] ?? env["HTTP_PROXY"];
  const httpsProxy = env["https_proxy"] ?? env["HTTPS_PROXY"];
  if (!httpProxy && !httpsProxy) return new undici.Agent(agentOptions);
  const noProxy = ["127.0.0.1", "localhost", "::1", env["no_proxy"] ?? env["NO_PROXY"]].filter(Boolean).join(",");
  return new undici.EnvHttpProxyAgent({ ...agentOptions, httpProxy: httpProxy ?? "", httpsProxy: httpsProxy ?? "", noProxy });
}

export interface ReadLimits {
  readonly limitBytes: number;
  /** `true`: what is over the limit is left out; `false`: it is an error. */
  readonly cut: boolean;
  readonly withinMs?: number;
}

/** Text of a body, never more than the limit. @throws Error when the body is longer and must not be cut, or too slow */
export async function readText(body: AsyncIterable<Buffer> & { destroy(cause?: Error): void }, limits: ReadLimits): Promise<string> {
  const parts: Buffer[] = [];
  let sizeBytes = 0;
  const timer =
    limits.withinMs === undefined ? undefined : setTimeout(() => body.destroy(new Error("the answer takes too long")), limits.withinMs);
  try {
    for await (const chunk of body) {
      parts.push(chunk);
      sizeBytes += chunk.length;
      if (sizeBytes > limits.limitBytes) break;
    }
  } finally {
    clearTimeout(timer);
  }
  if (sizeBytes > limits.limitBytes && !limits.cut) throw new Error(`the answer is longer than ${limits.limitBytes} bytes`);
  return Buffer.concat(parts).subarray(0, limits.limitBytes).toString("utf8");
}

function flat(headers: Readonly<Record<string, string | string[] | undefined>>): Answer["headers"] {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(", ") : value]));
}

/** Why no answer came, in words; the code of the system is kept, because people search for it. */
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
