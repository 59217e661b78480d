// Binaries and images of other machines by the real program: legs that this machine cannot build are left out of a rehearsal and
// told, waited for by a run, and brought in with the bytes that they have. What is for another platform than its name says
// comes in nowhere, and nothing is called otherwise to make it fit.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { test, type TestContext } from "node:test";
import type { ReleaseRecord } from "../../src/app/record.ts";
import { createSystemClock } from "../../src/platform/clock.ts";
import { startRehearsalOci, type RehearsalOci } from "../../src/registries/oci/rehearsal/server.ts";
import { rehearsalPassword } from "../../src/registries/oci/wire.ts";
import { makeBed, pointAt, readReport, told, type Bed } from "../support/bed.ts";
import { elf, machO, pe } from "../support/executables.ts";
import { makeImage } from "../support/oci.ts";
import { forgeTokens, openProjectForge, pointForgeAt, type ProjectForge } from "../support/project-forge.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const file = `slipway: 1
project: kelp
versions: one
packages:
  command: { path: ., ecosystem: binary, name: kelp, tag: "v{version}" }
  image: { path: ., ecosystem: oci, name: example/kelp }
version: { from: tag }
on: { tag: command }
forge: { kind: github, repository: example/kelp }
environments:
  images: { registry: ghcr, credentials: { token: IMAGES_TOKEN } }
steps:
  build:
    parallel:
      binaries: { uses: build-binary, with: { run: sh build.sh, file: made/kelp }, matrix: { platform: [linux-x86_64, macos-arm64, windows-amd64] } }
      image: { uses: build-image, with: { run: sh image.sh }, matrix: { platform: [linux-x86_64, linux-aarch64] } }
  sums: { uses: checksums, with: { of: [binary] } }
  page: { uses: forge-release, with: { assets: [binary, checksum-file] } }
  images: { uses: publish, environment: images }
`;
const linux = elf({ headers: ["load", "interpreter"] });
const files = {
  "slipway.yaml": file,
  "build.sh": "mkdir -p made && cp kelp.bin made/kelp\n",
  "kelp.bin": linux,
  "image.sh": 'cp kelp.oci.tar "$SLIPWAY_IMAGE"\n',
  "kelp.oci.tar": makeImage({ version: "1.0.0" }).tar,
};
const image = makeImage({ version: "1.0.0", architecture: "arm64" });
const elsewhere = {
  "kelp-macos-arm64": machO("arm64"),
  "kelp-windows-amd64.exe": pe(),
  "kelp-linux-aarch64.oci.tar": image.tar,
};
const word = ["--by", "carol", "--reason", "from the jobs of this commit"];
const tokens = { IMAGES_TOKEN: rehearsalPassword, ...forgeTokens };
const legs = ["build/binaries[platform=macos-arm64]", "build/binaries[platform=windows-amd64]", "build/image[platform=linux-aarch64]"];

interface Place {
  readonly bed: Bed;
  readonly forge: ProjectForge;
  readonly images: RehearsalOci;
  /** Writes files of other machines. @returns their paths */
  write(folder: string, bytes: Readonly<Record<string, Buffer>>): readonly string[];
}

async function open(t: TestContext): Promise<Place> {
  const folder = temporaryFolder(t);
  const storeFolder = path.join(folder, "images");
  const images = await startRehearsalOci({ ours: ["example/kelp"], clock: createSystemClock(), storeFolder, announced: false });
  const forge = await openProjectForge(folder, "example/kelp");
  const bed = makeBed({
    example: { files },
    tag: "v1.0.0",
    prepare: (project) => {
      pointAt(project, { ghcr: { ecosystem: "oci", url: images.url } });
      pointForgeAt(project, forge.url);
    },
  });
  await forge.pushed("v1.0.0", bed.git("rev-parse", "HEAD").trim());
  t.after(async () => {
    await images.close();
    await forge.close();
    bed.remove();
  });
  const write: Place["write"] = (name, bytes) => {
    const into = path.join(folder, name);
    mkdirSync(into);
    return Object.entries(bytes).map(([one, content]) => {
      writeFileSync(path.join(into, one), content);
      return path.join(into, one);
    });
  };
  return { bed, forge, images, write };
}

const sha256 = (bytes: Buffer): string => createHash("sha256").update(bytes).digest("hex");

test("a rehearsal without the legs of other machines is partial, and names each with where it can run and how it comes in", async (t) => {
  const { bed, images } = await open(t);

  const text = await bed.slipway(["rehearse"], tokens);
  const json = await bed.slipway(["rehearse", "--json"], tokens);

  const report = readReport(json);
  assert.deepEqual([json.code, report.code, report.standing, text.code], [3, "NO_PLACE", "partial", 3], told(json));
  assert.deepEqual(
    report.steps.filter(({ state }) => state !== "done").map(({ id, state, needs }) => [id, state, needs]),
    legs.map((id, index) => [id, "left-out", [["macos-aarch64"], ["windows-x86_64"], ["linux-aarch64"]][index]]),
  );
  assert.match(text.stdout, /^partial: kelp 1\.0\.0 was rehearsed in part, without 3 legs that have no place on this machine: /);
  for (const [index, machine] of ["macos-aarch64", "windows-x86_64", "linux-aarch64"].entries()) {
    assert.ok(text.stdout.includes(`"${legs[index]}" needs ${machine}`), text.stdout);
    assert.ok(text.stdout.includes(`left out: ${legs[index]}: `), text.stdout);
  }
  assert.match(text.stdout, /\nhint: .*`slipway rehearse --import FILE\.\.\.`\n/);
  assert.match(text.stderr, / No place build\/binaries\[platform=macos-arm64\]: /);
  assert.deepEqual(images.received(), []);
});

test("a rehearsal that is given the files of other machines comes to its end with all of them", async (t) => {
  const { bed, write } = await open(t);

  const ended = await bed.slipway(["rehearse", "--json", "--import", ...write("elsewhere", elsewhere)], tokens);

  const report = readReport(ended);
  assert.deepEqual([ended.code, report.standing], [0, "complete"], told(ended));
  const page = report.files.filter(({ registry }) => registry === "forge").map(({ name }) => name);
  assert.deepEqual(page.toSorted(), ["SHA256SUMS", "kelp-linux-x86_64", "kelp-macos-arm64", "kelp-windows-amd64.exe"]);
});

test("files for another platform than their names say come in nowhere, and a run takes the right ones with their bytes", async (t) => {
  const { bed, forge, images, write } = await open(t);
  const wrong: readonly (readonly [Readonly<Record<string, Buffer>>, string, readonly RegExp[]])[] = [
    [
      {
        "kelp-macos-arm64": machO("x86_64"),
        "kelp-windows-amd64.exe": linux,
        "kelp-linux-aarch64.oci.tar": makeImage({ version: "1.0.0" }).tar,
      },
      "ARTIFACT_INVALID",
      [
        /it is for macos on x86_64, and should be for macos on aarch64$/,
        /it is for linux on x86_64, and should be for windows on x86_64$/,
        /it is for linux\/amd64, and should be for linux-aarch64$/,
      ],
    ],
    [
      { "kelp-macos-aarch64": machO("arm64"), "kelp-linux-arm64.oci.tar": image.tar },
      "ARTIFACT_SET",
      [
        /it is not named "kelp-linux-x86_64".*; it is not named "kelp-macos-arm64", as the binary for macos-arm64 is/,
        /it is not named "kelp-linux-x86_64\.oci\.tar".*"kelp-linux-aarch64\.oci\.tar", as the image for linux-aarch64 is/,
      ],
    ],
  ];
  for (const [index, [bytes, code, messages]] of wrong.entries()) {
    const ended = await bed.slipway(["import", ...write(`wrong-${index}`, bytes), ...word, "--json"]);
    const { problems } = JSON.parse(ended.stdout) as { readonly problems: readonly { readonly code: string; readonly message: string }[] };
    assert.deepEqual(problems.map((one) => one.code), messages.map(() => code), told(ended)); // prettier-ignore
    for (const [at, message] of messages.entries()) assert.match(problems[at]?.message ?? "", message);
  }
  assert.equal((await bed.slipway(["status", "--json"])).code, 2, "no run was opened");

  const waiting = await bed.slipway(["run", "--json"], tokens);
  assert.deepEqual([waiting.code, readReport(waiting).standing], [3, "waiting"], told(waiting));
  assert.deepEqual(readReport(waiting).steps.filter(({ state }) => state === "waiting").map(({ id }) => id), legs); // prettier-ignore
  assert.deepEqual([images.received(), forge.releases()], [[], []], "nothing is begun while a leg is missing");
  const imported = await bed.slipway(["import", ...write("elsewhere", elsewhere), ...word]);
  assert.equal(imported.code, 0, told(imported));
  const ended = await bed.slipway(["run", "--json"], tokens);

  assert.equal(ended.code, 0, told(ended));
  const record = JSON.parse(readFileSync(readReport(ended).record ?? "", "utf8")) as ReleaseRecord;
  const binaries = { "kelp-linux-x86_64": linux, ...elsewhere };
  for (const [name, bytes] of Object.entries(binaries))
    assert.equal(record.artifacts.find((one) => one.name === name)?.digest, sha256(bytes), name);
  assert.deepEqual(
    record.imports?.map(({ step, by }) => [step, by]).toSorted(),
    legs.map((step) => [step, "carol"]),
  );
  const page = forge.releases()[0]?.assets ?? [];
  assert.equal(page.find(({ name }) => name === "kelp-macos-arm64")?.sha256, sha256(elsewhere["kelp-macos-arm64"]));
  assert.ok(
    images.received().some(({ name, stored }) => name.includes(image.digest) && stored > 0),
    JSON.stringify(images.received()),
  );
});
