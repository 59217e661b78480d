// The rehearsal image registry spoken to without our client, rule by rule of the specification. Its conformance suite asks the
// same and more, but cannot be installed through the Go module proxy, so that it is run by hand and its rules are held here.
// Sources: distribution-spec v1.1; protocols §6.
import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { describe, test, type TestContext } from "node:test";
import type { RehearsalOci } from "../../src/registries/oci/rehearsal/server.ts";
import { digestOf, startOci } from "../support/oci.ts";

interface Bed {
  readonly server: RehearsalOci;
  /** Sends a request below `/v2/` with the right to write. */
  ask(
    method: string,
    path: string,
    more?: { readonly body?: string | Uint8Array; readonly headers?: Readonly<Record<string, string>> },
  ): Promise<Response>;
}

async function bed(t: TestContext): Promise<Bed> {
  const server = await startOci(t, { ours: ["slip/demo", "slip/other"] });
  const authorization = `Basic ${Buffer.from("u:rehearsal").toString("base64")}`;
  const { token } = (await (await fetch(`${server.url}/token`, { headers: { authorization } })).json()) as { readonly token: string };
  const ask: Bed["ask"] = (method, path, more = {}) =>
    fetch(path.startsWith("/") ? `${server.url}${path}` : `${server.url}/v2/${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, ...more.headers },
      ...(more.body === undefined ? {} : { body: more.body }),
    });
  return { server, ask };
}

const manifestType = "application/vnd.oci.image.manifest.v1+json";
const indexType = "application/vnd.oci.image.index.v1+json";

async function putBlob({ ask }: Bed, bytes: string | Uint8Array, repository = "slip/demo"): Promise<string> {
  const digest = digestOf(bytes);
  const reply = await ask("POST", `${repository}/blobs/uploads/?digest=${digest}`, { body: bytes });
  assert.equal(reply.status, 201);
  return digest;
}

function manifestOf(config: string, more: object = {}): string {
  const descriptor = { mediaType: "application/vnd.oci.image.config.v1+json", digest: config, size: 2 };
  return JSON.stringify({ schemaVersion: 2, mediaType: manifestType, config: descriptor, layers: [], ...more });
}

const put = ({ ask }: Bed, reference: string, body: string, type = manifestType) =>
  ask("PUT", `slip/demo/manifests/${reference}`, { body, headers: { "content-type": type } });

async function code(reply: Response): Promise<string> {
  const { errors } = (await reply.json()) as { readonly errors: readonly { readonly code: string }[] };
  return `${reply.status} ${errors[0]?.code ?? ""}`;
}

describe("blobs at the rehearsal image registry", () => {
  test("come in chunks that follow each other, and one out of order is refused with where it stands", async (t) => {
    const { ask } = await bed(t);
    const bytes = randomBytes(30);
    const begun = await ask("POST", "slip/demo/blobs/uploads/");
    assert.equal(begun.status, 202);
    const chunk = (to: string, from: number, end: number, method = "PATCH") =>
      ask(method, to, { body: bytes.subarray(from, end), headers: { "content-range": `${from}-${end - 1}` } });

    const first = await chunk(begun.headers.get("location") ?? "", 0, 10);
    const early = await chunk(first.headers.get("location") ?? "", 20, 30);
    const state = await ask("GET", early.headers.get("location") ?? "");
    const second = await chunk(state.headers.get("location") ?? "", 10, 20);
    const last = await chunk(`${second.headers.get("location") ?? ""}&digest=${digestOf(bytes)}`, 20, 30, "PUT");

    assert.deepEqual([first.status, early.status, state.status, second.status, last.status], [202, 416, 204, 202, 201]);
    assert.deepEqual([first.headers.get("range"), state.headers.get("range")], ["0-9", "0-9"]);
    const got = await ask("GET", last.headers.get("location") ?? "");
    assert.ok(Buffer.from(await got.arrayBuffer()).equals(bytes));
    assert.equal(got.headers.get("docker-content-digest"), digestOf(bytes));
  });

  test("come by sha512 too, and are nothing where the digest is another", async (t) => {
    const { ask } = await bed(t);
    const bytes = Buffer.from("hello");
    const sha512 = `sha512:${createHash("sha512").update(bytes).digest("hex")}`;

    assert.equal((await ask("POST", `slip/demo/blobs/uploads/?digest=${sha512}`, { body: bytes })).status, 201);
    const wrong = await ask("POST", `slip/demo/blobs/uploads/?digest=${digestOf("other")}`, { body: bytes });

    assert.equal(await code(wrong), "400 DIGEST_INVALID");
    assert.equal((await ask("HEAD", `slip/demo/blobs/${sha512}`)).headers.get("content-length"), "5");
    assert.equal((await ask("HEAD", `slip/demo/blobs/${digestOf("other")}`)).status, 404);
    assert.equal(await code(await ask("GET", "slip/demo/blobs/md5:aa")), "400 DIGEST_INVALID");
  });

  test("are handed out in parts", async (t) => {
    const place = await bed(t);
    const digest = await putBlob(place, "0123456789");
    const part = async (range: string) => {
      const reply = await place.ask("GET", `slip/demo/blobs/${digest}`, { headers: { range } });
      return [reply.status, reply.headers.get("content-range"), reply.status === 416 ? "" : await reply.text()];
    };

    assert.deepEqual(await part("bytes=2-4"), [206, "bytes 2-4/10", "234"]);
    assert.deepEqual(await part("bytes=7-"), [206, "bytes 7-9/10", "789"]);
    assert.deepEqual(await part("bytes=-2"), [206, "bytes 8-9/10", "89"]);
    assert.deepEqual(await part("bytes=4-99"), [206, "bytes 4-9/10", "456789"]);
    assert.deepEqual(await part("bytes=10-12"), [416, "bytes */10", ""]);
    assert.deepEqual((await part("lines=1-2"))[0], 200);
  });

  test("are taken from another repository, and uploads that end, are given up or never were are gone", async (t) => {
    const place = await bed(t);
    const { ask } = place;
    const digest = await putBlob(place, "shared");

    assert.equal((await ask("POST", `slip/other/blobs/uploads/?mount=${digest}&from=slip/demo`)).status, 201);
    assert.equal((await ask("POST", `slip/other/blobs/uploads/?mount=${digestOf("none")}&from=slip/demo`)).status, 202);
    assert.equal((await ask("GET", `slip/other/blobs/${digest}`)).status, 200);
    const begun = await ask("POST", "slip/demo/blobs/uploads/");
    const location = begun.headers.get("location") ?? "";
    assert.equal((await ask("GET", location.replace("slip/demo", "slip/other"))).status, 404);
    assert.equal((await ask("DELETE", location)).status, 204);
    assert.equal(await code(await ask("PATCH", location, { body: "x" })), "404 BLOB_UPLOAD_UNKNOWN");
    assert.equal((await ask("DELETE", `slip/demo/blobs/${digest}`)).status, 202);
    assert.equal(await code(await ask("GET", `slip/demo/blobs/${digest}`)), "404 BLOB_UNKNOWN");
    assert.equal((await ask("GET", `slip/other/blobs/${digest}`)).status, 200);
  });
});

describe("manifests at the rehearsal image registry", () => {
  test("are kept byte for byte, under their digest and under a tag", async (t) => {
    const place = await bed(t);
    const body = ` ${manifestOf(await putBlob(place, "{}"))}\n`;

    const taken = await put(place, "1.0.0", body);

    assert.deepEqual([taken.status, taken.headers.get("docker-content-digest")], [201, digestOf(body)]);
    for (const reference of ["1.0.0", digestOf(body)]) {
      const got = await place.ask("GET", `slip/demo/manifests/${reference}`);
      assert.deepEqual([await got.text(), got.headers.get("content-type")], [body, manifestType]);
    }
    assert.equal(await code(await put(place, digestOf("x"), body)), "400 DIGEST_INVALID");
  });

  test("are refused where they are none, are called something else, name what is not there or are too long", async (t) => {
    const place = await bed(t);
    const config = await putBlob(place, "{}");
    const index = JSON.stringify({
      schemaVersion: 2,
      mediaType: indexType,
      manifests: [{ mediaType: manifestType, digest: digestOf("x"), size: 1 }],
    });

    assert.equal(await code(await put(place, "a", "{")), "400 MANIFEST_INVALID");
    assert.equal(await code(await put(place, "a", manifestOf(config), indexType)), "400 MANIFEST_INVALID");
    assert.equal(await code(await put(place, "a", manifestOf(config, { mediaType: "text/plain" }), "text/plain")), "400 MANIFEST_INVALID");
    assert.equal(await code(await put(place, "a", manifestOf(config, { layers: [{}] }))), "400 MANIFEST_INVALID");
    assert.equal(await code(await put(place, "a", manifestOf(digestOf("nowhere")))), "404 MANIFEST_BLOB_UNKNOWN");
    assert.equal(await code(await put(place, "a", index, indexType)), "404 MANIFEST_BLOB_UNKNOWN");
    assert.equal(await code(await put(place, "-a", manifestOf(config))), "400 TAG_INVALID");
    assert.equal(await code(await put(place, "a", manifestOf(config, { x: " ".repeat(4 * 1024 * 1024) }))), "413 SIZE_INVALID");
    assert.equal(await code(await place.ask("GET", "slip/demo/manifests/a")), "404 MANIFEST_UNKNOWN");
  });

  test("layers that lie elsewhere need not be here", async (t) => {
    const place = await bed(t);
    const foreign = { mediaType: "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip", digest: digestOf("far away"), size: 8 };

    assert.equal((await put(place, "a", manifestOf(await putBlob(place, "{}"), { layers: [foreign] }))).status, 201);
  });

  test("a tag goes alone, and a manifest takes its tags with it", async (t) => {
    const place = await bed(t);
    const body = manifestOf(await putBlob(place, "{}"));
    for (const tag of ["a", "b", "c"]) await put(place, tag, body);

    assert.equal((await place.ask("DELETE", "slip/demo/manifests/a")).status, 202);
    assert.equal((await place.ask("HEAD", "slip/demo/manifests/b")).status, 200);
    assert.equal((await place.ask("DELETE", `slip/demo/manifests/${digestOf(body)}`)).status, 202);
    assert.equal((await place.ask("HEAD", "slip/demo/manifests/b")).status, 404);
    assert.equal((await place.ask("DELETE", "slip/demo/manifests/b")).status, 404);
    assert.deepEqual(await (await place.ask("GET", "slip/demo/tags/list")).json(), { name: "slip/demo", tags: [] });
  });
});

describe("lists at the rehearsal image registry", () => {
  test("tags come in order, page by page, with the address of the next", async (t) => {
    const place = await bed(t);
    const body = manifestOf(await putBlob(place, "{}"));
    for (const tag of ["c", "a", "d", "b"]) await put(place, tag, body);
    const seen: string[][] = [];

    let path: string | undefined = "slip/demo/tags/list?n=3";
    for (let page = 0; path !== undefined && page < 5; page += 1) {
      const reply = await place.ask("GET", path);
      seen.push([...((await reply.json()) as { readonly tags: readonly string[] }).tags]);
      path = /^<([^>]+)>; rel="next"$/.exec(reply.headers.get("link") ?? "")?.[1];
    }

    assert.deepEqual(seen, [["a", "b", "c"], ["d"]]);
    assert.deepEqual(((await (await place.ask("GET", "slip/demo/tags/list?n=0")).json()) as { readonly tags: unknown }).tags, []);
    assert.equal(await code(await place.ask("GET", "slip/other/tags/list")), "404 NAME_UNKNOWN");
  });

  test("what refers to a manifest is listed by it, also before it is there, and by kind", async (t) => {
    const place = await bed(t);
    const config = await putBlob(place, "{}");
    const subject = { mediaType: manifestType, digest: digestOf("subject"), size: 7 };
    const sbom = manifestOf(config, { subject, artifactType: "application/spdx+json", annotations: { a: "b" } });
    const signature = manifestOf(config, { subject, layers: [] });

    const taken = await put(place, digestOf(sbom), sbom);
    await put(place, digestOf(signature), signature);

    assert.equal(taken.headers.get("oci-subject"), subject.digest);
    const list = async (query: string) => {
      const reply = await place.ask("GET", `slip/demo/referrers/${subject.digest}${query}`);
      const { manifests } = (await reply.json()) as {
        readonly manifests: readonly { readonly digest: string; readonly artifactType: string }[];
      };
      return [
        reply.headers.get("content-type"),
        reply.headers.get("oci-filters-applied"),
        manifests.map((one) => [one.digest, one.artifactType]),
      ];
    };
    const imageConfig = "application/vnd.oci.image.config.v1+json";
    assert.deepEqual(await list(""), [
      indexType,
      null,
      [
        [digestOf(sbom), "application/spdx+json"],
        [digestOf(signature), imageConfig],
      ],
    ]);
    assert.deepEqual(await list("?artifactType=application/spdx%2Bjson"), [
      indexType,
      "artifactType",
      [[digestOf(sbom), "application/spdx+json"]],
    ]);
    const none = await place.ask("GET", `slip/demo/referrers/${digestOf("nobody's")}`);
    assert.deepEqual(((await none.json()) as { readonly manifests: unknown }).manifests, []);
  });
});

describe("the door of the rehearsal image registry", () => {
  test("names that are none, or not of the release, are turned away, and what was asked for is told", async (t) => {
    const { ask, server } = await bed(t);

    assert.equal(await code(await ask("GET", "slip//demo/tags/list")), "400 NAME_INVALID");
    assert.equal(await code(await ask("GET", "library/base/manifests/1")), "404 NAME_UNKNOWN");
    assert.equal(await code(await ask("POST", "library/base/blobs/uploads/")), "403 DENIED");
    assert.equal(await code(await ask("PUT", "slip/demo/tags/list")), "405 UNSUPPORTED");
    assert.deepEqual(
      server.findings().map((finding) => finding.package),
      ["library/base"],
    );
    assert.equal((await ask("GET", "slip/demo")).status, 404);
    assert.equal((await ask("GET", "/elsewhere")).status, 404);
  });

  test("asks for a token, marks every answer as one of a rehearsal, and lets everybody read", async (t) => {
    const { server } = await bed(t);

    const bare = await fetch(`${server.url}/v2/`);
    const { token } = (await (await fetch(`${server.url}/token`)).json()) as { readonly token: string };
    const reader = { headers: { authorization: `Bearer ${token}` } };

    assert.equal(bare.status, 401);
    assert.match(bare.headers.get("www-authenticate") ?? "", /^Bearer realm="http:\/\/127\.0\.0\.1:\d+\/token",service="[^"]+"$/);
    assert.equal(bare.headers.get("x-slipway-rehearsal"), "oci");
    assert.equal((await fetch(`${server.url}/v2/`, reader)).status, 200);
    assert.equal((await fetch(`${server.url}/v2/slip/demo/blobs/uploads/`, { ...reader, method: "POST" })).status, 401);
  });
});
