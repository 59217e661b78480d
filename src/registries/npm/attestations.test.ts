import assert from "node:assert/strict";
import { test } from "node:test";
import { scriptedHttp, type Scripted } from "../../../test/support/scripted-http.ts";
import type { Attested } from "../registry.ts";
import { readAttested } from "./attestations.ts";

const signal = new AbortController().signal;
const provenance = { predicateType: "https://slsa.dev/provenance/v1", bundle: { of: "the job" } };
const word = { predicateType: "https://github.com/npm/attestation/tree/main/specs/publish/v0.1", bundle: { of: "the registry" } };
const sha512 = "ab".repeat(64);
const dist = { tarball: "http://127.0.0.1:1/x.tgz", integrity: `sha512-${Buffer.from(sha512, "hex").toString("base64")}` };

async function read(answer: Scripted): Promise<{ readonly attested: Attested; readonly path: string }> {
  const packument = { name: "@slip/demo", versions: { "1.0.0": { name: "@slip/demo", version: "1.0.0", dist } }, "dist-tags": {} };
  const { http, asked } = scriptedHttp((url) => (url.pathname.includes("/attestations/") ? answer : { status: 200, body: packument }));
  const place = { http, registry: "npm", registryUrl: "http://127.0.0.1:1/", world: "real" as const };
  const attested = await readAttested(place, { package: "@slip/demo", version: "1.0.0" }, signal);
  return { attested, path: new URL(asked.at(-1)?.url ?? "http://x/").pathname };
}

test("the job's provenance is handed on with what it should be about, the registry's own word is not", async () => {
  const { attested, path } = await read({ status: 200, body: { attestations: [word, provenance] } });

  assert.deepEqual(attested, {
    kind: "served",
    bundles: [{ of: "the job" }],
    publishers: [],
    subject: { name: "pkg:npm/%40slip/demo@1.0.0", digest: { sha512 } },
  });
  assert.equal(path, "/-/npm/v1/attestations/@slip%2fdemo@1.0.0");
});

test("none, an answer without provenance, and no answer are told apart", async () => {
  assert.equal((await read({ status: 404, body: {} })).attested.kind, "none");
  assert.equal((await read({ status: 200, body: { attestations: [word] } })).attested.kind, "none");
  assert.equal((await read({ status: 500, body: {} })).attested.kind, "unknown");
});
