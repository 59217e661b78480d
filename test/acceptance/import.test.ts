// `slipway import` by the real program, with files that nobody here built: the published wheels of a package with compiled modules, for
// four platforms and two Pythons. The one that fits this machine is picked out of all of them and tried; all are published.
import assert from "node:assert/strict";
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { test, type TestContext } from "node:test";
import type { ReleaseRecord } from "../../src/app/record.ts";
import { importedDocumentSchema } from "../../src/app/schemas-look.ts";
import type { RehearsalPypi } from "../../src/registries/pypi/rehearsal/server.ts";
import { makeBed, pointAt, readReport, startIndex, told, type Bed } from "../support/bed.ts";
import { checkJsonSchema, strictly } from "../support/json-schema.ts";
import { charsetNormalizer, fetchWheels, keptPythons } from "../support/real-wheels.ts";

/** Those of S1.10 that this machine keeps; the one of the test tools where it keeps none. */
const pythons = keptPythons(["3.12", "3.13"]);
const tokens = { PYPI_TOKEN: "pypi-token-of-an-import" };
const platforms = "[linux-x86_64, linux-aarch64, macos-universal2, windows-amd64]";
const word = ["--by", "carol", "--reason", "downloaded from the jobs of this commit"];

const file = (versions: readonly string[]): string => `slipway: 1
project: charset
packages: { charset: { path: ., tag: "v{version}", import: charset_normalizer } }
version: { from: manifest }
on: { tag: charset }
environments:
  pypi: { registry: pypi, credentials: { token: PYPI_TOKEN } }
steps:
  build: { uses: build-wheel, with: { sdist: linux-x86_64, python: ["3.12", "3.13"] }, matrix: { platform: ${platforms} } }
  smoke: { uses: verify-install, with: { from: artifacts, run: python -c "import charset_normalizer.md as m; assert m.__file__.endswith('.so')" }, matrix: { python: ${JSON.stringify(versions)} } }
  pypi: { uses: publish, environment: pypi }
`;

interface Place {
  readonly bed: Bed;
  readonly pypi: RehearsalPypi;
  readonly files: readonly string[];
}

async function open(context: TestContext): Promise<Place> {
  const files = await fetchWheels(charsetNormalizer);
  const state = path.join(process.env["TMPDIR"] ?? "/tmp", `slipway-import-${process.pid}-${Math.random().toString(36).slice(2)}`);
  const pypi = await startIndex(state, { ours: ["charset-normalizer"] });
  const pyproject = `[build-system]\nrequires = ["setuptools"]\nbuild-backend = "setuptools.build_meta"\n\n[project]\nname = "charset-normalizer"\nversion = "3.4.4"\n`;
  const bed = makeBed({
    example: { files: { "slipway.yaml": file([...pythons.keys()]), "pyproject.toml": pyproject } },
    tag: "v3.4.4",
    prepare: (project) => pointAt(project, { pypi: { url: pypi.uploadUrl } }),
  });
  context.after(async () => {
    await pypi.close();
    bed.remove();
  });
  return { bed, pypi, files };
}

const withPythons = (bed: Bed) => ({ ...tokens, PATH: [...pythons.values(), bed.env["PATH"] ?? ""].join(path.delimiter) });
const of = (files: readonly string[], ...words: readonly string[]): readonly string[] =>
  files.filter((name) => words.some((one) => path.basename(name).includes(one)));

test("this machine has a Python that the wheels are for", () => {
  assert.ok(pythons.size > 0, "pyenv keeps neither Python 3.12 nor 3.13: nothing of this file could be tried");
});

test("the run that is opened by an import picks the wheel of this machine for each Python, and publishes all of them", async (context) => {
  const { bed, pypi, files } = await open(context);

  const imported = await bed.slipway(["import", ...files, ...word, "--json"]);

  assert.equal(imported.code, 0, told(imported));
  const document = JSON.parse(imported.stdout) as { readonly opened: boolean; readonly legs: readonly { readonly step: string }[] };
  assert.deepEqual(checkJsonSchema(strictly(importedDocumentSchema), document), []);
  assert.deepEqual([document.opened, document.legs.length], [true, 4]);

  const ended = await bed.slipway(["run", "--json"], withPythons(bed));

  assert.equal(ended.code, 0, told(ended));
  assert.deepEqual(
    pypi.received().filter((one) => one.stored > 0).map((one) => one.name).toSorted(), // prettier-ignore
    Object.keys(charsetNormalizer.files).toSorted(),
  );
  const record = JSON.parse(readFileSync(readReport(ended).record ?? "", "utf8")) as ReleaseRecord;
  assert.deepEqual(
    record.artifacts.map(({ name, digest }) => [name, digest]).toSorted(),
    Object.entries(charsetNormalizer.files).toSorted(),
    "the bytes that were brought in, and no others",
  );
  assert.deepEqual(
    [...new Set(record.imports?.map(({ by, authenticated, reason }) => `${by} ${authenticated} ${reason}`))],
    ["carol false downloaded from the jobs of this commit"],
  );
  for (const python of pythons.keys()) {
    const step = record.steps.find(({ id }) => id === `smoke[python=${python}]`);
    const picked = `charset_normalizer-3.4.4-cp${python.replace(".", "")}-cp${python.replace(".", "")}-manylinux2014_x86_64`;
    assert.match(JSON.stringify(step?.output), new RegExp(picked));
  }
  const status = await bed.slipway(["status"]);
  assert.match(status.stdout, /build\[platform=macos-universal2\] +Imported by carol \(not authenticated\): downloaded/);
});

test("a run waits for the legs that have no place here, names the command, and goes on once it was typed", async (context) => {
  const { bed, pypi, files } = await open(context);
  const linux = await bed.slipway(["import", ...of(files, "manylinux2014_x86_64", ".tar.gz"), ...word]);
  assert.equal(linux.code, 0, told(linux));
  const env = withPythons(bed);

  const waiting = await bed.slipway(["run", "--json"], env);

  const report = readReport(waiting);
  assert.deepEqual([waiting.code, report.code, report.standing], [3, "NO_PLACE", "waiting"], told(waiting));
  assert.match(JSON.stringify(report), /slipway import FILE\.\.\. --platform linux-aarch64 --by NAME --reason TEXT/);
  assert.equal(pypi.received().length, 0);

  const rest = await bed.slipway(["import", ...of(files, "aarch64", "universal2", "win_amd64"), ...word]);
  assert.equal(rest.code, 0, told(rest));
  const ended = await bed.slipway(["run", "--json"], env);

  assert.equal(ended.code, 0, told(ended));
  assert.equal(pypi.received().filter((one) => one.stored > 0).length, 9);
});

test("what does not belong to a leg is refused, nobody's word takes nothing, and nothing is kept of it", async (context) => {
  const { bed, files } = await open(context);
  const elsewhere = path.join(bed.folder, "elsewhere");
  mkdirSync(elsewhere);
  const retagged = path.join(elsewhere, "charset_normalizer-3.4.4-cp312-cp312-win_arm64.whl");
  copyFileSync(of(files, "cp312-win_amd64")[0] ?? "", retagged);
  const newer = path.join(elsewhere, "charset_normalizer-3.4.5-cp312-cp312-win_amd64.whl");
  copyFileSync(retagged, newer);
  const notes = path.join(elsewhere, "notes.txt");
  writeFileSync(notes, "x");

  const refused: readonly (readonly [readonly string[], string, RegExp])[] = [
    [[retagged, ...word], "ARTIFACT_SET", /is for win_arm64, and should be for/],
    [[newer, ...word], "VERSION_MISMATCH", /is not of version 3\.4\.4, which the plan says/],
    [[notes, ...word], "ARTIFACT_SET", /is neither a wheel nor an sdist/],
    [[...of(files, "cp312-win_amd64"), ...word], "ARTIFACT_SET", /missing: wheel of charset for Python 3\.13/],
    [[...of(files, "win_amd64"), "--platform", "linux-aarch64", ...word], "ARTIFACT_SET", /should be for linux-aarch64/],
    [[...of(files, "win_amd64")], "USAGE", /without a person who says/],
    [[...of(files, "win_amd64"), "--by", "carol", "--reason", " "], "USAGE", /without a person who says/],
    [[...of(files, "win_amd64"), "--provenance", notes], "NOT_YET", /verifies no attestations/],
  ];
  for (const [words, code, message] of refused) {
    const ended = await bed.slipway(["import", ...words, "--json"]);
    const error = JSON.parse(ended.stdout) as { readonly code: string; readonly message: string };
    assert.equal(error.code, code, told(ended));
    assert.match(error.message, message);
  }
  assert.equal((await bed.slipway(["status", "--json"])).code, 2, "no run was opened");
});

test("a rehearsal takes part with the legs it is given, and names those that it left out and where they can run", async (context) => {
  const { bed, files } = await open(context);
  const env = withPythons(bed);

  const part = await bed.slipway(["rehearse", "--json", "--import", ...of(files, "x86_64", ".tar.gz", "win_amd64")], env);

  const partial = readReport(part);
  assert.deepEqual([part.code, partial.code, partial.standing], [3, "NO_PLACE", "partial"], told(part));
  assert.match(
    partial.sentence,
    /without 2 legs that have no place on this machine: "build\[platform=linux-aarch64\]" needs linux-aarch64, "build\[platform=macos-universal2\]" needs macos-x86_64 or macos-aarch64/,
  );
  assert.match(JSON.stringify(partial), /slipway rehearse --import FILE/);
  assert.equal(partial.files.length, 5);

  const whole = await bed.slipway(["rehearse", "--json", "--import", ...files], env);

  assert.equal(whole.code, 0, told(whole));
  assert.equal(readReport(whole).files.length, 9);
});
