import assert from "node:assert/strict";
import { test } from "node:test";
import { declaredIndexOf } from "./declared-index.ts";

test("declaredIndexOf() tells the index as manifests name it, however it is written, and none for the usual registry", () => {
  assert.equal(
    declaredIndexOf({ url: "https://own.example/api/", index: "sparse+https://own.example/index" }),
    "https://own.example/index/",
  );
  assert.equal(declaredIndexOf({ url: "https://own.example/index/" }), "https://own.example/index/");
  assert.equal(declaredIndexOf({}), undefined);
  assert.equal(declaredIndexOf(undefined), undefined);
});
