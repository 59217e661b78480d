// The rest of the web API for crates of ours: yank and take it back, owners, and what everybody may ask about a crate or a
// version. Source: Cargo Book "Registry web API"; protocols §4.1.
import type { IncomingMessage, ServerResponse } from "node:http";
import { canonicalCrateName } from "../../../domain/crates/names.ts";
import { drain } from "../../../loopback/listen.ts";
import { answerWithFault, unauthenticated } from "./answer.ts";
import type { WireVersion } from "../wire.ts";
import { takeTry } from "./limits.ts";
import { errorReply, jsonReply, writeReply, type Reply } from "./replies.ts";
import type { Service } from "./service.ts";
import { changeCrate, findVersion, type Crate, type CrateVersion } from "./state.ts";

export interface CrateCall {
  readonly method: string;
  readonly name: string;
  /** Path after the name, in parts. */
  readonly rest: readonly string[];
}

const ownersMax = 100;
const bodyBytesMax = 64 * 1024;

/** Answers `/api/v1/crates/NAME…`. */
export async function crateRoute(
  service: Service,
  call: CrateCall,
  http: { readonly request: IncomingMessage; readonly response: ServerResponse },
): Promise<void> {
  const [first = "", second] = call.rest;
  const yank = (call.method === "DELETE" && second === "yank") || (call.method === "PUT" && second === "unyank");
  if (yank && call.rest.length === 2) {
    const version = { name: call.name, version: first, yanked: second === "yank" };
    await answerWithFault(service, { ...http, call: "yank" }, () => setYanked(service, http.request, version));
    return;
  }
  const reply = await plainReply(service, call, http.request);
  await writeReply(http.response, reply, { head: call.method === "HEAD", announced: service.announced });
}

async function setYanked(
  service: Service,
  request: IncomingMessage,
  which: { readonly name: string; readonly version: string; readonly yanked: boolean },
): Promise<Reply> {
  await drain(request);
  return await service.store.change((before) => {
    const { name, version, yanked } = which;
    if (before.crates[canonicalCrateName(name)] === undefined)
      return { state: before, value: errorReply(404, `crate \`${name}\` does not exist`) };
    const there = findVersion(before, name, version);
    if (there === undefined) return { state: before, value: errorReply(404, `crate \`${name}\` does not have a version \`${version}\``) };
    const tried = service.limits === "none" ? { state: before } : takeTry(before, "yank", service.clock.nowMs());
    if ("later" in tried && tried.later !== undefined) return { state: before, value: tried.later };
    const change = (crate: Crate): Crate => ({
      ...crate,
      versions: crate.versions.map((one) => (one === there ? { ...one, yanked } : one)),
    });
    return { state: changeCrate(tried.state, name, change), value: jsonReply(200, { ok: true }) };
  });
}

async function plainReply(service: Service, call: CrateCall, request: IncomingMessage): Promise<Reply> {
  const crate = service.store.state().crates[canonicalCrateName(call.name)];
  const [first, ...more] = call.rest;
  if (first === "owners" && more.length === 0) return await ownersReply(service, { call, crate }, request);
  await drain(request);
  if (call.method !== "GET" && call.method !== "HEAD") return errorReply(405, "Method Not Allowed");
  if (crate === undefined) return errorReply(404, `crate \`${call.name}\` does not exist`);
  if (first === undefined) return jsonReply(200, { crate: crateInfo(crate), versions: crate.versions.map((one) => versionInfo(one)) });
  const version = findVersion(service.store.state(), call.name, first);
  if (version === undefined || more.length > 0) return errorReply(404, `crate \`${crate.name}\` does not have a version \`${first}\``);
  return jsonReply(200, { version: versionInfo(version) });
}

function crateInfo(crate: Crate): object {
  const last = crate.versions.at(-1);
  return { id: crate.name, name: crate.name, max_version: last?.line.vers, description: last?.description ?? null };
}

function versionInfo(version: CrateVersion): WireVersion {
  const { line, yanked, sizeBytes, uploadedAtMs, license } = version;
  return {
    crate: line.name,
    num: line.vers,
    checksum: line.cksum,
    crate_size: sizeBytes,
    created_at: new Date(uploadedAtMs).toISOString(),
    yanked,
    license,
    rust_version: line.rust_version ?? null,
  };
}

async function ownersReply(
  service: Service,
  about: { readonly call: CrateCall; readonly crate: Crate | undefined },
  request: IncomingMessage,
): Promise<Reply> {
  const { call, crate } = about;
  const body = await readShort(request);
  if (crate === undefined) return errorReply(404, `crate \`${call.name}\` does not exist`);
  if (call.method === "GET" || call.method === "HEAD")
    return jsonReply(200, { users: crate.owners.map((login, at) => ({ id: at + 1, login, name: login, kind: "user" })) });
  const refused = unauthenticated(request);
  if (refused !== undefined) return refused;
  if (call.method !== "PUT" && call.method !== "DELETE") return errorReply(405, "Method Not Allowed");
  const named = loginsIn(body);
  if (named === undefined) return errorReply(400, "invalid json request");
  const left = crate.owners.filter((one) => !named.includes(one));
  const owners = call.method === "PUT" ? [...left, ...named].slice(0, ownersMax) : left;
  if (owners.length === 0)
    return errorReply(400, "cannot remove all individual owners of a crate. Team member don't have sufficient permission to do this.");
  await service.store.change((state) => ({ state: changeCrate(state, call.name, (one) => ({ ...one, owners })), value: undefined }));
  const verb = call.method === "PUT" ? "added as" : "removed from";
  return jsonReply(200, { ok: true, msg: `user ${named.join(", ")} has been ${verb} an owner of crate ${crate.name}` });
}

async function readShort(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of request as AsyncIterable<Buffer>) if (text.length < bodyBytesMax) text += chunk.toString("utf8");
  return text;
}

function loginsIn(body: string): readonly string[] | undefined {
  try {
    const value: unknown = JSON.parse(body);
    const users: unknown = typeof value === "object" && value !== null && "users" in value ? value.users : undefined;
    return Array.isArray(users) && users.length > 0 ? users.filter((one) => typeof one === "string" && one !== "") : undefined;
  } catch {
    return undefined;
  }
}
