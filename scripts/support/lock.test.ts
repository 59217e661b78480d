// What a lock file lacks, and where it belongs, by Node's way of finding packages.
import assert from "node:assert/strict";
import { it } from "node:test";
import { missingEntries } from "./lock.ts";

const tool = { version: "2.0.0", dev: true, optionalDependencies: { "@tool/linux-x64-musl": "2.0.0", "@tool/win32-arm64": "2.0.0" } };

it("adds what is nowhere at the top, with its platform", () => {
  assert.deepEqual(missingEntries({ "node_modules/tool": tool }), {
    "node_modules/@tool/linux-x64-musl": { version: "2.0.0", dev: true, os: ["linux"], cpu: ["x64"], libc: ["musl"], optional: true },
    "node_modules/@tool/win32-arm64": { version: "2.0.0", dev: true, os: ["win32"], cpu: ["arm64"], optional: true },
  });
});

it("adds what is there in another version below the package that wants it", () => {
  const packages = {
    "node_modules/tool": tool,
    "node_modules/@tool/linux-x64-musl": { version: "1.0.0" },
    "node_modules/@tool/win32-arm64": { version: "2.0.0" },
  };
  assert.deepEqual(Object.keys(missingEntries(packages)), ["node_modules/tool/node_modules/@tool/linux-x64-musl"]);
});

it("finds what stands below the package, beside it or above it", () => {
  const nested = "node_modules/user/node_modules/tool";
  const musl = { version: "2.0.0" };
  assert.deepEqual(
    Object.keys(
      missingEntries({
        [nested]: tool,
        "node_modules/user/node_modules/@tool/linux-x64-musl": musl,
        "node_modules/@tool/win32-arm64": musl,
      }),
    ),
    [],
  );
  assert.deepEqual(
    Object.keys(
      missingEntries({ [nested]: tool, [`${nested}/node_modules/@tool/linux-x64-musl`]: musl, "node_modules/@tool/win32-arm64": musl }),
    ),
    [],
  );
});

it("does not look below a package that does not hold it", () => {
  const packages = {
    "node_modules/tool": tool,
    "node_modules/other/node_modules/@tool/linux-x64-musl": { version: "2.0.0" },
    "node_modules/@tool/win32-arm64": { version: "2.0.0" },
  };
  assert.deepEqual(Object.keys(missingEntries(packages)), ["node_modules/@tool/linux-x64-musl"]);
});

it("leaves ranges to npm", () => {
  assert.deepEqual(missingEntries({ "node_modules/a": { version: "1.0.0", optionalDependencies: { fsevents: "^2.3.0" } } }), {});
});

it("does not guess a platform", () => {
  assert.throws(
    () => missingEntries({ "node_modules/a": { version: "1.0.0", optionalDependencies: { mystery: "1.0.0" } } }),
    /does not say its platform/,
  );
});
