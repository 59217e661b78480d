// S5, tags alone, by the real program against indexes on loopback: candidates and clean tags take their ways, a mended
// failure goes on with the same bytes, a conflict stops everything, a cancel says what is public.
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { test, type TestContext } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { ReleaseRecord } from "../../src/app/record.ts";
import { createCredential } from "../../src/domain/credential.ts";
import type { RehearsalPypi } from "../../src/registries/pypi/rehearsal/server.ts";
import { edit, makeBed, pointAt, readReport, startIndex, told, type Bed, type JsonReport } from "../support/bed.ts";
import { forgeTokens, openProjectForge, pointForgeAt, type ProjectForge } from "../support/project-forge.ts";
import { clientOf, never, uploadOf } from "../support/pypi.ts";
import { runTool, testTool } from "../support/test-tools.ts";
import { wheel } from "../support/wheel.ts";

const ours = ["slipway-example-tide"];
const tokens = { TESTPYPI_TOKEN: "pypi-test-token-of-a-journey", PYPI_TOKEN: "pypi-token-of-a-journey", ...forgeTokens };

interface Place {
  readonly bed: Bed;
  readonly forge: ProjectForge;
  readonly testpypi: RehearsalPypi;
  readonly pypi: RehearsalPypi;
}

interface PlaceOptions {
  readonly tag: string;
  readonly tagMessage?: string;
  readonly version?: string;
  readonly faults?: { readonly testpypi?: string; readonly pypi?: string };
  readonly prepare?: (project: string) => void;
  /** Names that the test index takes in besides. */
  readonly ours?: readonly string[];
}

async function open(context: TestContext, options: PlaceOptions): Promise<Place> {
  const folder = path.join(process.env["TMPDIR"] ?? "/tmp", `slipway-tags-${process.pid}-${Math.random().toString(36).slice(2)}`);
  const start = (name: "testpypi" | "pypi"): Promise<RehearsalPypi> => {
    const faults = options.faults?.[name];
    return startIndex(path.join(folder, name), {
      ours: name === "testpypi" ? (options.ours ?? ours) : ours,
      ...(faults === undefined ? {} : { faults }),
    });
  };
  const testpypi = await start("testpypi");
  const pypi = await start("pypi");
  const forge = await openProjectForge(folder, "example/tide");
  const bed = makeBed({
    example: "tag-driven",
    tag: options.tag,
    ...(options.tagMessage === undefined ? {} : { tagMessage: options.tagMessage }),
    prepare: (project) => {
      pointAt(project, { testpypi: { url: testpypi.uploadUrl }, pypi: { url: pypi.uploadUrl } });
      pointForgeAt(project, forge.url);
      setVersion(project, options.version ?? "0.2.0rc1");
      options.prepare?.(project);
    },
  });
  context.after(async () => {
    await testpypi.close();
    await pypi.close();
    await forge.close();
    bed.remove();
  });
  return { bed, forge, testpypi, pypi };
}

function setVersion(project: string, version: string): void {
  edit(project, "pyproject.toml", (text) => text.replace(/^version = ".*"$/m, `version = "${version}"`));
}

const stored = (index: RehearsalPypi): readonly string[] =>
  index
    .received()
    .filter((file) => file.stored > 0)
    .map((file) => file.name);

/** Outcomes of files at the indexes; those on the release page are the forge's. */
const atIndexes = (report: JsonReport): readonly string[] =>
  report.files.filter(({ registry }) => registry.endsWith("pypi")).map(({ registry, outcome }) => `${registry} ${outcome}`);

/** Release pages at the forge: whether they are public, and what hangs on them. */
const pagesOf = (forge: ProjectForge): readonly string[] =>
  forge
    .releases()
    .map(({ tag, draft, prerelease, assets }) =>
      [tag, draft ? "draft" : "public", prerelease ? "prerelease" : "final", `${assets.length} files`].join(" "),
    );

test("a candidate goes to the test index and a prerelease page, and the clean tag after it to PyPI", async (context) => {
  const { bed, forge, testpypi, pypi } = await open(context, { tag: "v0.2.0-rc1" });

  const candidate = await bed.slipway(["run", "--json"], tokens);

  assert.equal(candidate.code, 0, candidate.stderr);
  assert.equal(stored(testpypi).length, 2);
  assert.equal(stored(pypi).length, 0);
  assert.deepEqual(pagesOf(forge), ["v0.2.0-rc1 public prerelease 2 files"]);
  const [page] = forge.releases();
  assert.match(page?.body ?? "", /Variants: `cli` and `library`/, "the section of the changelog");
  assert.match(page?.body ?? "", /pip download --no-deps .*--index-url \S+ slipway-example-tide==0\.2\.0rc1/, "ready to paste");

  setVersion(bed.project, "0.2.0");
  bed.git("commit", "--all", "--quiet", "--message", "0.2.0");
  bed.git("tag", "--annotate", "v0.2.0", "--message", "v0.2.0");
  const final = await bed.slipway(["run", "--json"], tokens);

  assert.equal(final.code, 0, final.stderr);
  assert.deepEqual(atIndexes(readReport(final)), ["testpypi published", "testpypi published", "pypi published", "pypi published"]);
  assert.equal(stored(pypi).length, 2);
  assert.deepEqual(pagesOf(forge), ["v0.2.0-rc1 public prerelease 2 files", "v0.2.0 public final 2 files"]);
});

test("a clean tag without a tried candidate is refused before anything is built, and a named hotfix is not", async (context) => {
  const { bed, testpypi, pypi } = await open(context, { tag: "v0.2.1", version: "0.2.1" });

  const refused = await bed.slipway(["run", "--json"], tokens);

  assert.equal(refused.code, 6, refused.stderr);
  assert.match(readReport(refused).sentence, /candidate/);
  assert.deepEqual([...stored(testpypi), ...stored(pypi)], []);
  const cancelled = await bed.slipway(["cancel", "--reason", "take the hotfix path"]);
  assert.equal(cancelled.code, 0, cancelled.stderr);
  assert.match(
    (await bed.slipway(["status", "--json"])).stdout,
    /"standing":"cancelled"/,
    "nobody drove it and nothing was in doubt: it is over",
  );

  bed.git(
    "tag",
    "--annotate",
    "--force",
    "v0.2.1",
    "--message",
    "v0.2.1\n\nSlipway-Path: hotfix\nSlipway-Reason: the parser loops on empty input\n",
  );
  const hotfix = await bed.slipway(["run", "--json"], tokens);

  assert.equal(hotfix.code, 0, hotfix.stderr);
  assert.equal(stored(testpypi).length, 0);
  assert.equal(stored(pypi).length, 2);
});

test("a hotfix by somebody who is no maintainer is refused", async (context) => {
  const { bed } = await open(context, { tag: "v0.2.1", version: "0.2.1" });
  bed.git(
    "-c",
    "user.name=mallory",
    "-c",
    "user.email=m@example.org",
    "tag",
    "--annotate",
    "--force",
    "v0.2.1",
    "--message",
    "v0.2.1\n\nSlipway-Path: hotfix\nSlipway-Reason: let me in\n",
  );

  const refused = await bed.slipway(["run"], tokens);

  assert.equal(refused.code, 6);
  assert.match(refused.stderr, /"mallory" is not one of maintainers/);
});

test("after PyPI refused, the same command uploads the same bytes", async (context) => {
  const { bed, pypi } = await open(context, {
    tag: "v0.3.0",
    version: "0.3.0",
    faults: { pypi: "expired-token*20" },
    prepare: withoutCandidate,
  });

  const failed = await bed.slipway(["run", "--json"], tokens);

  assert.equal(failed.code, 4, failed.stderr);
  const before = readReport(failed).files;
  assert.deepEqual(
    before.filter((file) => file.registry === "testpypi").map((file) => file.outcome),
    ["published", "published"],
  );
  assert.deepEqual(
    before
      .filter((file) => file.registry === "pypi")
      .map((file) => file.outcome)
      .includes("published"),
    false,
  );
  assert.match(failed.stderr + failed.stdout, /testpypi/);

  let mended = await bed.slipway(["run", "--json"], tokens);
  for (let tries = 0; mended.code !== 0 && tries < 25; tries++) mended = await bed.slipway(["run", "--json"], tokens);

  assert.equal(mended.code, 0, mended.stderr);
  const sums = (files: typeof before): readonly string[] => files.map((file) => `${file.registry} ${file.name} ${file.sha256}`);
  assert.deepEqual(sums(readReport(mended).files), sums(before));
  assert.equal(stored(pypi).length, 2);
});

function withoutCandidate(project: string): void {
  edit(project, "slipway.yaml", (text) =>
    text.replace(", candidate: tried }", " }").replace("[testpypi, try, candidate]", "[testpypi, try]"),
  );
}

test("other bytes under our name stop everything, with whose they are", async (context) => {
  const { bed, forge, pypi } = await open(context, {
    tag: "v0.3.0",
    version: "0.3.0",
    faults: { pypi: "stranger*1" },
    prepare: withoutCandidate,
  });

  const stopped = await bed.slipway(["run", "--json"], tokens);

  assert.equal(stopped.code, 6, `${stopped.stdout}${stopped.stderr}`);
  const report = readReport(stopped);
  assert.equal(report.code, "REGISTRY_CONFLICT");
  assert.match(report.sentence, /[0-9a-f]{12}|uploaded/);
  assert.ok(pypi.received().every((file) => file.stored <= 1));
  assert.deepEqual(pagesOf(forge), ["v0.3.0 draft final 2 files"], "nobody is told of a release that stopped");
});

test("a second process is refused, and status and cancel from a second shell work", async (context) => {
  const { bed, testpypi } = await open(context, { tag: "v0.2.0-rc1", faults: { testpypi: "slow-index=6000ms" } });
  const first = bed.start(["run", "--json"], tokens);
  for (let tries = 0; stored(testpypi).length === 0 && tries < 300; tries++) await sleep(100);

  const second = await bed.slipway(["run"], tokens);
  const status = await bed.slipway(["status", "--json"]);
  const cancel = await bed.slipway(["cancel", "--reason", "wrong day"]);
  const ended = await first.ended;

  assert.equal(second.code, 1);
  assert.match(second.stderr, /RUN_LOCKED/);
  assert.equal((JSON.parse(status.stdout) as { driven: boolean }).driven, true);
  assert.equal(cancel.code, 0, cancel.stderr);
  assert.match(cancel.stdout, /public now/);
  assert.equal(ended.code, 1, ended.stderr);
  assert.equal(readReport(ended).standing, "cancelled");
});

test("a hostile package of a dependency's name on the test index is not installed", async (context) => {
  const { bed, testpypi } = await open(context, { tag: "v0.2.0-rc1", ours: [...ours, "packaging"] });
  await plantHostile(bed, testpypi);
  // Whoever asks the test index for everything gets it: that is what makes the rest of this test worth something.
  const naive = await runTool(testTool("python"), [
    "-m",
    "pip",
    "download",
    "--no-deps",
    "--quiet",
    "--index-url",
    testpypi.indexUrl,
    "--dest",
    path.join(bed.folder, "naive"),
    "packaging>=23",
  ]);
  assert.equal(naive.code, 0, naive.output);
  assert.deepEqual(readdirSync(path.join(bed.folder, "naive")), ["packaging-999.0-py3-none-any.whl"]);

  const ended = await bed.slipway(["run", "--json"], tokens);

  assert.equal(ended.code, 0, told(ended));
  const { steps } = JSON.parse(readFileSync(readReport(ended).record ?? "", "utf8")) as ReleaseRecord;
  const trials = steps.filter((step) => step.id.startsWith("try["));
  assert.deepEqual(
    trials.map((step) => step.state),
    ["done", "done"],
  );
  assert.doesNotMatch(JSON.stringify(steps), /999\.0/);
  assert.equal(existsSync(path.join(bed.folder, "hostile-code-ran")), false);
});

/** It satisfies what the example wants, is newer than any other, and does harm as soon as it is imported. */
async function plantHostile(bed: Bed, testpypi: RehearsalPypi): Promise<void> {
  const harm = `open(${JSON.stringify(path.join(bed.folder, "hostile-code-ran"))}, "w").close()\nraise SystemExit("hostile code ran")\n`;
  const of = { name: "packaging", version: "999.0", files: { "packaging/__init__.py": harm, "packaging/version.py": harm } };
  const sent = await clientOf(testpypi).publish(
    uploadOf(bed.folder, of, wheel(of)),
    createCredential("__token__", tokens.TESTPYPI_TOKEN),
    never,
  );
  assert.equal(sent.kind, "sent");
}

test("a rehearsal only reads at the real registries' addresses, and never shows them a credential", async (context) => {
  const asked: { readonly method: string; readonly authorization: string | undefined }[] = [];
  const server = createServer((request, response) => {
    asked.push({ method: request.method ?? "", authorization: request.headers.authorization });
    request.resume().once("end", () => response.writeHead(404).end());
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  context.after(() => server.close().closeAllConnections());
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const url = `${address}/legacy/`;
  const bed = makeBed({
    example: "tag-driven",
    tag: "v0.2.0",
    prepare: (project) => {
      pointAt(project, { testpypi: { url }, pypi: { url } });
      pointForgeAt(project, address);
      setVersion(project, "0.2.0");
      withoutCandidate(project);
    },
  });
  context.after(() => bed.remove());

  const rehearsed = await bed.slipway(["rehearse", "--json"], tokens);

  assert.equal(rehearsed.code, 0, told(rehearsed));
  assert.deepEqual(atIndexes(readReport(rehearsed)), ["testpypi published", "testpypi published", "pypi published", "pypi published"]);
  assert.ok(asked.length > 0, "preflight should look at the real addresses");
  assert.deepEqual(
    asked.filter(({ method, authorization }) => method !== "GET" || authorization !== undefined),
    [],
  );
});
