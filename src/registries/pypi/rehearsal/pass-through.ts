// Everything that is not ours comes from the index that the user's own clients are configured for. Pages are handed on with
// absolute addresses, so files come straight from there; only where that index asks for a login do they come through here,
// because the credential stays in this process and is sent to its own host alone (DESIGN §6, conventions SECRETS).
import { readBody, reasonOf, upstreamLine, type UpstreamReply } from "../../../loopback/upstream.ts";
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
const accept = `${mediaTypes.simpleJson}, ${mediaTypes.simpleHtml};q=0.2, ${mediaTypes.html};q=0.1`;

/** Loads and opens nothing before the first page is asked for. */
export function passThrough(upstream: UpstreamIndex): PassThrough {
  const root = upstream.indexUrl.endsWith("/") ? upstream.indexUrl : `${upstream.indexUrl}/`;
  const { credential, indexUrl, ...rest } = upstream;
  const authorization = (): string => `Basic ${Buffer.from(`${credential?.user}:${credential?.reveal()}`).toString("base64")}`;
  const line = upstreamLine({ ...rest, url: indexUrl, ...(credential === undefined ? {} : { authorization }) });
  return {
    needsLogin: upstream.credential !== undefined,
    page: async (name, signal) => {
      try {
        return await readPage(await line.get(`${root}${name}/`, { accept }, signal), name);
      } catch (cause) {
        return { kind: "failed", why: `the index behind the rehearsal did not answer (${reasonOf(cause)})` };
      }
    },
    file: async (url, signal) => {
      const reply = await line.get(url, { accept: "*/*" }, signal);
      const kept = ["content-type", "content-length", "etag", "last-modified"].flatMap((name) =>
        reply.headers[name] === undefined ? [] : [[name, reply.headers[name]] as const],
      );
      return { status: reply.status, headers: Object.fromEntries(kept), body: reply.body };
    },
    close: () => line.close(),
  };
}

async function readPage(reply: UpstreamReply, name: string): Promise<UpstreamPage> {
  if (reply.status !== 200) {
    reply.discard();
    if (reply.status === 404 || reply.status === 410) return { kind: "absent" };
    return { kind: "failed", why: `the index behind the rehearsal answered ${reply.status}` };
  }
  const bytes = await readBody(reply, pageBytesMax);
  if (bytes === undefined) return { kind: "failed", why: `the index behind the rehearsal sent a page of more than ${pageBytesMax} bytes` };
  const page = readUpstreamPage(name, reply.headers["content-type"] ?? "", { text: bytes.toString("utf8"), url: reply.url });
  return page === undefined
    ? { kind: "failed", why: "the index behind the rehearsal sent something that is no simple page" }
    : { kind: "page", page };
}
