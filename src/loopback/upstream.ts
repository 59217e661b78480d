// The line from a rehearsal to the registry behind it: what is not ours comes from wherever the user's own clients are
// configured to look. Proxies and certificates are obeyed; a credential stays in this process and is sent to its own
// origin alone (DESIGN §6, conventions SECRETS).
import { SlipwayError } from "../domain/error.ts";

export interface Upstream {
  /** Address without user information. */
  readonly url: string;
  /** The whole of the header `authorization`, read when it is sent. */
  readonly authorization?: () => string;
  /** Text of a certificate bundle to trust besides the default one. */
  readonly certificates?: string;
  /** Environment for proxy settings. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

export interface UpstreamReply {
  readonly status: number;
  /** Lower-case names; repeated ones joined with a comma. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Where it came from in the end. */
  readonly url: string;
  readonly body: AsyncIterable<Buffer>;
  /** Forgets the body; needed where it is not read. */
  discard(): void;
}

export interface UpstreamLine {
  /**
   * Gets an address, here or elsewhere; redirects are followed.
   * @throws what the network throws, and SlipwayError STEP_FAILED after too many redirects
   */
  get(url: string, headers: Readonly<Record<string, string>>, signal: AbortSignal): Promise<UpstreamReply>;
  close(): Promise<void>;
}

const redirectsMax = 5;
const withinMs = 60_000;

/** Loads and opens nothing before the first address is asked for. */
export function upstreamLine(upstream: Upstream): UpstreamLine {
  let opened: Promise<Line> | undefined;
  return {
    get: async (url, headers, signal) => await get(await (opened ??= openLine(upstream)), upstream, { url, headers, signal }),
    close: async () => {
      await (await opened?.catch(() => undefined))?.dispatcher.destroy();
    },
  };
}

/** @returns the whole body, or undefined for one that is longer than `bytesMax` */
export async function readBody(reply: UpstreamReply, bytesMax: number): Promise<Buffer | undefined> {
  const parts: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of reply.body) {
    sizeBytes += chunk.length;
    if (sizeBytes > bytesMax) return undefined;
    parts.push(chunk);
  }
  return Buffer.concat(parts);
}

/** Why the network gave no answer, in one word, without an address or a secret. */
export function reasonOf(cause: unknown): string {
  if (cause instanceof Error && "code" in cause && typeof cause.code === "string") return cause.code;
  return cause instanceof Error ? cause.name : "no reason given";
}

interface Line {
  readonly undici: typeof import("undici");
  readonly dispatcher: import("undici").Dispatcher;
}

async function openLine(upstream: Upstream): Promise<Line> {
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

async function get(
  line: Line,
  upstream: Upstream,
  request: { readonly url: string; readonly headers: Readonly<Record<string, string>>; readonly signal: AbortSignal },
): Promise<UpstreamReply> {
  const home = new URL(upstream.url).origin;
  let url = request.url;
  for (let hop = 0; hop <= redirectsMax; hop += 1) {
    const headers: Record<string, string> = { "user-agent": "slipway-rehearsal", ...request.headers };
    if (upstream.authorization !== undefined && new URL(url).origin === home) headers["authorization"] = upstream.authorization();
    const reply = await line.undici.request(url, { dispatcher: line.dispatcher, method: "GET", headers, signal: request.signal });
    const discard = (): void => void reply.body.on("error", () => undefined).destroy();
    const location = reply.headers["location"];
    const flat = Object.fromEntries(
      Object.entries(reply.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(", ") : value]),
    );
    if (reply.statusCode < 301 || reply.statusCode > 308 || typeof location !== "string" || !URL.canParse(location, url)) {
      return { status: reply.statusCode, headers: flat, url, body: reply.body, discard };
    }
    discard();
    url = new URL(location, url).href;
  }
  throw new SlipwayError("STEP_FAILED", `Cannot read what is behind the rehearsal: it redirects more than ${redirectsMax} times`);
}
