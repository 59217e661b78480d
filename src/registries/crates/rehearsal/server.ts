// The rehearsal crate registry: a sparse index and a web API inside Slipway for the crates of one release. Real cargo builds
// from it and publishes to it (protocols §4.4); what is not ours comes from the index behind it; it answers on 127.0.0.1 only
// and forgets nothing when it is killed. The rules are in checks.ts and its neighbours, this file is the shell (DESIGN §6).
import type { IncomingMessage, ServerResponse } from "node:http";
import { join } from "node:path";
import { canonicalCrateName } from "../../../domain/crates/names.ts";
import { SlipwayError } from "../../../domain/error.ts";
import { openKeptState } from "../../../loopback/kept-state.ts";
import { drain, listenOnLoopback } from "../../../loopback/listen.ts";
import type { DeskOptions } from "../../../loopback/login-desk.ts";
import type { Clock } from "../../../platform/ports.ts";
import { cratesLimits } from "../wire.ts";
import { crateRoute } from "./crate-routes.ts";
import type { Fault } from "./faults.ts";
import { findingsOf, type RehearsalFinding } from "./findings.ts";
import { loginPath, loginRoute, openCratesDesk } from "./login-routes.ts";
import { isPassed } from "./other-versions.ts";
import { passThrough, type UpstreamCrates } from "./pass-through.ts";
import { publishRoute } from "./publish-route.ts";
import { readRoute } from "./read-routes.ts";
import { errorReply, writeReply } from "./replies.ts";
import type { RehearsalHooks, Service } from "./service.ts";
import { emptyState, type ReceivedFile } from "./state.ts";

export interface RehearsalCratesOptions {
  /** Names of the crates that are released. */
  readonly ours: readonly string[];
  /** Their versions by name: others that are not compatible are then served from behind. Absent: none of ours is. */
  readonly releasing?: ReadonlyMap<string, string>;
  /** Where everything else comes from; absent: from nowhere. */
  readonly upstream?: UpstreamCrates;
  readonly faults?: readonly Fault[];
  readonly clock: Clock;
  /** Kept between starts: the same folder opens with everything that was answered for. */
  readonly storeFolder: string;
  readonly hooks?: RehearsalHooks;
  /** Default 0: any free one. */
  readonly port?: number;
  /** `real`: as many uploads and yanks as the public registry allows one user, by `clock`. Default `none`. */
  readonly limits?: "real" | "none";
  /** Largest file, in bytes. Default 10 MiB. */
  readonly fileLimitBytes?: number;
  /** Default true. Only tests in which this server stands for a real one say false: then answers carry no mark. */
  readonly announced?: boolean;
  /** Whose identities open it, and for what; absent: nobody's. */
  readonly trusts?: Omit<DeskOptions, "clock">;
}

export interface RehearsalCrates {
  /** `http://127.0.0.1:PORT`, the root of the web API. */
  readonly url: string;
  /** Root of the sparse index; cargo wants `sparse+` before it. */
  readonly indexUrl: string;
  /** Every file name that came in, with how often it was kept, repeated and refused; survives restarts. */
  received(): readonly ReceivedFile[];
  /** What the index behind holds of our names; asks it. */
  findings(signal: AbortSignal): Promise<readonly RehearsalFinding[]>;
  close(): Promise<void>;
}

/**
 * Opens the store and listens.
 * @throws SlipwayError STORAGE_FAILED when the folder or the port cannot be used
 */
export async function startRehearsalCrates(options: RehearsalCratesOptions): Promise<RehearsalCrates> {
  const file = join(options.storeFolder, "registry.json");
  const store = await openKeptState({ file, empty: emptyState, what: "rehearsal crate registry" });
  const closing = new AbortController();
  const upstream = options.upstream === undefined ? undefined : passThrough(options.upstream);
  const listening = await listenOnLoopback({ what: "rehearsal crate registry", port: options.port ?? 0 });
  const { url } = listening;
  const service: Service = {
    url,
    ours: new Set(options.ours.map(canonicalCrateName)),
    releasing: new Map([...(options.releasing ?? [])].map(([name, version]) => [canonicalCrateName(name), version])),
    store,
    pathOf: (sha256) => join(options.storeFolder, "files", sha256.slice(0, 2), `${sha256}.crate`),
    clock: options.clock,
    faults: options.faults ?? [],
    hooks: options.hooks ?? {},
    desk: options.trusts === undefined ? undefined : openCratesDesk({ ...options.trusts, clock: options.clock }, url),
    upstream,
    closing: closing.signal,
    announced: options.announced ?? true,
    limits: options.limits ?? "none",
    fileLimitBytes: options.fileLimitBytes ?? cratesLimits.fileBytes,
  };
  listening.serve((request, response) => answer(service, request, response));
  return {
    url,
    indexUrl: `${url}/index/`,
    received: () => Object.values(store.state().received),
    findings: (signal) =>
      findingsOf(store.state(), options.ours, {
        upstream,
        signal: AbortSignal.any([signal, closing.signal]),
        isPassed: (name, version) => isPassed(service, name, version),
      }),
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
    if (response.headersSent || (request.destroyed && !request.complete)) return void response.destroy();
    const message = cause instanceof SlipwayError ? cause.message : "Internal Server Error";
    await writeReply(response, errorReply(500, message), { head: false, announced: service.announced }).catch(() => response.destroy());
  }
}

async function route(service: Service, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const method = request.method ?? "GET";
  const path = decode(new URL(request.url ?? "/", service.url).pathname);
  const http = { request, response };
  if (path === "/api/v1/crates/new" && method === "PUT") return await publishRoute(service, request, response);
  if (path === loginPath) return await loginRoute(service, request, response);
  const [name = "", ...rest] = path.startsWith("/api/v1/crates/") ? path.slice("/api/v1/crates/".length).split("/") : [];
  if (name !== "") return await crateRoute(service, { method, name, rest }, http);
  if (method === "GET" || method === "HEAD") return await readRoute(service, http, path);
  await drain(request);
  await writeReply(response, errorReply(405, "Method Not Allowed"), { head: false, announced: service.announced });
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
