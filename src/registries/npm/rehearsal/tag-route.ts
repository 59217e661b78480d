// `/-/package/<package>/dist-tags`: the movable names of a package, read and moved (protocols §5.1).
import type { IncomingMessage, ServerResponse } from "node:http";
import { takeFault } from "../../../loopback/faults.ts";
import { drain } from "../../../loopback/listen.ts";
import { isRange } from "./checks.ts";
import { shownTags } from "./documents.ts";
import type { Fault } from "./faults.ts";
import { strangerToUs } from "./publish-route.ts";
import { errorReply, faultReply, jsonReply, writeWith, type Reply } from "./replies.ts";
import type { Service } from "./service.ts";
import { moveTag } from "./state.ts";

export interface TagRequest {
  readonly name: string;
  /** Absent: all of them. */
  readonly tag: string | undefined;
}

/** Answers one request for dist-tags of ours. */
export async function tagRoute(
  service: Service,
  connection: { readonly request: IncomingMessage; readonly response: ServerResponse },
  asked: TagRequest,
): Promise<void> {
  const { request } = connection;
  const reads = request.method === "GET" || request.method === "HEAD";
  const fault = await takeFault(service, reads ? "index" : "channel");
  const early = faultReply(fault, service.clock.nowMs()) ?? (reads ? undefined : strangerToUs(service, request, asked.name));
  if (early !== undefined || reads) await drain(request);
  const reply = early ?? (reads ? readTags(service, { ...asked, fault }) : await writeTag(service, request, asked));
  if (fault?.name === "duplicate-delivery") await repeat(service, asked);
  await writeWith(service, connection, { reply, fault });
}

function readTags(service: Service, { name, fault }: TagRequest & { readonly fault: Fault | undefined }): Reply {
  const found = service.store.state().packages[name];
  if (found === undefined) return errorReply(404, "Not found");
  const tags = Object.entries(shownTags(found, service.clock.nowMs()));
  return jsonReply(Object.fromEntries(fault?.name === "other-bytes" ? tags.map(([tag]) => [tag, "0.0.0-other"]) : tags));
}

/** A tag that is set twice is set: the second delivery finds it as the first left it. */
async function repeat(service: Service, { name, tag }: TagRequest): Promise<void> {
  if (tag === undefined) return;
  const nowMs = service.clock.nowMs();
  await service.store.change((state) => ({
    state: moveTag(state, name, { tag, version: state.packages[name]?.tags[tag], nowMs }),
    value: undefined,
  }));
}

const versionTextBytesMax = 4096;

async function writeTag(service: Service, request: IncomingMessage, { name, tag }: TagRequest): Promise<Reply> {
  const written = request.method === "DELETE" ? undefined : await readVersion(request);
  if (request.method === "DELETE") await drain(request);
  if (tag === undefined) return errorReply(405, "Method Not Allowed");
  if (isRange(tag)) return errorReply(400, `Tag name must not be a valid SemVer range: ${tag}`);
  return await service.store.change((state) => {
    const found = state.packages[name];
    const no = (status: number, message: string) => ({ state, value: errorReply(status, message) });
    if (found === undefined) return no(404, "Not found");
    if (written === undefined && request.method !== "DELETE") return no(400, "a dist-tag leads to a version");
    if (written !== undefined && found.versions[written] === undefined) return no(404, `version not found: ${written}`);
    if (written === undefined && tag === "latest") return no(403, "cannot delete the latest tag");
    const moved = moveTag(state, name, { tag, version: written, nowMs: service.clock.nowMs() });
    return { state: moved, value: jsonReply({ ok: true, id: name, "dist-tags": moved.packages[name]?.tags ?? {} }) };
  });
}

/** A JSON text. @returns undefined for anything else */
async function readVersion(request: IncomingMessage): Promise<string | undefined> {
  const parts: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    sizeBytes += chunk.length;
    if (sizeBytes <= versionTextBytesMax) parts.push(chunk);
  }
  try {
    const value = JSON.parse(Buffer.concat(parts).toString("utf8")) as unknown;
    return typeof value === "string" ? value : undefined;
  } catch {
    return undefined;
  }
}
