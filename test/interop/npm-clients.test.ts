// The real npm, pnpm and yarn against the rehearsal npm registry: what they publish is taken and installed again, what our
// own client publishes is installed by all of them, and what is not ours comes through from another registry.
import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test, type TestContext } from "node:test";
import { createCredential } from "../../src/domain/credential.ts";
import { prepareManifest } from "../../src/domain/npm/prepared-manifest.ts";
import { rehearsalNpmCredential } from "../../src/registries/npm/credentials.ts";
import { npmClientOf, npmTarball, npmUploadOf, startNpm } from "../support/npm.ts";
import { npmPack, openShop, readPacked, writePackage, type Client } from "../support/npm-programs.ts";
import { never } from "../support/pypi.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { runTool } from "../support/test-tools.ts";

const ours = ["@slip/tool", "slip-plain", "slip-from-pnpm", "slip-from-yarn"];

/** A registry for our names with another behind it that has a dependency, and a version of ours that must stay hidden. */
async function start(t: TestContext) {
  const behind = await startNpm(t, { ours: ["slip-dependency", "@slip/tool"], announced: false });
  const upstream = npmClientOf(behind.registryUrl);
  for (const manifest of [
    { name: "slip-dependency", version: "3.2.1", main: "index.js" },
    { name: "@slip/tool", version: "0.9.0" },
  ]) {
    const bytes = npmTarball(manifest, { "index.js": "module.exports = 'from behind';\n" });
    assert.equal(
      (await upstream.publish(npmUploadOf(temporaryFolder(t), manifest, { bytes }), rehearsalNpmCredential(), never)).kind,
      "sent",
    );
  }
  const credential = createCredential("", "a-token-for-behind");
  const server = await startNpm(t, { ours, upstream: { url: behind.registryUrl, credential } });
  const home = temporaryFolder(t);
  return { server, home, shop: openShop(home, server.registryUrl), registry: npmClientOf(server.registryUrl) };
}

function writeTool(folder: string, name: string, version = "1.0.0"): void {
  mkdirSync(folder, { recursive: true });
  writePackage(folder, {
    "package.json": {
      name,
      version,
      license: "MIT",
      main: "index.js",
      bin: { "slip-tool": "cli.js" },
      dependencies: { "slip-dependency": "^3.0.0" },
    },
    "index.js": "module.exports = `tool and ${require('slip-dependency')}`;\n",
    "cli.js": "#!/usr/bin/env node\nconsole.log(require('./index.js'));\n",
    "README.md": `# ${name}\n\nA tool.\n`,
  });
}

/** Installs with one client into a new folder and runs what was installed. */
async function installs(
  shop: ReturnType<typeof openShop>,
  client: Client,
  at: { readonly home: string; readonly spec: string },
): Promise<void> {
  const folder = join(at.home, `project-${client}-${at.spec.replaceAll(/\W/g, "-")}`);
  mkdirSync(folder);
  writePackage(folder, { "package.json": { name: "consumer", version: "1.0.0", private: true } });
  const verb = client === "npm" ? ["install", "--no-audit", "--no-fund"] : client === "pnpm" ? ["add"] : ["add", "--non-interactive"];
  const { code, output } = await shop.run(client, [...verb, at.spec], folder);
  assert.equal(code, 0, output);
  const name = at.spec.replace(/(?!^)@.*$/, "");
  const ran = await runTool(process.execPath, ["-p", `require(${JSON.stringify(name)})`], { cwd: folder });
  assert.equal(ran.output.trim(), "tool and from behind", ran.output);
}

const publishes: Readonly<Record<Client, { readonly name: string; readonly args: (tarball: string) => readonly string[] }>> = {
  npm: { name: "@slip/tool", args: (tarball) => ["publish", tarball, "--access", "public"] },
  pnpm: { name: "slip-from-pnpm", args: (tarball) => ["publish", tarball, "--no-git-checks"] },
  yarn: { name: "slip-from-yarn", args: (tarball) => ["publish", tarball, "--new-version", "1.0.0", "--non-interactive"] },
};

describe("real clients and the rehearsal npm registry", () => {
  for (const client of ["npm", "pnpm", "yarn"] as const) {
    test(`${client} publishes, and installs what it published together with what comes from behind`, async (t) => {
      const { server, home, shop, registry } = await start(t);
      const { name, args } = publishes[client];
      writeTool(join(home, "package"), name);
      const tarball = await npmPack(shop, join(home, "package"));

      const { code, output } = await shop.run(client, args(tarball), join(home, "package"));

      assert.equal(code, 0, output);
      const [received] = server.received();
      assert.deepEqual([received?.package, received?.version, received?.stored], [name, "1.0.0", 1]);
      const survey = await registry.survey(name, "1.0.0", never);
      assert.equal(survey.kind === "listed" && survey.files.length, 1);
      await installs(shop, client, { home, spec: name });
    });
  }

  test("what our client publishes from `npm pack` is installed by npm, pnpm and yarn", async (t) => {
    const { server, home, shop, registry } = await start(t);
    writeTool(join(home, "package"), "@slip/tool", "1.1.0-rc.1");
    const tarball = await npmPack(shop, join(home, "package"));
    const { manifest, packed } = readPacked(tarball);
    const upload = npmUploadOf(temporaryFolder(t), manifest, { bytes: readFileSync(tarball), tag: "next" });
    const whole = { ...upload, metadata: { ...upload.metadata, manifest: prepareManifest(manifest, packed) } };

    const sent = await registry.publish(whole, rehearsalNpmCredential(), never);

    assert.equal(sent.kind, "sent");
    assert.equal((await registry.observe(upload, never)).kind, "present");
    for (const client of ["npm", "pnpm", "yarn"] as const) await installs(shop, client, { home, spec: "@slip/tool@next" });
    const findings = await server.findings(never);
    assert.deepEqual(
      findings.map(({ id, package: name }) => [id, name]),
      [["REHEARSAL-HIDDEN", "@slip/tool"]],
    );
  });

  test("npm finds everything else that it asks a registry for, and is refused as by the real one", async (t) => {
    const { home, shop, server } = await start(t);
    writeTool(join(home, "package"), "@slip/tool");
    const tarball = await npmPack(shop, join(home, "package"));
    const npm = async (...args: readonly string[]) => await shop.run("npm", args, home);
    assert.equal((await npm("publish", tarball, "--access", "public")).code, 0);

    assert.match((await npm("whoami")).output, /^rehearsal$/m);
    assert.match((await npm("ping")).output, /PONG/);
    assert.match((await npm("view", "@slip/tool", "versions", "--json")).output, /1\.0\.0/);
    assert.doesNotMatch((await npm("view", "@slip/tool", "versions", "--json")).output, /0\.9\.0/);
    assert.match((await npm("view", "slip-dependency", "dist.tarball")).output, new RegExp(`${server.url}/slip-dependency/-/`));
    const again = await npm("publish", tarball, "--access", "public");
    assert.match(again.output, /cannot publish over the previously published versions: 1\.0\.0/);
    const forced = await npm("publish", tarball, "--access", "public", "--force");
    assert.match(forced.output, /403 Forbidden.*You cannot publish over the previously published versions: 1\.0\.0/);
    assert.equal((await npm("dist-tag", "add", "@slip/tool@1.0.0", "stable")).code, 0);
    assert.match((await npm("dist-tag", "ls", "@slip/tool")).output, /latest: 1\.0\.0\s+stable: 1\.0\.0/);
    assert.equal((await npm("dist-tag", "rm", "@slip/tool", "stable")).code, 0);
    const deprecated = await npm("deprecate", "@slip/tool@1.0.0", "Take another");
    assert.equal(deprecated.code, 0, deprecated.output);
    assert.match((await npm("view", "@slip/tool@1.0.0", "deprecated")).output, /Take another/);
    const unpublished = await npm("unpublish", "@slip/tool@1.0.0", "--force");
    assert.notEqual(unpublished.code, 0, "taking bytes away is nothing that a rehearsal is for");
    assert.match((await npm("view", "@slip/tool", "versions", "--json")).output, /1\.0\.0/);
    const project = join(home, "audited");
    mkdirSync(project);
    writePackage(project, { "package.json": { name: "audited", version: "1.0.0", dependencies: { "@slip/tool": "1.0.0" } } });
    const audited = await shop.run("npm", ["install", "--no-fund", "--audit"], project);
    assert.match(audited.output, /found 0 vulnerabilities/);
  });

  test("npm stages, and a person with a one-time password lets it out", async (t) => {
    const { home, shop, registry } = await start(t);
    const tarballs: string[] = [];
    for (const version of ["1.0.0", "1.1.0"]) {
      writeTool(join(home, version), "@slip/tool", version);
      tarballs.push(await npmPack(shop, join(home, version)));
    }
    const npm = async (...args: readonly string[]) => await shop.run("npm", args, home);
    const [first = "", second = ""] = tarballs;
    assert.equal((await npm("publish", first, "--access", "public")).code, 0);

    const staged = await npm("stage", "publish", second);

    const id = /staged with id ([0-9a-f-]{36})/.exec(staged.output)?.[1] ?? "";
    assert.notEqual(id, "", staged.output);
    assert.match((await npm("stage", "list", "@slip/tool")).output, new RegExp(`${id}[\\s\\S]*1\\.1\\.0`));
    assert.match((await npm("stage", "approve", id)).output, /EOTP/);
    assert.equal((await registry.survey("@slip/tool", "1.1.0", never)).kind, "absent");
    const approved = await npm("stage", "approve", id, "--otp", "123456");
    assert.equal(approved.code, 0, approved.output);
    assert.equal((await registry.survey("@slip/tool", "1.1.0", never)).kind, "listed");
  });

  test("a token that is not taken and a name that is not ours are refused in the words that npm shows", async (t) => {
    const { home, server, shop } = await start(t);
    writeTool(join(home, "package"), "@slip/tool");
    writeTool(join(home, "other"), "slip-not-ours");
    const [tarball, other] = [await npmPack(shop, join(home, "package")), await npmPack(shop, join(home, "other"))];
    const elsewhere = temporaryFolder(t);
    const nobody = openShop(elsewhere, server.registryUrl, "");

    const refused = await shop.run("npm", ["publish", other], home);
    const without = await nobody.run("npm", ["publish", tarball], elsewhere);

    assert.match(refused.output, /E404[\s\S]*'slip-not-ours' is not in this registry/);
    assert.match(without.output, /ENEEDAUTH/);
    assert.deepEqual(server.received(), []);
  });
});
