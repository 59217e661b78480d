import assert from "node:assert/strict";
import { test } from "node:test";
import type { Artifact } from "../../domain/artifact.ts";
import type { Plan } from "../../domain/plan/plan.ts";
import { aFrozen, anArtifact, aPackage, aPlan, aPlanned, aUse, digestOf, fakePorts, memoryFiles } from "../../../test/support/ports.ts";
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

const tool = aPackage({ id: "tool", ecosystem: "binary", name: "slip", version: "1.2.0", tag: "v1.2.0" });
const forge = { kind: "gitea", url: "http://127.0.0.1:3000/", repository: "slip/demo" } as const;

async function script(artifacts: readonly Artifact[], plan: Partial<Plan> = { packages: [tool], forge }) {
  const ports = fakePorts();
  const input: ChecksumsInput = { of: ["binary"], "install-script": "install.sh" };
  const release = { title: "slip 1.2.0", prerelease: false };
  const frozen = aFrozen(input, { artifacts, packages: [tool], plan: aPlan({ release, ...plan }) });
  const worked = await checksumsStep.perform(frozen, ports);
  return { worked, text: String(ports.files.content.get("/scratch/install.sh") ?? "") };
}

const binary = (name: string, platform?: string): Artifact =>
  anArtifact("binary", name, { package: "tool", ...(platform === undefined ? {} : { platform }) });

test("checksums: the install script knows each machine's file with its digest, the static one where there are two", async () => {
  const { worked, text } = await script([
    binary("slip-linux", "linux-x86_64"),
    binary("slip-static", "linux-x86_64-static"),
    binary("slip-mac.tar.gz", "macos-universal2"),
    binary("slip.exe", "windows-x86_64"),
  ]);

  assert.equal(worked.kind, "done", JSON.stringify(worked));
  assert.deepEqual(worked.kind === "done" && worked.artifacts.map(({ kind, name, package: owner }) => [kind, name, owner]), [
    ["checksum-file", "SHA256SUMS", "tool"],
    ["install-script", "install.sh", "tool"],
  ]);
  assert.deepEqual(
    text
      .split("\n")
      .filter((line) => line.startsWith("      install_one"))
      .map((line) => line.trim()),
    [
      `install_one file 'slip' 'slip-static' ${digestOf("slip-static")}`,
      `install_one archive 'slip' 'slip-mac.tar.gz' ${digestOf("slip-mac.tar.gz")}`,
      `install_one archive 'slip' 'slip-mac.tar.gz' ${digestOf("slip-mac.tar.gz")}`,
    ],
  );
  assert.match(text, /DOWNLOAD_URL:-'http:\/\/127\.0\.0\.1:3000\/slip\/demo\/releases\/download\/v1\.2\.0'/);
  assert.match(JSON.stringify(worked), /"leftOut":\["slip.exe"\]/);
  assert.doesNotMatch(text, /\beval\b/);
});

const { tag: _tag, ...untagged } = tool;
const page = { packages: [tool], forge } as const;
const refused: readonly (readonly [string, readonly Artifact[], Partial<Plan>, RegExp])[] = [
  ["a binary of nobody knows which machine", [binary("slip")], page, /nothing says which machine "slip" is for/],
  ["two binaries of one machine", [binary("a", "linux-x86_64"), binary("b", "linux-amd64")], page, /"a" and "b" are both "slip"/],
  ["binaries for Windows alone", [binary("slip.exe", "windows-x86_64")], page, /no binary for Linux or macOS/],
  ["a release without a page", [binary("a", "linux-x86_64")], { packages: [tool] }, /no step of the plan makes one/],
  ["a release without a tag", [binary("a", "linux-x86_64")], { packages: [untagged], forge }, /no package has a `tag:`/],
];
for (const [what, artifacts, plan, message] of refused) {
  test(`checksums: no install script of ${what}`, async () => {
    const { worked } = await script(artifacts, plan);

    assert.match(worked.kind === "failed" ? worked.message : worked.kind, message);
  });
}

test("checksums: an install script is promised where it is asked for, needs binaries and a release page", async () => {
  const use = (of: ChecksumsInput["of"]) => aUse<ChecksumsInput>({ of, "install-script": "install.sh" }, { packages: [tool] });

  assert.deepEqual(
    checksumsStep.makes(use(["binary"])).map((one) => one.kind),
    ["checksum-file", "install-script"],
  );
  assert.equal(checksumsStep.describe(use(["binary"])), "write SHA256SUMS and install.sh of binary");
  assert.throws(() => checksumsStep.makes(use(["wheel"])), { code: "PLAN_INVALID" });
  const look = async (plan: Partial<Plan>): Promise<readonly string[]> =>
    (await checksumsStep.preflight(aPlanned(use(["binary"]).input, { plan: aPlan({ packages: [tool], ...plan }) }), fakePorts())).map(
      ({ id }) => id,
    );
  assert.deepEqual(await look({ forge }), []);
  assert.deepEqual(await look({}), ["PF-INSTALL-SCRIPT"]);
});

test("checksums: a name is a plain file name", () => {
  for (const name of ["../x", "-c", "a/b", "", "a\nb"]) {
    assert.equal(checksumsStep.input.fits({ of: ["wheel"], name }), false, name);
    assert.equal(checksumsStep.input.fits({ of: ["binary"], "install-script": name }), false, name);
  }
});
