// HTTP for the clients of registries and forges: one keep-alive agent with a limit per host, time-outs on every wait,
// bounded bodies, and no redirect followed unless the caller says so. undici is loaded at the first request, because plan
// and help need none. Sources: protocols §1.1, §7; performance §13 (one agent, hand-built body: memory stays flat).
import { rm } from "node:fs/promises";
import type { Dispatcher } from "undici";
import { SlipwayError } from "../domain/error.ts";
import { digestBody, readText, type Body } from "./http-body.ts";
import { failureText, isLasting, safeUrl } from "./http-failure.ts";
import type { Http, HttpAnswer, HttpDownload, HttpFailed, HttpFetched, HttpReply, HttpRequest } from "./http-port.ts";
import { readBlocks } from "./read-blocks.ts";

export interface HttpTimeouts {
  readonly connectMs: number;
  /** Wait for the first byte of the answer, counted from the last byte sent. */
  readonly answerMs: number;
  /** A whole read, from first to last byte, however slowly it drips. */
  readonly wholeMs: number;
}

const defaultTimeouts: HttpTimeouts = { connectMs: 15_000, answerMs: 120_000, wholeMs: 300_000 };

export interface HttpOptions {
  /** `slipway/0.1.0` */
  readonly userAgent: string;
  readonly timeouts?: Partial<HttpTimeouts>;
  /** Environment for proxy settings (`HTTPS_PROXY`, `HTTP_PROXY`, `NO_PROXY`, either case). Default: none. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Text of a certificate bundle to trust besides the default one. */
  readonly certificates?: string | (() => Promise<string | undefined>);
}

/** Connections to one host at a time; public front ends take more, but an upload is bound by the line, not by turns. */
const connectionsMax = 10;
const redirectsMax = 3;
/** An answer that is no page is read for its words alone. */
const answerBytesMax = 64 * 1024;

interface Line {
  readonly ready: () => Promise<{ readonly undici: typeof import("undici"); readonly dispatcher: Dispatcher }>;
  readonly userAgent: string;
  readonly timeouts: HttpTimeouts;
}

/** Nothing is opened or loaded before the first request. */
export function openHttp(options: HttpOptions): Http {
  const timeouts = { ...defaultTimeouts, ...options.timeouts };
  let opened: ReturnType<Line["ready"]> | undefined;
  const ready = () =>
    (opened ??= import("undici").then(async (undici) => ({ undici, dispatcher: await dispatcherOf(undici, { ...options, timeouts }) })));
  const line = { ready, userAgent: options.userAgent, timeouts };
  return { send: (request) => send(line, request), fetch: (request) => fetchFile(line, request), blocks: readBlocks };
}

type Got = { readonly kind: "answered"; readonly answer: Omit<HttpAnswer, "text">; readonly body: Body } | HttpFailed;

async function send(line: Line, request: HttpRequest): Promise<HttpReply> {
  const got = await exchange(line, request);
  if (got.kind === "failed") return got;
  try {
    return { kind: "answered", ...got.answer, text: await readAnswer(line, request, got) };
  } catch (cause) {
    return failed(cause, got.answer.url);
  }
}

/** A success is read whole or not at all where a limit is given; of anything else the beginning is enough. */
async function readAnswer(line: Line, request: HttpRequest, got: Extract<Got, { kind: "answered" }>): Promise<string> {
  const limitBytes = got.answer.status < 300 ? request.limitBytes : undefined;
  if (limitBytes !== undefined) return await readText(got.body, { limitBytes, cut: false });
  return await readText(got.body, { limitBytes: answerBytesMax, cut: true, withinMs: line.timeouts.answerMs });
}

async function fetchFile(line: Line, request: HttpDownload): Promise<HttpFetched> {
  const got = await exchange(line, request);
  if (got.kind === "failed") return got;
  if (got.answer.status !== 200) {
    // A short body is read to its end, so that the connection can be used again.
    const text = await readText(got.body, { limitBytes: answerBytesMax, cut: true, withinMs: 2_000 }).catch(() => "");
    return { kind: "answered", ...got.answer, text };
  }
  try {
    return { kind: "fetched", ...(await digestBody(got.body, { to: request.to, limitBytes: request.limitBytes })) };
  } catch (cause) {
    if (request.to !== undefined) await rm(request.to, { force: true });
    if (cause instanceof SlipwayError) throw cause;
    return failed(cause, got.answer.url);
  }
}

async function exchange(line: Line, request: HttpRequest): Promise<Got> {
  const { undici, dispatcher } = await line.ready();
  const streams = request.body !== undefined && typeof request.body !== "string";
  const signal = streams ? request.signal : AbortSignal.any([request.signal, AbortSignal.timeout(line.timeouts.wholeMs)]);
  let { url } = request;
  let headers: Readonly<Record<string, string>> = { ...request.headers, "user-agent": line.userAgent };
  for (let hop = 0; hop <= redirectsMax; hop += 1) {
    try {
      const reply = await undici.request(url, { dispatcher, method: request.method, headers, body: bodyOf(request), signal });
      const answer = { status: reply.statusCode, reason: reply.statusText, headers: flat(reply.headers), url, place: safeUrl(url) };
      const next = redirectOf(answer, request);
      if (next === undefined) return { kind: "answered", answer, body: reply.body };
      // The destroyed body reports its own end as an error, which nobody waits for.
      reply.body.on("error", () => undefined).destroy();
      if (new URL(next).origin !== new URL(url).origin) headers = withoutCredentials(headers);
      url = next;
    } catch (cause) {
      return failed(cause, url);
    }
  }
  return { kind: "failed", why: `"${safeUrl(request.url)}" redirects more than ${redirectsMax} times`, cause: undefined, lasting: true };
}

function failed(cause: unknown, url: string): HttpFailed {
  return { kind: "failed", why: failureText(cause, url), cause, ...(isLasting(cause) ? { lasting: true } : {}) };
}

function bodyOf(request: HttpRequest): NonNullable<Dispatcher.DispatchOptions["body"]> | null {
  return (request.body ?? null) as NonNullable<Dispatcher.DispatchOptions["body"]> | null;
}

/** Only reads are led elsewhere: what is written is written where the caller said, or not at all. */
function redirectOf(answer: Omit<HttpAnswer, "text">, request: HttpRequest): string | undefined {
  const location = answer.headers["location"];
  const reads = request.method === "GET" || request.method === "HEAD";
  if (!reads || answer.status < 301 || answer.status > 308 || location === undefined) return undefined;
  if (!URL.canParse(location, answer.url)) return undefined;
  const [from, to] = [new URL(answer.url), new URL(location, answer.url)];
  const same = from.origin === to.origin;
  switch (request.follows ?? "none") {
    case "none":
      return undefined;
    case "same-origin":
      return same ? to.href : undefined;
    case "https":
      return same || to.protocol === "https:" ? to.href : undefined;
  }
}

/** What opens one place is not shown to another. */
function withoutCredentials(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => name !== "authorization" && name !== "cookie"));
}

async function dispatcherOf(
  undici: typeof import("undici"),
  { timeouts, env = {}, certificates }: HttpOptions & { readonly timeouts: HttpTimeouts },
): Promise<Dispatcher> {
  const more = typeof certificates === "function" ? await certificates() : certificates;
  const ca = more === undefined ? {} : { ca: [...(await import("node:tls")).getCACertificates("default"), more] };
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

function flat(headers: Readonly<Record<string, string | string[] | undefined>>): HttpAnswer["headers"] {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(", ") : value]));
}
