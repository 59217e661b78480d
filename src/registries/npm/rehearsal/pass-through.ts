// Everything that is not ours comes from the registries that the user's own clients are configured for. Documents name their
// tarballs here, because npm takes tarballs from no other host than the registry's (protocols §5.6), and a credential stays
// in this process and is sent to its own host alone (DESIGN §6, conventions SECRETS).
import type { Json, JsonObject } from "../../../domain/configuration.ts";
import type { Credential } from "../../../domain/credential.ts";
import { knownServices } from "../../../domain/known-services.ts";
import { escapedNpmName, splitNpmName } from "../../../domain/npm/names.ts";
import { readBody, reasonOf, upstreamLine, type UpstreamLine, type UpstreamReply } from "../../../loopback/upstream.ts";
import { mediaTypes } from "../wire.ts";
import { parseTable } from "./receive.ts";

interface UpstreamPlace {
  /** Root with a slash at the end, without user information. */
  readonly url: string;
  readonly credential?: Credential;
}

export interface UpstreamRegistries extends UpstreamPlace {
  /** Registries of single scopes, by scope with its `@`. */
  readonly scopes?: Readonly<Record<string, UpstreamPlace>>;
  /** Text of a certificate bundle to trust besides the default one. */
  readonly certificates?: string;
  /** Environment for proxy settings. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

export type UpstreamDocument =
  | { readonly kind: "document"; readonly document: JsonObject; readonly type: string }
  | { readonly kind: "absent" }
  | { readonly kind: "failed"; readonly why: string };

export interface UpstreamTarball {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: AsyncIterable<Buffer>;
}

export interface PassThrough {
  /** A package, with its tarballs as they lie there. @param accept which form, as the client asked */
  document(name: string, accept: string, signal: AbortSignal): Promise<UpstreamDocument>;
  /** The same with tarballs that are named under `url`, which `tarball` then knows. */
  documentHere(
    name: string,
    asked: { readonly accept: string; readonly url: string; readonly signal: AbortSignal },
  ): Promise<UpstreamDocument>;
  /** @returns undefined for a file that no version of the package names */
  tarball(name: string, file: string, signal: AbortSignal): Promise<UpstreamTarball | undefined>;
  close(): Promise<void>;
}

const documentBytesMax = 256 * 1024 * 1024;
/** Packages whose tarballs do not lie where they usually do are remembered, the last ones. */
const rememberedMax = 200;

interface Line {
  readonly place: UpstreamPlace;
  readonly line: UpstreamLine;
}

/** Loads and opens nothing before the first package is asked for. */
export function passThrough(upstream: UpstreamRegistries): PassThrough {
  const { certificates, env } = upstream;
  const rest = { ...(certificates === undefined ? {} : { certificates }), ...(env === undefined ? {} : { env }) };
  const openLine = (place: UpstreamPlace): Line => {
    const authorization = place.credential === undefined ? undefined : headerOf(place.credential);
    return {
      place,
      line: upstreamLine({ ...rest, url: place.url, ...(authorization === undefined ? {} : { authorization: () => authorization }) }),
    };
  };
  const standard = openLine(upstream);
  const scopes = new Map(Object.entries(upstream.scopes ?? {}).map(([scope, place]) => [scope, openLine(place)]));
  const lineFor = (name: string): Line => scopes.get(splitNpmName(name).scope ?? "") ?? standard;
  const elsewhere = new Map<string, ReadonlyMap<string, string>>();
  const document: PassThrough["document"] = async (name, accept, signal) => await readDocument(lineFor(name), name, { accept, signal });
  const remember = (name: string, files: ReadonlyMap<string, string>): void => {
    elsewhere.delete(name);
    elsewhere.set(name, files);
    const [oldest] = elsewhere.keys();
    if (elsewhere.size > rememberedMax && oldest !== undefined) elsewhere.delete(oldest);
  };
  const addresses = async (name: string, signal: AbortSignal): Promise<ReadonlyMap<string, string>> => {
    const known = elsewhere.get(name);
    if (known !== undefined) return known;
    const found = await document(name, mediaTypes.abbreviated, signal);
    const { files } =
      found.kind === "document"
        ? named(found.document, { name, place: lineFor(name).place, url: "" })
        : { files: new Map<string, string>() };
    if (found.kind === "document") remember(name, files);
    return files;
  };
  return {
    document,
    documentHere: async (name, { accept, url, signal }) => {
      const found = await document(name, accept, signal);
      if (found.kind !== "document") return found;
      const here = named(found.document, { name, place: lineFor(name).place, url });
      remember(name, here.files);
      return { ...found, document: here.document };
    },
    tarball: async (name, file, signal) => {
      const address = (await addresses(name, signal)).get(file);
      if (address === undefined) return undefined;
      const reply = await lineFor(name).line.get(address, { accept: "*/*" }, signal);
      const kept = ["content-type", "content-length", "etag", "last-modified"].flatMap((header) =>
        reply.headers[header] === undefined ? [] : [[header, reply.headers[header]] as const],
      );
      return { status: reply.status, headers: Object.fromEntries(kept), body: reply.body };
    },
    close: async () => {
      await Promise.all([standard, ...scopes.values()].map(({ line }) => line.close()));
    },
  };
}

/** A token by itself, or user and password. */
function headerOf(credential: Credential): string {
  const secret = credential.reveal();
  return credential.user === "" ? `Bearer ${secret}` : `Basic ${Buffer.from(`${credential.user}:${secret}`).toString("base64")}`;
}

async function readDocument(
  { place, line }: Line,
  name: string,
  { accept, signal }: { readonly accept: string; readonly signal: AbortSignal },
): Promise<UpstreamDocument> {
  try {
    const reply = await line.get(`${place.url}${escapedNpmName(name)}`, { accept }, signal);
    return await parseDocument(reply);
  } catch (cause) {
    return { kind: "failed", why: `the registry behind the rehearsal did not answer (${reasonOf(cause)})` };
  }
}

async function parseDocument(reply: UpstreamReply): Promise<UpstreamDocument> {
  if (reply.status !== 200) {
    reply.discard();
    if (reply.status === 404 || reply.status === 410) return { kind: "absent" };
    return { kind: "failed", why: `the registry behind the rehearsal answered ${reply.status}` };
  }
  const bytes = await readBody(reply, documentBytesMax);
  const document = bytes === undefined ? undefined : parseTable(bytes.toString("utf8"));
  if (document === undefined)
    return { kind: "failed", why: "the registry behind the rehearsal sent something that is no package document" };
  return { kind: "document", document, type: reply.headers["content-type"] ?? mediaTypes.json };
}

/** Names every tarball under `url`, and says where each really lies. */
function named(
  document: JsonObject,
  { name, place, url }: { readonly name: string; readonly place: UpstreamPlace; readonly url: string },
): { readonly document: JsonObject; readonly files: ReadonlyMap<string, string> } {
  const files = new Map<string, string>();
  const versions = Object.entries(isTable(document["versions"]) ? document["versions"] : {}).map(([version, entry]) => {
    const dist = isTable(entry) && isTable(entry["dist"]) ? entry["dist"] : undefined;
    const tarball = dist?.["tarball"];
    if (!isTable(entry) || dist === undefined || typeof tarball !== "string" || !URL.canParse(tarball, place.url)) return [version, entry];
    const address = replaceHost(new URL(tarball, place.url), place.url);
    const file = decodeURIComponent(address.split(/[?#]/)[0]?.split("/").at(-1) ?? "");
    files.set(file, address);
    return [version, { ...entry, dist: { ...dist, tarball: `${url}/${name}/-/${encodeURIComponent(file)}` } }];
  });
  return { document: { ...document, versions: Object.fromEntries(versions) as JsonObject }, files };
}

/** As npm does by default: a tarball at the public registry is asked for at the one that is configured. */
function replaceHost(tarball: URL, registryUrl: string): string {
  const known = knownServices.flatMap((service) => (service.ecosystem === "npm" ? [service.addresses.registry] : []));
  const isPublic = known.some((address) => new URL(address).host === tarball.host);
  return isPublic ? new URL(`${tarball.pathname.slice(1)}${tarball.search}`, registryUrl).href : tarball.href;
}

function isTable(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
