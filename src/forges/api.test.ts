import assert from "node:assert/strict";
import { test } from "node:test";
import { createCredential } from "../domain/credential.ts";
import type { Http, HttpReply, HttpRequest } from "../platform/http-port.ts";
import { act, list, lookAt, readPages, traces, type Api } from "./api.ts";
import { numberOf } from "./reading.ts";

const access = { credential: createCredential("", "canary-token"), signal: new AbortController().signal };

function answered(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): HttpReply {
  const place = "http://127.0.0.1/x";
  return { kind: "answered", status, reason: "", headers, url: place, place, text: typeof body === "string" ? body : JSON.stringify(body) };
}

function apiOf(send: (request: HttpRequest) => HttpReply, world: Api["world"] = "rehearsal"): Api {
  const unused = (): never => assert.fail("nothing is fetched");
  const http: Http = { send: (request) => Promise.resolve(send(request)), fetch: unused, blocks: unused };
  return {
    http,
    base: "http://127.0.0.1/api",
    forge: "forge",
    world,
    repository: { owner: "o", name: "r" },
    nowMs: () => 0,
    headers: (credential) => ({ authorization: credential?.reveal() ?? "" }),
    readAnswer: ({ status }, { what }) => (status < 300 ? { kind: "sent", warnings: [] } : { kind: "refused", why: what }),
    unknownAnswer: ({ status }) => ({ kind: "unknown", why: `answered ${status}` }),
  };
}

const next = { link: '<http://127.0.0.1/evil?page=2>; rel="next"' };

test("pages are read one after another until none is named, at addresses of our own", async () => {
  const asked: string[] = [];
  const api = apiOf(({ url }) => {
    asked.push(url);
    return asked.length < 3 ? answered(200, [asked.length], next) : answered(200, [3]);
  });

  const paged = await readPages(api, { path: ["things"], query: { per_page: 2 }, pagesMax: 5 }, access);

  assert.deepEqual(paged, { kind: "listed", items: [1, 2, 3] });
  assert.equal(asked[1], "http://127.0.0.1/api/repos/o/r/things?per_page=2&page=2");
});

test("a list that never ends is given up and is not taken for what it showed", async () => {
  let requests = 0;
  const api = apiOf(() => {
    requests += 1;
    return answered(200, [1], next);
  });

  const paged = await readPages(api, { path: ["things"], query: {}, pagesMax: 4 }, access);

  assert.equal(requests, 4);
  assert.match(paged.kind === "unknown" ? paged.why : "", /more pages of "things" than the 4/);
});

test("what is no list, or has a member that cannot be read, is unknown as a whole", async () => {
  const pages = { path: ["things"], query: {}, pagesMax: 4 };
  const kinds = [];
  for (const body of [{}, "<html>", [1, "x", 3], [1, -1], null])
    kinds.push(
      (
        await list(
          apiOf(() => answered(200, body)),
          pages,
          { ...access, read: numberOf },
        )
      ).kind,
    );

  assert.deepEqual(kinds, ["unknown", "unknown", "unknown", "unknown", "unknown"]);
  assert.equal(
    (
      await list(
        apiOf(() => answered(404, {})),
        pages,
        { ...access, read: numberOf },
      )
    ).kind,
    "unknown",
  );
  assert.deepEqual(
    await list(
      apiOf(() => answered(200, [])),
      pages,
      { ...access, read: numberOf },
    ),
    { kind: "listed", items: [] },
  );
});

test("a look is found, absent or unknown, and nothing else", async () => {
  const look = async (reply: HttpReply) =>
    await lookAt(
      apiOf(() => reply),
      { path: ["x"] },
      { ...access, read: numberOf },
    );

  assert.deepEqual(await look(answered(200, 7)), { kind: "found", found: 7 });
  assert.deepEqual([(await look(answered(404, {}))).kind, (await look(answered(410, {}))).kind], ["absent", "absent"]);
  assert.deepEqual(
    [(await look(answered(200, "x"))).kind, (await look(answered(500, 7))).kind, (await look(answered(301, 7))).kind],
    ["unknown", "unknown", "unknown"],
  );
  assert.deepEqual(await look({ kind: "failed", why: "no answer", cause: undefined }), { kind: "unknown", why: "no answer" });
});

test("an act sends JSON with the credential, and what cannot be read of its answer takes nothing from it", async () => {
  let sent: HttpRequest | undefined;
  const api = apiOf((request) => {
    sent = request;
    return answered(201, request.method === "POST" ? 7 : "nothing");
  });

  const made = await act(api, { method: "POST", path: ["x"], json: { a: 1 }, what: "make" }, { ...access, read: numberOf });
  const unread = await act(api, { method: "PATCH", path: ["x"], json: {}, what: "make" }, { ...access, read: numberOf });

  assert.deepEqual(made, { kind: "sent", warnings: [], made: 7 });
  assert.deepEqual(unread, { kind: "sent", warnings: [] });
  assert.deepEqual([sent?.headers["authorization"], sent?.headers["content-type"], sent?.body], ["canary-token", "application/json", "{}"]);
});

test("a real forge is never a rehearsal", async () => {
  const api = apiOf(() => answered(200, 7, { "x-slipway-rehearsal": "github" }), "real");

  const looked = await lookAt(api, { path: ["x"] }, { ...access, read: numberOf });
  const sent = await act(api, { method: "DELETE", path: ["x"], what: "delete" }, access);

  assert.deepEqual([looked.kind, sent.kind], ["unknown", "unknown"]);
});

test("traces() holds the forms in which a secret could come back", () => {
  assert.deepEqual(traces(createCredential("", "a/b+c")), ["a/b+c", "a%2Fb%2Bc", "YS9iK2M="]);
  assert.deepEqual([traces(undefined), traces(createCredential("", "abc"))], [[], []]);
});
