// What a plan's reader is told of legs for other machines. What any machine can do has a place here.
import assert from "node:assert/strict";
import { test } from "node:test";
import { aPackage, aPlan, aPlannedStep } from "../../test/support/ports.ts";
import { placeNotices, stepsElsewhere } from "./leg-places.ts";

const binary = aPackage({ id: "tool", ecosystem: "binary", name: "slip" });
const image = aPackage({ id: "image", ecosystem: "oci", name: "owner/slip" });
const leg = (uses: string, platform: string, parts: Parameters<typeof aPlannedStep>[0] = {}) =>
  aPlannedStep({
    id: `${uses}[platform=${platform}]`,
    uses: `${uses}@1`,
    leg: { platform },
    input: {},
    makes: [{ kind: "binary", package: "tool", countMin: 1, countMax: 1, platform }],
    ...parts,
  });
const noticesOf = (...steps: readonly ReturnType<typeof aPlannedStep>[]): readonly string[] =>
  placeNotices(stepsElsewhere(aPlan({ packages: [binary, image], steps }), "linux-x86_64"), "linux-x86_64");

test("legs at home, static ones among them, what Go builds and images of files alone have a place on every machine", () => {
  assert.deepEqual(
    noticesOf(
      leg("build-binary", "linux-x86_64-static"),
      leg("build-binary", "macos-arm64", { input: { builder: "go" } }),
      leg("build-image", "linux-aarch64", { input: { builder: "layers", copy: [{ from: "etc" }] } }),
    ),
    [],
  );
});

test("a leg that makes files names its machines, the command that brings them in, and what a rehearsal does", () => {
  assert.deepEqual(noticesOf(leg("build-wheel", "macos-universal2")), [
    '"build-wheel[platform=macos-universal2]" is done on macos-x86_64 or macos-aarch64, and this machine is linux-x86_64: unless preflight finds that it can be made here all the same, a run waits for `slipway import FILE... --platform macos-universal2`, and a rehearsal leaves it out and is partial, or takes it by `--import FILE...`',
  ]);
});

test("legs of one step for one platform are told together, and whether the release goes on without them", () => {
  const trial = (python: string, optional: boolean) =>
    aPlannedStep({
      id: `installs[platform=macos,python=${python}]`,
      uses: "verify-install@1",
      leg: { platform: "macos", python },
      input: { from: "pypi" },
      optional,
    });

  const [required] = noticesOf(trial("3.12", false), trial("3.13", false));
  const [optional, ...others] = noticesOf(trial("3.12", true));

  assert.match(
    required ?? "",
    /^"installs\[platform=macos,python=3\.12\]" and 1 more are done on macos-x86_64 or macos-aarch64, .*: a run waits for such a machine, a rehearsal leaves them out and is partial$/,
  );
  assert.match(optional ?? "", /: done here, the release goes on without it and says so$/);
  assert.deepEqual(others, []);
});
