// Files of other machines for legs of build-binary: taken by their names, judged by their own headers.
import assert from "node:assert/strict";
import { test } from "node:test";
import { elf, machO, pe, universalMachO, type ElfParts } from "../../../test/support/executables.ts";
import { aPackage, aUse, fakeArchives, fakePorts, memoryFiles } from "../../../test/support/ports.ts";
import { importsOfBuildBinary } from "./import.ts";
import type { BuildBinaryInput } from "./input.ts";

const tool = aPackage({ id: "tool", ecosystem: "binary", name: "slip", version: "1.2.0" });
const packages = [aPackage(), tool, aPackage({ id: "other", ecosystem: "binary", name: "other", asset: "{name}_{version}_{platform}" })];
const judgeOf = (platform: string, input: BuildBinaryInput = {}) => importsOfBuildBinary(aUse(input, { leg: { platform }, packages }));

test("a binary is taken by the name that the leg would give it, with the leg's platform", () => {
  const { judge } = judgeOf("macos-arm64");

  assert.deepEqual(judge("slip-macos-arm64"), { kind: "taken", artifact: { kind: "binary", package: "tool", platform: "macos-arm64" } });
  assert.equal(judge("other_1.2.0_macos-arm64").kind, "refused", "the other package has a version of its own");
  assert.deepEqual(judge("other_1.0.0_macos-arm64"), {
    kind: "taken",
    artifact: { kind: "binary", package: "other", platform: "macos-arm64" },
  });
  assert.equal(judgeOf("windows-amd64").judge("slip-windows-amd64.exe").kind, "taken");
  assert.equal(judgeOf("linux-x86_64-static", { archive: "tar.gz" }).judge("slip-linux-x86_64.tar.gz").kind, "taken");
});

for (const name of ["slip-linux-x86_64", "slip", "slip-macos-arm64.tar.gz", "slip-macos-aarch64"]) {
  test(`"${name}" is refused for macos-arm64 with the name that it should have`, () => {
    const judged = judgeOf("macos-arm64").judge(name);

    assert.ok(judged.kind === "refused" && judged.code === "ARTIFACT_SET");
    assert.match(judged.why, /^is not named "slip-macos-arm64" or "other_1\.0\.0_macos-arm64", as the binary for macos-arm64 is$/);
  });
}

test("a file that reminds of no binary ranks below one of another step that knows it", () => {
  const judged = judgeOf("macos-arm64").judge("slip-1.2.0-py3-none-any.whl");

  assert.equal(judged.kind === "refused" && judged.rank, 0);
});

async function lookAt(platform: string, bytes: Buffer, input: BuildBinaryInput = {}): Promise<string | undefined> {
  const files = memoryFiles({ "/store/ab": bytes.toString("latin1") });
  const archives = fakeArchives({ "/store/ab": { slip: bytes.toString("latin1"), LICENSE: "Nobody owns this.\n" } });
  const look = judgeOf(platform, input).look;
  return look?.({ kind: "binary", package: "tool", name: "slip", file: "/store/ab", platform }, fakePorts({ files, archives }));
}

const linked: ElfParts = { headers: ["load", "dynamic"], tags: [1, 0] };
const looks: readonly (readonly [string, Buffer, RegExp | undefined])[] = [
  ["macos-arm64", machO("arm64"), undefined],
  ["macos-universal2", universalMachO(), undefined],
  ["windows-amd64", pe(), undefined],
  ["linux-aarch64", elf({ machine: 183, ...linked }), undefined],
  ["linux-x86_64-static", elf(), undefined],
  ["macos-arm64", machO("x86_64"), /^is for macos on x86_64, and should be for macos on aarch64$/],
  ["macos-arm64", elf(), /^is for linux on x86_64, and should be for macos on aarch64$/],
  ["windows-arm64", pe(), /^is for windows on x86_64, and should be for windows on aarch64$/],
  ["linux-x86_64-static", elf(linked), /^is not static: it needs libraries of the machine$/],
  ["macos-universal2", machO("arm64"), /should be for macos on x86_64 and aarch64$/],
  ["linux-x86_64", Buffer.from("#!/bin/sh\n".padEnd(100, "#")), /^is neither ELF nor Mach-O nor PE$/],
];

for (const [platform, bytes, why] of looks) {
  test(`bytes for ${platform}: ${why === undefined ? "taken" : String(why)}; in an archive too`, async () => {
    const plain = await lookAt(platform, bytes);
    const packed = platform.startsWith("windows") ? undefined : await lookAt(platform, bytes, { archive: "tar.gz" });

    if (why === undefined) assert.deepEqual([plain, packed], [undefined, undefined]);
    else assert.match(plain ?? "", why);
    if (why !== undefined && !platform.startsWith("windows")) assert.match(packed ?? "", /^has a "slip" that is /);
  });
}

test("an archive that cannot be opened, or holds no program of that name, is told", async () => {
  assert.match((await lookAt("windows-amd64", pe(), { archive: "zip" })) ?? "", /^has no program "slip\.exe" at its top$/);
  const look = judgeOf("linux-x86_64", { archive: "zip" }).look;
  const taken = { kind: "binary", package: "tool", name: "slip", file: "/nowhere" } as const;
  assert.match((await look?.(taken, fakePorts())) ?? "", /^is no zip: it /);
});
