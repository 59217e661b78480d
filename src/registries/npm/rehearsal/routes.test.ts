import assert from "node:assert/strict";
import { test } from "node:test";
import { routeOf } from "./routes.ts";

test("a scoped name is one name, however its separator is written", () => {
  for (const address of ["/@slip/demo", "/@slip%2fdemo", "/@slip%2Fdemo?write=true", "/%40slip%2fdemo/"]) {
    assert.deepEqual(routeOf("GET", address), { kind: "package", name: "@slip/demo" }, address);
  }
  assert.deepEqual(routeOf("PUT", "/@slip%2fdemo"), { kind: "publish", name: "@slip/demo" });
});

test("versions, tarballs with and without the scope, and dist-tags are told apart", () => {
  assert.deepEqual(routeOf("GET", "/demo/1.0.0"), { kind: "version", name: "demo", version: "1.0.0" });
  for (const address of ["/@slip/demo/-/demo-1.0.0.tgz", "/@slip/demo/-/@slip/demo-1.0.0.tgz"]) {
    assert.deepEqual(routeOf("GET", address), { kind: "tarball", name: "@slip/demo", file: "demo-1.0.0.tgz" });
  }
  assert.deepEqual(routeOf("GET", "/-/package/@slip%2fdemo/dist-tags"), { kind: "tags", name: "@slip/demo", tag: undefined });
  assert.deepEqual(routeOf("PUT", "/-/package/demo/dist-tags/next"), { kind: "tags", name: "demo", tag: "next" });
  assert.deepEqual(routeOf("DELETE", "/-/package/demo/dist-tags/next"), { kind: "tags", name: "demo", tag: "next" });
  assert.deepEqual(routeOf("GET", "/-/package/demo/visibility"), { kind: "visibility", name: "demo" });
});

test("what is staged is listed, looked at, let out and sent back", () => {
  const id = "0b7a2c1e-0000-4000-8000-000000000000";
  assert.deepEqual(routeOf("POST", "/-/stage/package/@slip%2fdemo"), { kind: "stage", name: "@slip/demo" });
  assert.deepEqual(routeOf("GET", "/-/stage?page=0&package=%40slip%2Fdemo"), { kind: "staged", packageName: "@slip/demo" });
  assert.deepEqual(routeOf("GET", `/-/stage/${id}`), { kind: "staged-version", id, what: "view" });
  assert.deepEqual(routeOf("GET", `/-/stage/${id}/tarball`), { kind: "staged-version", id, what: "tarball" });
  assert.deepEqual(routeOf("POST", `/-/stage/${id}/approve`), { kind: "staged-version", id, what: "approve" });
  assert.deepEqual(routeOf("DELETE", `/-/stage/${id}`), { kind: "staged-version", id, what: "reject" });
  assert.equal(routeOf("POST", `/-/stage/${id}`).kind, "unknown");
});

test("what is no call of a registry is unknown", () => {
  for (const [method, address] of [["GET", "/"], ["GET", "/@slip"], ["GET", "/%zz"], ["POST", "/demo"], ["DELETE", "/demo/-rev/1"], ["PUT", "/demo/-rev/1"], ["PUT", "/-/package/demo/dist-tags"], ["GET", "/-/package/demo/dist-tags/next"], ["GET", "/demo/1/2"]] as const) {
    assert.equal(routeOf(method, address).kind, "unknown", `${method} ${address}`);
  } // prettier-ignore
  assert.equal(routeOf("HEAD", "/-/ping").kind, "ping");
});
