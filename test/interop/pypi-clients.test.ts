// The rehearsal index used by the programs that people use: twine and uv upload to it, pip and uv install from it, with a
// dependency that comes through from an index that somebody else wrote and that speaks HTML only.
import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test, type TestContext } from "node:test";
import { createCredential } from "../../src/domain/credential.ts";
import { rehearsalCredential } from "../../src/registries/pypi/credentials.ts";
import type { RehearsalPypi } from "../../src/registries/pypi/rehearsal/server.ts";
import type { IndexState } from "../../src/registries/pypi/rehearsal/state.ts";
import { clientOf, never, startIndex, uploadOf } from "../support/pypi.ts";
import { startPypiserver, type PypiserverOptions } from "../support/python-indexes.ts";
import { sdist } from "../support/sdist.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { runTool, testTool, type Ended } from "../support/test-tools.ts";
import { wheel, writeBuilt, type WheelOf } from "../support/wheel.ts";

const demo: WheelOf = { name: "Slip.Demo", version: "1.0", requires: ["upstream-dep>=1"], requiresPython: ">=3.8", summary: "A demo", description: "# Demo\n\nText.\n", descriptionContentType: "text/markdown", scripts: ["slip-demo=slip_demo:main"] }; // prettier-ignore

const token = { TWINE_USERNAME: "__token__", TWINE_PASSWORD: "pypi-rehearsal", UV_PUBLISH_TOKEN: "pypi-rehearsal" };

/** An index behind the rehearsal: a dependency, and a stranger's newer release under our own name. */
async function startUpstream(t: TestContext, options: PypiserverOptions = {}) {
  const packages = join(temporaryFolder(t), "packages");
  writeBuilt(packages, wheel({ name: "upstream-dep", version: "1.2" }));
  writeBuilt(packages, wheel({ name: "slip-demo", version: "9.9" }));
  return await startPypiserver(t, { ...options, packages });
}

async function startRehearsal(t: TestContext): Promise<RehearsalPypi> {
  const upstream = await startUpstream(t);
  const readMetadata = async (_file: string, name: string): Promise<string | undefined> =>
    name.endsWith(".whl") ? wheel(demo).metadata : undefined;
  return await startIndex(t, { ours: ["slip-demo"], upstream: { indexUrl: upstream.indexUrl }, hooks: { readMetadata } });
}

function distributions(t: TestContext, of: WheelOf = demo): string {
  const folder = join(temporaryFolder(t), "dist");
  mkdirSync(folder);
  writeBuilt(folder, wheel(of));
  const { scripts: _scripts, lies: _lies, ...source } = of;
  writeBuilt(folder, sdist(source));
  return folder;
}

function files(folder: string): readonly string[] {
  return readdirSync(folder).map((name) => join(folder, name));
}

function home(t: TestContext): Readonly<Record<string, string>> {
  return { HOME: temporaryFolder(t), PIP_CONFIG_FILE: "/dev/null", PIP_DISABLE_PIP_VERSION_CHECK: "1", UV_NO_CONFIG: "1", ...token };
}

async function twine(t: TestContext, url: string, paths: readonly string[]): Promise<Ended> {
  return await runTool(testTool("twine"), ["upload", "--non-interactive", "--disable-progress-bar", "--repository-url", url, ...paths], {
    env: home(t),
  });
}

async function uvPublish(
  t: TestContext,
  server: RehearsalPypi,
  more: { readonly paths: readonly string[]; readonly args?: readonly string[] },
): Promise<Ended> {
  const args = [
    "publish",
    "--no-cache",
    "--trusted-publishing",
    "never",
    "--publish-url",
    server.uploadUrl,
    ...(more.args ?? []),
    ...more.paths,
  ];
  return await runTool(testTool("uv"), args, { env: home(t), cwd: temporaryFolder(t) });
}

/** Installs into a folder of its own. @returns names of what was installed */
async function install(t: TestContext, by: "pip" | "uv", indexUrl: string, wanted: string): Promise<readonly string[]> {
  const to = join(temporaryFolder(t), "site");
  const python = testTool("python3");
  const ended =
    by === "pip"
      ? await runTool(python, ["-m", "pip", "install", "--no-cache-dir", "--no-input", "--target", to, "--index-url", indexUrl, wanted], {
          env: home(t),
        })
      : await runTool(
          testTool("uv"),
          ["pip", "install", "--no-cache", "--python", python, "--target", to, "--default-index", indexUrl, wanted],
          { env: home(t) },
        );
  assert.equal(ended.code, 0, ended.output);
  return readdirSync(to)
    .filter((name) => name.endsWith(".dist-info"))
    .toSorted();
}

describe("rehearsal index and the programs that people use", () => {
  test("twine uploads a wheel and an sdist, and pip installs them with a dependency that comes through", async (t) => {
    const server = await startRehearsal(t);

    const ended = await twine(t, server.uploadUrl, files(distributions(t)));

    assert.equal(ended.code, 0, ended.output);
    assert.deepEqual(
      server.received().map((file) => [file.name, file.stored]),
      [
        ["slip_demo-1.0-py3-none-any.whl", 1],
        ["slip_demo-1.0.tar.gz", 1],
      ],
    );
    // Ours is 1.0, although the index behind has a 9.9 under our name.
    assert.deepEqual(await install(t, "pip", server.indexUrl, "slip-demo"), ["slip_demo-1.0.dist-info", "upstream_dep-1.2.dist-info"]);
    assert.deepEqual(await install(t, "uv", server.indexUrl, "Slip.Demo==1.0.0"), [
      "slip_demo-1.0.dist-info",
      "upstream_dep-1.2.dist-info",
    ]);
  });

  test("uv uploads, and knows by its check that it has uploaded", async (t) => {
    const server = await startRehearsal(t);
    const paths = files(distributions(t));

    const first = await uvPublish(t, server, { paths });
    const second = await uvPublish(t, server, { paths, args: ["--check-url", server.indexUrl] });

    assert.equal(first.code, 0, first.output);
    assert.equal(second.code, 0, second.output);
    assert.match(second.output, /already exists, skipping/);
    assert.deepEqual(
      server.received().map((file) => [file.stored, file.repeated]),
      [
        [1, 0],
        [1, 0],
      ],
    );
  });

  test("the same bytes again are fine for twine and uv; other bytes are refused in PyPI's words", async (t) => {
    const server = await startRehearsal(t);
    const paths = files(distributions(t));
    await twine(t, server.uploadUrl, paths);
    const others = files(distributions(t, { ...demo, summary: "Another" }));

    const same = [await twine(t, server.uploadUrl, paths), await uvPublish(t, server, { paths })];
    const other = [await twine(t, server.uploadUrl, others), await uvPublish(t, server, { paths: others })];

    for (const ended of same) assert.equal(ended.code, 0, ended.output);
    for (const ended of other) {
      assert.notEqual(ended.code, 0, ended.output);
      assert.match(ended.output, /File already exists/);
    }
  });

  test("a wrong token and an address without its slash are told by both programs", async (t) => {
    const server = await startRehearsal(t);
    const paths = files(distributions(t)).filter((path) => path.endsWith(".whl"));
    const wrong = { ...home(t), TWINE_PASSWORD: "not-a-token", UV_PUBLISH_TOKEN: "not-a-token" };
    const upload = ["upload", "--non-interactive", "--disable-progress-bar", "--repository-url", server.uploadUrl];

    const byTwine = await runTool(testTool("twine"), [...upload, ...paths], { env: wrong });
    const byUv = await runTool(testTool("uv"), ["publish", "--trusted-publishing", "never", "--publish-url", server.uploadUrl, ...paths], {
      env: wrong,
    });
    const bare = await twine(t, server.uploadUrl.slice(0, -1), paths);

    assert.match(byTwine.output, /403 Forbidden[^]*Invalid or non-existent authentication information/);
    assert.match(byUv.output, /Invalid or non-existent authentication information/);
    assert.match(bare.output, /attempted to redirect/);
    assert.deepEqual(server.received(), []);
  });

  test("an index behind that asks for a login is read with it, and clients never see it", async (t) => {
    const upstream = await startUpstream(t, { login: true });
    const credential = createCredential("u", "p");
    const server = await startIndex(t, { ours: ["slip-demo"], upstream: { indexUrl: upstream.indexUrl, credential } });

    const page = await (await fetch(`${server.indexUrl}upstream-dep/`)).text();
    const refused = await fetch(`${upstream.indexUrl}upstream-dep/`);

    assert.equal(refused.status, 401);
    assert.match(page, new RegExp(`href="${server.url}/pass-through/upstream-dep/`));
    assert.deepEqual(await install(t, "pip", server.indexUrl, "upstream-dep"), ["upstream_dep-1.2.dist-info"]);
    assert.deepEqual(await install(t, "uv", server.indexUrl, "upstream-dep"), ["upstream_dep-1.2.dist-info"]);
  });

  test("what exists outside under our name is hidden, and reported", async (t) => {
    const server = await startRehearsal(t);
    await twine(t, server.uploadUrl, files(distributions(t, { ...demo, version: "9.9" })));

    const findings = await server.findings(never);
    const ours = await (await fetch(`${server.indexUrl}slip-demo/`)).text();

    assert.doesNotMatch(ours, new RegExp(wheel({ name: "slip-demo", version: "9.9" }).sha256));
    assert.deepEqual(
      findings.map((finding) => [finding.id, finding.level, finding.package]),
      [
        ["REHEARSAL-HIDDEN", "fine", "slip-demo"],
        ["REHEARSAL-TAKEN", "blocks", "slip-demo"],
      ],
    );
  });

  test("our form says what twine's and uv's say", async (t) => {
    const headers: WheelOf["headers"] = [
      ["Author-email", "A Person <a@example.org>"],
      ["Keywords", "one,two"],
      ["Classifier", "Programming Language :: Python :: 3"],
      ["Classifier", "Topic :: Utilities"],
      ["License-Expression", "MIT"],
      ["License-File", "LICENSE"],
      ["Project-URL", "Source, https://localhost/source"],
      ["Project-URL", "Docs, https://localhost/docs"],
      ["Provides-Extra", "more"],
      ["Requires-Dist", "upstream-dep; extra == 'more'"],
      ["Dynamic", "Author"],
      ["Platform", "any"],
    ];
    const rich: WheelOf = { ...demo, headers, files: { "slip_demo-1.0.dist-info/licenses/LICENSE": "MIT\n" } };
    const folder = temporaryFolder(t);
    const built = wheel(rich);
    const path = writeBuilt(folder, built);
    const forms: Record<string, readonly string[]> = {};

    for (const by of ["slipway", "twine", "uv"] as const) {
      const storeFolder = join(temporaryFolder(t), "index");
      const server = await startIndex(t, { ours: ["slip-demo"], storeFolder });
      if (by === "slipway")
        assert.equal((await clientOf(server).publish(uploadOf(folder, rich, built), rehearsalCredential(), never)).kind, "sent");
      if (by === "twine") assert.equal((await twine(t, server.uploadUrl, [path])).code, 0);
      if (by === "uv") assert.equal((await uvPublish(t, server, { paths: [path] })).code, 0);
      forms[by] = storedForm(storeFolder);
    }

    assert.deepEqual(forms["slipway"], forms["twine"]);
    assert.deepEqual(forms["slipway"], forms["uv"]);
    assert.ok((forms["slipway"]?.length ?? 0) >= 20);
  });
});

/** All metadata fields that the index stored for the one release, sorted; empty ones and blanks after commas say nothing. */
function storedForm(storeFolder: string): readonly string[] {
  assert.ok(existsSync(join(storeFolder, "index.json")));
  const state = JSON.parse(readFileSync(join(storeFolder, "index.json"), "utf8")) as IndexState;
  const metadata = state.projects["slip-demo"]?.releases[0]?.metadata ?? [];
  return metadata.filter(([, value]) => value !== "").map(([name, value]) => `${name}=${name === "keywords" ? value.replaceAll(", ", ",") : value.trim()}`).toSorted(); // prettier-ignore
}
