// Images of other machines for legs of build-image: taken by their names, judged by their own configuration.
import assert from "node:assert/strict";
import { test } from "node:test";
import { aPackage, aUse, fakePorts } from "../../../test/support/ports.ts";
import type { ImageArchive, ImageOpened } from "../../platform/ports.ts";
import { importsOfBuildImage } from "./import.ts";

const packages = [aPackage(), aPackage({ id: "image", ecosystem: "oci", name: "owner/kelp" })];
const judge = importsOfBuildImage(aUse({}, { leg: { platform: "linux-arm64" }, packages }));

test("an image is taken by the name that the leg would give it, with the leg's platform", () => {
  assert.deepEqual(judge.judge("kelp-linux-arm64.oci.tar"), {
    kind: "taken",
    artifact: { kind: "image", package: "image", platform: "linux-arm64" },
  });
});

test("any other name is refused with the one that it should have", () => {
  for (const [name, rank] of [
    ["kelp-linux-amd64.oci.tar", 2],
    ["kelp.tar", 0],
  ] as const) {
    const judged = judge.judge(name);
    assert.ok(judged.kind === "refused");
    assert.deepEqual(
      [judged.rank, judged.code, judged.why],
      [rank, "ARTIFACT_SET", 'is not named "kelp-linux-arm64.oci.tar", as the image for linux-arm64 is'],
    );
  }
});

const opened = (platform: Partial<ImageArchive["platform"]>): ImageOpened => {
  const image: Pick<ImageArchive, "platform"> = { platform: { os: "linux", architecture: "arm64", ...platform } };
  return { kind: "opened", image: image as ImageArchive };
};

for (const [what, answer, why] of [
  ["of the leg's platform", opened({}), undefined],
  ["of a variant of it", opened({ variant: "v8" }), undefined],
  ["of another processor", opened({ architecture: "amd64" }), "is for linux/amd64, and should be for linux-arm64"],
  ["of another system", opened({ os: "windows" }), "is for windows/arm64, and should be for linux-arm64"],
  ["that cannot be read", { kind: "unreadable", why: "is no oci-archive" } as const, "is no image of one platform: it is no oci-archive"],
] as const) {
  test(`an image ${what}: ${why ?? "taken"}`, async () => {
    const ports = fakePorts({ images: { openImage: async () => answer } });
    const taken = { kind: "image", package: "image", name: "kelp-linux-arm64.oci.tar", file: "/store/ab" } as const;

    assert.equal(await judge.look?.(taken, ports), why);
  });
}
