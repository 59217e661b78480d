import assert from "node:assert/strict";
import { test } from "node:test";
import { sha256 } from "../../domain/digest.ts";
import { npmRefusals } from "./refusals.ts";

const fine = { package: "@slip/demo", version: "1.0.0", name: "slip-demo-1.0.0.tgz", sha256: sha256("a".repeat(64)), sizeBytes: 10 };

test("a package that keeps the rules is not refused", () => {
  assert.deepEqual(npmRefusals(fine, undefined), []);
  assert.deepEqual(npmRefusals(fine, 10), []);
});

test("every broken rule is told before a byte is sent", () => {
  const why = (more: Partial<typeof fine>, limit?: number) => npmRefusals({ ...fine, ...more }, limit).join("; ");

  assert.match(why({ package: "@Slip/demo" }), /capital letters/);
  assert.match(
    why({ version: "1.0.0+build.7", name: "slip-demo-1.0.0+build.7.tgz" }),
    /build metadata "\+build\.7", which the registry does not keep/,
  );
  assert.match(why({ version: "1.0", name: "slip-demo-1.0.tgz" }), /three numbers/);
  assert.match(why({ name: "demo-1.0.0.tgz" }), /should be called "slip-demo-1\.0\.0\.tgz"/);
  assert.match(why({ sizeBytes: 3 * 1024 * 1024 }, 2 * 1024 * 1024), /3\.0 MiB and the limit of a tarball is 2 MiB/);
});
