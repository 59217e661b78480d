// Listening on this machine alone: what every server of a rehearsal does, whatever it speaks (DESIGN §6: loopback only).
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { SlipwayError } from "../domain/error.ts";
import type { Clock } from "../platform/ports.ts";

export interface Listening {
  /** `http://127.0.0.1:PORT`, without a slash at the end. */
  readonly url: string;
  /** From now on requests are answered. Before it they wait. */
  serve(answer: (request: IncomingMessage, response: ServerResponse) => Promise<void>): void;
  /** Cuts every connection. */
  close(): Promise<void>;
}

/** @param options.port 0: any free one. @throws SlipwayError STORAGE_FAILED when the port cannot be used */
export async function listenOnLoopback(options: { readonly what: string; readonly port: number }): Promise<Listening> {
  const { createServer } = await import("node:http");
  const server = createServer({ keepAliveTimeout: 30_000 });
  const url = `http://127.0.0.1:${await listen(server, options)}`;
  return {
    url,
    serve: (answer) => void server.on("request", (request, response) => void answer(request, response)),
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function listen(server: Server, { what, port }: { readonly what: string; readonly port: number }): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", (cause) =>
      reject(new SlipwayError("STORAGE_FAILED", `Cannot start the ${what} on port ${port} of this machine`, { cause })),
    );
    server.listen(port, "127.0.0.1", () => resolve());
  });
  return (server.address() as AddressInfo).port;
}

/** Reads a body to its end and forgets it, so that the client gets an answer instead of a cut line. */
export async function drain(request: IncomingMessage): Promise<void> {
  if (request.readableEnded) return;
  for await (const _chunk of request) continue;
}

/** A small body as text; undefined for one that is larger, which is read to its end all the same. */
export async function readSmallText(request: IncomingMessage, bytesMax: number): Promise<string | undefined> {
  const parts: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    sizeBytes += chunk.length;
    if (sizeBytes <= bytesMax) parts.push(chunk);
  }
  return sizeBytes > bytesMax ? undefined : Buffer.concat(parts).toString("utf8");
}

/** Says nothing until the client gives up or the time is over, then cuts the line. */
export async function holdLine(
  server: { readonly clock: Clock; readonly closing: AbortSignal },
  response: ServerResponse,
  lastsMs: number,
): Promise<void> {
  const gone = new AbortController();
  response.once("close", () => gone.abort());
  await server.clock.sleep(lastsMs, AbortSignal.any([gone.signal, server.closing])).catch(() => undefined);
  response.destroy();
}
