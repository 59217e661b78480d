// Our PyPI client against servers that misbehave in ways that no real index in our tests does, and over TLS.
import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { createCredential } from "../../src/domain/credential.ts";
import { rehearsalCredential } from "../../src/registries/pypi/credentials.ts";
import type { Registry } from "../../src/registries/registry.ts";
import { type ClientOptions, clientOf, never, startIndex, uploadOf } from "../support/pypi.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { runTool } from "../support/test-tools.ts";
import { wheel } from "../support/wheel.ts";

const demo = { name: "Slip.Demo", version: "1.0" };
const built = wheel(demo);
const page = "application/vnd.pypi.simple.v1+json";

/** A server of one function, and our client for it. */
async function against(
  t: TestContext,
  answer: RequestListener,
  options: ClientOptions = {},
): Promise<{ readonly url: string; readonly registry: Registry }> {
  const server = createServer(answer).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url, registry: clientOf({ uploadUrl: `${url}/legacy/`, indexUrl: `${url}/simple/` }, options) };
}

async function readAll(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) parts.push(chunk);
  return Buffer.concat(parts);
}

function reply(response: ServerResponse, status: number, headers: Record<string, string>, ...[body = ""]: readonly string[]): void {
  response.writeHead(status, headers).end(body);
}

test("an upload says its length before it begins, asks for JSON, names Slipway, and gives digests after the file", async (t) => {
  let seen: { headers: IncomingMessage["headers"]; body: string } | undefined;
  const { registry } = await against(t, async (request, response) => {
    const body = await readAll(request);
    seen = { headers: request.headers, body: body.toString("latin1") };
    reply(response, 200, {});
  });

  const sent = await registry.publish(uploadOf(temporaryFolder(t), demo, built), rehearsalCredential(), never);

  assert.deepEqual(sent, { kind: "sent", warnings: [] });
  assert.equal(seen?.headers["content-length"], String(Buffer.byteLength(seen?.body ?? "", "latin1")));
  assert.equal(seen?.headers["transfer-encoding"], undefined);
  assert.equal(seen?.headers["accept"], "application/json");
  assert.equal(seen?.headers["user-agent"], "slipway/0.0.0-test");
  assert.equal(seen?.headers["authorization"], `Basic ${Buffer.from("__token__:pypi-rehearsal").toString("base64")}`);
  const names = [...(seen?.body.matchAll(/ name="([^"]+)"/g) ?? [])].map((match) => match[1]);
  assert.deepEqual(names.slice(0, 7), [":action", "protocol_version", "metadata_version", "name", "version", "filetype", "pyversion"]);
  assert.deepEqual(names.slice(-3), ["content", "sha256_digest", "blake2_256_digest"]);
});

test("warnings of a server that took the file are kept, without what could steer a terminal", async (t) => {
  const { registry } = await against(t, async (request, response) => {
    await readAll(request);
    reply(response, 200, { "content-type": "text/plain" }, "First \u001b[31mwarning\u001b[0m\nSecond\n\n");
  });

  const sent = await registry.publish(uploadOf(temporaryFolder(t), demo, built), rehearsalCredential(), never);

  assert.deepEqual(sent, { kind: "sent", warnings: ["First [31mwarning [0m", "Second"] });
});

test("a redirect of an upload is not followed, and is told as a matter of configuration", async (t) => {
  let uploads = 0;
  const { registry, url } = await against(t, async (request, response) => {
    uploads += 1;
    await readAll(request);
    reply(response, 308, { location: "/legacy/?token=hidden" });
  });

  const sent = await registry.publish(uploadOf(temporaryFolder(t), demo, built), rehearsalCredential(), never);

  assert.equal(uploads, 1);
  assert.match(sent.kind === "refused" ? sent.why : "", new RegExp(`answered 308, a redirect.*set the registry's url to "${url}/legacy/"`));
});

test("an answer before the file was read is an answer", async (t) => {
  const { registry } = await against(t, (request, response) => {
    reply(response, 403, { connection: "close" }, "Forbidden");
    request.resume();
  });
  const large = wheel({ ...demo, files: { "slip_demo/data.bin": randomBytes(4 * 1024 * 1024) } });

  const sent = await registry.publish(uploadOf(temporaryFolder(t), demo, large), rehearsalCredential(), never);

  // A server that cuts the line instead leaves it open; both are honest, and neither is a success.
  assert.ok(sent.kind === "refused" || sent.kind === "unknown", sent.kind);
});

test("a secret that a server sends back stays out of the message", async (t) => {
  const { registry } = await against(t, async (request, response) => {
    await readAll(request);
    reply(
      response,
      400,
      { "content-type": "application/json" },
      JSON.stringify({ code: `400 Bad ${request.headers.authorization} and pypi-very-secret`, message: "x" }),
    );
  });

  const sent = await registry.publish(uploadOf(temporaryFolder(t), demo, built), createCredential("__token__", "pypi-very-secret"), never);

  const why = sent.kind === "refused" ? sent.why : "";
  assert.match(why, /«redacted»/);
  assert.doesNotMatch(why, /very-secret/);
  assert.doesNotMatch(why, new RegExp(Buffer.from("__token__:pypi-very-secret").toString("base64")));
});

test("a page is looked up by the normalised name, uncached, and a redirect within the server is followed", async (t) => {
  const asked: string[] = [];
  const { registry } = await against(t, (request, response) => {
    asked.push(`${request.url} ${request.headers["cache-control"]}`);
    if (request.url === "/simple/slip-demo/") return reply(response, 301, { location: "/other/slip-demo/" });
    return reply(
      response,
      200,
      { "content-type": "text/html" },
      `<a href="../../files/${built.name}#sha256=${built.sha256}">${built.name}</a>`,
    );
  });

  const seen = await registry.survey("SLIP_demo", "1.0", never);

  assert.deepEqual(asked, ["/simple/slip-demo/ no-cache", "/other/slip-demo/ no-cache"]);
  assert.match(seen.kind === "listed" ? (seen.files[0]?.url ?? "") : "", /^http:\/\/127\.0\.0\.1:\d+\/files\/slip_demo-/);
});

test("a redirect to another server is not followed: what stands there is not this index", async (t) => {
  let strangers = 0;
  const stranger = await against(t, (_request, response) => {
    strangers += 1;
    reply(response, 404, {});
  });
  const { registry } = await against(t, (_request, response) => reply(response, 302, { location: `${stranger.url}/simple/slip-demo/` }));

  const seen = await registry.survey("slip-demo", "1.0", never);

  assert.match(seen.kind === "unknown" ? seen.why : "", /redirects to another place/);
  assert.equal(strangers, 0);
});

test("an endless round of redirects ends", async (t) => {
  let asked = 0;
  const { registry } = await against(t, (_request, response) => {
    asked += 1;
    reply(response, 301, { location: `/simple/${asked}/` });
  });

  const seen = await registry.versions("slip-demo", never);

  assert.match(seen.kind === "unknown" ? seen.why : "", /redirects more than 3 times/);
  assert.equal(asked, 4);
});

test("a page without end is given up at its limit", async (t) => {
  const { registry } = await against(t, (_request, response) => {
    response.writeHead(200, { "content-type": page });
    const block = Buffer.alloc(1024 * 1024, " ");
    const more = (): void => {
      while (!response.destroyed && response.write(block)) continue;
    };
    response.on("drain", more);
    more();
  });

  const seen = await registry.versions("slip-demo", never);

  assert.match(seen.kind === "unknown" ? seen.why : "", /longer than 67108864 bytes/);
});

for (const [title, status, headers, body, expected] of [
  ["a login page", 200, { "content-type": "text/html" }, "<html><script>1</script><form></form></html>", /web page for people/],
  ["text that is no JSON", 200, { "content-type": page }, "{", /says JSON, but is none/],
  ["JSON of another kind", 200, { "content-type": page }, '{"ok":true}', /no list of files/],
  ["a page of a later API", 200, { "content-type": page }, '{"meta":{"api-version":"2.0"},"files":[]}', /version 2\.0 of the simple API/],
  ["an image", 200, { "content-type": "image/png" }, "x", /type "image\/png"/],
  ["a server error", 503, {}, "", /answered 503/],
  ["a login", 401, {}, "", /does not let everybody read/],
] as const) {
  test(`${title} instead of a page makes every look unknown`, async (t) => {
    const { registry } = await against(t, (_request, response) => reply(response, status, headers, body));

    const answers = [
      await registry.versions("slip-demo", never),
      await registry.survey("slip-demo", "1.0", never),
      await registry.observe(uploadOf(temporaryFolder(t), demo, built), never),
    ];

    for (const answer of answers) assert.match(answer.kind === "unknown" ? answer.why : answer.kind, expected);
  });
}

test("a hostile page is read in time that grows with its length", async (t) => {
  let piece = "";
  const { registry } = await against(t, (_request, response) =>
    reply(response, 200, { "content-type": "text/html" }, piece.repeat(200_000)),
  );

  const startedMs = performance.now();
  for (piece of ["<a ", '<a href="', "<!--", "<a x='\"' ", "<a href=x>", "<base ", "<", "&#x", '<a "">'])
    await registry.versions("slip-demo", never);

  assert.ok(performance.now() - startedMs < 8_000);
});

test("a rehearsal index never stands for a real one", async (t) => {
  const server = await startIndex(t, { ours: ["slip-demo"] });
  const registry = clientOf(server, { world: "real" });

  const seen = await registry.survey("slip-demo", "1.0", never);

  assert.match(seen.kind === "unknown" ? seen.why : seen.kind, /is a rehearsal registry, which can never stand for "staging"/);
});

test("over TLS a large file arrives whole, and a certificate that nobody vouches for is named", async (t) => {
  const folder = temporaryFolder(t);
  const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
  const made = await runTool("openssl", ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", cert]);
  assert.equal(made.code, 0, `openssl is needed for this test: apt-get install openssl\n${made.output}`);
  let got = "";
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await readAll(request);
    const start = body.indexOf("\r\n\r\n", body.indexOf('name="content"')) + 4;
    got = createHash("sha256").update(body.subarray(start, start + large.bytes.length)).digest("hex");
    response.end();
  };
  const large = wheel({ ...demo, files: { "slip_demo/data.bin": randomBytes(20 * 1024 * 1024 + 3) } });
  const server = createTlsServer({ key: readFileSync(key), cert: readFileSync(cert) }, (request, response) => void answer(request, response)).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const upload = uploadOf(folder, demo, large);
  const addresses = { uploadUrl: `${url}/legacy/`, indexUrl: `${url}/simple/` };

  const strict = await clientOf(addresses).publish(upload, rehearsalCredential(), never);
  const trusting = await clientOf(addresses, { certificates: readFileSync(cert, "utf8") }).publish(upload, rehearsalCredential(), never);

  assert.match(strict.kind === "unknown" ? strict.why : strict.kind, /certificate that this machine does not trust/);
  assert.deepEqual(trusting, { kind: "sent", warnings: [] });
  assert.equal(got, upload.sha256);
}); // prettier-ignore
