// `POST /legacy/`: an upload from the first byte to the answer, with the faults that may strike it.
import { rm } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import {
  checkDescription,
  checkDistributionName,
  checkFile,
  checkMagic,
  checkRequest,
  unauthenticated,
  type CheckContext,
} from "./checks.ts";
import type { Fault } from "./faults.ts";
import { takeFault } from "../../../loopback/faults.ts";
import { drain, holdLine } from "../../../loopback/listen.ts";
import { provenanceDocument, readAttestations } from "./attestations.ts";
import { faultReply, pauseOf } from "./fault-replies.ts";
import { cleanFields, one, refusal, tokenOf, type Fields, type ReceivedContent, type Refusal } from "./form.ts";
import { canonicalName, canonicalVersion, readVersion } from "./names.ts";
import { dripReply, errorReply, textReply, writeReply, type Reply } from "./replies.ts";
import { receiveForm } from "./receive.ts";
import type { Service } from "./service.ts";
import { addFile, countReceived, type IndexState, type NewFile, type ReceivedAs, type StoredFile } from "./state.ts";
import { cutInHalf, digestsOf } from "./store.ts";

/** Answers one upload, or does what the fault of the hour says. */
export async function uploadRoute(service: Service, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const fault = await takeFault(service, "upload");
  if (fault?.name === "reset-mid-body") {
    await readSome(request);
    response.destroy();
    return;
  }
  const reply = (await earlyReply(service, request, fault)) ?? (await handle(service, request, fault));
  const write = { head: false, announced: service.announced };
  switch (fault?.name) {
    case "lost-reply":
      response.destroy();
      return;
    case "timeout-before":
    case "timeout-after":
      await holdLine(service, response, fault.lastsMs);
      return;
    case "error-after-accepting":
      await writeReply(response, errorReply(502, "Bad Gateway", request.headers.accept), write);
      return;
    case "slow-loris": {
      const padded = reply.body === "" ? { ...reply, body: "\n".repeat(20) } : reply;
      await dripReply(response, padded, { ...write, lastsMs: fault.lastsMs, pause: pauseOf(service) });
      return;
    }
    default:
      await writeReply(response, reply, write);
  }
}

/** Answers that do nothing: faults that strike before, and a request without a token. The body is read all the same. */
async function earlyReply(service: Service, request: IncomingMessage, fault: Fault | undefined): Promise<Reply | undefined> {
  const early = fault === undefined ? undefined : faultReply(fault, service, request.headers.accept);
  const token = fault?.name === "expired-token" ? undefined : tokenOf(request.headers.authorization);
  // One that an identity was exchanged for lives for minutes; any other is taken, because a rehearsal knows no accounts.
  const isGood = token !== undefined && service.desk?.holds(token) !== "ended";
  const reply = early ?? (isGood ? undefined : refused(unauthenticated(service.url), request));
  if (reply !== undefined) await drain(request);
  return reply;
}

async function readSome(request: IncomingMessage): Promise<void> {
  let read = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    read += chunk.length;
    if (read >= 512) break;
  }
}

async function handle(service: Service, request: IncomingMessage, fault: Fault | undefined): Promise<Reply> {
  const id = service.nextId();
  const received = await receiveForm(request, { incomingFolder: service.store.incomingFolder, fileLimitBytes: service.fileLimitBytes, id });
  if (received.kind === "unreadable") return errorReply(400, received.why, request.headers.accept);
  const { form } = received;
  const fields = cleanFields(form);
  const action = new URL(request.url ?? "/", service.url).searchParams.get(":action") ?? one(fields, ":action");
  try {
    const wrong = checkAction(action) ?? checkRequest(form, fields, { ...contextOf(service), ...(await classifiersOf(service, fields)) });
    if (wrong !== undefined || form.file === undefined)
      return refused(wrong ?? refusal(400, "Upload payload does not have a file."), request);
    const token = tokenOf(request.headers.authorization) ?? "";
    const publisher = service.desk?.publisher(token);
    const attested = readAttestations(one(fields, "attestations"), form.file, publisher);
    if (attested.kind === "refused") return refused(attested.refusal, request);
    const provenance =
      attested.kind === "attestations" && publisher !== undefined ? provenanceDocument(attested.attestations, publisher) : undefined;
    const upload = { fields, content: form.file, ...(provenance === undefined ? {} : { provenance }) };
    if (fault?.name === "stranger") await putStranger(service, upload);
    const verdict = await take(service, upload, fault);
    const last = fault?.name === "duplicate-delivery" && verdict === undefined ? await take(service, upload, undefined) : verdict;
    return last === undefined ? textReply(200, "text/html", "") : refused(last, request);
  } finally {
    if (form.file !== undefined) await rm(form.file.path, { force: true });
  }
}

function checkAction(action: string | undefined | null): Refusal | undefined {
  if (action === "file_upload") return undefined;
  if (action === "submit" || action === "submit_pkg_info") {
    return refusal(410, "Project pre-registration is no longer required or supported, upload your files instead.");
  }
  if (action === "doc_upload")
    return refusal(410, "Uploading documentation is no longer supported, we recommend using https://readthedocs.org/.");
  return refusal(400, "Unknown :action.");
}

function refused(wrong: Refusal, request: IncomingMessage): Reply {
  return errorReply(wrong.status, wrong.message, request.headers.accept);
}

interface Upload {
  readonly fields: Fields;
  readonly content: ReceivedContent;
  /** What the index says of it to verifiers; absent: it was uploaded without attestations. */
  readonly provenance?: string;
}

async function classifiersOf(service: Service, fields: Fields): Promise<Pick<CheckContext, "knowsClassifier">> {
  const knowsClassifier = await service.hooks.classifiers?.(fields.get("classifiers") ?? []);
  return knowsClassifier === undefined ? {} : { knowsClassifier };
}

function contextOf(service: Service): CheckContext {
  const { url, ours, fileLimitBytes, projectLimitBytes } = service;
  return {
    url,
    ours,
    fileLimitBytes,
    projectLimitBytes,
    nowMs: service.clock.nowMs(),
  };
}

/**
 * Looks at an upload in the server's order and keeps it if nothing speaks against it; one upload at a time, because two
 * that arrive together must not both be the first.
 * @returns the refusal, or undefined where the client gets its 200
 */
async function take(service: Service, upload: Upload, fault: Fault | undefined): Promise<Refusal | undefined> {
  return await service.store.change(async (state) => {
    const wrong = await judge(service, state, upload);
    if (wrong === undefined) return { state: await keep(service, state, { ...upload, fault }), value: undefined };
    if (wrong.kind === "same") return { state: counted(state, upload, "repeated"), value: undefined };
    return { state: counted(state, upload, "refused"), value: wrong };
  });
}

async function judge(service: Service, state: IndexState, upload: Upload): Promise<Refusal | { readonly kind: "same" } | undefined> {
  const { fields, content } = upload;
  const description = one(fields, "description");
  const renders =
    description === undefined || ((await service.hooks.rendersDescription?.(description, one(fields, "description_content_type"))) ?? true);
  const early = checkDescription(fields, renders, service.url) ?? checkFile(state, upload, contextOf(service)) ?? checkMagic(content);
  if (early !== undefined) return early;
  const licenseFiles = fields.get("license_file") ?? [];
  const verdict = (await service.hooks.checkArchive?.(content.path, { name: content.name, licenseFiles })) ?? { kind: "fine" };
  if (verdict.kind === "invalid") return refusal(400, `Invalid distribution file. ${verdict.why}`);
  return checkDistributionName(fields, content) ?? (verdict.kind === "contents" ? refusal(400, verdict.message) : undefined);
}

async function keep(service: Service, state: IndexState, upload: Upload & { readonly fault: Fault | undefined }): Promise<IndexState> {
  const { content, fault } = upload;
  const metadata = await service.hooks.readMetadata?.(content.path, content.name);
  const file = storedFile(service, upload, fault?.name === "slow-index" ? fault.lastsMs : 0);
  const path = service.store.pathOf(file);
  if (metadata !== undefined) await service.store.write(`${path}.metadata`, metadata);
  if (upload.provenance !== undefined) await service.store.write(`${path}.provenance`, upload.provenance);
  await service.store.keep(content.path, file);
  const whole = metadata === undefined ? file : { ...file, metadataSha256: digestsOf(Buffer.from(metadata)).sha256 };
  const kept = fault?.name === "partial-kept" ? { ...whole, ...(await cutInHalf(path)) } : whole;
  return addFile(counted(state, upload, "stored"), newFile(upload, kept));
}

function storedFile(service: Service, { fields, content, provenance }: Upload, lateMs: number): StoredFile {
  const nowMs = service.clock.nowMs();
  const { name, sizeBytes, sha256, blake2, md5 } = content;
  const fileType = one(fields, "filetype") ?? "";
  const pythonVersion = one(fields, "pyversion") ?? "source";
  return {
    name,
    sizeBytes,
    sha256,
    blake2,
    md5,
    fileType,
    pythonVersion,
    uploadedAtMs: nowMs,
    visibleFromMs: nowMs + lateMs,
    ...(provenance === undefined ? {} : { attested: true as const }),
  };
}

const notMetadata = new Set([
  ":action",
  "protocol_version",
  "filetype",
  "pyversion",
  "md5_digest",
  "sha256_digest",
  "blake2_256_digest",
  "comment",
  "gpg_signature",
  "attestations",
]);

function newFile({ fields }: Upload, file: StoredFile): NewFile {
  const name = one(fields, "name") ?? "";
  const version = readVersion(one(fields, "version") ?? "");
  const metadata = [...fields]
    .filter(([field]) => !notMetadata.has(field))
    .flatMap(([field, values]) => values.map((value) => [field, value] as const));
  return {
    project: canonicalName(name),
    displayName: name,
    version: version?.normal ?? "",
    canonical: version === undefined ? "" : canonicalVersion(version),
    metadata,
    file,
  };
}

function counted(state: IndexState, { fields, content }: Upload, as: ReceivedAs): IndexState {
  const project = canonicalName(one(fields, "name") ?? "");
  const { name, sha256, sizeBytes } = content;
  return countReceived(state, { name, project, version: one(fields, "version") ?? "", sha256, sizeBytes }, as);
}

/** Somebody else's file of the same name, put there a moment before. */
async function putStranger(service: Service, upload: Upload): Promise<void> {
  const bytes = Buffer.from(`A stranger's bytes under the name ${upload.content.name}\n`);
  const { createBLAKE2b } = await import("hash-wasm");
  const blake2 = (await createBLAKE2b(256)).update(bytes).digest("hex");
  const file: StoredFile = { ...storedFile(service, upload, 0), ...digestsOf(bytes), blake2, sizeBytes: bytes.length, stranger: true };
  await service.store.change(async (state) => {
    await service.store.write(service.store.pathOf(file), bytes);
    return { state: addFile(state, newFile(upload, file)), value: undefined };
  });
}
