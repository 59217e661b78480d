// Everything that a rehearsal npm registry answers to a read: packages, single versions, tarballs, and for names that are
// not ours what the registry behind it has.
import type { IncomingMessage, ServerResponse } from "node:http";
import { readFile, stat } from "node:fs/promises";
import { takeFault } from "../../../loopback/faults.ts";
import { mediaTypes, type WirePackument } from "../wire.ts";
import { fullDocument, shortDocument, shownTags, shownVersions, versionDocument, type DocumentContext } from "./documents.ts";
import type { Fault } from "./faults.ts";
import { attestationsDocument } from "./provenance.ts";
import { errorReply, faultReply, jsonReply, writeWith, type Reply } from "./replies.ts";
import type { Service } from "./service.ts";

export type ReadRequest =
  | { readonly kind: "package"; readonly name: string }
  | { readonly kind: "version"; readonly name: string; readonly version: string }
  | { readonly kind: "tarball"; readonly name: string; readonly file: string }
  | { readonly kind: "attestations"; readonly name: string; readonly version: string };

/** Answers one GET or HEAD. */
export async function readRoute(
  service: Service,
  connection: { readonly request: IncomingMessage; readonly response: ServerResponse },
  asked: ReadRequest,
): Promise<void> {
  const accept = connection.request.headers.accept ?? mediaTypes.json;
  // Faults strike what is ours alone: the registry behind has its own.
  const fault = service.ours.has(asked.name) ? await takeFault(service, asked.kind === "tarball" ? "download" : "index") : undefined;
  const reply = faultReply(fault, service.clock.nowMs()) ?? (await answer(service, asked, { accept, fault }));
  await writeWith(service, connection, { reply, fault });
}

interface Asking {
  readonly accept: string;
  readonly fault: Fault | undefined;
}

async function answer(service: Service, asked: ReadRequest, asking: Asking): Promise<Reply> {
  const own = service.ours.has(asked.name);
  switch (asked.kind) {
    case "package":
      return own ? await packageReply(service, asked.name, asking) : await passedPackage(service, asked.name, asking.accept);
    case "version":
      return own ? await versionReply(service, asked) : await passedVersion(service, asked);
    case "attestations":
      // The registry behind is asked for its own at its own address, which its documents give.
      return own ? await attestationsReply(service, asked) : notFound;
    case "tarball":
      return own ? await tarballReply(service, asked, asking.fault) : await passedTarball(service, asked);
  }
}

function contextOf(service: Service): DocumentContext {
  return { url: service.url, nowMs: service.clock.nowMs(), store: service.store };
}

const notFound = errorReply(404, "Not found");

/** Ours from here and never from behind: versions of ours that exist there are hidden, or a test would mix with them. */
async function packageReply(service: Service, name: string, { accept, fault }: Asking): Promise<Reply> {
  const found = service.store.state().packages[name];
  const document = found === undefined ? undefined : await fullDocument(found, contextOf(service));
  if (document === undefined) return notFound;
  const lying = lieAbout(document, fault);
  return accept.includes(mediaTypes.abbreviated) ? jsonReply(shortDocument(lying), 200, mediaTypes.abbreviated) : jsonReply(lying);
}

function lieAbout(document: WirePackument, fault: Fault | undefined): WirePackument {
  if (fault?.name !== "no-hashes" && fault?.name !== "other-bytes") return document;
  const versions = Object.entries(document.versions).map(([version, whole]) => {
    const { integrity = "", shasum = "", ...rest } = whole.dist ?? {};
    const other = { ...rest, integrity: `sha512-${backwards(integrity.slice("sha512-".length, -2))}==`, shasum: backwards(shasum) };
    return [version, { ...whole, dist: fault.name === "no-hashes" ? rest : other }] as const;
  });
  return { ...document, versions: Object.fromEntries(versions) };
}

function backwards(text: string): string {
  return Array.from(text).toReversed().join("");
}

async function versionReply(service: Service, asked: { readonly name: string; readonly version: string }): Promise<Reply> {
  const found = service.store.state().packages[asked.name];
  if (found === undefined) return notFound;
  const nowMs = service.clock.nowMs();
  const version = shownTags(found, nowMs)[asked.version] ?? asked.version;
  const stored = shownVersions(found, nowMs).find((one) => one.version === version);
  if (stored === undefined) return errorReply(404, `version not found: ${asked.version}`);
  return jsonReply(await versionDocument(asked.name, stored, contextOf(service)));
}

async function attestationsReply(service: Service, asked: { readonly name: string; readonly version: string }): Promise<Reply> {
  const found = service.store.state().packages[asked.name];
  const stored = found === undefined ? [] : shownVersions(found, service.clock.nowMs());
  const version = stored.find((one) => one.version === asked.version);
  if (version?.attested !== true) return notFound;
  return jsonReply(attestationsDocument(await service.store.bundleOf(version)));
}

async function tarballReply(
  service: Service,
  asked: { readonly name: string; readonly file: string },
  fault: Fault | undefined,
): Promise<Reply> {
  const found = service.store.state().packages[asked.name];
  const stored = Object.values(found?.versions ?? {}).find((one) => one.fileName === asked.file);
  if (stored === undefined) return notFound;
  const place = service.store.pathOf(stored);
  const headers = { "content-type": mediaTypes.tarball, "cache-control": "no-cache" };
  if (fault?.name === "other-bytes") return { status: 200, headers, body: spoiled(await readFile(place)) };
  return { status: 200, headers, body: { file: place, sizeBytes: (await stat(place)).size } };
}

/** The same length, other bytes. */
function spoiled(bytes: Buffer): Buffer {
  const last = bytes.length - 1;
  if (last >= 0) bytes[last] = (bytes[last] ?? 0) ^ 0xff;
  return bytes;
}

async function passedPackage(service: Service, name: string, accept: string): Promise<Reply> {
  const found = await service.upstream?.documentHere(name, { accept, url: service.url, signal: service.closing });
  if (found === undefined || found.kind === "absent") return notFound;
  if (found.kind === "failed") return errorReply(502, found.why);
  return jsonReply(found.document, 200, found.type);
}

async function passedVersion(service: Service, { name, version }: { readonly name: string; readonly version: string }): Promise<Reply> {
  const found = await service.upstream?.documentHere(name, { accept: mediaTypes.json, url: service.url, signal: service.closing });
  if (found === undefined || found.kind === "absent") return notFound;
  if (found.kind === "failed") return errorReply(502, found.why);
  const { versions, "dist-tags": tags } = found.document as unknown as WirePackument;
  const whole = versions[tags[version] ?? version];
  return whole === undefined ? errorReply(404, `version not found: ${version}`) : jsonReply(whole);
}

async function passedTarball(service: Service, { name, file }: { readonly name: string; readonly file: string }): Promise<Reply> {
  const found = await service.upstream?.tarball(name, file, service.closing);
  return found ?? notFound;
}
