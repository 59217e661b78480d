// The example rust-workspace by the real program: rehearsed, then released to registries and a forge on loopback that stand
// for real ones, killed with half of the crates published, and finished by the same command although main has moved on.
import assert from "node:assert/strict";
import { execFile, execFileSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { createSystemClock } from "../../src/platform/clock.ts";
import { startRehearsalCrates, type RehearsalCrates } from "../../src/registries/crates/rehearsal/server.ts";
import { startRehearsalOci, type RehearsalOci } from "../../src/registries/oci/rehearsal/server.ts";
import { rehearsalPassword } from "../../src/registries/oci/wire.ts";
import type { RehearsalPypi } from "../../src/registries/pypi/rehearsal/server.ts";
import { edit, makeBed, pointAt, readReport, startIndex, told, type Bed } from "../support/bed.ts";
import { recordedScanner } from "../support/recorded-scanner.ts";
import { runTool, type Ended } from "../support/test-tools.ts";
import { forgeTokens, openProjectForge, pointForgeAt, type ProjectForge } from "../support/project-forge.ts";

const crates = ["core", "guard", "store", "sdk"].map((name) => `slipway-example-kelp-${name}`).concat("slipway-example-kelp");
const tokens = {
  // The one password that lets in to the registry of a rehearsal.
  IMAGES_TOKEN: rehearsalPassword,
  CRATES_TOKEN: "crates-token-of-the-journey",
  PYPI_TOKEN: "pypi-token-of-the-journey",
  ...forgeTokens,
};
const release = ["--pipeline", "release"];

let bed: Bed;
let origin: string;
let forge: ProjectForge;
let registry: RehearsalCrates;
let pypi: RehearsalPypi;
let images: RehearsalOci;

before(async () => {
  const folder = path.join(process.env["TMPDIR"] ?? "/tmp", `slipway-rust-${process.pid}`);
  const clock = createSystemClock();
  registry = await startRehearsalCrates({ ours: crates, clock, storeFolder: path.join(folder, "crates"), announced: false });
  images = await startRehearsalOci({ ours: ["example/kelp"], clock, storeFolder: path.join(folder, "images"), announced: false });
  pypi = await startIndex(path.join(folder, "pypi"), { ours: ["slipway-example-kelp-python"] });
  forge = await openProjectForge(folder, "example/kelp");
  bed = makeBed({
    example: "rust-workspace",
    tag: "v0.2.0",
    prepare: (project) => {
      // The repository keeps no lock file: it would name the public registry.
      execFileSync("cargo", ["generate-lockfile", "--quiet"], { cwd: project, stdio: "ignore" });
      pointAt(project, {
        crates: { ecosystem: "crates", url: registry.indexUrl },
        pypi: { url: pypi.uploadUrl },
        ghcr: { ecosystem: "oci", url: images.url },
      });
      // What cargo installs is asked for below: these crates name the registry that everybody means, and a declared one is another.
      edit(project, "slipway.yaml", (text) => text.replace(/^ {6}installs: .*\n/m, ""));
      if (!hasMusl()) edit(project, "slipway.yaml", (text) => text.replace("linux-x86_64-static", "linux-x86_64"));
      pointForgeAt(project, forge.url);
    },
  });
  for (const name of ["CARGO_HOME", "RUSTUP_HOME"] as const)
    bed.env[name] = process.env[name] ?? path.join(process.env["HOME"] ?? "", `.${name.slice(0, -5).toLowerCase()}`);
  // There is one package in the image, the program, which no scanner knows.
  bed.env["PATH"] = [recordedScanner(path.join(bed.folder, "scanner"), "no packages"), bed.env["PATH"] ?? ""].join(path.delimiter);
  origin = path.join(bed.folder, "origin.git");
  execFileSync("git", ["init", "--quiet", "--bare", origin]);
  bed.git("remote", "add", "origin", origin);
  bed.git("push", "--quiet", "origin", "main", "v0.2.0");
  await forge.pushed("v0.2.0", bed.git("rev-parse", "HEAD").trim());
});

after(async () => {
  await registry.close();
  await pypi.close();
  await images.close();
  await forge.close();
  bed.remove();
});

async function imagesLogin(): Promise<Readonly<Record<string, string>>> {
  const basic = Buffer.from(`journey:${tokens.IMAGES_TOKEN}`).toString("base64");
  const reply = await fetch(`${images.url}/token?service=x&scope=repository:example/kelp:pull`, {
    headers: { authorization: `Basic ${basic}` },
  });
  const { token } = (await reply.json()) as { readonly token: string };
  return { authorization: `Bearer ${token}` };
}

/** A static program needs the target; where a machine lacks it, the program is built as usual there. */
function hasMusl(): boolean {
  const lib = execFileSync("rustc", ["--print", "target-libdir", "--target", "x86_64-unknown-linux-musl"], { encoding: "utf8" }).trim();
  return existsSync(lib);
}

function taken(): Readonly<Record<string, number>> {
  return Object.fromEntries(registry.received().map((file) => [file.name, file.stored + file.repeated]));
}

test(
  "the whole release is rehearsed: crates, wheel, program, checksums, page and the changelog on main",
  { timeout: 600_000 },
  async () => {
    const ended = await bed.slipway(["rehearse", ...release, "--json"]);
    assert.equal(ended.code, 0, told(ended));

    const { files, steps } = readReport(ended);
    assert.deepEqual(files.filter((one) => one.registry === "crates").map(({ name }) => name), crates.map((name) => `${name}-0.2.0.crate`)); // prettier-ignore
    assert.equal(files.filter((one) => one.registry === "pypi").length, 1);
    assert.deepEqual(steps.filter(({ state }) => state !== "done").map(({ id, state }) => `${id} ${state}`), []); // prettier-ignore
    assert.deepEqual(taken(), {});
  },
);

test(
  "killed with half of the crates published, the same command publishes the rest, and the changelog comes to a main that moved",
  { timeout: 900_000 },
  async () => {
    const point = "effect/crates/slipway-example-kelp-store-0.2.0.crate/after-send#1";
    const killed = await bed.slipway(["run", ...release, "--json"], { ...tokens, SLIPWAY_CRASH_AT: point });
    assert.equal(killed.signal, "SIGKILL", told(killed));
    const half = Object.keys(taken()).length;
    assert.ok(half > 0 && half < crates.length, `${half} crates were published`);
    bed.git("commit", "--quiet", "--allow-empty", "--message", "somebody else's work");
    bed.git("push", "--quiet", "origin", "main");
    bed.git("checkout", "--quiet", "v0.2.0");

    const again = await bed.slipway(["run", ...release, "--json"], tokens);
    assert.equal(again.code, 0, told(again));

    assert.deepEqual(taken(), Object.fromEntries(crates.map((name) => [`${name}-0.2.0.crate`, 1])));
    assert.equal(pypi.received().length, 1);
    const tags = (await (await fetch(`${images.url}/v2/example/kelp/tags/list`, { headers: await imagesLogin() })).json()) as { readonly tags: readonly string[] }; // prettier-ignore
    assert.deepEqual([...tags.tags].toSorted(), ["0.2", "0.2.0", "latest"]);
    const [page] = forge.releases();
    assert.deepEqual([page?.draft, page?.assets.map(({ name }) => name.replace(/-cp39.*/, "")).toSorted()], [false, ["SHA256SUMS", "install.sh", "kelp-linux-x86_64", "slipway_example_kelp_python-0.2.0"]]); // prettier-ignore
    const log = execFileSync("git", ["--git-dir", origin, "log", "--format=%s", "-3", "main"], { encoding: "utf8" }).trim().split("\n");
    assert.deepEqual(log, ["Changelog of 0.2.0", "somebody else's work", "one"]);
  },
);

test(
  "the install script of the release installs the program of the page, and refuses one with other bytes",
  { timeout: 60_000 },
  async () => {
    const asset = async (name: string): Promise<Buffer> => {
      const found = forge.releases()[0]?.assets.find((one) => one.name === name);
      return Buffer.from(await (await fetch(`${forge.url}/storage/${found?.id}`)).arrayBuffer());
    };
    const script = path.join(bed.folder, "install.sh");
    writeFileSync(script, await asset("install.sh"));
    const program = await asset("kelp-linux-x86_64");
    let served = program;
    const server = createServer((_request, response) => response.end(served)).listen(0, "127.0.0.1");
    await once(server, "listening");
    const install = (folder: string): Promise<Ended> =>
      runTool("sh", [script], {
        env: {
          HOME: bed.folder,
          TMPDIR: bed.folder,
          PREFIX: path.join(bed.folder, folder),
          DOWNLOAD_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
        },
      });

    const installed = await install("right");
    served = Buffer.concat([program.subarray(0, -1), Buffer.from([(program.at(-1) ?? 0) ^ 1])]);
    const refused = await install("wrong");
    server.close();

    assert.equal(installed.code, 0, installed.output);
    assert.equal(execFileSync(path.join(bed.folder, "right", "bin", "kelp"), ["--version"], { encoding: "utf8" }), "kelp 0.2.0\n");
    assert.equal(refused.code, 1, refused.output);
    assert.match(refused.output, /^install\.sh: refused kelp-linux-x86_64: its sha256 is [0-9a-f]{64}, and should be [0-9a-f]{64}\n$/);
    assert.equal(existsSync(path.join(bed.folder, "wrong", "bin", "kelp")), false);
  },
);

test("what cargo users ask for is there: the program, built from the registry alone", { timeout: 600_000 }, async () => {
  const root = path.join(bed.folder, "installed");
  const config = `source.crates-io.replace-with="kelp"`;
  const args = ["install", "slipway-example-kelp", "--version", "=0.2.0", "--root", root, "--quiet", "--config", config, "--config", `registries.kelp.index="sparse+${registry.indexUrl}"`]; // prettier-ignore
  // The registry answers in this process.
  await promisify(execFile)("cargo", args, { cwd: bed.folder, env: { ...process.env, CARGO_HOME: path.join(bed.folder, "cargo-home") } });

  assert.equal(execFileSync(path.join(root, "bin", "kelp"), ["--version"], { encoding: "utf8" }), "kelp 0.2.0\n");
});
