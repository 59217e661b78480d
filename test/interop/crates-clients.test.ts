// The rehearsal crate registry used by the program that people use: real cargo publishes to it and installs from it. What our
// client sends for the same files is what cargo sends: the request's JSON and the index's lines are compared.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, globSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, test, type TestContext } from "node:test";
import { canonicalCrateName } from "../../src/domain/crates/names.ts";
import { publishJson, readmeOf } from "../../src/domain/crates/publish-json.ts";
import { sha256 } from "../../src/domain/digest.ts";
import { createArchives } from "../../src/platform/archives/archives.ts";
import { rehearsalCratesCredential } from "../../src/registries/crates/credentials.ts";
import type { RehearsalCrates } from "../../src/registries/crates/rehearsal/server.ts";
import type { RegistryState } from "../../src/registries/crates/rehearsal/state.ts";
import type { Upload } from "../../src/registries/registry.ts";
import { cargoAt, manyShapes, threeCrates, writeTree, type Cargo } from "../support/cargo.ts";
import { cratesClientOf, crateUpload, startCrates } from "../support/crates.ts";
import { never } from "../support/pypi.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const ours = ["slip-base", "slip-middle", "slip-app"];
const shapes = ["slip-base", "slip-sys", "slip-renamed", "slip-target", "slip-dev", "slip-inherits", "slip-asks"];
const textMax = 1024 * 1024;

const hooks = { readMember };

async function readMember(file: string, member: string): Promise<string | undefined> {
  const opened = await createArchives().openTarGz(file);
  if (opened.kind === "unreadable") return undefined;
  const read = await opened.archive.readText(member, textMax);
  return read.kind === "text" ? read.text : undefined;
}

async function ok(cargo: Cargo, folder: string, ...args: readonly string[]): Promise<string> {
  const ended = await cargo.run(folder, ...args);
  assert.equal(ended.code, 0, ended.output);
  return ended.output;
}

interface Place {
  readonly server: RehearsalCrates;
  readonly cargo: Cargo;
  readonly storeFolder: string;
}

async function place(t: TestContext, names: readonly string[]): Promise<Place> {
  const storeFolder = join(temporaryFolder(t), "crates");
  const server = await startCrates(t, { ours: names, storeFolder, hooks });
  return { server, cargo: cargoAt(t, server.indexUrl), storeFolder };
}

/** The upload of a frozen .crate, made from nothing but its bytes. */
async function uploadOf(file: string, registry: "default" | { readonly index: string }): Promise<Upload> {
  const bytes = readFileSync(file);
  const top = basename(file, ".crate");
  const manifest = (await readMember(file, `${top}/Cargo.toml`)) ?? "";
  const readmeFile = readmeOf(manifest);
  const readme = readmeFile === undefined ? undefined : await readMember(file, `${top}/${readmeFile}`);
  const metadata = publishJson({ manifest, readme, registry });
  return {
    package: String(metadata["name"]),
    version: String(metadata["vers"]),
    name: basename(file),
    sha256: sha256(createHash("sha256").update(bytes).digest("hex")),
    sizeBytes: bytes.length,
    file,
    metadata,
  };
}

/** What the registry keeps, as it stands on disk. */
function stateOf({ storeFolder }: Pick<Place, "storeFolder">): RegistryState {
  return JSON.parse(readFileSync(join(storeFolder, "registry.json"), "utf8")) as RegistryState;
}

/** Where the registry keeps the request's JSON. */
function keptAt(storeFolder: string, digest: string): string {
  return join(storeFolder, "files", digest.slice(0, 2), `${digest}.crate.json`);
}

function linesOf(of: Pick<Place, "storeFolder">): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.values(stateOf(of).crates).map((crate) => [crate.name, crate.versions.map(({ line: { pubtime: _time, ...line } }) => line)]),
  );
}

/** What cargo packaged, each file once: it keeps copies. */
function frozen(cargo: Cargo): readonly string[] {
  const found = globSync(join(cargo.bin, "..", "..", "target", "package", "**", "*.crate"));
  return [...new Map(found.map((file) => [basename(file), file])).values()];
}

describe("cargo and the rehearsal crate registry", () => {
  test("the request that is made from a packaged manifest is the one that cargo sends, for manifests of many shapes", async (t) => {
    const { server, cargo, storeFolder } = await place(t, shapes);
    const project = writeTree(t, manyShapes);
    await ok(cargo, join(project, "base"), "publish", "--registry", "rehearsal", "--no-verify", "--allow-dirty");

    await ok(cargo, project, "publish", "--workspace", "--exclude", "slip-base", "--registry", "rehearsal", "--no-verify", "--allow-dirty");

    const state = stateOf({ storeFolder });
    const files = frozen(cargo);
    assert.equal(files.length, shapes.length);
    for (const file of files) {
      const upload = await uploadOf(file, { index: `sparse+${server.indexUrl}` });
      const [version] = state.crates[canonicalCrateName(upload.package)]?.versions ?? [];
      const sent: unknown = JSON.parse(readFileSync(keptAt(storeFolder, upload.sha256), "utf8"));
      assert.deepEqual(upload.metadata, sent, upload.name);
      assert.equal(upload.sha256, version?.line.cksum);
    }
  });

  test("cargo publishes a workspace of three crates and installs a program from it", async (t) => {
    const { server, cargo } = await place(t, ours);
    const project = writeTree(t, threeCrates);

    await ok(cargo, project, "publish", "--workspace", "--registry", "rehearsal", "--allow-dirty");
    await ok(cargo, project, "install", "slip-app", "--locked");

    assert.equal(execFileSync(join(cargo.bin, "slip-app"), { encoding: "utf8" }), "slippedslipped\n");
    assert.deepEqual(
      server.received().map((file) => [file.name, file.stored, file.refused]),
      [["slip-base-0.1.0.crate", 1, 0], ["slip_middle-0.1.0.crate", 1, 0], ["slip-app-0.1.0.crate", 1, 0]],
    ); // prettier-ignore
  });

  test("frozen files that our client publishes give the same index as cargo's own publishing, and cargo builds from it", async (t) => {
    const byCargo = await place(t, ours);
    const project = writeTree(t, threeCrates);
    await ok(byCargo.cargo, project, "publish", "--workspace", "--registry", "rehearsal", "--allow-dirty", "--no-verify");
    const byUs = await place(t, ours);
    const registry = cratesClientOf(byUs.server);
    await ok(byUs.cargo, project, "package", "--workspace", "--registry", "rehearsal", "--allow-dirty", "--no-verify");
    const uploads = await Promise.all(frozen(byUs.cargo).map((file) => uploadOf(file, "default")));
    const order = ["slip-base", "slip_middle", "slip-app"].map((name) => uploads.find((one) => one.package === name));

    for (const upload of order) {
      assert.ok(upload !== undefined);
      assert.deepEqual(registry.refusals(upload), []);
      assert.deepEqual(await registry.publish(upload, rehearsalCratesCredential(), never), { kind: "sent", warnings: [] });
      assert.equal((await registry.observe(upload, never)).kind, "present");
    }

    assert.deepEqual(linesOf(byUs), linesOf(byCargo));
    await ok(byUs.cargo, project, "install", "slip-app");
    assert.ok(existsSync(join(byUs.cargo.bin, "slip-app")));
    const consumer = writeTree(t, {
      "Cargo.toml": '[package]\nname = "consumer"\nversion = "0.0.0"\nedition = "2021"\n',
      "src/lib.rs": "pub use slip_middle::twice;\n",
    });
    await ok(byUs.cargo, consumer, "add", "slip_middle");
    await ok(byUs.cargo, consumer, "build");
  });

  test("what our client takes back cargo resolves no more, until cargo takes that back", async (t) => {
    const { server, cargo } = await place(t, ours);
    const registry = cratesClientOf(server);
    const token = rehearsalCratesCredential();
    const upload = crateUpload(temporaryFolder(t), { name: "slip-base", version: "0.1.0" });
    await registry.publish(upload, token, never);
    const consumer = writeTree(t, { "Cargo.toml": '[package]\nname = "consumer"\nversion = "0.0.0"\nedition = "2021"\n[dependencies]\nslip-base = "0.1"\n', "src/lib.rs": "" }); // prettier-ignore

    assert.deepEqual(await registry.takeBack?.({ package: "slip-base", version: "0.1.0", reason: "broken" }, token, never), {
      kind: "sent",
      warnings: [],
    });
    const refused = await cargo.run(consumer, "generate-lockfile");
    await ok(cargo, consumer, "yank", "--undo", "--registry", "rehearsal", "slip-base@0.1.0");

    assert.match(refused.output, /yanked/);
    await ok(cargo, consumer, "generate-lockfile");
    await ok(cargo, consumer, "owner", "--add", "github:example:team", "--registry", "rehearsal", "slip-base");
    assert.match(await ok(cargo, consumer, "owner", "--list", "--registry", "rehearsal", "slip-base"), /github:example:team/);
  });

  test("cargo shows our refusals in our words", async (t) => {
    const { cargo } = await place(t, ["slip-bare", "slip-needy"]);
    const bare = writeTree(t, { "Cargo.toml": '[package]\nname = "slip-bare"\nversion = "0.1.0"\nedition = "2021"\n', "src/lib.rs": "" });
    const stranger = writeTree(t, { "Cargo.toml": '[package]\nname = "not-ours"\nversion = "0.1.0"\nedition = "2021"\ndescription = "d"\nlicense = "MIT"\n', "src/lib.rs": "" }); // prettier-ignore

    const bareEnd = await cargo.run(bare, "publish", "--registry", "rehearsal", "--no-verify", "--allow-dirty");
    const strangerEnd = await cargo.run(stranger, "publish", "--registry", "rehearsal", "--no-verify", "--allow-dirty");

    assert.match(bareEnd.output, /missing or empty metadata fields: description, license/);
    assert.match(strangerEnd.output, /"not-ours" is no crate of this release/);
  });

  test("an older version of ours that cannot be taken for the new one comes from behind: a neighbour may ask for it", async (t) => {
    const behind = await startCrates(t, { ours: ["slip-base"] });
    for (const version of ["0.1.4", "1.0.0", "1.0.5"])
      await cratesClientOf(behind).publish(crateUpload(temporaryFolder(t), { name: "slip-base", version, files: { "src/lib.rs": "pub fn old() {}\n" } }), rehearsalCratesCredential(), never); // prettier-ignore
    const releasing = new Map([["slip-base", "1.0.1"], ["slip-user", "2.0.0"]]); // prettier-ignore
    const server = await startCrates(t, { ours: [...releasing.keys()], releasing, upstream: { indexUrl: behind.indexUrl } });
    const cargo = cargoAt(t, server.indexUrl);
    const project = writeTree(t, {
      "Cargo.toml":
        '[package]\nname = "slip-user"\nversion = "2.0.0"\nedition = "2021"\ndescription = "d"\nlicense = "MIT"\n[dependencies]\nolder = { version = "0.1", package = "slip-base" }\n',
      "src/lib.rs": "pub use older::old;\n",
    });

    await ok(cargo, project, "publish", "--registry", "rehearsal", "--allow-dirty");

    const registry = cratesClientOf(server);
    assert.deepEqual(await registry.versions("slip-base", never), { kind: "listed", versions: ["0.1.4"] });
    const hidden = (await server.findings(never)).filter(({ id }) => id === "REHEARSAL-HIDDEN").map(({ message }) => message);
    assert.equal(hidden.length, 1);
    assert.match(hidden[0] ?? "", /hides 2 existing versions of "slip-base"/);
  });

  test("what is not ours comes through from the registry behind, whose versions of our names are hidden and reported", async (t) => {
    const behind = await startCrates(t, { ours: ["slip-base", "slip-outside"] });
    const token = rehearsalCratesCredential();
    const outside = { name: "slip-outside", version: "3.0.0", files: { "src/lib.rs": "pub fn outside() {}\n" } };
    for (const one of [outside, { name: "slip-base", version: "9.9.9" }])
      await cratesClientOf(behind).publish(crateUpload(temporaryFolder(t), one), token, never);
    const server = await startCrates(t, { ours: ["slip-base"], upstream: { indexUrl: behind.indexUrl } });
    const cargo = cargoAt(t, server.indexUrl);
    const project = writeTree(t, {
      "Cargo.toml":
        '[package]\nname = "slip-base"\nversion = "0.2.0"\nedition = "2021"\ndescription = "d"\nlicense = "MIT"\n[dependencies]\nslip-outside = "3"\n',
      "src/lib.rs": "pub use slip_outside::outside;\n",
    });

    await ok(cargo, project, "publish", "--registry", "rehearsal", "--allow-dirty");

    const registry = cratesClientOf(server);
    assert.deepEqual(await registry.versions("slip-base", never), { kind: "listed", versions: ["0.2.0"] });
    assert.deepEqual(
      (await server.findings(never)).map((finding) => [finding.id, finding.package]),
      [["REHEARSAL-HIDDEN", "slip-base"]],
    );
  });
});
