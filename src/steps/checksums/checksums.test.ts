import assert from "node:assert/strict";
import { test } from "node:test";
import { aFrozen, anArtifact, aPackage, aUse, digestOf, fakePorts, memoryFiles } from "../../../test/support/ports.ts";
import { checksumsStep } from "./checksums.ts";
import type { ChecksumsInput } from "./input.ts";

const wheel = anArtifact("wheel", "demo-1.0.0-py3-none-any.whl");
const sdist = anArtifact("sdist", "demo-1.0.0.tar.gz");

async function perform(input: ChecksumsInput, artifacts = [wheel, sdist]) {
  const ports = fakePorts({ files: memoryFiles({ [`/store/${wheel.digest}`]: wheel.name, [`/store/${sdist.digest}`]: sdist.name }) });
  const worked = await checksumsStep.perform(aFrozen(input, { artifacts }), ports);
  return { worked, ports };
}

test("checksums: SHA256SUMS names the chosen kinds with the digests of the store", async () => {
  const { worked, ports } = await perform({ of: ["wheel", "sdist"] });

  assert.deepEqual(worked.kind === "done" && worked.artifacts, [
    { kind: "checksum-file", package: "demo", name: "SHA256SUMS", file: "/scratch/SHA256SUMS" },
  ]);
  assert.equal(
    ports.files.content.get("/scratch/SHA256SUMS"),
    `${digestOf(wheel.name)}  ${wheel.name}\n${digestOf(sdist.name)}  ${sdist.name}\n`,
  );
});

test("checksums: what is not asked for is not named, and another algorithm reads the bytes", async () => {
  const { ports } = await perform({ of: ["wheel"], algorithm: "sha512" });

  assert.match(String(ports.files.content.get("/scratch/SHA512SUMS")), /^[0-9a-f]{128} {2}demo-1\.0\.0-py3-none-any\.whl\n$/);
});

test("checksums: two artifacts of one name, or none at all, fail", async () => {
  const twice = await perform({ of: ["wheel"] }, [wheel, { ...wheel, package: "other" }]);
  const none = await perform({ of: ["binary"] });

  assert.match(twice.worked.kind === "failed" ? twice.worked.message : "", /two artifacts are called/);
  assert.match(none.worked.kind === "failed" ? none.worked.message : "", /no artifact of binary/);
});

test("checksums: takes each kind for itself, and makes one file", () => {
  const use = aUse<ChecksumsInput>({ of: ["wheel", "binary", "wheel"] }, { packages: [aPackage(), aPackage({ id: "other" })] });

  assert.deepEqual(checksumsStep.takes(use), [{ kinds: ["wheel"] }, { kinds: ["binary"] }]);
  assert.deepEqual(
    checksumsStep.makes(use).map((one) => [one.package, one.countMin, one.countMax]),
    [
      ["demo", 0, 1],
      ["other", 0, 1],
    ],
  );
  assert.equal(checksumsStep.makes(aUse<ChecksumsInput>({ of: ["wheel"] }))[0]?.countMin, 1);
});

test("checksums: an install script is refused in words, and a name is a plain file name", () => {
  assert.match(
    checksumsStep.notYet?.(aUse<ChecksumsInput>({ of: ["binary"], "install-script": "install.sh" }), "one") ?? "",
    /install-script/,
  );
  for (const name of ["../x", "-c", "a/b", "", "a\nb"])
    assert.equal(checksumsStep.input.safeParse({ of: ["wheel"], name }).success, false, name);
});
