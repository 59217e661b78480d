// The example with only the registries' addresses changed (and the user that goes with the token), against indexes that
// somebody else wrote: pypiserver, pypiserver that tells no digests, devpi. It publishes, is killed between two files and
// resumes, verifies, and finds a byte that was changed on the server's disk.
import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { after, before, test, type TestContext } from "node:test";
import type { ReleaseRecord } from "../../src/app/record.ts";
import type { Verification } from "../../src/app/verify-release.ts";
import { edit, makeBed, pointAt, readReport, told, type Bed, type Ended } from "../support/bed.ts";
import { forgeTokens, openProjectForge, pointForgeAt } from "../support/project-forge.ts";
import { startDevpi, startPypiserver, type Devpi, type PythonIndex } from "../support/python-indexes.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const password = "password-of-u";
const tokens = { TESTPYPI_TOKEN: password, PYPI_TOKEN: password, ...forgeTokens };
const wheelName = "slipway_example_tide-0.2.0-py3-none-any.whl";
const sdistName = "slipway_example_tide-0.2.0.tar.gz";

const ends: (() => unknown)[] = [];
let starting: Promise<Devpi>;

// It takes seconds to start, and the other servers are tried meanwhile.
before(() => {
  starting = startDevpi({ after: (end) => void ends.push(end as () => unknown) }, password);
  starting.catch(() => undefined);
});

after(async () => {
  for (const end of ends.toReversed()) await end();
});

interface Other {
  readonly testpypi: PythonIndex;
  readonly pypi: PythonIndex;
  /** Folder below which the second index keeps its files. */
  readonly disk: string;
  /** Said in slipway.yaml where it does not follow from the address for uploads. */
  readonly saysIndex: boolean;
  /** How the record says that a file was read back. */
  readonly how: RegExp;
}

async function startTwoPypiservers(context: TestContext, hashes: "sha256" | "no"): Promise<Other> {
  const disk = path.join(temporaryFolder(context), "packages");
  mkdirSync(disk);
  const testpypi = await startPypiserver(context, { hashes, password });
  const pypi = await startPypiserver(context, { hashes, password, packages: disk });
  return {
    testpypi,
    pypi,
    disk,
    saysIndex: false,
    how: hashes === "no" ? /^downloaded and digested, because the index tells no sha256$/ : /^sha256 read back from the index$/,
  };
}

async function startTwoDevpis(context: TestContext): Promise<Other> {
  const devpi = await starting;
  const testpypi = await devpi.newIndex(context);
  const pypi = await devpi.newIndex(context);
  const [, user = "", index = ""] = new URL(pypi.uploadUrl).pathname.split("/");
  return {
    testpypi,
    pypi,
    disk: path.join(devpi.folder, "+files", user, index),
    saysIndex: true,
    how: /^sha256 read back from the index$/,
  };
}

test("pypiserver: publishes, resumes after a kill, verifies, finds a changed byte", { timeout: 5 * 60_000 }, (context) =>
  journey(context, (of) => startTwoPypiservers(of, "sha256")),
);

test("pypiserver without digests: the same, by downloading and comparing, which the evidence says", { timeout: 5 * 60_000 }, (context) =>
  journey(context, (of) => startTwoPypiservers(of, "no")),
);

test("devpi: the same, though its index goes on telling the digest of the bytes it once took", { timeout: 5 * 60_000 }, (context) =>
  journey(context, startTwoDevpis),
);

async function journey(context: TestContext, start: (context: TestContext) => Promise<Other>): Promise<void> {
  const other = await start(context);
  const bed = await openBed(context, other);

  const candidate = await bed.slipway(["run", "--json"], tokens);
  assert.equal(candidate.code, 0, told(candidate));
  assert.deepEqual(filesOn(other.disk), []);

  edit(bed.project, "pyproject.toml", (text) => text.replace('version = "0.2.0rc1"', 'version = "0.2.0"'));
  bed.git("commit", "--all", "--quiet", "--message", "0.2.0");
  bed.git("tag", "--annotate", "v0.2.0", "--message", "v0.2.0");
  const killed = await bed.slipway(["run", "--json"], { ...tokens, SLIPWAY_CRASH_AT: `effect/pypi/${wheelName}/verified` });
  assert.equal(killed.signal, "SIGKILL", told(killed));
  assert.deepEqual(
    filesOn(other.disk).map((file) => path.basename(file)),
    [wheelName],
  );
  const first = statSync(filesOn(other.disk)[0] ?? "");

  const resumed = await bed.slipway(["run", "--json"], tokens);
  assert.equal(resumed.code, 0, told(resumed));
  const report = readReport(resumed);
  assert.deepEqual(
    filesOn(other.disk).map((file) => path.basename(file)),
    [wheelName, sdistName],
  );
  const again = statSync(filesOn(other.disk)[0] ?? "");
  assert.deepEqual([again.ino, again.mtimeMs], [first.ino, first.mtimeMs], "the first file was taken in a second time");
  checkEvidence(bed, report.record ?? "", other);

  const verified = await verify(bed);
  assert.equal(verified.ended.code, 0, told(verified.ended));
  assert.deepEqual(
    verified.document.files.map((file) => `${file.registry} ${file.name} ${file.verdict}`),
    // Files on the release page are told with their page.
    report.files.filter(({ registry }) => registry.endsWith("pypi")).map((file) => `${file.registry} ${file.name} identical`),
  );

  assert.deepEqual(
    verified.document.pages.map((page) => [page.tag, page.verdict, ...page.assets.map((one) => `${one.name} ${one.verdict}`).toSorted()]),
    [["v0.2.0", "identical", `${wheelName} identical`, `${sdistName} identical`]],
  );

  changeByte(filesOn(other.disk)[0] ?? "");
  const changed = await verify(bed);
  assert.equal(changed.ended.code, 8, told(changed.ended));
  assert.deepEqual(
    changed.document.files.filter((file) => file.verdict !== "identical").map((file) => `${file.registry} ${file.name} ${file.verdict}`),
    [`pypi ${wheelName} different`],
  );
  assert.match(
    changed.document.findings.map((finding) => finding.message).join("\n"),
    new RegExp(`"${wheelName}" at "pypi" is not what was released`),
  );

  await other.pypi.stop();
  const unreachable = await verify(bed);
  assert.equal(unreachable.ended.code, 5, told(unreachable.ended));
  assert.deepEqual(
    unreachable.document.files.filter((file) => file.registry === "pypi").map((file) => file.verdict),
    ["unknown", "unknown"],
  );
}

async function openBed(context: TestContext, other: Other): Promise<Bed> {
  const forge = await openProjectForge(temporaryFolder(context), "example/tide");
  const addressOf = (index: PythonIndex) => ({ url: index.uploadUrl, ...(other.saysIndex ? { index: index.indexUrl } : {}) });
  const bed = makeBed({
    example: "tag-driven",
    tag: "v0.2.0-rc1",
    prepare: (project) => {
      pointAt(project, { testpypi: addressOf(other.testpypi), pypi: addressOf(other.pypi) });
      pointForgeAt(project, forge.url);
      edit(project, "slipway.yaml", (text) => text.replaceAll("_TOKEN }", "_TOKEN, user: u }"));
    },
  });
  context.after(async () => {
    await forge.close();
    bed.remove();
  });
  return bed;
}

/** Distributions below a folder, sorted: a wheel stands before its sdist. */
function filesOn(disk: string): readonly string[] {
  if (!existsSync(disk)) return [];
  const files = readdirSync(disk, { recursive: true, encoding: "utf8" }).filter((file) => /\.(?:whl|tar\.gz)$/.test(file));
  return files.map((file) => path.join(disk, file)).toSorted((a, b) => (path.basename(a) < path.basename(b) ? -1 : 1));
}

function checkEvidence(bed: Bed, record: string, other: Other): void {
  assert.ok(record.startsWith(bed.state));
  const { evidence } = JSON.parse(readFileSync(record, "utf8")) as ReleaseRecord;
  assert.equal(evidence.length, 4);
  for (const one of evidence) {
    assert.match(one.evidence.how, other.how);
    assert.equal(one.evidence.sha256, one.sha256);
    assert.equal(one.sends, 1);
  }
}

async function verify(bed: Bed): Promise<{ readonly ended: Ended; readonly document: Verification }> {
  const ended = await bed.slipway(["verify", "--json"]);
  return { ended, document: JSON.parse(ended.stdout.trimEnd().split("\n").at(-1) ?? "") as Verification };
}

/** In place, as a failing disk or an intruder would do it. */
function changeByte(file: string): void {
  const bytes = readFileSync(file);
  const at = Math.floor(bytes.length / 2);
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  rmSync(file);
  writeFileSync(file, bytes);
}
