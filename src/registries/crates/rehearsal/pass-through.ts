// Every crate that is not ours comes from the index that the user's own cargo is configured for; files are handed on through
// here, so that a token for that index stays in this process (DESIGN §6, conventions SECRETS; protocols §4.2).
import { crateIndexPath, crateIndexPrefix } from "../../../domain/crates/names.ts";
import { readBody, reasonOf, upstreamLine, type UpstreamLine, type UpstreamReply } from "../../../loopback/upstream.ts";
import type { WireLine } from "../wire.ts";

export interface UpstreamCrates {
  /** Root of the sparse index. */
  readonly indexUrl: string;
  /** Token for an index that lets only some read; the whole of the header. */
  readonly credential?: { reveal(): string };
  /** Text of a certificate bundle to trust besides the default one. */
  readonly certificates?: string;
  /** Environment for proxy settings. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

export type UpstreamPage =
  | { readonly kind: "page"; readonly text: string }
  | { readonly kind: "absent" }
  | { readonly kind: "failed"; readonly why: string };

export type UpstreamFile =
  | Extract<UpstreamPage, { kind: "absent" | "failed" }>
  | { readonly kind: "file"; readonly body: AsyncIterable<Buffer> };

export interface PassThrough {
  /** A crate's file of the index. */
  page(name: string, signal: AbortSignal): Promise<UpstreamPage>;
  file(name: string, version: string, signal: AbortSignal): Promise<UpstreamFile>;
  close(): Promise<void>;
}

/** What is needed of a version that somebody else published. */
export type Line = Pick<WireLine, "name" | "vers" | "cksum">;

const pageBytesMax = 64 * 1024 * 1024;

/** Loads and opens nothing before the first page is asked for. */
export function passThrough(upstream: UpstreamCrates): PassThrough {
  const { credential, indexUrl, ...rest } = upstream;
  const root = indexUrl.endsWith("/") ? indexUrl : `${indexUrl}/`;
  const line = upstreamLine({ ...rest, url: indexUrl, ...(credential === undefined ? {} : { authorization: () => credential.reveal() }) });
  const page: PassThrough["page"] = (name, signal) => readPage(line, `${root}${crateIndexPath(name)}`, signal);
  return {
    page,
    file: async (name, version, signal) => {
      const config = await readPage(line, `${root}config.json`, signal);
      const lines = await page(name, signal);
      if (config.kind !== "page") return config;
      if (lines.kind !== "page") return lines;
      const wanted = linesIn(lines.text).find((one) => one.name === name && one.vers === version);
      if (wanted === undefined) return { kind: "absent" };
      return await readFile(line, addressOf(config.text, wanted), signal);
    },
    close: () => line.close(),
  };
}

async function readPage(line: UpstreamLine, url: string, signal: AbortSignal): Promise<UpstreamPage> {
  try {
    const reply = await line.get(url, { accept: "*/*" }, signal);
    const wrong = refused(reply);
    if (wrong !== undefined) return wrong;
    const bytes = await readBody(reply, pageBytesMax);
    if (bytes === undefined)
      return { kind: "failed", why: `the index behind the rehearsal sent a page of more than ${pageBytesMax} bytes` };
    return { kind: "page", text: bytes.toString("utf8") };
  } catch (cause) {
    return { kind: "failed", why: `the index behind the rehearsal did not answer (${reasonOf(cause)})` };
  }
}

async function readFile(line: UpstreamLine, url: string | undefined, signal: AbortSignal): Promise<UpstreamFile> {
  if (url === undefined) return { kind: "failed", why: "the index behind the rehearsal tells no address of files" };
  try {
    const reply = await line.get(url, { accept: "*/*" }, signal);
    return refused(reply) ?? { kind: "file", body: reply.body };
  } catch (cause) {
    return { kind: "failed", why: `the files behind the rehearsal cannot be read (${reasonOf(cause)})` };
  }
}

function refused(reply: UpstreamReply): Exclude<UpstreamPage, { kind: "page" }> | undefined {
  if (reply.status === 200) return undefined;
  reply.discard();
  if (reply.status === 404 || reply.status === 410 || reply.status === 451) return { kind: "absent" };
  return { kind: "failed", why: `the index behind the rehearsal answered ${reply.status}` };
}

/** Lines that can be read; cargo leaves the others out as well. */
export function linesIn(text: string): readonly Line[] {
  return text.split("\n").flatMap((one) => {
    const { name, vers, cksum } = parsed(one);
    return typeof name === "string" && typeof vers === "string" && typeof cksum === "string" ? [{ name, vers, cksum }] : [];
  });
}

function addressOf(config: string, line: Line): string | undefined {
  const { dl } = parsed(config);
  if (typeof dl !== "string") return undefined;
  const prefix = crateIndexPrefix(line.name);
  const filled = dl
    .replaceAll("{crate}", line.name)
    .replaceAll("{version}", line.vers)
    .replaceAll("{prefix}", prefix)
    .replaceAll("{lowerprefix}", prefix.toLowerCase())
    .replaceAll("{sha256-checksum}", line.cksum);
  return filled === dl ? `${dl.replace(/\/+$/, "")}/${line.name}/${line.vers}/download` : filled;
}

function parsed(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
