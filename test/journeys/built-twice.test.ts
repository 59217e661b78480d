// Two builds of one commit by the real program: rehearsed, then released. What the second build made is held against the first,
// and where they differ the run says what differs, in its report, its status and its record – and publishes what it tested.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import type { RehearsalPypi } from "../../src/registries/pypi/rehearsal/server.ts";
import type { RecordedBuild } from "../../src/app/record.ts";
import { makeBed, pointAt, startIndex, told, type Bed } from "../support/bed.ts";
import { recordDocumentSchema, reportDocumentSchema } from "../../src/app/schemas.ts";
import { checkJsonSchema, strictly } from "../support/json-schema.ts";
import { prebuiltName, prebuiltProject, prebuiltTokens } from "../support/prebuilt-project.ts";

/** Hands the sdist on as it is, and packs the wheel anew with another time in every member each time: a clock that goes on. */
const build = `import glob, os, random, shutil, zipfile
os.makedirs("dist")
for sdist in glob.glob("built/*.tar.gz"): shutil.copy(sdist, "dist")
for wheel in glob.glob("built/*.whl"):
    now = (2001 + random.randrange(90), 1 + random.randrange(12), 1 + random.randrange(28), random.randrange(24), random.randrange(60), 0)
    with zipfile.ZipFile(wheel) as old, zipfile.ZipFile("dist/" + os.path.basename(wheel), "w", zipfile.ZIP_DEFLATED) as new:
        for member in old.infolist():
            member.date_time = now
            new.writestr(member, old.read(member.filename))
`;
const steps = `  build: { run: python3 build.py, produces: [{ kind: wheel, files: "dist/*.whl" }, { kind: sdist, files: "dist/*.tar.gz" }] }
  pypi: { uses: publish, environment: pypi }
`;

let bed: Bed;
let index: RehearsalPypi;

before(async () => {
  const { files } = prebuiltProject({
    steps,
    environments: "  pypi: { registry: pypi, credentials: { token: PYPI_TOKEN } }\n",
  });
  index = await startIndex(path.join(process.env["TMPDIR"] ?? "/tmp", `slipway-twice-${process.pid}`), { ours: [prebuiltName] });
  bed = makeBed({
    example: { files: { ...files, "build.py": build } },
    tag: "v1.0.0",
    prepare: (project) => pointAt(project, { pypi: { url: index.uploadUrl } }),
  });
});

after(async () => {
  await index.close();
  bed.remove();
});

interface Told {
  readonly run: string;
  readonly record?: string;
  readonly builds?: readonly RecordedBuild[];
}

const why = /What was tested is what is published/;

test("what was built before is held against what is built now, and told where it differs", async () => {
  const rehearsed = await bed.slipway(["rehearse", "--json"], prebuiltTokens);
  assert.equal(rehearsed.code, 0, told(rehearsed));
  const first = JSON.parse(rehearsed.stdout) as Told;
  assert.equal(first.builds, undefined, "there was no build before the first");

  const released = await bed.slipway(["run", "--json"], prebuiltTokens);

  assert.equal(released.code, 0, told(released));
  const report = JSON.parse(released.stdout) as Told;
  assert.deepEqual(checkJsonSchema(strictly(reportDocumentSchema), report), []);
  const [sdist, wheel] = (report.builds ?? []).toSorted((one, other) => (one.kind < other.kind ? -1 : 1));
  assert.deepEqual([sdist?.kind, sdist?.same, sdist?.differences, sdist?.why], ["sdist", true, [], undefined]);
  assert.deepEqual([wheel?.kind, wheel?.same, wheel?.differences.length], ["wheel", false, 1]);
  assert.match(wheel?.differences[0] ?? "", /^the times of \d members differ: ".*" has \d{4}-\d\d-\d\d \d\d:\d\d:\d\d, and had \d{4}-/);
  assert.match(wheel?.why ?? "", why);
  assert.deepEqual(wheel?.earlier.run, first.run);
  const sent = index.received().find(({ name }) => name.endsWith(".whl"));
  assert.equal(sent?.sha256, wheel?.sha256, "what is published is what this run built and tested");
  assert.notEqual(wheel?.sha256, wheel?.earlier.sha256);

  const record = JSON.parse(readFileSync(report.record ?? "", "utf8")) as Told;
  assert.deepEqual(checkJsonSchema(strictly(recordDocumentSchema), record), []);
  assert.deepEqual(record.builds, report.builds);
  const status = await bed.slipway(["status"], prebuiltTokens);
  assert.match(
    status.stdout,
    /\.whl is not what rehearsal \S+ built from this commit \(sha256:[0-9a-f]{12}…, and sha256:[0-9a-f]{12}… then\):\n {2}the times of/,
  );
  assert.match(status.stdout, /\.tar\.gz is the same, byte for byte, as rehearsal \S+ built from this commit/);
  assert.match(status.stdout, why);
});

test("another commit is another build: nothing of it is compared", async () => {
  bed.git("commit", "--allow-empty", "--quiet", "--message", "two");
  bed.git("tag", "--annotate", "--force", "v1.0.0", "--message", "v1.0.0");

  const rehearsed = await bed.slipway(["rehearse", "--json"], prebuiltTokens);

  assert.equal((JSON.parse(rehearsed.stdout) as Told).builds, undefined, told(rehearsed));
});
