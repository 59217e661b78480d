// The bundle as it is shipped: small, whole, and able to run where nothing else is installed.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { createServer } from "node:http";
import { isBuiltin } from "node:module";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { pathToFileURL } from "node:url";
import { build } from "rolldown";
import { leanUndici } from "../../scripts/support/lean-undici.ts";

const root = join(import.meta.dirname, "..", "..");
const dist = join(root, "dist");
const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { readonly version: string };

/** A program that asks as registries/pypi/rehearsal/pass-through.ts does. */
const asks = `
import { Agent, request } from "undici";
export async function ask(url) {
  const dispatcher = new Agent();
  const { statusCode, body } = await request(url, { dispatcher, headers: {} });
  const text = await body.text();
  await dispatcher.close();
  return statusCode + " " + text;
}
`;

describe("the bundle", () => {
  let installed = "";

  before(() => {
    installed = mkdtempSync(join(tmpdir(), "slipway-installed-"));
    for (const part of ["bin", "dist", "package.json"]) cpSync(join(root, part), join(installed, part), { recursive: true });
  });

  after(() => rmSync(installed, { recursive: true, force: true }));

  it("has at most 8 MB", () => {
    const sizeBytes = readdirSync(dist).reduce((sum, name) => sum + statSync(join(dist, name)).size, 0);
    assert.ok(sizeBytes <= 8 * 1024 * 1024, `dist/ has ${sizeBytes} bytes`);
  });

  it("imports nothing but itself and Node", () => {
    const names = readdirSync(dist).filter((name) => name.endsWith(".cjs"));
    const asked = names.flatMap((name) => [
      ...readFileSync(join(dist, name), "utf8").matchAll(
        /\b(?:require|import|getBuiltinModule)\((?<quote>["'`])(?<to>[^"'`]*)\k<quote>\)/g,
      ),
    ]);
    const foreign = asked.flatMap(({ groups }) => groups?.["to"] ?? []).filter((to) => !isBuiltin(to) && !existsSync(join(dist, to)));
    assert.ok(asked.length > names.length, "what the chunks ask for is not found");
    assert.deepEqual(foreign, []);
  });

  it("runs alone in a folder, and knows its version", () => {
    const { stdout, status } = spawnSync(process.execPath, [join(installed, "dist", "main.cjs")], { encoding: "utf8" });
    assert.deepEqual([status, stdout], [0, ""], "loading the program must not run it");
    const unknown = spawnSync(process.execPath, [join(installed, "bin", "slipway.js"), "no-such-command"], { encoding: "utf8" });
    assert.equal(unknown.status, 2);
    assert.match(unknown.stderr, /^error\[USAGE\]/);
    const version = spawnSync(process.execPath, [join(installed, "bin", "slipway.js"), "--version"], { encoding: "utf8" });
    assert.equal(version.stdout, `slipway ${manifest.version}\n`);
  });

  it("has an HTTP client that reads when no method is named, as undici's own does", async (t) => {
    const asked: string[] = [];
    const server = createServer((request, response) => {
      asked.push(`${request.method} ${request.url}`);
      response.end("here");
    });
    t.after(() => server.close());
    await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const file = join(installed, "asks.mjs");
    await build({
      input: "asks",
      plugins: [
        leanUndici(),
        { name: "asks", resolveId: (id) => (id === "asks" ? id : undefined), load: (id) => (id === "asks" ? asks : undefined) },
      ],
      platform: "node",
      output: { file, format: "esm", codeSplitting: false },
    });
    const { ask } = (await import(pathToFileURL(file).href)) as { readonly ask: (url: string) => Promise<string> };
    assert.equal(await ask(`http://127.0.0.1:${port}/simple/?one`), "200 here");
    assert.deepEqual(asked, ["GET /simple/?one"]);
  });

  it("carries the help that the program itself would print", async () => {
    const program = (await import("../../src/entrypoints/cli/main.ts")) as { readonly renderHelp: () => Promise<string> };
    assert.equal(readFileSync(join(dist, "help.txt"), "utf8"), await program.renderHelp());
  });

  it("comes with the licences of what is in it", () => {
    assert.match(readFileSync(join(root, "NOTICES"), "utf8"), /^Slipway is licensed under the Apache License 2\.0/);
  });
});
