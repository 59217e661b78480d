// A small Python index on loopback, for tests of clients: the simple API in HTML (PEP 503) over files in memory, and a
// list of what was asked. It judges nothing.
import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { TestContext } from "node:test";

export interface ServedFile {
  /** PEP 503 name of the project it is listed under. */
  readonly project: string;
  readonly name: string;
  readonly bytes: Uint8Array;
}

export interface IndexServer {
  /** Root of the simple API, with a slash at its end. */
  readonly indexUrl: string;
  /** Paths that were asked for, in order. */
  readonly asked: readonly string[];
  add(file: ServedFile): void;
}

/** Serves until the test ends. */
export async function startIndex(t: TestContext, files: readonly ServedFile[]): Promise<IndexServer> {
  const served = [...files];
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? "");
    answer(request, response, served);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  return { indexUrl: `http://127.0.0.1:${address.port}/simple/`, asked, add: (file) => void served.push(file) };
}

function answer(request: IncomingMessage, response: ServerResponse, served: readonly ServedFile[]): void {
  const [, area, ...rest] = decodeURIComponent(request.url ?? "").split("/");
  const name = rest.join("/").replace(/\/$/, "");
  const file = area === "files" ? served.find((one) => `${one.project}/${one.name}` === name) : undefined;
  const listed = area === "simple" ? served.filter((one) => one.project === name) : [];
  if (file !== undefined) response.writeHead(200, { "content-type": "application/octet-stream" }).end(file.bytes);
  else if (listed.length > 0) response.writeHead(200, { "content-type": "text/html" }).end(page(listed));
  else response.writeHead(404).end();
}

function page(files: readonly ServedFile[]): string {
  const links = files.map((file) => {
    const sha256 = createHash("sha256").update(file.bytes).digest("hex");
    return `<a href="/files/${file.project}/${encodeURIComponent(file.name)}#sha256=${sha256}">${file.name}</a><br>`;
  });
  return `<!DOCTYPE html><html><body>${links.join("\n")}</body></html>`;
}
