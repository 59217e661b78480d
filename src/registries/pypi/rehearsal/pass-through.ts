// Everything that is not ours comes from the index that the user's own clients are configured for. Pages are handed on with
// absolute addresses, so files come straight from there; only where that index asks for a login do they come through here,
// because the credential stays in this process and is sent to its own host alone (DESIGN §6, conventions SECRETS).
import { SlipwayError } from "../../../domain/error.ts";
import { mediaTypes, type WirePage } from "../wire.ts";
import { readUpstreamPage } from "./upstream-page.ts";

export interface UpstreamIndex {
  /** Root of the simple API without user information. */
  readonly indexUrl: string;
  readonly credential?: { readonly user: string; reveal(): string };
  /** Text of a certificate bundle to trust besides the default one. */
  readonly certificates?: string;
  /** Environment for proxy settings. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

export type UpstreamPage =
  | { readonly kind: "page"; readonly page: WirePage }
  | { readonly kind: "absent" }
  | { readonly kind: "failed"; readonly why: string };

export interface UpstreamFile {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: AsyncIterable<Buffer>;
}

export interface PassThrough {
  readonly needsLogin: boolean;
  /** @param name normalised */
  page(name: string, signal: AbortSignal): Promise<UpstreamPage>;
  /** A file or its metadata by address; only for an index that asks for a login. */
  file(url: string, signal: AbortSignal): Promise<UpstreamFile>;
  close(): Promise<void>;
}

const pageBytesMax = 64 * 1024 * 1024;
const redirectsMax = 5;
const withinMs = 60_000;
const accept = `${mediaTypes.simpleJson}, ${mediaTypes.simpleHtml};q=0.2, ${mediaTypes.html};q=0.1`;

/** Loads and opens nothing before the first page is asked for. */
export function passThrough(upstream: UpstreamIndex): PassThrough {
  const root = upstream.indexUrl.endsWith("/") ? upstream.indexUrl : `${upstream.indexUrl}/`;
  let opened: Promise<Line> | undefined;
  const line = (): Promise<Line> => (opened ??= openLine(upstream));
  return {
    needsLogin: upstream.credential !== undefined,
    page: async (name, signal) => {
      try {
        return await readPage(await get(await line(), upstream, { url: `${root}${name}/`, accept, signal }), name);
      } catch (cause) {
        return { kind: "failed", why: `the index behind the rehearsal did not answer (${reasonOf(cause)})` };
      }
    },
    file: async (url, signal) => {
      const reply = await get(await line(), upstream, { url, accept: "*/*", signal });
      const kept = ["content-type", "content-length", "etag", "last-modified"].flatMap((name) =>
        reply.headers[name] === undefined ? [] : [[name, reply.headers[name]] as const],
      );
      return { status: reply.status, headers: Object.fromEntries(kept), body: reply.body };
    },
    close: async () => {
      await (await opened?.catch(() => undefined))?.dispatcher.destroy();
    },
  };
}

interface Line {
  readonly undici: typeof import("undici");
  readonly dispatcher: import("undici").Dispatcher;
}

async function openLine(upstream: UpstreamIndex): Promise<Line> {
  const undici = await import("undici");
  const { getCACertificates } = await import("node:tls");
  const ca = upstream.certificates === undefined ? undefined : [...getCACertificates("default"), upstream.certificates];
  const options = {
    connections: 10,
    headersTimeout: withinMs,
    bodyTimeout: withinMs,
    allowH2: false,
    connect: { timeout: 15_000, ...(ca === undefined ? {} : { ca }) },
  };
  const env = upstream.env ?? {};
  const httpProxy = env["http_proxy"] ?? env["HTTP_PROXY"] ?? "";
  const httpsProxy = env["https_proxy"] ?? env["HTTPS_PROXY"] ?? "";
  if (httpProxy === "" && httpsProxy === "") return { undici, dispatcher: new undici.Agent(options) };
  const noProxy = ["127.0.0.1", "localhost", "::1", env["no_proxy"] ?? env["NO_PROXY"] ?? ""].filter((one) => one !== "").join(",");
  return { undici, dispatcher: new undici.EnvHttpProxyAgent({ ...options, httpProxy, httpsProxy, noProxy }) };
}

interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly url: string;
  readonly body: AsyncIterable<Buffer> & { destroy(): unknown; on(event: "error", listener: () => void): unknown };
}

async function get(
  line: Line,
  upstream: UpstreamIndex,
  request: { readonly url: string; readonly accept: string; readonly signal: AbortSignal },
): Promise<Reply> {
  const home = new URL(upstream.indexUrl).origin;
  let url = request.url;
  for (let hop = 0; hop <= redirectsMax; hop += 1) {
    const headers: Record<string, string> = { accept: request.accept, "user-agent": "slipway-rehearsal" };
    const credential = new URL(url).origin === home ? upstream.credential : undefined;
    if (credential !== undefined)
      headers["authorization"] = `Basic ${Buffer.from(`${credential.user}:${credential.reveal()}`).toString("base64")}`;
    const reply = await line.undici.request(url, { dispatcher: line.dispatcher, method: "GET", headers, signal: request.signal });
    const location = reply.headers["location"];
    const flat = Object.fromEntries(
      Object.entries(reply.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(", ") : value]),
    );
    if (reply.statusCode < 301 || reply.statusCode > 308 || typeof location !== "string" || !URL.canParse(location, url)) {
      return { status: reply.statusCode, headers: flat, url, body: reply.body };
    }
    reply.body.on("error", () => undefined).destroy();
    url = new URL(location, url).href;
  }
  throw new SlipwayError("STEP_FAILED", `Cannot read the index behind the rehearsal: it redirects more than ${redirectsMax} times`);
}

async function readPage(reply: Reply, name: string): Promise<UpstreamPage> {
  if (reply.status !== 200) {
    reply.body.on("error", () => undefined);
    reply.body.destroy();
    if (reply.status === 404 || reply.status === 410) return { kind: "absent" };
    return { kind: "failed", why: `the index behind the rehearsal answered ${reply.status}` };
  }
  const parts: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of reply.body) {
    sizeBytes += chunk.length;
    if (sizeBytes > pageBytesMax)
      return { kind: "failed", why: `the index behind the rehearsal sent a page of more than ${pageBytesMax} bytes` };
    parts.push(chunk);
  }
  const page = readUpstreamPage(name, reply.headers["content-type"] ?? "", { text: Buffer.concat(parts).toString("utf8"), url: reply.url });
  return page === undefined
    ? { kind: "failed", why: "the index behind the rehearsal sent something that is no simple page" }
    : { kind: "page", page };
}

function reasonOf(cause: unknown): string {
  if (cause instanceof Error && "code" in cause && typeof cause.code === "string") return cause.code;
  return cause instanceof Error ? cause.name : "no reason given";
}
