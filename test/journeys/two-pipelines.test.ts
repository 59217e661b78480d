// S4 by the real program: a release from the commit to its page, and from the page to the indexes. A real git remote, a
// forge and two indexes on loopback that stand for real ones; what is on the page is proved before anything is uploaded.
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { test, type TestContext } from "node:test";
import type { RehearsalPypi } from "../../src/registries/pypi/rehearsal/server.ts";
import { saidDocumentSchema, verificationDocumentSchema } from "../../src/app/schemas-look.ts";
import type { Verification } from "../../src/app/verify-release.ts";
import { createCredential } from "../../src/domain/credential.ts";
import { edit, readReport, repositoryRoot, told } from "../support/bed.ts";
import { checkJsonSchema, strictly } from "../support/json-schema.ts";
import { clientOf, never, uploadOf } from "../support/pypi.ts";
import {
  assetOf,
  bytesOf,
  downloadPage,
  emptyMachine,
  filesWith,
  formsOf,
  openPlace,
  packageName,
  pageOf,
  publishTokens,
  releaseTokens,
  repositoryOf,
  secrets,
  shown,
  somebodyElse,
  spyOn,
  swapAsset,
  uploadTokens,
  type Place,
  type PlaceOptions,
} from "../support/two-pipelines.ts";
import { wheel } from "../support/wheel.ts";

const wheelName = "slipway_example_pebble-1.1.0-py3-none-any.whl";
const sdistName = "slipway_example_pebble-1.1.0.tar.gz";
const recordName = "slipway-record.json";

async function open(context: TestContext, options: PlaceOptions = {}): Promise<Place> {
  const place = await openPlace(options);
  context.after(() => place.close());
  return place;
}

/** A place where 1.1.0 is on its page, and its tag in the user's clone. */
async function released(context: TestContext, options: PlaceOptions = {}): Promise<Place> {
  const place = await open(context, options);
  const ended = await place.release("1.1.0");
  assert.equal(ended.code, 0, told(ended));
  place.bed.git("fetch", "--quiet", "origin", "tag", "v1.1.0");
  return place;
}

const stored = (index: RehearsalPypi): readonly string[] =>
  index
    .received()
    .filter((file) => file.stored > 0)
    .map((file) => file.name)
    .toSorted();

function nothingUploaded(place: Place): void {
  assert.deepEqual([...stored(place.testpypi), ...stored(place.pypi)], []);
}

test("a release goes from the commit to its page and to both indexes, and no pipeline shows or sees the other's credentials", async (context) => {
  const place = await open(context);
  const spies = spyOn(place.bed, ["git", "python3", "uv"]);
  const watched = { PATH: `${spies.path}:${place.bed.env["PATH"] ?? ""}` };
  const before = repositoryOf(place);

  // The tokens of the indexes are planted, and are none of this pipeline's business.
  const made = await place.release("1.1.0", { env: { ...watched, ...releaseTokens, ...uploadTokens } });

  assert.equal(made.code, 0, told(made));
  assert.equal(repositoryOf(place), before, "the user's repository is as it was");
  assert.deepEqual(place.remote("tag", "--list"), "v1.1.0");
  assert.equal(place.remote("rev-list", "--count", "main"), "2");
  assert.equal(place.remote("log", "-1", "--format=%s %an", "v1.1.0"), "Release 1.1.0 alice");
  const page = pageOf(place, "v1.1.0");
  assert.equal(page.draft, false);
  assert.deepEqual(
    page.assets.map(({ name, state }) => `${name} ${state}`).toSorted(),
    [`${recordName} uploaded`, `${wheelName} uploaded`, `${sdistName} uploaded`].toSorted(),
  );
  assert.deepEqual(
    place
      .forge()
      .state()
      .runs.map(({ workflow, inputs }) => `${workflow} ${inputs["tag"]}`),
    ["publish.yml v1.1.0"],
  );
  noneOf([secrets.testpypi, secrets.pypi], `${shown(place)}${told(made)}`, "what the release showed");
  nothingUploaded(place);
  assert.match(spies.seen(), /^== git/m);
  noneOf(Object.values(secrets), spies.seen(), "what children of the release were given");
  assert.deepEqual(filesWith(place.bed.state, Object.values(secrets)), [], "no secret is on disk");

  for (const door of Object.values(place.doors)) door.forget();
  place.bed.git("fetch", "--quiet", "origin", "tag", "v1.1.0");
  const between = repositoryOf(place);
  const seenBefore = spies.seen().length;
  // The one who may write the repository is planted where a forge's tools look as well.
  const published = await place.publish("v1.1.0", {
    args: ["--json"],
    env: { ...watched, ...publishTokens, GITHUB_TOKEN: secrets.writer },
  });

  assert.equal(published.code, 0, told(published));
  assert.equal(repositoryOf(place), between, "the user's repository is as it was");
  assert.deepEqual(stored(place.pypi), [wheelName, sdistName]);
  assert.deepEqual(
    readReport(published)
      .files.filter(({ registry }) => registry === "pypi")
      .map(({ name, sha256 }) => `${name} ${sha256}`)
      .toSorted(),
    [wheelName, sdistName].map((name) => `${name} ${assetOf(page, name).sha256}`),
    "what is published is what is on the page",
  );
  noneOf([secrets.writer], `${shown(place)}${told(published)}`, "what the publication showed");
  noneOf(Object.values(secrets), spies.seen().slice(seenBefore), "what children of the publication were given");
  noneOf([secrets.pypi], visitsOf(place, "testpypi"), "what the test index saw");
  noneOf([secrets.testpypi], visitsOf(place, "pypi"), "what PyPI saw");
  noneOf([secrets.testpypi, secrets.pypi], visitsOf(place, "forge"), "what the forge saw");
  noneOf([secrets.reader], `${visitsOf(place, "pypi")}${visitsOf(place, "testpypi")}`, "what the indexes saw");
  assert.deepEqual(filesWith(place.bed.state, Object.values(secrets)), [], "no secret is on disk");
  assert.deepEqual(
    place.doors.forge.visits().filter(({ method }) => method !== "GET"),
    [],
    "publishing only reads at the forge",
  );
});

function visitsOf(place: Place, name: keyof Place["doors"]): string {
  return place.doors[name]
    .visits()
    .map(({ headers }) => headers)
    .join("\n");
}

function noneOf(texts: readonly string[], where: string, what: string): void {
  const found = texts.filter((text) => formsOf(text).some((form) => where.includes(form)));
  assert.deepEqual(found, [], what);
}

test("a draft starts nothing, and is published by nobody", async (context) => {
  const place = await open(context);

  const made = await place.release("1.1.0", { args: ["--input", "draft=true"] });

  assert.equal(made.code, 0, told(made));
  assert.equal(pageOf(place, "v1.1.0").draft, true);
  assert.deepEqual(place.forge().state().runs, []);

  place.bed.git("fetch", "--quiet", "origin", "tag", "v1.1.0");
  const seen = await place.publish("v1.1.0", { env: { ...publishTokens, GH_TOKEN: secrets.writer } });
  assert.equal(seen.code, 1, told(seen));
  assert.match(seen.stderr, /the release page of v1\.1\.0 is a draft/);
  const hidden = await place.publish("v1.1.0", { state: path.join(place.bed.folder, "other-state") });
  assert.equal(hidden.code, 1, told(hidden));
  assert.match(hidden.stderr, /there is no release page of v1\.1\.0 at example\/pebble/);
  nothingUploaded(place);
});

/** What `verify` of the newest run finds, without a credential: a page that is public shows to everybody. */
async function verified(place: Place): Promise<{ readonly code: number | null; readonly said: string; readonly found: readonly string[] }> {
  const ended = await place.bed.slipway(["verify", "--json"]);
  const document = JSON.parse(ended.stdout) as Verification;
  assert.deepEqual(checkJsonSchema(strictly(verificationDocumentSchema), document), []);
  const files = document.pages.flatMap(({ assets }) => assets.map(({ name, verdict }) => `${name} ${verdict}`));
  return {
    code: ended.code,
    said: told(ended),
    found: [...document.pages.map(({ tag, verdict }) => `${tag} ${verdict}`), ...files.toSorted()],
  };
}

test("an asset that was exchanged after the release is refused before anything is uploaded, and the true one is published after", async (context) => {
  const place = await released(context);
  const whole = await verified(place);
  assert.equal(whole.code, 0, whole.said);
  assert.deepEqual(whole.found, ["v1.1.0 identical", ...[recordName, wheelName, sdistName].map((name) => `${name} identical`).toSorted()]);
  const original = await bytesOf(place, assetOf(pageOf(place, "v1.1.0"), wheelName));
  const other = wheel({
    name: packageName,
    version: "1.1.0",
    files: { "slipway_example_pebble/__init__.py": "print('not what was tested')\n" },
  });
  await swapAsset(place, "v1.1.0", { name: wheelName, bytes: other.bytes });
  const swapped = await verified(place);
  assert.equal(swapped.code, 8, swapped.said);
  const text = (await place.bed.slipway(["verify"])).stdout;
  assert.match(text, /^ {2}identical release page v1\.1\.0 {2}\S+ {2}published as final, and its tag leads to [0-9a-f]{12}$/m);
  assert.match(text, new RegExp(`^ {4}different ${wheelName.replaceAll(".", "\\.")} +the page lists it with sha256 ${other.sha256}$`, "m"));
  assert.ok(swapped.found.includes(`${wheelName} different`), swapped.said);

  const refused = await place.publish("v1.1.0");

  assert.equal(refused.code, 1, told(refused));
  assert.match(refused.stderr, /"slipway_example_pebble-1\.1\.0-py3-none-any\.whl" is not what was tested/);
  assert.match(refused.stderr, new RegExp(other.sha256));
  nothingUploaded(place);

  await swapAsset(place, "v1.1.0", { name: wheelName, bytes: original });
  const published = await place.publish("v1.1.0");
  assert.equal(published.code, 0, told(published));
  assert.deepEqual(stored(place.pypi), [wheelName, sdistName]);
});

test("a record of another commit with files to match is refused, and so is a file that no record names", async (context) => {
  const place = await released(context);
  const page = pageOf(place, "v1.1.0");
  const record = JSON.parse(Buffer.from(await bytesOf(place, assetOf(page, recordName))).toString("utf8")) as {
    commit: string;
    artifacts: { name: string; sha256: string; sizeBytes: number }[];
  };
  const other = wheel({ name: packageName, version: "1.1.0", files: { "slipway_example_pebble/__init__.py": "print('elsewhere')\n" } });
  const artifacts = record.artifacts.map((one) =>
    one.name === wheelName ? { ...one, sha256: other.sha256, sizeBytes: other.bytes.length } : one,
  );
  const forged = Buffer.from(JSON.stringify({ ...record, commit: "d".repeat(40), artifacts }));
  await swapAsset(place, "v1.1.0", { name: wheelName, bytes: other.bytes });
  await swapAsset(place, "v1.1.0", { name: recordName, bytes: forged });

  const refused = await place.publish("v1.1.0");

  assert.equal(refused.code, 1, told(refused));
  assert.match(refused.stderr, /dddddddddddd/);
  nothingUploaded(place);
});

test("publication alone, on an empty machine, from files that were downloaded: nobody asks the forge", async (context) => {
  const place = await released(context);
  const machine = emptyMachine(place, "other-machine");
  const files = await downloadPage(place, "v1.1.0", path.join(place.bed.folder, "downloaded"));
  place.doors.forge.forget();

  const published = run(machine, ["run", "--pipeline", "publish", "--input", "tag=v1.1.0", "--files", files], {
    ...uploadTokens,
    GH_TOKEN: secrets.writer,
  });

  const ended = await published;
  assert.equal(ended.code, 0, ended.output);
  assert.deepEqual(stored(place.pypi), [wheelName, sdistName]);
  assert.deepEqual(place.doors.forge.visits(), []);
  assert.equal(execFileSync("git", ["-C", machine.clone, "status", "--porcelain"], { encoding: "utf8" }), "");
});

test("files that were exchanged on their way to the other machine are refused", async (context) => {
  const place = await released(context);
  const machine = emptyMachine(place, "other-machine");
  const files = await downloadPage(place, "v1.1.0", path.join(place.bed.folder, "downloaded"));
  writeFileSync(path.join(files, sdistName), "not an sdist");

  const ended = await run(machine, ["run", "--pipeline", "publish", "--input", "tag=v1.1.0", "--files", files], uploadTokens);

  assert.equal(ended.code, 1, ended.output);
  assert.match(ended.output, /"slipway_example_pebble-1\.1\.0\.tar\.gz" is not what was tested/);
  nothingUploaded(place);
});

/** The program on the other machine; the servers of this process answer meanwhile. */
async function run(
  machine: ReturnType<typeof emptyMachine>,
  args: readonly string[],
  tokens: Readonly<Record<string, string>>,
): Promise<{ readonly code: number | null; readonly output: string }> {
  const { spawn } = await import("node:child_process");
  const child = spawn(process.execPath, [path.join(repositoryRoot, "bin", "slipway.js"), "--state", machine.state, ...args], {
    cwd: machine.clone,
    env: { ...machine.env, ...tokens },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (text: string) => (output += text));
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  return { code, output };
}

/** Half a release: killed once the tag is at the remote, and given up. */
async function half(context: TestContext): Promise<Place> {
  const place = await open(context);
  const killed = await place.release("1.1.0", { env: { ...releaseTokens, SLIPWAY_CRASH_AT: "effect/origin/main+v1.1.0/verified#1" } });
  assert.equal(killed.signal, "SIGKILL", told(killed));
  assert.equal(place.remote("tag", "--list"), "v1.1.0");
  assert.deepEqual(place.forge().state().releases, []);
  await giveUp(place);
  place.bed.git("pull", "--quiet", "--no-tags", "origin", "main");
  return place;
}

/** What was in doubt is looked at once more before a run that was given up is over. */
async function giveUp(place: Place): Promise<void> {
  const cancelled = await place.bed.slipway(["cancel", "--reason", "make it again"]);
  assert.equal(cancelled.code, 0, told(cancelled));
  const over = await place.bed.slipway(["run", "--pipeline", "release"], releaseTokens);
  assert.match(told(over), /RUN_CANCELLED|none was given/, "followed to its end, or over already");
}

test("a draft that a run leaves behind is listed by cancel, and withdrawing the version takes it away with the tag", async (context) => {
  const place = await open(context);
  const point = `effect/asset/v1.1.0/${sdistName}/verified#1`;
  const killed = await place.release("1.1.0", { env: { ...releaseTokens, SLIPWAY_CRASH_AT: point } });
  assert.equal(killed.signal, "SIGKILL", told(killed));
  assert.equal(pageOf(place, "v1.1.0").draft, true);

  const cancelled = await place.bed.slipway(["cancel", "--json"]);
  const said = JSON.parse(cancelled.stdout) as { readonly left: { readonly withdraw: string } };
  assert.deepEqual(checkJsonSchema(strictly(saidDocumentSchema), said), []);
  const command = "slipway withdraw v1.1.0 --page --confirm 1.1.0";
  assert.deepEqual(said.left, { tags: ["v1.1.0"], pages: [], drafts: ["v1.1.0"], withdraw: command });
  await place.bed.slipway(["run", "--pipeline", "release"], releaseTokens);
  const withdrawn = await place.bed.slipway(command.split(" ").slice(1), releaseTokens);

  assert.equal(withdrawn.code, 0, told(withdrawn));
  assert.deepEqual([place.remote("tag", "--list"), place.forge().state().releases], ["", []]);
  assert.match(withdrawn.stdout, /v1\.1\.0 is withdrawn/);
});

const again = ["--input", "force-recreate=true"];

test("half a release is made again from its commit, under the same version", async (context) => {
  const place = await half(context);

  const refused = await place.release("1.1.0", { state: path.join(place.bed.folder, "unforced") });
  assert.notEqual(refused.code, 0, "without being told so it takes no tag away");
  assert.match(told(refused), /Tag "v1\.1\.0" is at origin already/);
  const ended = await place.release("1.1.0", { args: again });

  assert.equal(ended.code, 0, told(ended));
  assert.equal(place.remote("rev-parse", "v1.1.0^{commit}"), place.remote("rev-parse", "main"));
  assert.equal(pageOf(place, "v1.1.0").assets.length, 3);
});

test("half a release is made again from a mended commit, and a page that stood there is replaced", async (context) => {
  const place = await half(context);
  const first = place.remote("rev-parse", "v1.1.0^{commit}");
  edit(place.bed.project, "src/slipway_example_pebble/__init__.py", (text) => `${text}\n# mended\n`);
  place.bed.git("commit", "--all", "--quiet", "--message", "Mend it");
  place.bed.git("push", "--quiet", "origin", "main");

  const ended = await place.release("1.1.0", { args: again });

  assert.equal(ended.code, 0, told(ended));
  const second = place.remote("rev-parse", "v1.1.0^{commit}");
  assert.notEqual(second, first);
  assert.equal(pageOf(place, "v1.1.0").draft, false);

  place.bed.git("pull", "--quiet", "--no-tags", "origin", "main");
  edit(place.bed.project, "src/slipway_example_pebble/__init__.py", (text) => `${text}\n# mended twice\n`);
  place.bed.git("commit", "--all", "--quiet", "--message", "Mend it again");
  place.bed.git("push", "--quiet", "origin", "main");
  const before = repositoryOf(place);
  const third = await place.release("1.1.0", { args: again });

  assert.equal(third.code, 0, told(third));
  assert.equal(repositoryOf(place), before);
  const last = place.remote("rev-parse", "v1.1.0^{commit}");
  assert.notEqual(last, second);
  assert.equal(pageOf(place, "v1.1.0").assets.length, 3);
  assert.deepEqual(
    place
      .forge()
      .state()
      .runs.map((run) => run.commit),
    [second, last],
    "the publication is started for each commit that the tag led to, once",
  );
});

test("a release that is made again on the same commit starts its publication again, once, also when it is killed after", async (context) => {
  const place = await released(context);
  const commit = place.remote("rev-parse", "v1.1.0^{commit}");
  place.bed.git("tag", "--delete", "v1.1.0");
  place.bed.git("pull", "--quiet", "--no-tags", "origin", "main");
  const killed = await place.release("1.1.0", {
    args: again,
    env: { ...releaseTokens, SLIPWAY_CRASH_AT: "effect/dispatch/publish.yml/v1.1.0/after-send#1" },
  });
  assert.equal(killed.signal, "SIGKILL", told(killed));

  const ended = await place.release("1.1.0", { args: again });

  assert.equal(ended.code, 0, told(ended));
  assert.equal(place.remote("rev-parse", "v1.1.0^{commit}"), commit, "there was nothing to commit");
  const runs = place.forge().state().runs;
  assert.deepEqual(
    runs.map((run) => run.commit),
    [commit, commit],
  );
  assert.equal(new Set(runs.map((run) => run.inputs["slipway"])).size, 2, "each start has a mark of its own");
});

test("half a release whose commit was there before is made again whole: what was taken back is pushed again", async (context) => {
  const place = await open(context, { prepare: atVersion });
  const env = { ...releaseTokens, SLIPWAY_CRASH_AT: "effect/draft/v1.1.0/verified#1" };
  const killed = await place.release("1.1.0", { env });
  assert.equal(killed.signal, "SIGKILL", told(killed));
  await giveUp(place);
  const first = place.remote("rev-parse", "v1.1.0");

  const ended = await place.release("1.1.0", { args: again });

  assert.equal(ended.code, 0, told(ended));
  assert.equal(place.remote("cat-file", "-t", "v1.1.0"), "tag", "the tag is the run's own, annotated");
  assert.equal(place.remote("rev-parse", "v1.1.0^{commit}"), place.remote("rev-parse", "main"));
  assert.ok(first !== "");
  const page = pageOf(place, "v1.1.0");
  assert.equal(page.draft, false);
  assert.equal(page.assets.length, 3);
});

test("a whole release is made again from the same commit: its tag and its page are taken back, and are there after", async (context) => {
  const place = await open(context, { prepare: atVersion });
  const first = await place.release("1.1.0");
  assert.equal(first.code, 0, told(first));

  const ended = await place.release("1.1.0", { args: again });

  assert.equal(ended.code, 0, told(ended));
  assert.equal(place.remote("cat-file", "-t", "v1.1.0"), "tag", told(ended));
  assert.equal(pageOf(place, "v1.1.0").draft, false);
  assert.equal(pageOf(place, "v1.1.0").assets.length, 3);
  const { done } = place.forge().state();
  assert.equal(done["delete-release v1.1.0"], 1);
  assert.equal(done["publish-release v1.1.0"], 2);
});

/** The manifest and the changelog say the version already, so that the run makes no commit. */
function atVersion(project: string): void {
  edit(project, "pyproject.toml", (text) => text.replace('version = "1.0.0"', 'version = "1.1.0"'));
  edit(project, "CHANGELOG.md", (text) =>
    text.replace("## [1.0.0]", "## [1.1.0] - 2026-02-01\n\n### Added\n\n- Pebbles are weighed.\n\n## [1.0.0]"),
  );
  edit(project, "slipway.yaml", (text) =>
    text.replace("changes: { uses: changelog }", "changes: { uses: changelog, with: { existing: keep } }"),
  );
}

test("a release that is not finished is not taken for the other pipeline, nor replaced by it", async (context) => {
  const place = await released(context);
  place.bed.git("pull", "--quiet", "--no-tags", "origin", "main");
  const killed = await place.release("1.2.0", { env: { ...releaseTokens, SLIPWAY_CRASH_AT: "effect/origin/main+v1.2.0/verified#1" } });
  assert.equal(killed.signal, "SIGKILL", told(killed));

  const refused = await place.publish("v1.1.0");
  const mended = await place.publish("v1.1.0", { args: ["--mend"] });

  for (const ended of [refused, mended]) {
    assert.notEqual(ended.code, 0, told(ended));
    assert.match(told(ended), /Cannot start pipeline "publish": pebble 1\.2\.0 of pipeline "release" is not finished/);
  }
  nothingUploaded(place);
  const finished = await place.release("1.2.0");
  assert.equal(finished.code, 0, told(finished));
  const published = await place.publish("v1.1.0");
  assert.equal(published.code, 0, told(published));
});

test("once something is at PyPI nothing is made again, and the next free version is named", async (context) => {
  const place = await released(context);
  const published = await place.publish("v1.1.0");
  assert.equal(published.code, 0, told(published));
  const taken = { name: packageName, version: "1.1.1" };
  const sent = await clientOf(place.pypi).publish(
    uploadOf(place.bed.folder, taken, wheel(taken)),
    createCredential("__token__", secrets.pypi),
    never,
  );
  assert.equal(sent.kind, "sent");
  const page = JSON.stringify(pageOf(place, "v1.1.0"));
  place.bed.git("pull", "--quiet", "--no-tags", "origin", "main");

  const refused = await place.release("1.1.0", { args: again });

  assert.equal(refused.code, 6, told(refused));
  assert.match(told(refused), /POLICY_REFUSED/);
  assert.match(told(refused), /slipway-example-pebble 1\.1\.0 is at pypi, and cannot be taken back/);
  assert.match(told(refused), /1\.1\.2/);
  assert.equal(JSON.stringify(pageOf(place, "v1.1.0")), page, "the page is as it was");
  assert.equal(place.remote("tag", "--list"), "v1.1.0");
});

test("a prerelease that is called final, and a final release that is called a prerelease, are refused at once", async (context) => {
  const place = await open(context);

  const final = await place.release("1.1.0", { args: ["--input", "prerelease=true"] });
  const candidate = await place.release("1.1.0rc1", { args: ["--input", "prerelease=false"] });

  for (const ended of [final, candidate]) {
    assert.notEqual(ended.code, 0, told(ended));
    assert.match(ended.stderr, /prerelease/);
  }
  assert.deepEqual(place.doors.forge.visits(), []);
  assert.equal(place.remote("tag", "--list"), "");
});

test("a prerelease goes the same way with its page marked as one", async (context) => {
  const place = await open(context);

  const ended = await place.release("1.1.0rc1", { args: ["--input", "prerelease=true"] });

  assert.equal(ended.code, 0, told(ended));
  const page = pageOf(place, "v1.1.0-rc.1");
  assert.equal(page.prerelease, true);
  assert.equal(place.forge().state().latest, undefined);
});

test("a tag that does not match its manifest fails at once, with the commands that mend it", async (context) => {
  const place = await open(context);
  place.bed.git("tag", "--annotate", "v1.2.0", "--message", "v1.2.0");
  place.bed.git("push", "--quiet", "origin", "v1.2.0");

  const startedMs = Date.now();
  const ended = await place.publish("v1.2.0");
  const tookMs = Date.now() - startedMs;

  assert.notEqual(ended.code, 0, told(ended));
  context.diagnostic(`${tookMs} ms`);
  assert.ok(tookMs < 3_000, `it took ${tookMs} ms`);
  assert.match(ended.stderr, /VERSION_MISMATCH/);
  assert.match(ended.stderr, /`git tag --delete v1\.2\.0`/);
  assert.match(ended.stderr, /`slipway withdraw v1\.2\.0 --confirm 1\.2\.0`/);
  assert.equal(shown(place), "");
});

test("a branch that somebody else moved during the run stops it before anything is pushed", async (context) => {
  const place = await open(context, { prepare: (project) => writeFileSync(path.join(project, ".gitignore"), "") });
  const mallory = somebodyElse(place);
  const mover = path.join(place.bed.folder, "mover.sh");
  const script = `git -C '${mallory.folder}' -c user.name=mallory -c user.email=m@example.org commit --quiet --allow-empty --message theirs\ngit -C '${mallory.folder}' push --quiet origin HEAD:main\n`;
  writeFileSync(mover, script);
  edit(place.bed.project, "slipway.yaml", (text) => text.replace("python3 -m unittest discover -s tests", `sh ${mover}`));
  place.bed.git("commit", "--all", "--quiet", "--message", "two");
  place.bed.git("push", "--quiet", "origin", "main");
  execFileSync("git", ["-C", mallory.folder, "pull", "--quiet"], { env: place.bed.env });
  const before = repositoryOf(place);

  const ended = await place.release("1.1.0");

  assert.notEqual(ended.code, 0, told(ended));
  assert.match(ended.stderr, /branch main/);
  assert.equal(place.remote("log", "-1", "--format=%s", "main"), "theirs");
  assert.equal(place.remote("tag", "--list"), "");
  assert.deepEqual(place.forge().state().releases, []);
  assert.equal(repositoryOf(place), before);
});

test("a branch that somebody else moves once the release is pushed lets it go on", async (context) => {
  const place = await open(context);
  const mallory = somebodyElse(place);
  let moved: string | undefined;
  place.doors.forge.onVisit(({ method }) => {
    if (method === "POST" && moved === undefined) moved = mallory.push("theirs.txt");
  });

  const ended = await place.release("1.1.0");

  assert.equal(ended.code, 0, told(ended));
  assert.ok(moved !== undefined);
  assert.equal(place.remote("rev-parse", "main"), moved);
  assert.equal(place.remote("rev-parse", "v1.1.0^{commit}"), place.remote("rev-parse", "main~1"));
  assert.equal(pageOf(place, "v1.1.0").draft, false);
});

/** A rule of the remote: `main` takes no push. */
function protect(place: Place): void {
  const script = `#!/bin/sh\ncase "$1" in refs/heads/main) echo "main is protected" >&2; exit 1;; esac\n`;
  writeFileSync(path.join(place.origin, "hooks", "update"), script, { mode: 0o755 });
}

test("where main takes no push, the release waits for a squash: tag, page, record and start name the merged commit, and it is published", async (context) => {
  const place = await open(context);
  protect(place);

  const waiting = await place.release("1.1.0", { args: ["--no-wait"] });

  assert.equal(waiting.code, 3, told(waiting));
  assert.match(told(waiting), /waits to be merged: http/);
  assert.equal(place.remote("tag", "--list"), "", "nothing is tagged before the merge");
  assert.deepEqual(place.forge().state().releases, []);

  await place.forge().owner.endPull(1, "squash");
  const ended = await place.release("1.1.0");

  assert.equal(ended.code, 0, told(ended));
  const [pull] = place.forge().state().pulls;
  const merged = place.remote("rev-parse", "main");
  assert.notEqual(merged, pull?.headCommit, "a squash is another commit");
  assert.equal(place.remote("rev-parse", "v1.1.0^{commit}"), merged);
  const page = pageOf(place, "v1.1.0");
  const record = JSON.parse(Buffer.from(await bytesOf(place, assetOf(page, recordName))).toString("utf8")) as { commit: string };
  assert.equal(record.commit, merged);
  const { runs, done } = place.forge().state();
  assert.deepEqual(
    runs.map((run) => run.commit),
    [merged],
  );
  assert.equal(done["open-pull slipway/v1.1.0"], 1);

  place.bed.git("pull", "--quiet", "origin", "main");
  place.bed.git("fetch", "--quiet", "origin", "tag", "v1.1.0");
  const published = await place.publish("v1.1.0");
  assert.equal(published.code, 0, told(published));
  assert.deepEqual(stored(place.pypi), [wheelName, sdistName]);
});

test("killed between main and its tag, with others' commits on top by then, the same command tags the release's own commit", async (context) => {
  const place = await open(context);
  const killed = await place.release("1.1.0", { env: { ...releaseTokens, SLIPWAY_CRASH_AT: "effect/origin/main/verified#1" } });
  assert.equal(killed.signal, "SIGKILL", told(killed));
  const ours = place.remote("rev-parse", "main");
  assert.equal(place.remote("log", "-1", "--format=%s", "main"), "Release 1.1.0");
  assert.equal(place.remote("tag", "--list"), "");
  const theirs = somebodyElse(place).push("theirs.txt");

  const ended = await place.release("1.1.0");

  assert.equal(ended.code, 0, told(ended));
  assert.equal(place.remote("rev-parse", "v1.1.0^{commit}"), ours);
  assert.equal(place.remote("rev-parse", "main"), theirs);
  assert.deepEqual(place.forge().state().pulls, [], "a branch that takes pushes gets no pull request");
});

test("given up between main and its tag, the version is released from the commit that is there, and no second one is made", async (context) => {
  const place = await open(context);
  const killed = await place.release("1.1.0", { env: { ...releaseTokens, SLIPWAY_CRASH_AT: "effect/origin/main/verified#1" } });
  assert.equal(killed.signal, "SIGKILL", told(killed));
  await giveUp(place);
  place.bed.git("pull", "--quiet", "--no-tags", "origin", "main");

  const ended = await place.release("1.1.0");

  assert.equal(ended.code, 0, told(ended));
  assert.equal(place.remote("rev-list", "--count", "main"), "2");
  assert.equal(place.remote("rev-parse", "v1.1.0^{commit}"), place.remote("rev-parse", "main"));
  assert.equal(pageOf(place, "v1.1.0").draft, false);
});

test("what is not committed is no part of the release, and stays as it is", async (context) => {
  const place = await open(context);
  const { project } = place.bed;
  edit(project, "src/slipway_example_pebble/__init__.py", (text) => `${text}\nUNCOMMITTED = True\n`);
  edit(project, "CHANGELOG.md", (text) => `${text}\nhalf a sentence\n`);
  writeFileSync(path.join(project, "src/slipway_example_pebble/new.py"), "NEW = True\n");
  mkdirSync(path.join(project, "notes"));
  writeFileSync(path.join(project, "notes", "later.txt"), "later\n");
  edit(project, "README.md", (text) => `${text}staged\n`);
  place.bed.git("add", "README.md");
  const before = repositoryOf(place);

  const ended = await place.release("1.1.0");

  assert.equal(ended.code, 0, told(ended));
  assert.equal(repositoryOf(place), before);
  const files = place.remote("ls-tree", "-r", "--name-only", "v1.1.0");
  assert.doesNotMatch(files, /new\.py|notes/);
  assert.doesNotMatch(place.remote("show", "v1.1.0:src/slipway_example_pebble/__init__.py"), /UNCOMMITTED/);
  assert.doesNotMatch(place.remote("show", "v1.1.0:CHANGELOG.md"), /half a sentence/);
  const built = path.join(place.bed.folder, wheelName);
  writeFileSync(built, await bytesOf(place, assetOf(pageOf(place, "v1.1.0"), wheelName)));
  const listed = spawnSync("python3", ["-m", "zipfile", "-l", built], { encoding: "utf8" });
  assert.match(listed.stdout, /__init__\.py/);
  assert.doesNotMatch(listed.stdout, /new\.py/);
  assert.equal(readFileSync(path.join(project, "notes", "later.txt"), "utf8"), "later\n");
});
