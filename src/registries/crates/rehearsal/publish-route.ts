// `PUT /api/v1/crates/new`: an upload from the first byte to the answer, with the faults that may strike it.
import { createHash } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { canonicalCrateName, crateFileName } from "../../../domain/crates/names.ts";
import type { JsonObject } from "../../../domain/configuration.ts";
import { drain } from "../../../loopback/listen.ts";
import { writeDurably } from "../../../loopback/kept-state.ts";
import { cratesLimits, type WireWarnings } from "../wire.ts";
import { answerWithFault } from "./answer.ts";
import { checkRequest, dependencyNames, readParts, refusal, type Refusal } from "./checks.ts";
import type { Fault } from "./faults.ts";
import { refusedForLogin } from "./login-routes.ts";
import { takeTry } from "./limits.ts";
import { lineOf, textIn, textOrNull } from "./lines.ts";
import { otherLines } from "./other-versions.ts";
import { errorReply, jsonReply, type Reply } from "./replies.ts";
import type { Service } from "./service.ts";
import { addVersion, countReceived, findVersion, type CrateVersion, type RegistryState, type ReceivedAs } from "./state.ts";

/** Answers one upload, or does what the fault of the hour says. */
export async function publishRoute(service: Service, request: IncomingMessage, response: ServerResponse): Promise<void> {
  await answerWithFault(service, { request, response, call: "upload" }, (fault) => handle(service, request, fault));
}

async function handle(service: Service, request: IncomingMessage, fault: Fault | undefined): Promise<Reply> {
  const body = await readWhole(request, cratesLimits.jsonBytes + service.fileLimitBytes + 8);
  if (body === undefined) return errorReply(413, `max upload size is: ${service.fileLimitBytes}`);
  const parts = readParts(body, service.fileLimitBytes);
  if (parts.kind === "refused") return errorReply(parts.status, parts.detail);
  const upload: Received = { json: parts.json, file: parts.file, sha256: digestOf(parts.file) };
  const early =
    checkRequest(upload.json) ??
    (await refusedForLogin(service, request, textIn(upload.json["name"]))) ??
    (await checkOutside(service, upload));
  if (fault?.name === "stranger" && early === undefined) await putStranger(service, upload);
  const reply = await take(service, upload, { fault, early });
  if (fault?.name === "duplicate-delivery" && reply.status === 200) return await take(service, upload, { fault: undefined, early });
  return reply;
}

interface Received {
  readonly json: JsonObject;
  readonly file: Buffer;
  readonly sha256: string;
}

/** @returns undefined for a body that is larger than anything that is taken; it is read to its end all the same */
async function readWhole(request: IncomingMessage, bytesMax: number): Promise<Buffer | undefined> {
  const parts: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    sizeBytes += chunk.length;
    if (sizeBytes > bytesMax) {
      await drain(request);
      return undefined;
    }
    parts.push(chunk);
  }
  return Buffer.concat(parts);
}

function digestOf(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** What needs more than the request: the name's owner, and whether the dependencies exist here or on the index behind. */
async function checkOutside(service: Service, { json }: Received): Promise<Refusal | undefined> {
  const name = textIn(json["name"]);
  if (!service.ours.has(canonicalCrateName(name))) {
    return refusal(
      403,
      `"${name}" is no crate of this release: a rehearsal takes only those (at the real registry you may not be an owner)`,
    );
  }
  const forDevelopment = dependencyNames(json, "dev");
  for (const one of dependencyNames(json)) {
    const own = service.ours.has(canonicalCrateName(one));
    // Under another spelling the index would not find it.
    if (own && service.store.state().crates[canonicalCrateName(one)]?.name === one) continue;
    if (own && (await otherLines(service, one)) !== "") continue;
    // Crates may need each other for development: the public registry asks whether it knows the name.
    if (own && forDevelopment.includes(one) && (await service.upstream?.page(one, service.closing))?.kind === "page") continue;
    const page = own || service.upstream === undefined ? ({ kind: "absent" } as const) : await service.upstream.page(one, service.closing);
    if (page.kind === "absent") return refusal(400, `no known crate named \`${one}\``);
    if (page.kind === "failed") return refusal(502, page.why);
  }
  return undefined;
}

/** One upload at a time, because two that arrive together must not both be the first. */
async function take(
  service: Service,
  upload: Received,
  about: { readonly fault: Fault | undefined; readonly early: Refusal | undefined },
): Promise<Reply> {
  return await service.store.change(async (before) => {
    const no = ({ status, detail }: Refusal, state: RegistryState, as: ReceivedAs = "refused") => ({
      state: counted(state, upload, as),
      value: errorReply(status, detail),
    });
    if (about.early !== undefined) return no(about.early, before);
    const known = before.crates[canonicalCrateName(textIn(upload.json["name"]))];
    if (known !== undefined && known.name !== upload.json["name"])
      return no(refusal(400, `crate was previously named \`${known.name}\``), before);
    const tried =
      service.limits === "none"
        ? { state: before }
        : takeTry(before, known === undefined ? "new-crate" : "new-version", service.clock.nowMs());
    if ("later" in tried && tried.later !== undefined) return { state: counted(before, upload, "refused"), value: tried.later };
    const there = findVersion(tried.state, textIn(upload.json["name"]), textIn(upload.json["vers"]));
    if (there !== undefined) {
      const same = there.line.cksum === upload.sha256;
      return no(refusal(400, `crate version \`${there.line.vers}\` is already uploaded`), tried.state, same ? "repeated" : "refused");
    }
    const wrong = await checkArchive(service, upload);
    if (wrong !== undefined) return no(wrong, tried.state);
    const warnings: WireWarnings = { invalid_categories: [], invalid_badges: [], other: [] };
    const value = jsonReply(200, { crate: { name: upload.json["name"], max_version: upload.json["vers"] }, warnings });
    return { state: counted(await keep(service, tried.state, { ...upload, fault: about.fault }), upload, "stored"), value };
  });
}

/** The manifest inside the file is what the public registry believes; the request must not say something else. */
async function checkArchive(service: Service, upload: Received): Promise<Refusal | undefined> {
  if (service.hooks.readMember === undefined) return undefined;
  const [name, version] = [textIn(upload.json["name"]), textIn(upload.json["vers"])];
  const path = service.pathOf(upload.sha256);
  await writeDurably(path, upload.file);
  const manifest = await service.hooks.readMember(path, `${name}-${version}/Cargo.toml`);
  if (manifest === undefined) return refusal(400, "uploaded tarball is malformed or too large when decompressed");
  const { parse } = await import("smol-toml");
  const own = readPackage(() => parse(manifest));
  if (own === undefined) return refusal(400, "failed to parse `Cargo.toml` manifest file");
  if (own["name"] !== name) return refusal(400, `metadata name \`${name}\` does not match manifest name \`${String(own["name"])}\``);
  if (own["version"] !== version)
    return refusal(400, `metadata version \`${version}\` does not match manifest version \`${String(own["version"])}\``);
  return undefined;
}

function readPackage(read: () => Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> | undefined {
  try {
    const own = read()["package"];
    return typeof own === "object" && own !== null ? (own as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

async function keep(
  service: Service,
  state: RegistryState,
  upload: Received & { readonly fault: Fault | undefined },
): Promise<RegistryState> {
  const half = upload.fault?.name === "partial-kept" ? upload.file.subarray(0, Math.floor(upload.file.length / 2)) : upload.file;
  const version = versionOf(service, { ...upload, file: half, sha256: half === upload.file ? upload.sha256 : digestOf(half) });
  await writeDurably(service.pathOf(version.kept), half);
  await writeDurably(`${service.pathOf(version.kept)}.json`, JSON.stringify(upload.json));
  const lateMs = upload.fault?.name === "slow-index" ? upload.fault.lastsMs : 0;
  return addVersion(state, { ...version, visibleFromMs: version.visibleFromMs + lateMs }, "rehearsal");
}

function versionOf(service: Service, { json, file, sha256 }: Received): CrateVersion {
  const nowMs = service.clock.nowMs();
  return {
    line: lineOf(json, sha256, nowMs),
    yanked: false,
    sizeBytes: file.length,
    kept: sha256,
    uploadedAtMs: nowMs,
    visibleFromMs: nowMs,
    description: textOrNull(json["description"]),
    license: textOrNull(json["license"]),
  };
}

function counted(state: RegistryState, { json, file, sha256 }: Received, as: ReceivedAs): RegistryState {
  const [name, version] = [textIn(json["name"]), textIn(json["vers"])];
  return countReceived(state, { name: crateFileName(name, version), package: name, version, sha256, sizeBytes: file.length }, as);
}

/** Somebody else's file as the same version, put there a moment before. */
async function putStranger(service: Service, upload: Received): Promise<void> {
  const file = Buffer.from(`A stranger's bytes as ${textIn(upload.json["name"])} ${textIn(upload.json["vers"])}\n`);
  const version: CrateVersion = { ...versionOf(service, { ...upload, file, sha256: digestOf(file) }), stranger: true };
  await service.store.change(async (state) => {
    await writeDurably(service.pathOf(version.kept), file);
    return { state: addVersion(state, version, "stranger"), value: undefined };
  });
}
