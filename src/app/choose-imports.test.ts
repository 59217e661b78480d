// Which leg a file that was made elsewhere belongs to. Wrong files are told with what they are and what should be.
import assert from "node:assert/strict";
import { test } from "node:test";
import { elf, machO } from "../../test/support/executables.ts";
import { aPackage, aPlan, aPlannedStep, digestOf, fakePorts, memoryFiles } from "../../test/support/ports.ts";
import { SlipwayError } from "../domain/error.ts";
import type { ExpectedArtifact } from "../domain/artifact.ts";
import type { ArtifactStore } from "../platform/ports.ts";
import { chooseLegs, freezeLegs } from "./choose-imports.ts";

const wheels = (platform: string): readonly ExpectedArtifact[] => [{ kind: "wheel", package: "demo", countMin: 1, countMax: 2, platform }];
const leg = (platform: string) =>
  aPlannedStep({
    id: `build[platform=${platform}]`,
    uses: "build-wheel@1",
    leg: { platform },
    input: { sdist: "linux-x86_64", python: ["3.12", "3.13"] },
    makes: [
      ...wheels(platform),
      ...(platform === "linux-x86_64" ? [{ kind: "sdist", package: "demo", countMin: 1, countMax: 1 } as const] : []),
    ],
  });
const platforms = ["linux-x86_64", "linux-aarch64", "macos-universal2", "windows-amd64"];
const binaries = aPlannedStep({
  id: "tools[platform=macos-arm64]",
  uses: "run@1",
  leg: { platform: "macos-arm64" },
  makes: [{ kind: "binary", package: "tool", countMin: 1, countMax: 1 }],
});
const plan = aPlan({ steps: [aPlannedStep({ id: "check" }), ...platforms.map(leg), binaries] });
const wheel = (tag: string, python = "cp312"): string => `/elsewhere/demo-1.0.0-${python}-${python}-${tag}.whl`;
const both = (tag: string): readonly string[] => [wheel(tag), wheel(tag, "cp313")];

async function choose(
  files: readonly string[],
  said: { readonly step?: string; readonly platform?: string } = {},
): Promise<readonly string[]> {
  const chosen = await chooseLegs(plan, { files, step: said.step, platform: said.platform });
  return chosen.map(({ step, files: own }) => `${step.id}: ${own.map(({ name, kind }) => `${kind} ${name}`).join(", ")}`);
}

async function refusal(...given: Parameters<typeof choose>): Promise<SlipwayError> {
  const error: unknown = await choose(...given).then(
    () => assert.fail("it was taken"),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof SlipwayError, String(error));
  return error;
}

test("files of several legs in one command find their legs by their tags, and the sdist the leg that makes it", async () => {
  const files = [...both("win_amd64"), "/elsewhere/demo-1.0.0.tar.gz", ...both("manylinux_2_17_aarch64"), ...both("manylinux_2_17_x86_64")];

  assert.deepEqual(
    (await choose(files)).map((line) => line.split(":")[0]),
    ["build[platform=linux-x86_64]", "build[platform=linux-aarch64]", "build[platform=windows-amd64]"],
  );
});

test("a step and a platform narrow where the files may go", async () => {
  assert.equal((await choose(both("win_amd64"), { platform: "windows-amd64" })).length, 1);
  assert.equal((await choose(both("win_amd64"), { step: "build" })).length, 1);
  assert.equal((await choose(both("win_amd64"), { step: "build[platform=windows-amd64]" })).length, 1);
});

const refused: readonly (readonly [string, readonly string[], { step?: string; platform?: string }, string, RegExp])[] = [
  ["no file", [], {}, "USAGE", /no file is named/],
  ["two files of one name", ["/a/x.whl", "/b/x.whl"], {}, "USAGE", /two files are named "x\.whl"/],
  [
    "a platform that no leg has",
    both("musllinux_1_2_ppc64le"),
    {},
    "ARTIFACT_SET",
    /is for musllinux_1_2_ppc64le, and should be for linux-x86_64/,
  ],
  [
    "a leg that was named and does not fit",
    both("win_amd64"),
    { platform: "macos-universal2" },
    "ARTIFACT_SET",
    /is for win_amd64, and should be for macos-universal2/,
  ],
  [
    "another version",
    ["/a/demo-1.0.1-cp312-cp312-win_amd64.whl"],
    {},
    "VERSION_MISMATCH",
    /Cannot import "demo-1\.0\.1-cp312-cp312-win_amd64\.whl": it is not of version 1\.0\.0/,
  ],
  ["another package", ["/a/other-1.0.0-cp312-cp312-win_amd64.whl"], {}, "ARTIFACT_SET", /it is not of "demo"/],
  ["a Python that nobody wants", [wheel("win_amd64", "cp311")], {}, "ARTIFACT_SET", /should be for Python 3\.12 or is for cp311/],
  ["not all Pythons", [wheel("win_amd64")], {}, "ARTIFACT_SET", /missing: wheel of demo for Python 3\.13/],
  ["not the sdist of the leg", both("manylinux_2_17_x86_64"), {}, "ARTIFACT_SET", /missing: sdist of demo/],
  [
    "one too many",
    [...both("win_amd64"), "/a/demo-1.0.0-cp312-abi3-win_amd64.whl"],
    {},
    "ARTIFACT_SET",
    /not expected: wheel "demo-1\.0\.0-cp312-abi3-win_amd64\.whl"/,
  ],
  ["a file that fits several legs", ["/a/demo-1.0.0-py3-none-any.whl"], {}, "USAGE", /it fits "build\[platform=linux-x86_64\]" and /],
  ["an unknown step", both("win_amd64"), { step: "pack" }, "USAGE", /has no leg of step "pack"/],
  ["an unknown platform", both("win_amd64"), { platform: "plan9" }, "USAGE", /has no leg of platform "plan9"/],
  [
    "a step whose work nothing of another machine can stand for",
    ["/a/tool"],
    { step: "tools" },
    "NOT_YET",
    /takes no files of another machine for `run`/,
  ],
];

for (const [what, files, said, code, message] of refused) {
  test(`${what}: refused with ${code}`, async () => {
    const error = await refusal(files, said);
    assert.equal(error.code, code, error.message);
    assert.match(error.message, message);
  });
}

test("all that is wrong is told at once, and the legs that wait are named", async () => {
  const error = await refusal([wheel("win32"), wheel("ios_13_0_arm64_iphoneos")]);

  assert.equal(error.problems.length, 2);
  assert.match(error.hint ?? "", /build\[platform=linux-x86_64\], build\[platform=linux-aarch64\]/);
});

test("a plan without legs by platform takes nothing", async () => {
  const error: unknown = await chooseLegs(aPlan({ steps: [aPlannedStep()] }), {
    files: ["/a/x.whl"],
    step: undefined,
    platform: undefined,
  }).catch((reason: unknown) => reason);
  assert.ok(error instanceof SlipwayError && error.code === "USAGE");
});

/** Two binaries of the same package, for two systems. */
const withBinaries = aPlan({
  packages: [aPackage({ id: "tool", ecosystem: "binary", name: "slip" })],
  steps: ["macos-arm64", "linux-aarch64"].map((platform) =>
    aPlannedStep({
      id: `tools[platform=${platform}]`,
      uses: "build-binary@1",
      leg: { platform },
      input: {},
      makes: [{ kind: "binary", package: "tool", countMin: 1, countMax: 1, platform, name: `slip-${platform}` }],
    }),
  ),
});

/** Freezes files of these bytes, by the names of the legs. */
async function freeze(bytes: Readonly<Record<string, Buffer>>): ReturnType<typeof freezeLegs> {
  const files = memoryFiles(
    Object.fromEntries(Object.entries(bytes).map(([name, content]) => [`/elsewhere/${name}`, content.toString("latin1")])),
  );
  const store: Pick<ArtifactStore, "put" | "file"> = {
    file: (digest) => `/store/${digest}`,
    put: async (file) => {
      const text = await files.readText(file);
      files.content.set(`/store/${digestOf(text)}`, text);
      return { digest: digestOf(text), sizeBytes: text.length };
    },
  };
  const chosen = await chooseLegs(withBinaries, {
    files: Object.keys(bytes).map((name) => `/elsewhere/${name}`),
    step: undefined,
    platform: undefined,
  });
  return freezeLegs(fakePorts({ files }), store, chosen);
}

test("binaries of several legs find them by their names, and are frozen with their digests", async () => {
  const [mac, linux] = [machO("arm64"), elf({ machine: 183 })];
  const legs = await freeze({ "slip-linux-aarch64": linux, "slip-macos-arm64": mac });

  assert.deepEqual(
    legs.map(({ step, artifacts }) => [step, artifacts.map(({ name, digest, platform }) => [name, digest, platform])]),
    [
      ["tools[platform=macos-arm64]", [["slip-macos-arm64", digestOf(mac.toString("latin1")), "macos-arm64"]]],
      ["tools[platform=linux-aarch64]", [["slip-linux-aarch64", digestOf(linux.toString("latin1")), "linux-aarch64"]]],
    ],
  );
});

test("bytes of another platform under the name of a leg are refused, all of them at once", async () => {
  const error: unknown = await freeze({ "slip-linux-aarch64": elf(), "slip-macos-arm64": machO("x86_64") }).then(
    () => assert.fail("they were taken"),
    (reason: unknown) => reason,
  );

  assert.ok(error instanceof SlipwayError);
  assert.deepEqual(
    [error.code, ...error.problems.map(({ message }) => message)],
    [
      "ARTIFACT_INVALID",
      'Cannot import "slip-macos-arm64" for "tools[platform=macos-arm64]": it is for macos on x86_64, and should be for macos on aarch64',
      'Cannot import "slip-linux-aarch64" for "tools[platform=linux-aarch64]": it is for linux on x86_64, and should be for linux on aarch64',
    ],
  );
});
