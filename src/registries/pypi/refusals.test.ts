import assert from "node:assert/strict";
import { test } from "node:test";
import { sha256 } from "../../domain/digest.ts";
import { pypiRefusals } from "./refusals.ts";
import { fileSizeLimitBytes } from "./wire.ts";

function refusals(name: string, rest: { readonly version?: string; readonly sizeBytes?: number } = {}): readonly string[] {
  const upload = { package: "Slip.Demo", version: "1.0", sha256: sha256("a".repeat(64)), sizeBytes: 10, ...rest, name };
  return pypiRefusals(upload, fileSizeLimitBytes);
}

test("what PyPI takes is not refused", () => {
  assert.deepEqual(refusals("slip_demo-1.0.tar.gz"), []);
  assert.deepEqual(refusals("slip_demo-1.0-py3-none-any.whl"), []);
  assert.deepEqual(refusals("slip_demo-1.0-1-cp39-abi3-manylinux_2_17_x86_64.manylinux2014_x86_64.whl"), []);
});

test("what PyPI would refuse by name or size is refused before a byte is sent, with the reason", () => {
  assert.match(
    refusals("slip_demo-1.0.tar.gz", { sizeBytes: fileSizeLimitBytes + 1 })[0] ?? "",
    /has 100\.0 MiB and the limit of a file is 100 MiB/,
  );
  assert.match(refusals("Slip.Demo-1.0.tar.gz")[0] ?? "", /slip_demo-1\.0\.tar\.gz/);
  assert.match(refusals("slip_demo-1.1.tar.gz")[0] ?? "", /carries the version "1\.1", not "1\.0"/);
  assert.match(refusals("slip_demo-1.0.egg")[0] ?? "", /not the name of a source distribution/);
  assert.match(refusals("slip_demo-1.0-cp312-cp312-linux_x86_64.whl")[0] ?? "", /linux_x86_64/);
  assert.match(refusals("Slip_Demo-1.0-py3-none-any.whl")[0] ?? "", /should begin with "slip_demo"/);
  assert.match(refusals("slip_demo-2.0-py3-none-any.whl")[0] ?? "", /carries the version "2\.0"/);
  assert.match(refusals("slip_demo-1.0-any.whl")[0] ?? "", /not the name of a wheel/);
  assert.match(refusals("slip_demo-1.0+here-py3-none-any.whl", { version: "1.0+here" })[0] ?? "", /local part "\+here"/);
});
