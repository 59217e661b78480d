// An HTTP port without a socket, for unit tests of clients: each request is answered by a function, and is written down.
import assert from "node:assert/strict";
import type { Http, HttpRequest } from "../../src/platform/http-port.ts";

export interface Scripted {
  readonly status: number;
  readonly body: unknown;
}

/** @returns the port, and the requests that it was asked, in order */
export function scriptedHttp(answer: (url: URL, request: HttpRequest) => Scripted): {
  readonly http: Http;
  readonly asked: readonly HttpRequest[];
} {
  const asked: HttpRequest[] = [];
  const unused = (): never => assert.fail("nothing is fetched");
  const send: Http["send"] = async (request) => {
    asked.push(request);
    const { status, body } = answer(new URL(request.url), request);
    const place = request.url.replace(/\?.*$/s, "");
    return { kind: "answered", status, reason: "", headers: {}, url: request.url, place, text: JSON.stringify(body) };
  };
  return { http: { send, fetch: unused, blocks: unused }, asked };
}
