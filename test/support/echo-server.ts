// A registry, an index, a forge and a token service on loopback that want to be indiscreet: whoever shows them a credential
// gets it back, in every form, in the words, headers and addresses of their answers, cut in two where that hurts.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { formsOf } from "./canaries.ts";

/** How writes are answered. */
export type EchoWay = "refuse" | "redirect" | "accept";

export interface EchoServer {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  /** Names of the canaries that were shown to it. */
  seen(): ReadonlySet<string>;
  /** From now on, whoever looks is refused as well, with the same words. */
  refuseReads(): void;
  close(): Promise<void>;
}

export interface EchoOptions {
  readonly canaries: Readonly<Record<string, string>>;
  readonly way: EchoWay;
  /** Tokens that it hands out: for an identity, and to the client of images. */
  readonly minted: { readonly login: string; readonly bearer: string };
  /** What its runner says when it is asked for an identity. */
  readonly identity: string;
  /** Whether an identity opens it. */
  readonly trusts: boolean;
}

export async function startEcho(options: EchoOptions): Promise<EchoServer> {
  const seen = new Set<string>();
  let refusesReads = false;
  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body: Buffer[] = [];
    for await (const piece of request) body.push(Buffer.from(piece as Uint8Array));
    const shown = decoded(`${JSON.stringify(request.rawHeaders)} ${Buffer.concat(body).toString("latin1")}`);
    const own = Object.entries(options.canaries).filter(([, secret]) => [...formsOf(secret).keys()].some((form) => shown.includes(form)));
    for (const [name] of own) seen.add(name);
    const forms = own.flatMap(([, secret]) => [...formsOf(secret).keys()]);
    const isOver = refusesReads && !/^\/token|^\/runner|^\/v2\/$/.test(request.url ?? "") && forms.length > 0;
    const reply = isOver ? undefined : replyTo(request, { ...options, url });
    send(response, reply ?? indiscreet(options.way), forms);
  }

  return {
    url,
    seen: () => seen,
    refuseReads: () => {
      refusesReads = true;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** With every base64 word of it read as well, so that basic authentication is understood. */
function decoded(text: string): string {
  const words = text.match(/[A-Za-z0-9+/=_-]{12,}/g) ?? [];
  return [text, ...words.map((word) => Buffer.from(word, "base64").toString("utf8"))].join("\n");
}

interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as it is; absent: the echo. */
  readonly body?: unknown;
}

/** What has to be in order, so that clients go on to show what they have. */
function replyTo(request: IncomingMessage, { url, minted, identity, trusts }: EchoOptions & { readonly url: string }): Reply | undefined {
  const asked = request.url ?? "/";
  const isRead = request.method === "GET" || request.method === "HEAD";
  if (asked.startsWith("/runner")) return { status: 200, body: { value: identity } };
  if (asked.includes("/_/oidc/audience")) return { status: 200, body: { audience: "pypi" } };
  if (asked.includes("/_/oidc/mint-token") && trusts) return { status: 200, body: { success: true, token: minted.login } };
  if (asked.includes("/_/oidc/mint-token")) return { status: 422 };
  if (asked.startsWith("/token?") || asked === "/token") return { status: 200, body: { token: minted.bearer, expires_in: 300 } };
  if (asked.endsWith("/config.json")) return { status: 200, body: { dl: `${url}/dl`, api: url } };
  if (asked.startsWith("/v2/") && request.headers.authorization === undefined)
    return { status: 401, headers: { "www-authenticate": `Bearer realm="${url}/token",service="echo"` }, body: {} };
  if (/^\/api\/.*\/releases(?:\?|$)/.test(asked)) return isRead ? { status: 200, body: [] } : { status: 422 };
  return isRead ? { status: 404 } : undefined;
}

function indiscreet(way: EchoWay): Reply {
  if (way === "redirect") return { status: 307, headers: { location: "LEAK" } };
  if (way === "accept") return { status: 200 };
  return { status: 403 };
}

function send(response: ServerResponse, reply: Reply, forms: readonly string[]): void {
  const line = forms.join(" ").replaceAll(/[^\x20-\x7e]/g, "?");
  const leaks: Record<string, string> = {
    "content-type": "application/json",
    "x-echo": line.slice(0, 2_000),
    ...(forms.length === 0 ? {} : { "retry-after": forms[0]?.replaceAll(/[^\x20-\x7e]/g, "?") ?? "" }),
    ...(reply.headers?.["location"] === undefined
      ? reply.headers
      : { location: `http://127.0.0.1:1/?token=${encodeURIComponent(forms[0] ?? "")}` }),
  };
  response.writeHead(reply.status, line.slice(0, 500), leaks);
  const words = forms.map((form, at) => `${at}: ${form}`).join("\n");
  const text = JSON.stringify(reply.body ?? told(words));
  // Cut in the middle of a form, so that what arrives first holds half of it.
  const half = forms.length === 0 ? 0 : text.indexOf(JSON.stringify(forms[0]).slice(1, 9)) + 8;
  response.write(text.slice(0, half));
  setImmediate(() => response.end(text.slice(half)));
}

/** The words in every place where a client of any of the protocols looks for words. */
function told(words: string): Readonly<Record<string, unknown>> {
  return {
    message: words,
    error: words,
    detail: words,
    documentation_url: words,
    url: words,
    html_url: words,
    upload_url: words,
    errors: [{ code: words, message: words, detail: words, description: words, resource: words, field: words }],
    warnings: { invalid_categories: [words], invalid_badges: [words], other: [words] },
  };
}
