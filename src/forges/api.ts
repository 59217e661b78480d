// Calls to a forge's API: JSON out, JSON in, with limits. What a status means is each forge's own business; here is only
// what all of them do alike – one request, pages one after another, a refusal of places that are not what they claim.
import type { Credential } from "../domain/credential.ts";
import type { Performed } from "../domain/run/effect.ts";
import type { Http, HttpAnswer, HttpReply, HttpRequest } from "../platform/http-port.ts";
import { address } from "./address.ts";
import type { Looked, Made, ReadAccess, Unknown, WriteAccess } from "./forge.ts";
import { unknownFailure } from "./lasting.ts";
import { listOf, parseJson, readAll } from "./reading.ts";

export interface Api {
  readonly http: Http;
  /** Root of the API, without a slash at the end. */
  readonly base: string;
  /** Name of the forge, for words. */
  readonly forge: string;
  readonly world: "real" | "rehearsal";
  /** `owner` and `name`, as two segments. */
  readonly repository: { readonly owner: string; readonly name: string };
  readonly nowMs: () => number;
  /** Headers of every request, with the credential in the form that the forge takes. */
  headers(credential: Credential | undefined): Readonly<Record<string, string>>;
  /** What an answer to a request that changes something means at this forge. */
  readAnswer(
    answer: HttpAnswer,
    context: Asked & { readonly forge: string; readonly nowMs: number; readonly secrets: readonly string[] },
  ): Performed;
  /** Any answer to a look that is neither the thing nor its absence, in words. */
  unknownAnswer(
    answer: HttpAnswer,
    context: { readonly forge: string; readonly nowMs: number; readonly secrets: readonly string[] },
  ): Unknown;
}

export interface Asked {
  /** What was asked for, in words: `create the draft of "v1.0"`. */
  readonly what: string;
}

export interface Call {
  readonly method: HttpRequest["method"];
  /** Below `repos/OWNER/NAME`. */
  readonly path: readonly (string | number)[];
  readonly query?: Readonly<Record<string, string | number>>;
  readonly json?: unknown;
}

/** Sent by Slipway's rehearsal servers, so that none is ever taken for a real one. */
const rehearsalHeader = "x-slipway-rehearsal";

/** A page of a hundred releases with long notes is some megabytes. */
const textBytesMax = 32 * 1024 * 1024;

/** One request about the repository. @throws SlipwayError FORGE_NAME_INVALID */
export async function call(api: Api, { method, path, query = {}, json }: Call, access: ReadAccess): Promise<HttpReply> {
  const reply = await api.http.send({
    method,
    url: address(api.base, ["repos", api.repository.owner, api.repository.name, ...path], query),
    headers: { ...api.headers(access.credential), ...(json === undefined ? {} : { "content-type": "application/json" }) },
    ...(json === undefined ? {} : { body: JSON.stringify(json) }),
    limitBytes: textBytesMax,
    signal: access.signal,
  });
  return believed(api, reply);
}

/** What a rehearsal says is no answer of a real forge. */
export function believed(api: Pick<Api, "world" | "forge">, reply: HttpReply): HttpReply {
  if (reply.kind === "failed" || api.world === "rehearsal" || reply.headers[rehearsalHeader] === undefined) return reply;
  return {
    kind: "failed",
    why: `"${reply.place}" is a rehearsal, which can never stand for "${api.forge}"`,
    cause: undefined,
    lasting: true,
  };
}

/** A look at one thing. @param read undefined for what is not of the forge's form */
export async function lookAt<T>(
  api: Api,
  look: Pick<Call, "path" | "query">,
  { read, ...access }: ReadAccess & { readonly read: (value: unknown) => T | undefined },
): Promise<Looked<T>> {
  const reply = await call(api, { method: "GET", ...look }, access);
  if (reply.kind === "failed") return unknownFailure(reply);
  if (reply.status === 404 || reply.status === 410) return { kind: "absent" };
  if (reply.status !== 200) return notRead(api, reply, access);
  const found = read(parseJson(reply.text));
  return found === undefined ? unreadable(reply) : { kind: "found", found };
}

/** All members of a list. A list that is not there is unknown: it hides whatever it holds. */
export async function list<T>(
  api: Api,
  pages: Pages,
  { read, ...access }: ReadAccess & { readonly read: (value: unknown) => T | undefined },
): Promise<{ readonly kind: "listed"; readonly items: readonly T[] } | Unknown> {
  const paged = await readPages(api, pages, access);
  if (paged.kind === "unknown") return paged;
  if (paged.kind === "answered") return notRead(api, paged.answer, access);
  const items = readAll(paged.items, read);
  return items === undefined ? { kind: "unknown", why: `"${api.forge}" lists something that cannot be read` } : { kind: "listed", items };
}

/** One request that changes something. */
export async function act<T = never>(
  api: Api,
  request: Call & Asked,
  { read, ...access }: WriteAccess & { readonly read?: (value: unknown) => T | undefined },
): Promise<Made<T>> {
  const reply = await call(api, request, access);
  return made(api, reply, { what: request.what, credential: access.credential, ...(read === undefined ? {} : { read }) });
}

/** What a reply to such a request means, with what the forge says that it holds now. */
export function made<T>(
  api: Api,
  reply: HttpReply,
  { what, credential, read }: Asked & { readonly credential: Credential; readonly read?: (value: unknown) => T | undefined },
): Made<T> {
  if (reply.kind === "failed") return { kind: "unknown", why: reply.why };
  const performed = api.readAnswer(reply, { forge: api.forge, what, nowMs: api.nowMs(), secrets: traces(credential) });
  if (performed.kind !== "sent" || read === undefined) return performed;
  const found = read(parseJson(reply.text));
  return found === undefined ? performed : { ...performed, made: found };
}

export function notRead(api: Api, answer: HttpAnswer, access: ReadAccess): Unknown {
  return api.unknownAnswer(answer, { forge: api.forge, nowMs: api.nowMs(), secrets: traces(access.credential) });
}

export type Paged =
  | { readonly kind: "listed"; readonly items: readonly unknown[] }
  /** An answer that is no page, the first that came. */
  | { readonly kind: "answered"; readonly answer: HttpAnswer }
  | Unknown;

export interface Pages {
  readonly path: Call["path"];
  readonly query: Readonly<Record<string, string | number>>;
  readonly pagesMax: number;
  /** The list within an answer that is an object. Default: the answer is the list. */
  listIn?(value: unknown): unknown;
  /** `true` ends the reading: what is looked for was on this page. */
  enough?(items: readonly unknown[], page: number): boolean;
}

/** Reads pages until the forge names no next one. More than `pagesMax` is unknown: what is not there may be on the next. */
export async function readPages(api: Api, pages: Pages, access: ReadAccess): Promise<Paged> {
  const items: unknown[] = [];
  for (let page = 1; page <= pages.pagesMax; page += 1) {
    const reply = await call(api, { method: "GET", path: pages.path, query: { ...pages.query, page } }, access);
    if (reply.kind === "failed") return unknownFailure(reply);
    if (reply.status !== 200) return { kind: "answered", answer: reply };
    const value = parseJson(reply.text);
    const listed = listOf(pages.listIn === undefined ? value : pages.listIn(value));
    if (listed === undefined) return unreadable(reply);
    items.push(...listed);
    if (!hasNext(reply) || pages.enough?.(listed, page) === true) return { kind: "listed", items };
  }
  return {
    kind: "unknown",
    why: `"${api.forge}" has more pages of "${pages.path.join("/")}" than the ${pages.pagesMax} that are read`,
    lasting: true,
  };
}

export function unreadable(answer: Pick<HttpAnswer, "place" | "status">): Unknown {
  return { kind: "unknown", why: `"${answer.place}" answered ${answer.status} with a text that is not what a forge answers` };
}

/** RFC 8288: only that there is a next page is read; its address is ours to make. */
function hasNext(answer: HttpAnswer): boolean {
  return /;\s*rel="?next"?/i.test(answer.headers["link"] ?? "");
}

/** Forms in which a secret could come back in a server's text. */
export function traces(credential: Credential | undefined): readonly string[] {
  const secret = credential?.reveal() ?? "";
  return secret.length < 4 ? [] : [secret, encodeURIComponent(secret), Buffer.from(secret).toString("base64")];
}
