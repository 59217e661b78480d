// A door before a server on loopback: it writes down who came in with which credential, hands everything on, and can lead
// from the paths of one kind of server to those of another. For tests that ask who was shown what.
import { createServer, request, type IncomingMessage, type OutgoingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface Visit {
  readonly method: string;
  /** Path and query, as they were asked for. */
  readonly path: string;
  /** All of the request's headers, one `name: value` to a line: whatever was shown is in here. */
  readonly headers: string;
  readonly authorization: string | undefined;
}

export interface Door {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  visits(): readonly Visit[];
  forget(): void;
  /** Called with each visit before it is handed on. */
  onVisit(heard: (visit: Visit) => void): void;
  close(): Promise<void>;
}

export interface DoorOptions {
  /** Address behind the door, without a slash at its end; asked for at each visit, so that a server may be exchanged. */
  readonly to: () => string;
  /** Path there for a path here. Default: the same. */
  readonly lead?: (path: string) => string;
  readonly port?: number;
  /** Awaited before a visit is handed on. Default: nothing is waited for. */
  readonly before?: (visit: Visit) => Promise<void>;
  /** Awaited once the server has answered, before anybody is told. Default: nothing is waited for. */
  readonly beforeReply?: (visit: Visit) => Promise<void>;
}

export async function openDoor(options: DoorOptions): Promise<Door> {
  let seen: Visit[] = [];
  let hears: (visit: Visit) => void = () => undefined;
  const server = createServer((asked, answer) => {
    const visit = visitOf(asked);
    seen.push(visit);
    hears(visit);
    void (options.before?.(visit) ?? Promise.resolve()).then(() => {
      // Whoever did not wait for it has sent nothing.
      if (!asked.destroyed) handOn({ asked, answer, visit }, options);
    });
  });
  await new Promise<void>((resolve) => void server.listen(options.port ?? 0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    visits: () => seen,
    forget: () => void (seen = []),
    onVisit: (heard) => void (hears = heard),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function visitOf(asked: IncomingMessage): Visit {
  const { rawHeaders } = asked;
  const lines = rawHeaders.flatMap((name, index) => (index % 2 === 0 ? [`${name}: ${rawHeaders[index + 1] ?? ""}`] : []));
  return {
    method: asked.method ?? "",
    path: asked.url ?? "",
    headers: lines.join("\n"),
    authorization: asked.headers.authorization,
  };
}

interface Visiting {
  readonly asked: IncomingMessage;
  readonly answer: ServerResponse;
  readonly visit: Visit;
}

/** A line that is cut behind the door is cut before it as well. */
function handOn({ asked, answer, visit }: Visiting, { to, lead = (path) => path, beforeReply }: DoorOptions): void {
  const behind = new URL(to());
  const { host: _, ...headers } = asked.headers;
  const there = request(
    {
      host: behind.hostname,
      port: behind.port,
      method: asked.method,
      path: lead(asked.url ?? "/"),
      headers: { ...headers, host: behind.host },
    },
    (reply) => {
      reply.once("error", () => answer.destroy());
      void (beforeReply?.(visit) ?? Promise.resolve()).then(() => {
        if (answer.destroyed) return;
        answer.writeHead(reply.statusCode ?? 502, outside(reply.headers, behind.origin, `http://${asked.headers.host ?? ""}`));
        reply.pipe(answer);
      });
    },
  );
  there.once("error", () => answer.destroy());
  answer.once("close", () => there.destroy());
  asked.pipe(there);
}

/** A redirect leads through the door again, as it would where both are one server. */
function outside(headers: OutgoingHttpHeaders, from: string, to: string): OutgoingHttpHeaders {
  const { location } = headers;
  return typeof location === "string" ? { ...headers, location: location.replace(from, to) } : headers;
}

/** An Enterprise server has its API under two paths of its one address; the rehearsal forge has them at its root. */
export function enterprisePath(path: string): string {
  return path.replace(/^\/api\/v3(?=\/)/, "").replace(/^\/api\/uploads(?=\/)/, "/uploads");
}
