import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { createCredential } from "../../domain/credential.ts";
import type { Http, HttpRequest } from "../../platform/http-port.ts";
import { createLogin } from "./login.ts";

interface Said {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly text?: string;
}

/** An HTTP port without a socket: each request is answered by a function, and written down. */
function scripted(answer: (url: URL, request: HttpRequest) => Said) {
  const asked: HttpRequest[] = [];
  const unused = (): never => assert.fail("nothing is fetched");
  const send: Http["send"] = async (request) => {
    asked.push(request);
    const { status, headers = {}, text = "" } = answer(new URL(request.url), request);
    return Promise.resolve({ kind: "answered", status, reason: "", headers, url: request.url, place: request.url, text });
  };
  return { http: { send, fetch: unused, blocks: unused }, asked };
}

const origin = "https://images.example";
const challenge = { "www-authenticate": 'Bearer realm="https://auth.example/token",service="s",scope="repository:a:pull"' };
const token = (name: string, seconds = 300): Said => ({ status: 200, text: JSON.stringify({ token: name, expires_in: seconds }) });
const credential = createCredential("u", "secret-password");
const never = new AbortController().signal;
const asking = { credential, scopes: ["repository:a:pull"], signal: never };
const call = { method: "GET", url: `${origin}/v2/a/tags/list` } as const;

function registry(
  options: { readonly tokens?: Said; readonly world?: "real" | "rehearsal"; readonly accepts?: (header: string) => boolean } = {},
) {
  const times = { nowMs: 0 };
  const line = scripted((url, request) => {
    if (url.origin === "https://auth.example") return options.tokens ?? token("t1");
    const header = request.headers["authorization"] ?? "";
    return header !== "" && (options.accepts?.(header) ?? true) ? { status: 200, text: "{}" } : { status: 401, headers: challenge };
  });
  const place = { http: line.http, registry: "images", origin, world: options.world ?? "real", nowMs: () => times.nowMs } as const;
  return { login: createLogin(place), asked: line.asked, times };
}

describe("login", () => {
  test("asks without a token, fetches one for the scopes, and sends the request again with it", async () => {
    const { login, asked } = registry();

    const reply = await login.ask(call, asking);

    assert.equal(reply.kind === "answered" && reply.status, 200);
    assert.deepEqual(
      asked.map((one) => one.url),
      [call.url, "https://auth.example/token?service=s&scope=repository%3Aa%3Apull", call.url],
    );
    assert.deepEqual(
      asked.map((one) => one.headers["authorization"]?.split(" ")[0]),
      [undefined, "Basic", "Bearer"],
    );
  });

  test("keeps a token until shortly before its end, for its credential and scopes alone", async () => {
    const { login, asked, times } = registry({ tokens: token("t", 60) });
    await login.ask(call, asking);
    await login.ask(call, asking);
    assert.equal(asked.length, 4);

    await login.ask(call, { ...asking, scopes: ["repository:a:pull,push"] });
    await login.ask(call, { ...asking, credential: createCredential("v", "other-password") });
    assert.equal(asked.length, 10);

    times.nowMs = 55_000;
    await login.ask(call, asking);
    assert.equal(asked.length, 13);
  });

  test("without a credential the token service is asked without one", async () => {
    const { login, asked } = registry();
    await login.ask(call, { ...asking, credential: undefined });
    assert.equal(asked[1]?.headers["authorization"], undefined);
  });

  test("a token that does not let in is tried once, and the refusal comes back", async () => {
    const { login, asked } = registry({ accepts: () => false });
    const reply = await login.ask(call, asking);
    assert.equal(reply.kind === "answered" && reply.status, 401);
    assert.equal(asked.length, 3);
  });

  test("what the token service refuses comes back as it said it", async () => {
    const { login } = registry({ tokens: { status: 403, text: "no" } });
    const reply = await login.ask(call, asking);
    assert.equal(reply.kind === "answered" && reply.status, 403);
  });

  test("an answer without a token is no answer", async () => {
    for (const text of ["{}", "[]", "x", '{"token":""}', '{"token":"a\\nb"}']) {
      const { login } = registry({ tokens: { status: 200, text } });
      assert.equal((await login.ask(call, asking)).kind, "failed", text);
    }
  });

  test("no token and no password goes to another place than the registry and its token service", async () => {
    const { login, asked } = registry();
    await login.ask(call, asking);

    await login.ask({ method: "PUT", url: "https://store.example/upload?x=1", body: () => "bytes" }, asking);

    const last = asked.at(-1);
    assert.equal(last?.url, "https://store.example/upload?x=1");
    assert.equal(last?.headers["authorization"], undefined);
    assert.equal(asked.length, 4);
  });

  test("a password is not sent over plain http to another machine", async () => {
    const line = scripted(() => ({ status: 401, headers: { "www-authenticate": 'Basic realm="x"' } }));
    const login = createLogin({ http: line.http, registry: "images", origin: "http://images.example", world: "real", nowMs: () => 0 });

    const reply = await login.ask({ method: "GET", url: "http://images.example/v2/" }, asking);

    assert.match(reply.kind === "failed" ? reply.why : "", /plain http/);
    assert.equal(line.asked.length, 1);
  });

  test("tokens and passwords are told, so that they can be left out of words", async () => {
    const { login } = registry({ tokens: token("a-token") });
    await login.ask(call, asking);
    assert.ok(login.secretsOf(credential).includes("a-token"));
    assert.ok(login.secretsOf(credential).includes("secret-password"));
    assert.deepEqual(login.secretsOf(undefined), []);
  });

  test("a rehearsal registry never stands for a real one", async () => {
    const line = scripted(() => ({ status: 200, headers: { "x-slipway-rehearsal": "oci" } }));
    const place = { http: line.http, registry: "images", origin, nowMs: () => 0 };
    const real = await createLogin({ ...place, world: "real" }).ask(call, asking);
    const rehearsal = await createLogin({ ...place, world: "rehearsal" }).ask(call, asking);
    assert.match(real.kind === "failed" ? real.why : "", /can never stand for "images"/);
    assert.equal(rehearsal.kind, "answered");
  });
});
