import assert from "node:assert/strict";
import { test } from "node:test";
import { readChallenge } from "./challenge.ts";

test("a bearer challenge tells token service, service and scopes", () => {
  const header =
    'Bearer realm="https://auth.example/token?x=1",service="reg, \\"one\\"",scope="repository:a/b:pull,push repository:c:pull"';
  assert.deepEqual(readChallenge(header), {
    kind: "bearer",
    realm: "https://auth.example/token?x=1",
    service: 'reg, "one"',
    scopes: ["repository:a/b:pull,push", "repository:c:pull"],
  });
});

test("bearer goes before basic, and basic is known in any case", () => {
  assert.equal(readChallenge('Basic realm="x", Bearer realm="http://127.0.0.1:5000/token"').kind, "bearer");
  assert.equal(readChallenge('basic realm="x"').kind, "basic");
});

test("a token service that is not reached safely is not asked", () => {
  const unsafe = [
    "http://auth.example/token",
    "ftp://auth.example/token",
    "/token",
    "http://127.0.0.1.example/",
    "http://localhost.example/",
    "https://u:p@a.example/",
  ];
  for (const realm of unsafe) assert.equal(readChallenge(`Bearer realm="${realm}"`).kind, "unsafe", realm);
  for (const realm of ["http://localhost:5000/token", "http://[::1]:5000/token", "http://127.9.9.9/"])
    assert.equal(readChallenge(`Bearer realm="${realm}"`).kind, "bearer", realm);
});

test("no challenge, one of another kind, and an endless one are none", () => {
  for (const header of [undefined, "", "Negotiate", `Bearer realm="https://a.example/${"x".repeat(9_000)}"`])
    assert.equal(readChallenge(header).kind, "none");
});
