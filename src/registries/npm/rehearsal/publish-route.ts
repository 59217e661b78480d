// `PUT /<package>`: a publish from the first byte to the answer, or the document back with words of deprecation in it, with
// the faults that may strike it.
import { createHash, randomUUID } from "node:crypto";
import { open, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { JsonObject } from "../../../domain/configuration.ts";
import { packedFileName, servedFileName } from "../../../domain/npm/names.ts";
import { takeFault } from "../../../loopback/faults.ts";
import { drain } from "../../../loopback/listen.ts";
import { mediaTypes } from "../wire.ts";
import { carriesToken, checkAgainst, checkPublish, type Publish, type Refusal } from "./checks.ts";
import type { Fault } from "./faults.ts";
import { readProvenance } from "./provenance.ts";
import { receivePublish, type ReceivedTarball } from "./receive.ts";
import { errorReply, faultReply, jsonReply, writeWith, type Reply } from "./replies.ts";
import type { Service } from "./service.ts";
import { addVersion, countReceived, deprecateVersions, type ReceivedAs, type RegistryState, type StoredVersion } from "./state.ts";

/** Which version is meant, and whether it is to be held unseen. */
export interface PublishRequest {
  /** From the address. */
  readonly name: string;
  readonly stage: boolean;
}

/** Answers one publish, stage or deprecation, or does what the fault of the hour says. */
export async function publishRoute(
  service: Service,
  connection: { readonly request: IncomingMessage; readonly response: ServerResponse },
  { name, stage }: PublishRequest,
): Promise<void> {
  const { request, response } = connection;
  const fault = await takeFault(service, "upload");
  if (fault?.name === "reset-mid-body") {
    await readSome(request);
    response.destroy();
    return;
  }
  const early = faultReply(fault, service.clock.nowMs()) ?? strangerToUs(service, request, name);
  if (early !== undefined) await drain(request);
  await writeWith(service, connection, { reply: early ?? (await handle(service, request, { name, stage, fault })), fault });
}

/** Why the request is not even read: no token, or a package that this token may not write. */
export function strangerToUs(service: Service, request: IncomingMessage, name: string): Reply | undefined {
  if (!carriesToken(request.headers.authorization)) return errorReply(401, "You must be logged in to publish packages.");
  if (service.desk?.holds(tokenOf(request)) === "ended")
    return jsonReply({ message: "Access token expired or revoked. Please try logging in again." }, 401);
  return service.ours.has(name) ? undefined : errorReply(404, `'${name}' is not in this registry.`);
}

function tokenOf(request: IncomingMessage): string {
  return (request.headers.authorization ?? "").replace(/^Bearer\s+/i, "");
}

async function readSome(request: IncomingMessage): Promise<void> {
  let read = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    read += chunk.length;
    if (read >= 512) break;
  }
}

async function handle(
  service: Service,
  request: IncomingMessage,
  about: PublishRequest & { readonly fault: Fault | undefined },
): Promise<Reply> {
  const { incomingFolder } = service.store;
  const options = { incomingFolder, fileLimitBytes: service.fileLimitBytes, id: service.nextId() };
  const received = await receivePublish(request, options).catch(async (cause: unknown) => {
    await rm(join(incomingFolder, options.id), { force: true });
    throw cause;
  });
  try {
    if (received.kind === "unreadable") return errorReply(400, received.why);
    const { document, tarball } = received;
    if (document["_attachments"] === undefined) return await deprecate(service, about.name, document);
    return await publish(service, { ...about, document, tarball, token: tokenOf(request) });
  } finally {
    await rm(join(incomingFolder, options.id), { force: true });
  }
}

async function publish(
  service: Service,
  about: PublishRequest & { readonly document: JsonObject; readonly tarball: ReceivedTarball; readonly fault: Fault | undefined } & {
    readonly token: string;
  },
): Promise<Reply> {
  const { name, stage, document, tarball, fault, token } = about;
  const checked = checkPublish(document, tarball, { name, limitBytes: service.fileLimitBytes });
  if (checked.kind === "refused") return errorReply(checked.status, checked.message);
  const publisher = service.desk?.publisher(token);
  const provenance = readProvenance(document, { ...checked.publish, integrity: tarball.integrity, publisher });
  if (provenance.kind === "refused") return errorReply(provenance.refusal.status, provenance.refusal.message);
  // Whether a new package can be staged its documents do not agree on; this is the careful answer (protocols §5.4).
  if (stage && (await isKnown(service, name)) !== true) return errorReply(404, "Not found");
  const bundle = provenance.kind === "provenance" ? { bundle: provenance.bundle } : {};
  const upload = { publish: checked.publish, tarball, ...bundle, ...(stage ? { stageId: randomUUID() } : {}) };
  if (fault?.name === "stranger") await putStranger(service, upload);
  const verdict = await take(service, upload, fault);
  const last = fault?.name === "duplicate-delivery" && verdict === undefined ? await take(service, upload, undefined) : verdict;
  if (last !== undefined) return errorReply(last.status, last.message);
  return jsonReply(upload.stageId === undefined ? { success: true } : { stageId: upload.stageId });
}

/** Whether a package is not new: the registry behind has it, or it is here. @returns undefined where the one behind does not say */
export async function isKnown(service: Pick<Service, "store" | "upstream" | "closing">, name: string): Promise<boolean | undefined> {
  if (service.store.state().packages[name] !== undefined) return true;
  const behind = await service.upstream?.document(name, mediaTypes.abbreviated, service.closing);
  if (behind?.kind === "failed") return undefined;
  return behind?.kind === "document";
}

interface Upload {
  readonly publish: Publish;
  readonly tarball: ReceivedTarball;
  /** Provenance that came with it. */
  readonly bundle?: string;
  /** Id under which it waits; absent: it is public at once. */
  readonly stageId?: string;
}

/** Judges and keeps in one turn, so that of two uploads of one version one is the second. */
async function take(service: Service, upload: Upload, fault: Fault | undefined): Promise<Refusal | undefined> {
  return await service.store.change(async (state) => {
    const { name, version } = upload.publish;
    const found = state.packages[name];
    const isStaged = Object.values(state.staged).some((one) => one.package === name && one.version.version === version);
    const wrong = checkAgainst(found, version, isStaged);
    if (wrong === undefined) return { state: await keep(service, state, { ...upload, fault }), value: undefined };
    const same = found?.versions[version]?.sha256 === upload.tarball.sha256;
    return { state: counted(state, upload, same ? "repeated" : "refused"), value: wrong };
  });
}

async function keep(
  service: Service,
  state: RegistryState,
  upload: Upload & { readonly fault: Fault | undefined },
): Promise<RegistryState> {
  const { publish, fault } = upload;
  const tarball = fault?.name === "partial-kept" ? await cutInHalf(upload.tarball) : upload.tarball;
  const late = fault?.name === "slow-index" ? fault.lastsMs : 0;
  const { bundle } = upload;
  const version = { ...storedVersion(service, { publish, tarball }, late), ...(bundle === undefined ? {} : { attested: true as const }) };
  await service.store.keep(tarball.path, version, publish.manifest);
  if (bundle !== undefined) await service.store.keepBundle(version, bundle);
  const kept = counted(state, upload, "stored");
  const { stageId } = upload;
  if (stageId !== undefined) {
    const staged = { id: stageId, package: publish.name, tags: publish.tags, version };
    return { ...kept, staged: { ...kept.staged, [stageId]: staged } };
  }
  return addVersion(kept, publish.name, { version, tags: publish.tags, nowMs: version.uploadedAtMs });
}

function storedVersion(service: Service, { publish, tarball }: Upload, lateMs: number): StoredVersion {
  const nowMs = service.clock.nowMs();
  const { sizeBytes, sha256, integrity, shasum } = tarball;
  const fileName = servedFileName(publish.name, publish.version);
  return { version: publish.version, fileName, sizeBytes, sha256, integrity, shasum, uploadedAtMs: nowMs, visibleFromMs: nowMs + lateMs };
}

function counted(state: RegistryState, { publish, tarball }: Upload, as: ReceivedAs): RegistryState {
  const { name, version } = publish;
  const { sha256, sizeBytes } = tarball;
  return countReceived(state, { name: packedFileName(name, version), package: name, version, sha256, sizeBytes }, as);
}

/** Somebody else's tarball under the same version, put there a moment before. */
async function putStranger(service: Service, { publish, tarball }: Upload): Promise<void> {
  const bytes = Buffer.from(`A stranger's bytes under the name ${publish.name}@${publish.version}\n`);
  const path = `${tarball.path}-stranger`;
  await writeFile(path, bytes);
  const version: StoredVersion = {
    ...storedVersion(service, { publish, tarball: { ...tarball, ...digestsOf(bytes) } }, 0),
    stranger: true,
  };
  await service.store.change(async (state) => {
    await service.store.keep(path, version, publish.manifest);
    return { state: addVersion(state, publish.name, { version, tags: publish.tags, nowMs: version.uploadedAtMs }), value: undefined };
  });
}

async function cutInHalf(tarball: ReceivedTarball): Promise<ReceivedTarball> {
  const file = await open(tarball.path, "r+");
  try {
    const half = Buffer.alloc(Math.floor(tarball.sizeBytes / 2));
    await file.read(half, 0, half.length, 0);
    await file.truncate(half.length);
    return { ...tarball, ...digestsOf(half) };
  } finally {
    await file.close();
  }
}

function digestsOf(bytes: Buffer): Pick<ReceivedTarball, "sizeBytes" | "sha256" | "integrity" | "shasum"> {
  const digest = (algorithm: string, form: "hex" | "base64"): string => createHash(algorithm).update(bytes).digest(form);
  const integrity = `sha512-${digest("sha512", "base64")}`;
  return { sizeBytes: bytes.length, sha256: digest("sha256", "hex"), integrity, shasum: digest("sha1", "hex") };
}

/** `npm deprecate`: the whole document comes back, and only the words in it are taken. */
async function deprecate(service: Service, name: string, document: JsonObject): Promise<Reply> {
  const { versions } = document;
  if (typeof versions !== "object" || versions === null || Array.isArray(versions)) return errorReply(400, "missing _attachments");
  const words = new Map<string, string>();
  for (const [version, entry] of Object.entries(versions)) {
    const said: unknown = typeof entry === "object" && entry !== null && "deprecated" in entry ? entry["deprecated"] : undefined;
    if (typeof said === "string") words.set(version, said);
  }
  return await service.store.change((state) => {
    if (state.packages[name] === undefined) return { state, value: errorReply(404, "Not found") };
    return { state: deprecateVersions(state, name, { words, nowMs: service.clock.nowMs() }), value: jsonReply({ success: true }) };
  });
}
