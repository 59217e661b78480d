// Puts one blob, unless it is there: mounted from another repository of the registry where it can be, else whole in one request,
// because a registry of the kind that forges have refuses chunks of more than 4 MiB (protocols §6.1, §6.4). What is to be sent
// is had only when it is wanted. Source: distribution-spec v1.1 "Pushing blobs", "Mounting a blob from another repository".
import { mediaTypes } from "../../domain/oci/media-types.ts";
import type { Performed } from "../../domain/run/effect.ts";
import type { HttpAnswer } from "../../platform/http-port.ts";
import { ask } from "./ask.ts";
import { isSafe } from "./challenge.ts";
import type { Asking, Login, Place } from "./login.ts";

/** What stops a sending; undefined: go on. */
export type Stop = Exclude<Performed, { kind: "sent" }> | undefined;

export interface BlobToSend {
  /** Name of the repository that it goes to. */
  readonly package: string;
  readonly blob: { readonly digest: string; readonly sizeBytes: number };
  /** A repository of the same registry that may hold it already. */
  readonly from: string | undefined;
  /** Asked at most once, and not at all for a blob that is there. */
  bytes(): Promise<ReadyBytes | NonNullable<Stop>>;
}

export interface ReadyBytes {
  readonly kind: "ready";
  /** Called again where the request has to be sent with a new token. */
  readonly body: () => AsyncIterable<Buffer> | string;
}

interface Sending {
  readonly place: Place;
  readonly login: Login;
}

export async function sendBlob(sending: Sending, sent: BlobToSend, asking: Asking): Promise<Stop> {
  const { blob, from } = sent;
  const root = `${sending.place.origin}/v2/${sent.package}/blobs`;
  const what = `the blob ${blob.digest} of "${sent.package}"`;
  const look = { method: "HEAD", url: `${root}/${blob.digest}`, follows: "https" } as const;
  const there = await ask(sending, { call: look, what, missing: true }, asking);
  if (there.kind !== "answered") return there;
  const told = there.answer.headers["content-length"];
  if (there.answer.status === 200 && (told === undefined || Number(told) === blob.sizeBytes)) return undefined;
  const mount = from === undefined || there.answer.status === 200 ? "" : `?mount=${blob.digest}&from=${encodeURIComponent(from)}`;
  const begin = { method: "POST", url: `${root}/uploads/${mount}`, headers: { "content-length": "0" } } as const;
  const begun = await ask(sending, { call: begin, what, missing: false }, asking);
  if (begun.kind !== "answered") return begun;
  if (begun.answer.status === 201 && mount !== "") return undefined;
  const to = uploadAddress(begun.answer, blob.digest);
  if (to === undefined) return { kind: "unknown", why: `"${sending.place.registry}" began to take ${what} without saying where to` };
  return await putBytes(sending, { ...sent, to, what }, asking);
}

type Putting = BlobToSend & { readonly to: string; readonly what: string };

async function putBytes(sending: Sending, { blob, bytes, to, what }: Putting, asking: Asking): Promise<Stop> {
  const ready = await bytes();
  if (ready.kind !== "ready") return ready;
  const headers = { "content-type": mediaTypes.blob, "content-length": String(blob.sizeBytes) };
  // An empty stream would be sent in chunks, which some registries refuse; an empty text is not.
  const body = () => (blob.sizeBytes === 0 ? "" : ready.body());
  const put = await ask(sending, { call: { method: "PUT", url: to, headers, body }, what, missing: true }, asking);
  if (put.kind !== "answered") return put;
  if (put.answer.status !== 404) return undefined;
  return { kind: "unknown", why: `"${sending.place.registry}" has forgotten the upload of ${what} that it began` };
}

/** `Location` may be relative and may carry a query, to which the digest is added; a store elsewhere is reached over https. */
function uploadAddress(answer: HttpAnswer, digest: string): string | undefined {
  const location = answer.headers["location"];
  if (answer.status !== 202 || location === undefined || !URL.canParse(location, answer.url)) return undefined;
  const to = new URL(location, answer.url);
  if (to.origin !== new URL(answer.url).origin && !isSafe(to)) return undefined;
  to.hash = "";
  return `${to.href}${to.search === "" ? "?" : "&"}digest=${encodeURIComponent(digest)}`;
}
