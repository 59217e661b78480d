// Blobs: shown, handed out whole or in part, deleted, and taken - in one piece, in chunks, or from another repository.
// Source: distribution-spec v1.1 "Pulling blobs", "Pushing blobs", "Deleting blobs" (endpoints 2, 4 to 6, 10, 11, 13).
import { truncate } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import { drain } from "../../../loopback/listen.ts";
import { wireHeaders } from "../wire.ts";
import { withFaults, type Exchange } from "./fault-replies.ts";
import type { Fault } from "./faults.ts";
import { readDigest, type Digest } from "./names.ts";
import { emptyReply, errorReply, withHeader, writeReply, type Reply } from "./replies.ts";
import type { Service } from "./service.ts";
import type { Session } from "./sessions.ts";
import { addBlob, countReceived, removeBlob, repositoryOf } from "./state.ts";

export interface Asked extends Exchange {
  readonly repository: string;
  readonly url: URL;
}

/** `…/blobs/DIGEST` */
export async function blobRoute(service: Service, asked: Asked, digestText: string): Promise<void> {
  const { request, response, repository } = asked;
  const digest = readDigest(digestText);
  if (request.method === "GET" || request.method === "HEAD") {
    return await withFaults(service, { ...asked, call: "download" }, () => Promise.resolve(show(service, asked, digest)));
  }
  await drain(request);
  const reply = request.method === "DELETE" ? await forget(service, repository, digest) : unsupported();
  await writeReply(response, reply, { head: false, announced: service.announced });
}

function unsupported(): Reply {
  return errorReply(405, "UNSUPPORTED", "the operation is unsupported");
}

function show(service: Service, { request, repository }: Asked, digest: Digest | undefined): Reply {
  if (digest === undefined) return errorReply(400, "DIGEST_INVALID", "provided digest is no digest");
  const sizeBytes = repositoryOf(service.store.state(), repository).blobs[digest.text];
  if (sizeBytes === undefined) return errorReply(404, "BLOB_UNKNOWN", "blob unknown to registry");
  const headers = {
    "content-type": "application/octet-stream",
    "accept-ranges": "bytes",
    [wireHeaders.contentDigest]: digest.text,
  };
  const file = service.store.pathOf(digest);
  const range = request.method === "GET" ? readRange(request.headers.range, sizeBytes) : "whole";
  if (range === "whole") return { status: 200, headers, body: { file, at: 0, sizeBytes } };
  if (range === "outside")
    return withHeader(errorReply(416, "SIZE_INVALID", "range not satisfiable"), "content-range", `bytes */${sizeBytes}`);
  const { at, end } = range;
  return {
    status: 206,
    headers: { ...headers, "content-range": `bytes ${at}-${end}/${sizeBytes}` },
    body: { file, at, sizeBytes: end - at + 1 },
  };
}

/** One range of bytes (RFC 9110 §14.1.2); other forms are passed over, as a server may. */
function readRange(header: string | undefined, sizeBytes: number): { readonly at: number; readonly end: number } | "whole" | "outside" {
  const [, from, to] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? "") ?? [];
  if (from === undefined || to === undefined || (from === "" && to === "")) return "whole";
  const at = from === "" ? Math.max(0, sizeBytes - Number(to)) : Number(from);
  const end = from === "" || to === "" ? sizeBytes - 1 : Math.min(Number(to), sizeBytes - 1);
  return at > end ? "outside" : { at, end };
}

async function forget(service: Service, repository: string, digest: Digest | undefined): Promise<Reply> {
  if (digest === undefined) return errorReply(400, "DIGEST_INVALID", "provided digest is no digest");
  return await service.store.change((state) => {
    if (repositoryOf(state, repository).blobs[digest.text] === undefined) {
      return { state, value: errorReply(404, "BLOB_UNKNOWN", "blob unknown to registry") };
    }
    return { state: removeBlob(state, repository, digest.text), value: emptyReply(202) };
  });
}

/** `POST …/blobs/uploads/` */
export async function beginRoute(service: Service, asked: Asked): Promise<void> {
  const { request, response, repository, url } = asked;
  const write = { head: false, announced: service.announced };
  if (request.method !== "POST") {
    await drain(request);
    return await writeReply(response, unsupported(), write);
  }
  const digest = readDigest(url.searchParams.get("digest") ?? "");
  const session = await service.sessions.begin(repository);
  if (url.searchParams.has("digest")) {
    return await withFaults(service, { ...asked, call: "upload" }, (fault) => finish(service, { ...asked, session, digest, fault }));
  }
  await drain(request);
  const mount = readDigest(url.searchParams.get("mount") ?? "");
  const mounted = mount === undefined ? undefined : await mountBlob(service, asked, mount);
  if (mounted !== undefined) await service.sessions.end(session);
  await writeReply(response, mounted ?? progress(202, session), write);
}

/** The bytes are there already under another name of ours; without a name any will do. */
async function mountBlob(service: Service, { repository, url }: Asked, digest: Digest): Promise<Reply | undefined> {
  const from = url.searchParams.get("from");
  return await service.store.change((state) => {
    const sources = from === null ? Object.keys(state.repositories) : [from];
    const sizeBytes = sources.map((name) => repositoryOf(state, name).blobs[digest.text]).find((size) => size !== undefined);
    if (sizeBytes === undefined) return { state, value: undefined };
    const blob = { digest: digest.text, sizeBytes };
    const counted = countReceived(state, { kind: "blob", repository, ...blob }, "stored");
    return { state: addBlob(counted, repository, blob), value: taken(repository, digest) };
  });
}

/** `…/blobs/uploads/ID`: a chunk, the end, the state, or no more of it. */
export async function uploadRoute(service: Service, asked: Asked, id: string): Promise<void> {
  const { request, response, repository, url } = asked;
  const write = { head: false, announced: service.announced };
  const session = service.sessions.find(repository, id);
  if (session === undefined || session.busy) {
    await drain(request);
    return await writeReply(response, errorReply(404, "BLOB_UPLOAD_UNKNOWN", "blob upload unknown to registry"), write);
  }
  switch (request.method) {
    case "PUT": {
      const digest = readDigest(url.searchParams.get("digest") ?? "");
      return await withFaults(service, { ...asked, call: "upload" }, (fault) => finish(service, { ...asked, session, digest, fault }));
    }
    case "PATCH":
      return await writeReply(response, (await takeBytes(service, request, session)) ?? progress(202, session), write);
    case "GET":
      return await writeReply(response, progress(204, session), write);
    case "DELETE":
      await drain(request);
      await service.sessions.end(session);
      return await writeReply(response, emptyReply(204), write);
    default:
      await drain(request);
      return await writeReply(response, unsupported(), write);
  }
}

/** Where the next bytes go: a relative address with a query, as some registries give it. */
function progress(status: number, session: Session): Reply {
  return emptyReply(status, {
    location: `/v2/${session.repository}/blobs/uploads/${session.id}?state=${session.sizeBytes.toString(36)}`,
    range: `0-${Math.max(0, session.sizeBytes - 1)}`,
    [wireHeaders.uploadId]: session.id,
  });
}

/** Reads the body into the upload. @returns the refusal, or undefined */
async function takeBytes(service: Service, request: IncomingMessage, session: Session): Promise<Reply | undefined> {
  const range = request.headers["content-range"];
  const start =
    range === undefined ? session.sizeBytes : Number(/^(?:bytes )?(\d{1,15})-\d{1,15}(?:\/.*)?$/.exec(range)?.[1] ?? Number.NaN);
  if (start !== session.sizeBytes) {
    await drain(request);
    return { ...progress(416, session), body: "" };
  }
  try {
    if (await service.sessions.append(session, request, service.blobLimitBytes)) return undefined;
  } catch (cause) {
    await service.sessions.end(session);
    throw cause;
  }
  await service.sessions.end(session);
  return errorReply(413, "SIZE_INVALID", "blob is larger than the registry takes");
}

interface Finishing extends Asked {
  readonly session: Session;
  readonly digest: Digest | undefined;
  readonly fault: Fault | undefined;
}

/** The last bytes, if any; then the blob is what its digest says, or nothing. */
async function finish(service: Service, { request, repository, session, digest, fault }: Finishing): Promise<Reply> {
  const refused = await takeBytes(service, request, session);
  if (refused !== undefined) return refused;
  if (digest === undefined || !(await service.sessions.fits(session, digest))) {
    await service.sessions.end(session);
    return errorReply(400, "DIGEST_INVALID", "provided digest did not match uploaded content");
  }
  const half = fault?.name === "partial-kept" ? Math.floor(session.sizeBytes / 2) : undefined;
  if (half !== undefined) await truncate(session.path, half);
  const blob = { digest: digest.text, sizeBytes: half ?? session.sizeBytes };
  await service.store.change(async (state) => {
    const before = repositoryOf(state, repository).blobs[digest.text];
    await service.store.keep(session.path, digest);
    const counted = countReceived(state, { kind: "blob", repository, ...blob }, before === blob.sizeBytes ? "repeated" : "stored");
    return { state: addBlob(counted, repository, blob), value: undefined };
  });
  await service.sessions.end(session);
  return taken(repository, digest);
}

function taken(repository: string, digest: Digest): Reply {
  return emptyReply(201, { location: `/v2/${repository}/blobs/${digest.text}`, [wireHeaders.contentDigest]: digest.text });
}
