// Everything that is read without a token: the sparse index and the files, ours from here and all others from the index behind.
// Source: Cargo Book "Registry index" (sparse protocol, caching); protocols §4.2, §4.4.
import { createHash } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { readFile } from "node:fs/promises";
import { canonicalCrateName, crateIndexPath } from "../../../domain/crates/names.ts";
import { takeFault } from "../../../loopback/faults.ts";
import { holdLine } from "../../../loopback/listen.ts";
import type { WireConfig, WireLine } from "../wire.ts";
import { faultReply } from "./fault-replies.ts";
import type { Fault, FaultCall } from "./faults.ts";
import { indexFile } from "./lines.ts";
import { isPassed, otherLines } from "./other-versions.ts";
import { breakReply, errorReply, jsonReply, textReply, writeReply, type Reply } from "./replies.ts";
import type { Service } from "./service.ts";
import { findVersion } from "./state.ts";

/** Answers one GET or HEAD that is no call of the web API. @param path decoded */
export async function readRoute(
  service: Service,
  http: { readonly request: IncomingMessage; readonly response: ServerResponse },
  path: string,
): Promise<void> {
  const { request, response } = http;
  const call = callOf(service, path);
  const fault = call === undefined ? undefined : await takeFault(service, call);
  const reply = (fault === undefined ? undefined : faultReply(fault, service)) ?? (await answer(service, request, { path, fault }));
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
    default:
      await writeReply(response, reply, { head: request.method === "HEAD", announced: service.announced });
  }
}

const filePath = /^\/dl\/([^/]+)\/([^/]+)\/download$/;

/** Faults strike what is ours alone: the index behind has its own. */
function callOf(service: Service, path: string): FaultCall | undefined {
  const ours = (name: string | undefined): boolean => name !== undefined && service.ours.has(canonicalCrateName(name));
  if (path.startsWith("/index/")) return ours(path.split("/").at(-1)) ? "index" : undefined;
  return ours(filePath.exec(path)?.[1]) ? "download" : undefined;
}

async function answer(
  service: Service,
  request: IncomingMessage,
  about: { readonly path: string; readonly fault: Fault | undefined },
): Promise<Reply> {
  const { path, fault } = about;
  if (path === "/index/config.json") return configReply(service);
  if (path.startsWith("/index/")) return withTag(await indexReply(service, path.slice("/index/".length), fault), request);
  const [, name, version] = filePath.exec(path) ?? [];
  if (name !== undefined && version !== undefined) return await fileReply(service, { name, version, fault });
  if (path === "/") return textReply(200, "text/plain", "A rehearsal crate registry of Slipway: nothing here is public.\n");
  return errorReply(404, "Not Found");
}

function configReply(service: Service): Reply {
  const config: WireConfig = { dl: `${service.url}/dl/{crate}/{version}/download`, api: service.url };
  return jsonReply(200, config, { "cache-control": "no-cache" });
}

/** Ours from here: versions of ours that exist behind are hidden, or a test would mix with them, but for those that cannot mix. */
async function indexReply(service: Service, path: string, fault: Fault | undefined): Promise<Reply> {
  const name = path.split("/").at(-1) ?? "";
  if (name === "" || crateIndexPath(name) !== path) return errorReply(404, "Not Found");
  if (service.ours.has(canonicalCrateName(name))) {
    const crate = service.store.state().crates[canonicalCrateName(name)];
    const text = crate === undefined || crate.name.toLowerCase() !== name ? undefined : indexFile(crate, service.clock.nowMs());
    const others = await otherLines(service, name);
    if (text === undefined && others === "") return errorReply(404, "Not Found");
    return page(`${others}${text === undefined ? "" : fault?.name === "other-bytes" ? lieAbout(text) : text}`);
  }
  const found = (await service.upstream?.page(name, service.closing)) ?? { kind: "absent" };
  if (found.kind === "page") return page(found.text);
  return found.kind === "absent" ? errorReply(404, "Not Found") : errorReply(502, found.why);
}

/** Never kept by a cache: a rehearsal must see at once what it did (the real index allows 600 s). */
function page(text: string): Reply {
  return { status: 200, headers: { "content-type": "text/plain; charset=utf-8", "cache-control": "no-cache" }, body: text };
}

function lieAbout(text: string): string {
  const lines = text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as WireLine);
  return lines.map((line) => `${JSON.stringify({ ...line, cksum: [...line.cksum].toReversed().join("") })}\n`).join("");
}

/** Clients ask whether what they have is still so. */
function withTag(reply: Reply, request: IncomingMessage): Reply {
  if (reply.status !== 200 || typeof reply.body !== "string") return reply;
  const etag = `"${createHash("sha256").update(reply.body).digest("hex").slice(0, 32)}"`;
  const headers = { ...reply.headers, etag };
  return request.headers["if-none-match"] === etag ? { status: 304, headers, body: "" } : { ...reply, headers };
}

async function fileReply(
  service: Service,
  asked: { readonly name: string; readonly version: string; readonly fault: Fault | undefined },
): Promise<Reply> {
  const headers = { "content-type": "application/gzip", "cache-control": "no-cache" };
  if (!service.ours.has(canonicalCrateName(asked.name)) || isPassed(service, asked.name, asked.version)) {
    const found = (await service.upstream?.file(asked.name, asked.version, service.closing)) ?? { kind: "absent" };
    if (found.kind === "file") return { status: 200, headers, body: found.body };
    return found.kind === "absent" ? errorReply(404, "Not Found") : errorReply(502, found.why);
  }
  const version = findVersion(service.store.state(), asked.name, asked.version);
  if (version === undefined) return errorReply(404, "Not Found");
  const bytes = await readFile(service.pathOf(version.kept));
  return { status: 200, headers, body: asked.fault?.name === "other-bytes" ? spoiled(bytes) : bytes };
}

/** The same length, other bytes. */
function spoiled(bytes: Buffer): Buffer {
  const last = bytes.length - 1;
  if (last >= 0) bytes[last] = (bytes[last] ?? 0) ^ 0xff;
  return bytes;
}
