// The rehearsal image registry: a real server of the OCI distribution API inside Slipway for the images of one release. It
// answers any client, from 127.0.0.1 only, and forgets nothing when it is killed. The rules are in its neighbours, this file
// is the shell (DESIGN §6; protocols §6).
import type { IncomingMessage, ServerResponse } from "node:http";
import { SlipwayError } from "../../../domain/error.ts";
import { drain, listenOnLoopback } from "../../../loopback/listen.ts";
import type { Clock } from "../../../platform/ports.ts";
import { beginRoute, blobRoute, uploadRoute, type Asked } from "./blob-routes.ts";
import { withFaults } from "./fault-replies.ts";
import type { Fault } from "./faults.ts";
import { findingsOf, type RehearsalFinding } from "./findings.ts";
import { referrersReply, tagsReply } from "./list-routes.ts";
import { manifestRoute } from "./manifest-routes.ts";
import { isRepository } from "./names.ts";
import { errorReply, jsonReply, writeReply, type Reply } from "./replies.ts";
import type { Service } from "./service.ts";
import { createSessions } from "./sessions.ts";
import { addForeign, type ReceivedThing } from "./state.ts";
import { openStore } from "./store.ts";
import { tokenReply, turnedAway } from "./token.ts";

export interface RehearsalOciOptions {
  /** Names of the repositories that are released. */
  readonly ours: readonly string[];
  readonly faults?: readonly Fault[];
  readonly clock: Clock;
  /** Kept between starts: the same folder opens with everything that was answered for. */
  readonly storeFolder: string;
  /** Default 0: any free one. */
  readonly port?: number;
  /** Largest blob, in bytes. Default 10 GiB. */
  readonly blobLimitBytes?: number;
  /** Default true; false: it keeps no lists of what is about a manifest, as many registries do not. */
  readonly listsReferrers?: boolean;
  /** Default true. Only tests in which this server stands for a real one say false: then answers carry no mark. */
  readonly announced?: boolean;
}

export interface RehearsalOci {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  /** Everything that came in, with how often it was kept, repeated and refused; survives restarts. */
  received(): readonly ReceivedThing[];
  /** What could not be tried here. */
  findings(): readonly RehearsalFinding[];
  close(): Promise<void>;
}

const blobLimitBytesDefault = 10 * 1024 * 1024 * 1024;

/**
 * Opens the store and listens.
 * @throws SlipwayError STORAGE_FAILED when the folder or the port cannot be used
 */
export async function startRehearsalOci(options: RehearsalOciOptions): Promise<RehearsalOci> {
  const store = await openStore(options.storeFolder);
  const closing = new AbortController();
  const listening = await listenOnLoopback({ what: "rehearsal image registry", port: options.port ?? 0 });
  const { url } = listening;
  const service: Service = {
    url,
    ours: new Set(options.ours),
    store,
    sessions: createSessions(store.incomingFolder),
    clock: options.clock,
    faults: options.faults ?? [],
    closing: closing.signal,
    announced: options.announced ?? true,
    listsReferrers: options.listsReferrers ?? true,
    blobLimitBytes: options.blobLimitBytes ?? blobLimitBytesDefault,
  };
  listening.serve((request, response) => answer(service, request, response));
  return {
    url,
    received: () => Object.values(store.state().received),
    findings: () => findingsOf(store.state()),
    close: async () => {
      closing.abort();
      await listening.close();
    },
  };
}

/** Sorts requests to their routes; what fails inside is a 500, and never the end of the server. */
async function answer(service: Service, request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    await route(service, request, response);
  } catch (cause) {
    if ((request.destroyed && !request.complete) || response.headersSent) return void response.destroy();
    const message = cause instanceof SlipwayError ? cause.message : "internal server error";
    const write = { head: request.method === "HEAD", announced: service.announced };
    await writeReply(response, errorReply(500, "UNKNOWN", message), write).catch(() => response.destroy());
  }
}

async function route(service: Service, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? "/", service.url);
  const path = decodeURIComponent(url.pathname);
  const nowMs = service.clock.nowMs();
  const isRead = request.method === "GET" || request.method === "HEAD";
  if (path === "/token" && isRead) return await plain(service, { request, response }, tokenReply(request.headers.authorization, nowMs));
  if (path !== "/v2" && !path.startsWith("/v2/")) {
    return await plain(service, { request, response }, errorReply(404, "UNSUPPORTED", "there is nothing here"));
  }
  const place = placeOf(path.slice("/v2/".length));
  const door = { url: service.url, authorization: request.headers.authorization, writes: !isRead, nowMs };
  const away = turnedAway(place === undefined ? door : { ...door, repository: place.repository });
  if (away !== undefined) return await plain(service, { request, response }, away);
  if (place === undefined) {
    const base = path === "/v2" || path === "/v2/" ? jsonReply(200, {}) : errorReply(404, "NAME_INVALID", "there is nothing here");
    return await plain(service, { request, response }, base);
  }
  const asked: Asked = { request, response, url, repository: place.repository };
  const stopped = await stranger(service, asked);
  if (stopped !== undefined) return await plain(service, asked, stopped);
  await dispatch(service, asked, place);
}

interface Place {
  readonly repository: string;
  readonly kind: "begin" | "upload" | "blob" | "manifest" | "tags" | "referrers";
  readonly reference: string;
}

/** A repository's name may have slashes itself: what follows it is found from the end. */
function placeOf(path: string): Place | undefined {
  const forms = [
    ["begin", /^(.+)\/blobs\/uploads\/?()$/],
    ["upload", /^(.+)\/blobs\/uploads\/([^/]+)$/],
    ["blob", /^(.+)\/blobs\/([^/]+)$/],
    ["manifest", /^(.+)\/manifests\/([^/]+)$/],
    ["tags", /^(.+)\/tags\/list()$/],
    ["referrers", /^(.+)\/referrers\/([^/]+)$/],
  ] as const;
  for (const [kind, form] of forms) {
    const [, repository, reference] = form.exec(path) ?? [];
    if (repository !== undefined && reference !== undefined) return { repository, kind, reference };
  }
  return undefined;
}

/** Names that are no names, and names that are not ours: those are nowhere here, and nobody may make them. */
async function stranger(service: Service, { repository, request }: Asked): Promise<Reply | undefined> {
  if (!isRepository(repository)) return errorReply(400, "NAME_INVALID", "invalid repository name");
  if (service.ours.has(repository)) return undefined;
  await service.store.change((state) => ({ state: addForeign(state, repository), value: undefined }));
  const isRead = request.method === "GET" || request.method === "HEAD";
  if (isRead) return errorReply(404, "NAME_UNKNOWN", "repository name not known to registry");
  return errorReply(403, "DENIED", `"${repository}" is not one of the images of this release`);
}

async function dispatch(service: Service, asked: Asked, { kind, reference }: Place): Promise<void> {
  switch (kind) {
    case "begin":
      return await beginRoute(service, asked);
    case "upload":
      return await uploadRoute(service, asked, reference);
    case "blob":
      return await blobRoute(service, asked, reference);
    case "manifest":
      return await manifestRoute(service, asked, reference);
    case "tags":
      return await list(service, asked, () => tagsReply(service, asked));
    case "referrers":
      return await list(service, asked, () => referrersReply(service, asked, reference));
  }
}

/** Lists are read, and nothing else. */
async function list(service: Service, asked: Asked, make: () => Reply): Promise<void> {
  const isRead = asked.request.method === "GET" || asked.request.method === "HEAD";
  if (!isRead) return await plain(service, asked, errorReply(405, "UNSUPPORTED", "the operation is unsupported"));
  await withFaults(service, { ...asked, call: "look" }, () => Promise.resolve(make()));
}

async function plain(
  service: Service,
  { request, response }: { readonly request: IncomingMessage; readonly response: ServerResponse },
  reply: Reply,
): Promise<void> {
  await drain(request);
  await writeReply(response, reply, { head: request.method === "HEAD", announced: service.announced });
}
