// Manifests and tags: shown, taken, led elsewhere and deleted. Manifests are kept byte for byte; a tag that leads to another
// one moves without a word, as at real registries. Source: distribution-spec v1.1 "Pulling manifests", "Pushing manifests",
// "Deleting tags", "Deleting manifests" (endpoints 3, 7, 9); protocols §6.
import { createHash } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { drain } from "../../../loopback/listen.ts";
import { wireHeaders } from "../wire.ts";
import type { Asked } from "./blob-routes.ts";
import { withFaults } from "./fault-replies.ts";
import type { Fault } from "./faults.ts";
import { missingOf, readManifest, type ReadManifest } from "./manifest-rules.ts";
import { isTag, readDigest, type Digest } from "./names.ts";
import { emptyReply, errorReply, writeReply, type Reply } from "./replies.ts";
import type { Service } from "./service.ts";
import { putStranger } from "./stranger.ts";
import {
  addManifest,
  countReceived,
  removeBlob,
  removeManifest,
  removeTag,
  repositoryOf,
  setTag,
  type RegistryState,
  type StoredManifest,
} from "./state.ts";

const manifestBytesMax = 4 * 1024 * 1024;

/** `…/manifests/REFERENCE` */
export async function manifestRoute(service: Service, asked: Asked, reference: string): Promise<void> {
  const { request, response } = asked;
  const digest = readDigest(reference);
  switch (request.method) {
    case "GET":
    case "HEAD":
      return await withFaults(service, { ...asked, call: "look" }, (fault) =>
        Promise.resolve(show(service, asked, { reference, other: fault?.name === "other-bytes" })),
      );
    case "PUT":
      return await withFaults(service, { ...asked, call: digest === undefined ? "tag" : "manifest" }, (fault) =>
        receive(service, asked, { reference, digest, fault }),
      );
    default: {
      await drain(request);
      const reply =
        request.method === "DELETE"
          ? await forget(service, asked, reference)
          : errorReply(405, "UNSUPPORTED", "the operation is unsupported");
      return await writeReply(response, reply, { head: false, announced: service.announced });
    }
  }
}

function unknown(): Reply {
  return errorReply(404, "MANIFEST_UNKNOWN", "manifest unknown to registry");
}

interface Found {
  readonly digest: Digest;
  readonly manifest: StoredManifest;
}

/** What a digest or tag leads to at this moment. */
function find(state: RegistryState, at: { readonly repository: string; readonly reference: string }, nowMs: number): Found | undefined {
  const repository = repositoryOf(state, at.repository);
  const tag = repository.tags[at.reference];
  const digest = readDigest(tag !== undefined && tag.visibleFromMs <= nowMs ? tag.digest : at.reference);
  const manifest = digest === undefined ? undefined : repository.manifests[digest.text];
  if (digest === undefined || manifest === undefined || manifest.visibleFromMs > nowMs) return undefined;
  return { digest, manifest };
}

function show(service: Service, asked: Asked, how: { readonly reference: string; readonly other: boolean }): Reply {
  const { store, clock } = service;
  const found = find(store.state(), { repository: asked.repository, reference: how.reference }, clock.nowMs());
  if (found === undefined) return unknown();
  const { digest, manifest } = found;
  const headers = { "content-type": manifest.mediaType, [wireHeaders.contentDigest]: digest.text, etag: `"${digest.text}"` };
  if (how.other) return { status: 200, headers, body: JSON.stringify({ schemaVersion: 2, mediaType: manifest.mediaType, layers: [] }) };
  return { status: 200, headers, body: { file: store.pathOf(digest), at: 0, sizeBytes: manifest.sizeBytes } };
}

interface Putting {
  readonly reference: string;
  /** Absent for a tag. */
  readonly digest: Digest | undefined;
  readonly fault: Fault | undefined;
}

async function receive(service: Service, asked: Asked, put: Putting): Promise<Reply> {
  const body = await readBody(asked.request);
  if (body === undefined) return errorReply(413, "SIZE_INVALID", `manifest is larger than ${manifestBytesMax} bytes`);
  if (put.digest === undefined && !isTag(put.reference)) return errorReply(400, "TAG_INVALID", "manifest tag did not match form");
  const algorithm = put.digest?.algorithm ?? "sha256";
  const hex = createHash(algorithm).update(body).digest("hex");
  const digest: Digest = { algorithm, hex, text: `${algorithm}:${hex}` };
  if (put.digest !== undefined && put.digest.text !== digest.text) {
    return errorReply(400, "DIGEST_INVALID", "provided digest did not match uploaded content");
  }
  const contentType = (asked.request.headers["content-type"] ?? "").split(";")[0]?.trim() ?? "";
  const read = readManifest(body, contentType);
  if ("status" in read) return errorReply(read.status, read.code, read.message);
  const taking = { ...put, repository: asked.repository, body, digest, read };
  const reply = await take(service, taking);
  return put.fault?.name === "duplicate-delivery" ? await take(service, taking) : reply;
}

async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const parts: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    sizeBytes += chunk.length;
    if (sizeBytes <= manifestBytesMax) parts.push(chunk);
  }
  return sizeBytes > manifestBytesMax ? undefined : Buffer.concat(parts);
}

interface Taking {
  readonly repository: string;
  readonly reference: string;
  readonly digest: Digest;
  readonly body: Buffer;
  readonly read: ReadManifest;
  readonly fault: Fault | undefined;
}

/** Takes a manifest, and leads the tag to it; one at a time, because two that arrive together must not both be the first. */
async function take(service: Service, taking: Taking): Promise<Reply> {
  const { repository, digest, body, read, reference } = taking;
  const tag = reference === digest.text ? {} : { tag: reference };
  const thing = { kind: "tag" in tag ? "tag" : "manifest", repository, digest: digest.text, sizeBytes: body.length, ...tag } as const;
  return await service.store.change(async (state) => {
    const missing = missingOf(read, repositoryOf(state, repository));
    if (missing !== undefined) {
      return { state: countReceived(state, thing, "refused"), value: errorReply(missing.status, missing.code, missing.message) };
    }
    await service.store.write(digest, body);
    const { manifests, tags } = repositoryOf(state, repository);
    const same = "tag" in tag ? tags[reference]?.digest === digest.text : manifests[digest.text] !== undefined;
    const counted = countReceived(state, thing, same ? "repeated" : "stored");
    return { state: await spoil(service, keep(service, counted, taking), taking), value: takenReply(service, taking) };
  });
}

function keep(service: Service, state: RegistryState, { repository, reference, digest, body, read, fault }: Taking): RegistryState {
  const nowMs = service.clock.nowMs();
  const lateMs = fault?.name === "slow-index" ? fault.lastsMs : 0;
  const known = repositoryOf(state, repository).manifests[digest.text];
  const isTagged = reference !== digest.text;
  const { mediaType, subject, artifactType, annotations } = read;
  const stored: StoredManifest = known ?? {
    mediaType,
    sizeBytes: body.length,
    ...(subject === undefined ? {} : { subject }),
    ...(artifactType === undefined ? {} : { artifactType }),
    ...(annotations === undefined ? {} : { annotations }),
    visibleFromMs: isTagged ? nowMs : nowMs + lateMs,
  };
  const added = addManifest(state, repository, { digest: digest.text, ...stored });
  return isTagged ? setTag(added, repository, { tag: reference, digest: digest.text, visibleFromMs: nowMs + lateMs }) : added;
}

/** What a fault does to what was taken. */
async function spoil(service: Service, state: RegistryState, taking: Taking): Promise<RegistryState> {
  const lost = taking.fault?.name === "lost-blob" ? taking.read.blobs.at(-1) : undefined;
  if (lost !== undefined) return removeBlob(state, taking.repository, lost);
  return taking.fault?.name === "stranger" ? await putStranger(service, state, taking) : state;
}

function takenReply({ listsReferrers }: Service, { repository, reference, digest, read }: Taking): Reply {
  return emptyReply(201, {
    location: `/v2/${repository}/manifests/${reference}`,
    [wireHeaders.contentDigest]: digest.text,
    ...(read.subject === undefined || !listsReferrers ? {} : { [wireHeaders.subject]: read.subject }),
  });
}

/** A digest takes its tags with it; a tag goes alone. */
async function forget(service: Service, { repository }: Asked, reference: string): Promise<Reply> {
  return await service.store.change((state) => {
    const { tags, manifests } = repositoryOf(state, repository);
    if (tags[reference] !== undefined) return { state: removeTag(state, repository, reference), value: emptyReply(202) };
    if (manifests[reference] === undefined) return { state, value: unknown() };
    return { state: removeManifest(state, repository, reference), value: emptyReply(202) };
  });
}
