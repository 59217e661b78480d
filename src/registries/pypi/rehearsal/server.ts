// The rehearsal PyPI: a real upload and index server inside Slipway for the packages of one release. It answers as PyPI
// does, to any client, from 127.0.0.1 only; what is not ours comes from the index behind it; it forgets nothing when it is
// killed. The rules are in checks.ts and its neighbours, this file is the shell (DESIGN §6; protocols §1.6).
import type { IncomingMessage, ServerResponse } from "node:http";
import { randomBytes } from "node:crypto";
import { SlipwayError } from "../../../domain/error.ts";
import { drain, listenOnLoopback } from "../../../loopback/listen.ts";
import type { DeskOptions } from "../../../loopback/login-desk.ts";
import type { Clock } from "../../../platform/ports.ts";
import { fileSizeLimitBytes } from "../wire.ts";
import type { Fault } from "./faults.ts";
import { findingsOf, type RehearsalFinding } from "./findings.ts";
import { canonicalName, canonicalVersion, readVersion } from "./names.ts";
import { loginRoute, openPypiDesk } from "./login-routes.ts";
import { passThrough, type UpstreamIndex } from "./pass-through.ts";
import { readRoute } from "./read-routes.ts";
import { errorReply, writeReply } from "./replies.ts";
import type { RehearsalHooks, Service } from "./service.ts";
import { deleteFile, yankRelease, type ReceivedFile } from "./state.ts";
import { openStore } from "./store.ts";
import { uploadRoute } from "./upload-route.ts";

export interface RehearsalOptions {
  /** Names of the packages that are released, in any spelling. */
  readonly ours: readonly string[];
  /** Where everything else comes from; absent: from nowhere. */
  readonly upstream?: UpstreamIndex;
  readonly faults?: readonly Fault[];
  readonly clock: Clock;
  /** Kept between starts: the same folder opens with everything that was answered for. */
  readonly storeFolder: string;
  readonly hooks?: RehearsalHooks;
  /** Default 0: any free one. */
  readonly port?: number;
  /** Largest file, in bytes. Default: PyPI's 100 MiB. */
  readonly fileLimitBytes?: number;
  /** Default true. Only tests in which this server stands for a real one say false: then answers carry no mark. */
  readonly announced?: boolean;
  /** Whose identities open it, and for what; absent: nobody's. */
  readonly trusts?: Omit<DeskOptions, "clock">;
}

export interface RehearsalPypi {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  readonly uploadUrl: string;
  readonly indexUrl: string;
  /** Every file name that came in, with how often it was kept, repeated and refused; survives restarts. */
  received(): readonly ReceivedFile[];
  /** What the index behind holds of our names; asks it. */
  findings(signal: AbortSignal): Promise<readonly RehearsalFinding[]>;
  /** What an owner does on PyPI's web pages, where there is no call for it. */
  readonly owner: {
    deleteFile(fileName: string): Promise<void>;
    /** @param reason empty for none; `false` takes it back */
    yank(packageName: string, version: string, reason: false | string): Promise<void>;
  };
  close(): Promise<void>;
}

const projectLimitBytes = 10 * 1024 * 1024 * 1024;

/**
 * Opens the store and listens.
 * @throws SlipwayError STORAGE_FAILED when the folder or the port cannot be used
 */
export async function startRehearsalPypi(options: RehearsalOptions): Promise<RehearsalPypi> {
  const store = await openStore(options.storeFolder);
  const closing = new AbortController();
  const upstream = options.upstream === undefined ? undefined : passThrough(options.upstream);
  const listening = await listenOnLoopback({ what: "rehearsal index", port: options.port ?? 0 });
  const { url } = listening;
  let uploads = 0;
  const service: Service = {
    url,
    ours: new Set(options.ours.map(canonicalName)),
    store,
    clock: options.clock,
    faults: options.faults ?? [],
    hooks: options.hooks ?? {},
    desk: options.trusts === undefined ? undefined : openPypiDesk({ ...options.trusts, clock: options.clock }),
    upstream,
    closing: closing.signal,
    announced: options.announced ?? true,
    fileLimitBytes: options.fileLimitBytes ?? fileSizeLimitBytes,
    projectLimitBytes,
    nextId: () => `${(uploads += 1)}-${randomBytes(6).toString("hex")}`,
  };
  listening.serve((request, response) => answer(service, request, response));
  return {
    url,
    uploadUrl: `${url}/legacy/`,
    indexUrl: `${url}/simple/`,
    received: () => Object.values(store.state().received),
    findings: (signal) => findingsOf(store.state(), service.ours, { upstream, signal: AbortSignal.any([signal, closing.signal]) }),
    owner: ownerOf(service),
    close: async () => {
      closing.abort();
      await listening.close();
      await upstream?.close();
    },
  };
}

/** Sorts requests to their routes; what fails inside is a 500, and never the end of the server. */
async function answer(service: Service, request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    await route(service, request, response);
  } catch (cause) {
    if (request.destroyed && !request.complete) return void response.destroy();
    if (response.headersSent) return void response.destroy();
    const message = cause instanceof SlipwayError ? cause.message : "Internal Server Error";
    await writeReply(response, errorReply(500, message, request.headers.accept), { head: false, announced: service.announced }).catch(() =>
      response.destroy(),
    );
  }
}

async function route(service: Service, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = new URL(request.url ?? "/", service.url).pathname;
  if (request.method === "POST" && path === "/legacy/") return await uploadRoute(service, request, response);
  if (path.startsWith("/_/oidc/")) return await loginRoute(service, request, response);
  if (request.method === "GET" || request.method === "HEAD") return await readRoute(service, request, response);
  await drain(request);
  const write = { head: false, announced: service.announced };
  if (request.method !== "POST" || path !== "/legacy")
    return await writeReply(response, errorReply(405, "Method Not Allowed", request.headers.accept), write);
  const message = "An upload was attempted to /legacy but the expected upload URL is /legacy/ (with a trailing slash)";
  const reply = errorReply(308, message, request.headers.accept);
  await writeReply(response, { ...reply, headers: { ...reply.headers, location: "/legacy/" } }, write);
}

function ownerOf(service: Service): RehearsalPypi["owner"] {
  return {
    deleteFile: (fileName) => service.store.change((state) => ({ state: deleteFile(state, fileName), value: undefined })),
    yank: (packageName, version, reason) => {
      const read = readVersion(version);
      const which = { project: canonicalName(packageName), canonical: read === undefined ? version : canonicalVersion(read) };
      return service.store.change((state) => ({ state: yankRelease(state, which, reason), value: undefined }));
    },
  };
}
