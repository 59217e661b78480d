// Everything that a rehearsal index answers to a GET: simple pages, the older JSON pages, files and their metadata, and for
// names that are not ours the pages of the index behind it.
import type { IncomingMessage, ServerResponse } from "node:http";
import { readFile, stat } from "node:fs/promises";
import { mediaTypes, wireHeaders, type WireFile, type WirePage } from "../wire.ts";
import { takeFault } from "../../../loopback/faults.ts";
import { holdLine } from "../../../loopback/listen.ts";
import { faultReply, pauseOf } from "./fault-replies.ts";
import type { Fault, FaultCall } from "./faults.ts";
import { canonicalName, canonicalVersion, readVersion } from "./names.ts";
import { filePath, latestRelease, legacyPage, negotiate, rootPage, simpleHtml, simplePage } from "./pages.ts";
import { breakReply, dripReply, errorReply, textReply, writeReply, type Reply } from "./replies.ts";
import type { Service } from "./service.ts";
import { findFile, type StoredFile } from "./state.ts";

const simpleForms = [mediaTypes.html, mediaTypes.simpleHtml, mediaTypes.simpleJson];

/** Answers one GET or HEAD. */
export async function readRoute(service: Service, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = new URL(request.url ?? "/", service.url).pathname;
  const call = callOf(service, path);
  const fault = call === undefined ? undefined : await takeFault(service, call);
  const reply =
    (fault === undefined ? undefined : faultReply(fault, service, request.headers.accept)) ??
    (await answer(service, request, { path, fault }));
  const write = { head: request.method === "HEAD", announced: service.announced };
  switch (fault?.name) {
    case "lost-reply":
      response.destroy();
      return;
    case "timeout-before":
      await holdLine(service, response, fault.lastsMs);
      return;
    case "reset-mid-body":
      await breakReply(response, reply);
      return;
    case "slow-loris":
      await dripReply(response, reply, { ...write, lastsMs: fault.lastsMs, pause: pauseOf(service) });
      return;
    default:
      await writeReply(response, reply, write);
  }
}

/** Faults strike what is ours alone: the index behind has its own. */
function callOf(service: Service, path: string): FaultCall | undefined {
  const name = /^\/simple\/([^/]+)\/$/.exec(path)?.[1];
  if (name !== undefined) return service.ours.has(name) ? "index" : undefined;
  return path.startsWith("/packages/") ? "download" : undefined;
}

async function answer(
  service: Service,
  request: IncomingMessage,
  about: { readonly path: string; readonly fault: Fault | undefined },
): Promise<Reply> {
  const { path, fault } = about;
  const accept = request.headers.accept;
  if (path === "/simple/") return rootReply(service, accept);
  const simple = /^\/simple\/([^/]+)(\/?)$/.exec(path);
  if (simple !== null) return await simpleReply(service, request, { written: decode(simple[1] ?? ""), slash: simple[2] === "/", fault });
  const legacy = /^\/pypi\/([^/]+)(?:\/([^/]+))?\/json\/?$/.exec(path);
  if (legacy !== null)
    return legacyReply(
      service,
      { name: decode(legacy[1] ?? ""), version: legacy[2] === undefined ? undefined : decode(legacy[2]) },
      accept,
    );
  const integrity = /^\/integrity\/([^/]+)\/([^/]+)\/([^/]+)\/provenance$/.exec(path);
  if (integrity !== null) return await provenanceReply(service, decode(integrity[3] ?? ""), accept);
  if (path.startsWith("/packages/")) return await fileReply(service, decode(path), { fault, accept });
  const passed = /^\/pass-through\/([^/]+)\/([^/]+)$/.exec(path);
  if (passed !== null) return await passedFile(service, { name: passed[1] ?? "", file: decode(passed[2] ?? "") }, request);
  if (path === "/" || path.startsWith("/help/") || path.startsWith("/docs/"))
    return textReply(200, "text/plain", "A rehearsal index of Slipway: nothing here is public.\n");
  return errorReply(404, "Not Found", accept);
}

async function provenanceReply(service: Service, fileName: string, accept: string | undefined): Promise<Reply> {
  const file = findFile(service.store.state(), (one) => one.name === fileName && one.attested === true);
  if (file === undefined) return errorReply(404, `No provenance available for ${fileName}`, accept);
  const text = await readFile(`${service.store.pathOf(file)}.provenance`, "utf8");
  return { status: 200, headers: { "content-type": "application/vnd.pypi.integrity.v1+json", "cache-control": "no-cache" }, body: text };
}

function rootReply(service: Service, accept: string | undefined): Reply {
  const state = service.store.state();
  const form = negotiate(accept, simpleForms);
  const page = rootPage(state);
  return pageReply(form, form === mediaTypes.simpleJson ? page.json : page.html, state.serial);
}

/** Never kept by a cache: a rehearsal must see at once what it did (the real index allows 600 s). */
function pageReply(form: string, body: string, serial: number | undefined): Reply {
  const type = form === mediaTypes.simpleJson ? form : `${form}; charset=UTF-8`;
  return {
    status: 200,
    headers: {
      "content-type": type,
      "cache-control": "no-cache",
      vary: "Accept",
      ...(serial === undefined ? {} : { [wireHeaders.lastSerial]: String(serial) }),
    },
    body,
  };
}

async function simpleReply(
  service: Service,
  request: IncomingMessage,
  asked: { readonly written: string; readonly slash: boolean; readonly fault: Fault | undefined },
): Promise<Reply> {
  const name = canonicalName(asked.written);
  const accept = request.headers.accept;
  if (name !== asked.written || !asked.slash)
    return { status: 301, reason: "Moved Permanently", headers: { location: `/simple/${encodeURIComponent(name)}/` }, body: "" };
  const page = await pageOf(service, name);
  if (page === undefined) return errorReply(404, "Not Found", accept);
  if (page.kind === "failed") return errorReply(502, page.why, accept);
  const form = negotiate(accept, simpleForms);
  const lying = lieAbout(page.page, asked.fault);
  return pageReply(form, form === mediaTypes.simpleJson ? JSON.stringify(lying) : simpleHtml(lying), page.page.meta["_last-serial"]);
}

type Page = { readonly kind: "page"; readonly page: WirePage } | { readonly kind: "failed"; readonly why: string };

/** Ours from here and never from behind: releases of ours that exist there are hidden, or a test would mix with them. */
async function pageOf(service: Service, name: string): Promise<Page | undefined> {
  if (service.ours.has(name)) {
    const project = service.store.state().projects[name];
    if (project === undefined) return undefined;
    return { kind: "page", page: simplePage(name, project, { url: service.url, nowMs: service.clock.nowMs() }) };
  }
  const found = await service.upstream?.page(name, service.closing);
  if (found === undefined || found.kind === "absent") return undefined;
  if (found.kind === "failed" || service.upstream?.needsLogin !== true) return found;
  const throughHere = (file: WireFile): WireFile => ({
    ...file,
    url: `${service.url}/pass-through/${name}/${encodeURIComponent(file.filename)}`,
  });
  return { kind: "page", page: { ...found.page, files: found.page.files.map(throughHere) } };
}

function lieAbout(page: WirePage, fault: Fault | undefined): WirePage {
  if (fault?.name === "no-hashes") return { ...page, files: page.files.map((file) => ({ ...file, hashes: {} })) };
  if (fault?.name !== "other-bytes") return page;
  const other = (digest: string): string => [...digest].toReversed().join("");
  return {
    ...page,
    files: page.files.map((file) => ({
      ...file,
      hashes: Object.fromEntries(Object.entries(file.hashes).map(([name, digest]) => [name, other(digest)])),
    })),
  };
}

function legacyReply(
  service: Service,
  asked: { readonly name: string; readonly version: string | undefined },
  accept: string | undefined,
): Reply {
  const name = canonicalName(asked.name);
  const project = service.ours.has(name) ? service.store.state().projects[name] : undefined;
  const context = { url: service.url, nowMs: service.clock.nowMs() };
  const version = asked.version === undefined ? undefined : readVersion(asked.version);
  const wanted = version === undefined ? undefined : canonicalVersion(version);
  const release =
    asked.version === undefined ? project && latestRelease(project, context) : project?.releases.find((one) => one.canonical === wanted);
  if (project === undefined || release === undefined) return errorReply(404, "Not Found", accept);
  if (name !== asked.name) {
    const to = asked.version === undefined ? `/pypi/${name}/json` : `/pypi/${name}/${encodeURIComponent(asked.version)}/json`;
    return { status: 301, reason: "Moved Permanently", headers: { location: to }, body: "" };
  }
  const body = `${legacyPage(project, release, { ...context, allReleases: asked.version === undefined })}\n`;
  return {
    status: 200,
    headers: { "content-type": mediaTypes.json, "cache-control": "no-cache", [wireHeaders.lastSerial]: String(project.serial) },
    body,
  };
}

async function fileReply(
  service: Service,
  path: string,
  about: { readonly fault: Fault | undefined; readonly accept: string | undefined },
): Promise<Reply> {
  const metadata = path.endsWith(".metadata");
  const wanted = metadata ? path.slice(1, -".metadata".length) : path.slice(1);
  const file = findFile(service.store.state(), (one: StoredFile) => filePath(one) === wanted);
  if (file === undefined || (metadata && file.metadataSha256 === undefined)) return errorReply(404, "Not Found", about.accept);
  const place = metadata ? `${service.store.pathOf(file)}.metadata` : service.store.pathOf(file);
  const headers = { "content-type": "application/octet-stream", "cache-control": "no-cache" };
  if (about.fault?.name === "other-bytes") return { status: 200, headers, body: spoiled(await readFile(place)) };
  return { status: 200, headers, body: { file: place, sizeBytes: (await stat(place)).size } };
}

/** The same length, other bytes. */
function spoiled(bytes: Buffer): Buffer {
  const last = bytes.length - 1;
  if (last >= 0) bytes[last] = (bytes[last] ?? 0) ^ 0xff;
  return bytes;
}

/** A file of the index behind that only we can log in to: its address comes from its own page, never from the client. */
async function passedFile(
  service: Service,
  asked: { readonly name: string; readonly file: string },
  request: IncomingMessage,
): Promise<Reply> {
  const { upstream } = service;
  const found = upstream?.needsLogin === true ? await upstream.page(asked.name, service.closing) : undefined;
  const wanted = asked.file.endsWith(".metadata") ? asked.file.slice(0, -".metadata".length) : asked.file;
  const file = found?.kind === "page" ? found.page.files.find((one) => one.filename === wanted) : undefined;
  if (upstream === undefined || file === undefined) return errorReply(404, "Not Found", request.headers.accept);
  const reply = await upstream.file(`${file.url}${asked.file === wanted ? "" : ".metadata"}`, service.closing);
  return { status: reply.status, headers: reply.headers, body: reply.body };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
