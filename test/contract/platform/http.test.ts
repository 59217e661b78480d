// The HTTP port against servers that redirect, talk too long, break off and lie about their length.
import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type RequestListener, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { openHttp, type HttpOptions } from "../../../src/platform/http.ts";
import { never } from "../../support/pypi.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { runTool } from "../../support/test-tools.ts";

async function serving(t: TestContext, answer: RequestListener, tls?: { readonly key: Buffer; readonly cert: Buffer }): Promise<string> {
  const server: Server = tls === undefined ? createServer(answer) : createTlsServer(tls, answer);
  server.listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `${tls === undefined ? "http" : "https"}://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function http(options: Partial<HttpOptions> = {}) {
  return openHttp({ userAgent: "slipway/0.0.0-test", timeouts: { connectMs: 2_000, answerMs: 2_000, wholeMs: 3_000 }, ...options });
}

const get = (url: string) => ({ method: "GET", url, headers: { authorization: "Bearer secret-canary" }, signal: never }) as const;

test("a credential follows a redirect within its origin and stays behind where the origin ends", async (t) => {
  const folder = temporaryFolder(t);
  const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
  const made = await runTool("openssl", ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", cert]); // prettier-ignore
  assert.equal(made.code, 0, `openssl is needed for this test: apt-get install openssl\n${made.output}`);
  const seen: (string | undefined)[] = [];
  const note: RequestListener = (request, response) => {
    seen.push(request.headers.authorization);
    response.end("bytes");
  };
  const elsewhere = await serving(t, note, { key: readFileSync(key), cert: readFileSync(cert) });
  const first = await serving(t, (request, response) => {
    if (request.url === "/there") return note(request, response);
    response.writeHead(302, { location: request.url === "/far" ? `${elsewhere}/x` : "/there" }).end();
  });
  const client = http({ certificates: readFileSync(cert, "utf8") });

  const near = await client.fetch({ ...get(`${first}/near`), follows: "https", limitBytes: 100 });
  const far = await client.fetch({ ...get(`${first}/far`), follows: "https", limitBytes: 100 });

  assert.deepEqual([near.kind, far.kind], ["fetched", "fetched"]);
  assert.deepEqual(seen, ["Bearer secret-canary", undefined]);
});

test("a certificate that is not trusted fails in a way that lasts", async (t) => {
  const folder = temporaryFolder(t);
  const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
  const made = await runTool("openssl", ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", cert]); // prettier-ignore
  assert.equal(made.code, 0, `openssl is needed for this test: apt-get install openssl\n${made.output}`);
  const url = await serving(t, (_request, response) => response.end("bytes"), { key: readFileSync(key), cert: readFileSync(cert) });

  const refused = await http().send(get(url));
  const nobody = await http().send(get("http://127.0.0.1:1/"));

  assert.match(refused.kind === "failed" ? refused.why : "", /does not trust/);
  assert.deepEqual(
    [refused, nobody].map((one) => one.kind === "failed" && one.lasting === true),
    [true, false],
  );
});

test("redirects that nobody asked to follow are the answer, and what is written is never led elsewhere", async (t) => {
  const url = await serving(t, (_request, response) => response.writeHead(307, { location: "/loop" }).end());
  const client = http();

  const plain = await client.send(get(`${url}/a`));
  const posted = await client.send({ ...get(`${url}/a`), method: "POST", body: "{}", follows: "same-origin" });
  const loop = await client.send({ ...get(`${url}/a`), follows: "same-origin" });

  assert.deepEqual([plain.kind === "answered" && plain.status, posted.kind === "answered" && posted.status], [307, 307]);
  assert.match(loop.kind === "failed" ? loop.why : "", /redirects more than 3 times/);
  assert.equal(loop.kind === "failed" && loop.lasting, true);
});

test("a look without a body gives the length that it would have, and follows as a GET does", async (t) => {
  const url = await serving(t, (request, response) => {
    if (request.url === "/there") response.writeHead(200, { "content-length": "1234" });
    else response.writeHead(307, { location: "/there" });
    response.end();
  });

  const looked = await http().send({ ...get(url), method: "HEAD", follows: "same-origin" });

  assert.deepEqual(looked.kind === "answered" && [looked.status, looked.headers["content-length"], looked.text], [200, "1234", ""]);
});

test("a redirect to another place without TLS is not followed", async (t) => {
  const other = await serving(t, (_request, response) => response.end("other"));
  const url = await serving(t, (_request, response) => response.writeHead(302, { location: `${other}/x` }).end());

  const fetched = await http().fetch({ ...get(`${url}/a`), follows: "https", limitBytes: 100 });

  assert.equal(fetched.kind === "answered" && fetched.status, 302);
});

test("a success over its limit fails, and the words of a refusal are cut", async (t) => {
  const url = await serving(t, (request, response) => response.writeHead(request.url === "/no" ? 400 : 200).end("x".repeat(100_000)));
  const client = http();

  const whole = await client.send({ ...get(`${url}/yes`), limitBytes: 100_000 });
  const long = await client.send({ ...get(`${url}/yes`), limitBytes: 99_999 });
  const refused = await client.send({ ...get(`${url}/no`), limitBytes: 10 });

  assert.equal(whole.kind === "answered" && whole.text.length, 100_000);
  assert.match(long.kind === "failed" ? long.why : "", /longer than 99999 bytes/);
  assert.equal(refused.kind === "answered" && refused.text.length, 64 * 1024);
});

test("a file that did not arrive whole, or is too long, is not left behind", async (t) => {
  const url = await serving(t, (request, response) => {
    if (request.url === "/long") return void response.end("x".repeat(1_000));
    response.writeHead(200, { "content-length": "1000" });
    response.write("x".repeat(500), () => response.destroy());
  });
  const to = join(temporaryFolder(t), "got");
  writeFileSync(to, "old");

  const broken = await http().fetch({ ...get(`${url}/broken`), to, limitBytes: 1_000 });
  const gone = existsSync(to);
  const long = await http().fetch({ ...get(`${url}/long`), to, limitBytes: 999 });

  assert.deepEqual([broken.kind, gone, long.kind, existsSync(to)], ["failed", false, "failed", false]);
  const lasting = [broken, long].map((one) => one.kind === "failed" && one.lasting === true);
  assert.deepEqual(lasting, [false, true], "a second try may mend what broke off, and makes nothing shorter");
});

test("a place is named without what may be secret in it", async () => {
  const failed = await http().send(get("http://user:canary@127.0.0.1:1/path?token=canary#canary"));

  assert.match(failed.kind === "failed" ? failed.why : "", /^"http:\/\/127\.0\.0\.1:1\/path" refused the connection/);
});
