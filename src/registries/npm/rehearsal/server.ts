// The rehearsal npm registry: a real registry inside Slipway for the packages of one release. It answers as npm's does, to
// any client, from 127.0.0.1 only; what is not ours comes from the registry behind it; it forgets nothing when it is killed.
// The rules are in checks.ts, this file is the shell (DESIGN §6; protocols §5.6).
import type { IncomingMessage, ServerResponse } from "node:http";
import { randomBytes } from "node:crypto";
import { SlipwayError } from "../../../domain/error.ts";
import { drain, listenOnLoopback } from "../../../loopback/listen.ts";
import type { DeskOptions } from "../../../loopback/login-desk.ts";
import type { Clock } from "../../../platform/ports.ts";
import { carriesToken } from "./checks.ts";
import type { Fault } from "./faults.ts";
import { findingsOf, type RehearsalFinding } from "./findings.ts";
import { loginReply, openNpmDesk } from "./login-route.ts";
import { passThrough, type UpstreamRegistries } from "./pass-through.ts";
import { isKnown, publishRoute } from "./publish-route.ts";
import { readRoute } from "./read-routes.ts";
import { errorReply, jsonReply, writeReply, type Reply } from "./replies.ts";
import { routeOf, type Route } from "./routes.ts";
import type { Service } from "./service.ts";
import { unpublishVersion, type ReceivedFile } from "./state.ts";
import { endStaged, stagedRoute } from "./stage-route.ts";
import { openStore } from "./store.ts";
import { tagRoute } from "./tag-route.ts";

export interface NpmRehearsalOptions {
  /** Names of the packages that are released. */
  readonly ours: readonly string[];
  /** Where everything else comes from; absent: from nowhere. */
  readonly upstream?: UpstreamRegistries;
  readonly faults?: readonly Fault[];
  readonly clock: Clock;
  /** Kept between starts: the same folder opens with everything that was answered for. */
  readonly storeFolder: string;
  /** Default 0: any free one. */
  readonly port?: number;
  /** Largest tarball, in bytes. */
  readonly fileLimitBytes?: number;
  /** Default true. Only tests in which this server stands for a real one say false: then answers carry no mark. */
  readonly announced?: boolean;
  /** Whose identities open it, and for what; absent: nobody's. */
  readonly trusts?: Omit<DeskOptions, "clock">;
}

export interface RehearsalNpm {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  /** The same with a slash at the end, as clients are configured. */
  readonly registryUrl: string;
  /** Every version that came in, with how often it was kept, repeated and refused; survives restarts. */
  received(): readonly ReceivedFile[];
  /** What the registry behind holds of our names; asks it. */
  findings(signal: AbortSignal): Promise<readonly RehearsalFinding[]>;
  /** Whether a package is here or behind; undefined: what is behind does not say. */
  knows(packageName: string): Promise<boolean | undefined>;
  /** What an owner does who has more rights than any token. */
  readonly owner: {
    unpublish(packageName: string, version: string): Promise<void>;
    /** Lets out, or sends back, every staged version of a package. */
    endStaged(packageName: string, how: "approve" | "reject"): Promise<void>;
  };
  close(): Promise<void>;
}

/** The public registry names no limit; a body of this size is more than its front end was ever seen to take. */
const fileLimitBytes = 1024 * 1024 * 1024;

/**
 * Opens the store and listens.
 * @throws SlipwayError STORAGE_FAILED when the folder or the port cannot be used
 */
export async function startRehearsalNpm(options: NpmRehearsalOptions): Promise<RehearsalNpm> {
  const store = await openStore(options.storeFolder);
  const closing = new AbortController();
  const upstream = options.upstream === undefined ? undefined : passThrough(options.upstream);
  const listening = await listenOnLoopback({ what: "rehearsal npm registry", port: options.port ?? 0 });
  const { url } = listening;
  let uploads = 0;
  const service: Service = {
    url,
    ours: new Set(options.ours),
    store,
    clock: options.clock,
    faults: options.faults ?? [],
    desk: options.trusts === undefined ? undefined : openNpmDesk({ ...options.trusts, clock: options.clock }, url),
    upstream,
    closing: closing.signal,
    announced: options.announced ?? true,
    fileLimitBytes: options.fileLimitBytes ?? fileLimitBytes,
    nextId: () => `${(uploads += 1)}-${randomBytes(6).toString("hex")}`,
  };
  listening.serve((request, response) => answer(service, request, response));
  return {
    url,
    registryUrl: `${url}/`,
    received: () => Object.values(store.state().received),
    findings: (signal) => findingsOf(store.state(), service.ours, { upstream, signal: AbortSignal.any([signal, closing.signal]) }),
    knows: (packageName) => isKnown(service, packageName),
    owner: {
      endStaged: async (packageName, how) => {
        const staged = Object.values(store.state().staged).filter((one) => one.package === packageName);
        for (const { id } of staged) await endStaged(service, id, how);
      },
      unpublish: (packageName, version) =>
        store.change((state) => ({
          state: unpublishVersion(state, packageName, { version, nowMs: options.clock.nowMs() }),
          value: undefined,
        })),
    },
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
    await dispatch(service, { request, response }, routeOf(request.method ?? "GET", request.url ?? "/"));
  } catch (cause) {
    if (request.destroyed && !request.complete) return void response.destroy();
    if (response.headersSent) return void response.destroy();
    const message = cause instanceof SlipwayError ? cause.message : "Internal Server Error";
    await writeReply(service, response, { reply: errorReply(500, message), head: false }).catch(() => response.destroy());
  }
}

async function dispatch(
  service: Service,
  connection: { readonly request: IncomingMessage; readonly response: ServerResponse },
  route: Route,
): Promise<void> {
  const { request, response } = connection;
  if (route.kind === "publish" || route.kind === "stage") {
    return await publishRoute(service, connection, { name: route.name, stage: route.kind === "stage" });
  }
  if (route.kind === "tags" && (service.ours.has(route.name) || request.method !== "GET"))
    return await tagRoute(service, connection, route);
  await drain(request);
  if (route.kind === "staged" || route.kind === "staged-version") return await stagedRoute(service, connection, route);
  if (route.kind === "package" || route.kind === "version" || route.kind === "tarball" || route.kind === "attestations")
    return await readRoute(service, connection, route);
  await writeReply(service, response, { reply: await plainReply(service, request, route), head: request.method === "HEAD" });
}

/** What is asked for by the way, and needs no more than one answer. */
async function plainReply(
  service: Service,
  request: IncomingMessage,
  route: Exclude<Route, { kind: "publish" | "stage" | "staged" | "staged-version" }>,
): Promise<Reply> {
  switch (route.kind) {
    case "ping":
      return jsonReply({});
    case "whoami":
      return carriesToken(request.headers.authorization) ? jsonReply({ username: "rehearsal" }) : errorReply(401, "Unauthorized");
    case "visibility":
      return service.ours.has(route.name) ? jsonReply({ public: true }) : errorReply(404, "Not found");
    case "login":
      return loginReply(service, request, route.name);
    case "keys":
      return jsonReply({ keys: [] });
    case "advisories":
      return jsonReply({});
    case "audit":
      return jsonReply(emptyAudit);
    case "search":
      return jsonReply({ objects: [], total: 0, time: new Date(service.clock.nowMs()).toUTCString() });
    case "tags": {
      const found = await service.upstream?.document(route.name, "application/json", service.closing);
      return found?.kind === "document" ? jsonReply(found.document["dist-tags"] ?? {}) : errorReply(404, "Not found");
    }
    default:
      // Not 404, which npm takes for "already gone" where it wants to remove something.
      return request.method === "GET" || request.method === "HEAD" ? errorReply(404, "Not found") : errorReply(405, "Method Not Allowed");
  }
}

/** A rehearsal knows of no vulnerabilities: the step that scans asks whom it asks in the real run. */
const emptyAudit = {
  actions: [],
  advisories: {},
  muted: [],
  metadata: {
    vulnerabilities: { info: 0, low: 0, moderate: 0, high: 0, critical: 0 },
    dependencies: 0,
    devDependencies: 0,
    optionalDependencies: 0,
    totalDependencies: 0,
  },
};
