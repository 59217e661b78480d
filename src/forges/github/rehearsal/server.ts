// The rehearsal GitHub: the part of GitHub's REST API that a release uses, inside Slipway, for one repository. It answers as
// GitHub does, from 127.0.0.1 only, forgets nothing when it is killed, and reads and makes tags in a bare git repository
// where one stands behind. The rules are in the routes, this file is the shell (DESIGN §6; protocols §7).
import type { IncomingMessage, ServerResponse } from "node:http";
import { takeFault } from "../../../loopback/faults.ts";
import { drain, holdLine, listenOnLoopback } from "../../../loopback/listen.ts";
import type { Clock } from "../../../platform/ports.ts";
import type { Fault } from "./faults.ts";
import { faultReply } from "./fault-replies.ts";
import { addIssue, endPull } from "./issue-routes.ts";
import { gitRefs, stateRefs, type GitRepository } from "./refs.ts";
import { error, notFound, writeReply, type Reply } from "./replies.ts";
import { routes, type Route } from "./routes.ts";
import { mayWrite, type RehearsalEnvironment, type RehearsalWorkflow, type Right, type Service } from "./service.ts";
import type { ForgeState, StoredRun } from "./state.ts";
import { openStore } from "./store.ts";

export interface RehearsalForgeOptions {
  /** `owner/name` */
  readonly repository: string;
  /** Bare repository with the branches and tags; absent: they live in the state, see `owner.pushed`. */
  readonly git?: GitRepository;
  readonly defaultBranch: string;
  readonly private?: boolean;
  readonly workflows?: readonly RehearsalWorkflow[];
  readonly environments?: readonly RehearsalEnvironment[];
  readonly faults?: readonly Fault[];
  readonly clock: Clock;
  /** Kept between starts: the same folder opens with everything that was answered for. */
  readonly storeFolder: string;
  /** Default 0: any free one. */
  readonly port?: number;
  /** Default true. Only tests in which this server stands for a real one say false: then answers carry no mark. */
  readonly announced?: boolean;
}

export interface RehearsalForge {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  readonly apiUrl: string;
  readonly uploadUrl: string;
  readonly webUrl: string;
  /** Everything it holds, with how often each change was carried out. */
  state(): ForgeState;
  /** What people do on the pages, where a run has no call for it. */
  readonly owner: {
    setImmutableReleases(enabled: boolean): Promise<void>;
    openIssue(issue: { readonly title: string; readonly body?: string; readonly labels?: readonly string[] }): Promise<number>;
    endPull(number: number, how: "merge" | "squash" | "close"): Promise<boolean>;
    setRun(id: number, run: Pick<StoredRun, "status" | "conclusion">): Promise<void>;
    /** Where no git repository stands behind: a branch or tag as if it had been pushed. */
    pushed(ref: string, commit: string): Promise<void>;
  };
  close(): Promise<void>;
}

/** Tokens that are let in; what follows says how far. Real ones have no business here. */
const tokens: readonly (readonly [prefix: string, right: Right])[] = [
  ["rehearsal-read-", "read"],
  ["rehearsal-admin-", "admin"],
  ["rehearsal-", "write"],
];

/** Opens the store and listens. @throws SlipwayError STORAGE_FAILED when the folder or the port cannot be used */
export async function startRehearsalForge(options: RehearsalForgeOptions): Promise<RehearsalForge> {
  const [owner = "", name = ""] = options.repository.split("/");
  const store = await openStore(options.storeFolder);
  const closing = new AbortController();
  const listening = await listenOnLoopback({ what: "rehearsal forge", port: options.port ?? 0 });
  const { url } = listening;
  const service: Service = {
    url,
    owner,
    name,
    defaultBranch: options.defaultBranch,
    private: options.private ?? false,
    workflows: options.workflows ?? [],
    environments: options.environments ?? [],
    store,
    refs: options.git === undefined ? stateRefs(store) : gitRefs(options.git),
    clock: options.clock,
    faults: options.faults ?? [],
    closing: closing.signal,
    announced: options.announced ?? true,
  };
  listening.serve((request, response) => answer(service, request, response));
  return {
    url,
    apiUrl: url,
    uploadUrl: `${url}/uploads`,
    webUrl: `${url}/web`,
    state: () => store.state(),
    owner: ownerOf(service),
    close: () => {
      closing.abort();
      return listening.close();
    },
  };
}

/** What fails inside is a 500, and never the end of the server. */
async function answer(service: Service, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (service.announced) response.setHeader("x-slipway-rehearsal", "github");
  try {
    await serve(service, request, response);
  } catch {
    if ((request.destroyed && !request.complete) || response.headersSent) return void response.destroy();
    await writeReply(response, error(500, "Server Error")).catch(() => response.destroy());
  }
}

async function serve(service: Service, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? "/", service.url);
  const found = routeOf(service, request.method ?? "GET", url.pathname);
  const fault = found === undefined ? undefined : await takeFault(service, found.route.call);
  const early = fault === undefined ? undefined : faultReply(fault, service);
  const right = rightOf(request.headers.authorization);
  const refused = early ?? (found === undefined ? notFound : refusalOf(service, { right, route: found.route }));
  if (refused !== undefined) await drain(request);
  const reply = refused ?? (await answerOf(service, { request, found, fault, right, query: url.searchParams }));
  await send(service, { fault, reply, response });
}

type Found = { readonly route: Route; readonly at: Readonly<Record<string, string>> };

function answerOf(
  service: Service,
  asked: {
    readonly request: IncomingMessage;
    readonly found: Found | undefined;
    readonly fault: Fault | undefined;
    readonly right: Right | "unknown";
    readonly query: URLSearchParams;
  },
): Reply | Promise<Reply> {
  const { request, found, fault, right, query } = asked;
  if (found === undefined || right === "unknown") return notFound;
  return found.route.answer({ service, request, right, query, at: found.at, fault });
}

async function send(
  service: Service,
  { fault, reply, response }: { readonly fault: Fault | undefined; readonly reply: Reply; readonly response: ServerResponse },
): Promise<void> {
  switch (fault?.name) {
    case "lost-reply":
      return void response.destroy();
    case "timeout-before":
    case "timeout-after":
      return await holdLine(service, response, fault.lastsMs);
    case "error-after-accepting":
      return await writeReply(response, error(502, "Bad Gateway"));
    case "slow":
      await service.clock.sleep(fault.lastsMs, service.closing).catch(() => undefined);
      return await writeReply(response, reply);
    default:
      return await writeReply(response, reply);
  }
}

/** Only this repository is here; any other is as hidden as a private one. */
function routeOf(service: Service, method: string, path: string): Found | undefined {
  for (const route of routes) {
    const match = route.method === method ? route.pattern.exec(path) : null;
    if (match === null) continue;
    const at = decoded(match.groups ?? {});
    if (at === undefined) return undefined;
    const ours = at["owner"] === undefined || (at["owner"] === service.owner && at["repo"] === service.name);
    return ours ? { route, at } : undefined;
  }
  return undefined;
}

function decoded(groups: Readonly<Record<string, string | undefined>>): Readonly<Record<string, string>> | undefined {
  try {
    return Object.fromEntries(Object.entries(groups).map(([name, text]) => [name, decodeURIComponent(text ?? "")]));
  } catch {
    return undefined;
  }
}

function rightOf(authorization: string | undefined): Right | "unknown" {
  if (authorization === undefined) return "none";
  const token = /^(?:bearer|token)\s+(\S+)$/i.exec(authorization)?.[1] ?? "";
  return tokens.find(([prefix]) => token.startsWith(prefix))?.[1] ?? "unknown";
}

function refusalOf(service: Service, { right, route }: { readonly right: Right | "unknown"; readonly route: Route }): Reply | undefined {
  if (right === "unknown") return error(401, "Bad credentials");
  if (right === "none" && service.private) return notFound;
  if (!route.writes || mayWrite(right)) return undefined;
  if (right === "none") return error(401, "Requires authentication");
  // A reader of a public repository is told that it may not; of a private one it learns nothing.
  return service.private ? notFound : error(403, "Resource not accessible by personal access token");
}

function ownerOf(service: Service): RehearsalForge["owner"] {
  const { store } = service;
  return {
    setImmutableReleases: (immutableReleases) => store.change((state) => ({ state: { ...state, immutableReleases }, value: undefined })),
    openIssue: async ({ title, body = "", labels = [] }) => (await addIssue(service, { title, body, labels })).number,
    endPull: (number, how) => endPull(service, number, how),
    setRun: (id, run) =>
      store.change((state) => ({
        state: { ...state, runs: state.runs.map((one) => (one.id === id ? { ...one, ...run } : one)) },
        value: undefined,
      })),
    pushed: (ref, commit) => store.change((state) => ({ state: { ...state, refs: { ...state.refs, [ref]: commit } }, value: undefined })),
  };
}
