// What Slipway sends to publish a tarball, held against what the real npm sends for the very same tarball.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import type { JsonObject } from "../../src/domain/configuration.ts";
import { prepareManifest } from "../../src/domain/npm/prepared-manifest.ts";
import { attachmentName, publishDocument } from "../../src/domain/npm/publish-document.ts";
import { npmPack, openShop, readPacked, writePackage } from "../support/npm-programs.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

type Files = Readonly<Record<string, string | JsonObject>>;

const shapes: Readonly<
  Record<
    string,
    { readonly files: Files; readonly args?: readonly string[]; readonly access?: "public" | "restricted"; readonly tag?: string }
  >
> = {
  "the smallest package": { files: { "package.json": { name: "slip-small", version: "1.0.0" } } },
  "a scoped package with a README, programs and a licence": {
    files: {
      "package.json": {
        name: "@slip/tool",
        version: "1.2.3",
        license: "MIT",
        bin: "./bin/tool.js",
        author: "Ada Lovelace <ada@example.com> (https://ada.example)",
        contributors: ["Grace", { name: "Joan", mail: "joan@example.com", web: "https://joan.example" }],
        keywords: "one, two,three",
        repository: "slip/tool",
        scripts: { test: "node_modules/.bin/tape", build: "true" },
        funding: "https://money.example",
      },
      "bin/tool.js": "#!/usr/bin/env node\n",
      "README.md": "# Tool\n\nDoes what tools do,\nand more.\n\n## More\n",
    },
    args: ["--access", "public"],
    access: "public",
  },
  "programs in every form and the repository as an address": {
    files: {
      "package.json": {
        name: "slip-bins",
        version: "0.1.0-rc.1",
        bin: { "@slip/one": "./a/../one.js", two: "two.js", three: "" },
        files: ["one.js", "two.js", "lib", ""],
        main: "./lib/main.js",
        repository: { type: "git", url: "https://github.com/slip/bins", directory: "packages/bins" },
        homepage: "slip.example",
        bugs: "bugs@slip.example",
        description: 5,
        _private: "goes",
        man: "./man/one.1",
      },
      "one.js": "1\n",
      "two.js": "2\n",
      "lib/main.js": "3\n",
      "lib/main.d.ts": "export {};\n",
      README: "Plain words\n",
      AUTHORS: "# who\nAda <ada@example.com>\n\nGrace\n",
    },
    args: ["--tag", "next"],
    tag: "next",
  },
  "settings of its own for publishing": {
    files: {
      "package.json": {
        name: "@slip/configured",
        version: "2.0.0",
        private: false,
        publishConfig: { access: "restricted", tag: "old", foo: "bar" },
        dependencies: { left: "slip/left", right: "^1.0.0", middle: "github:slip/middle#semver:^2" },
        devDependencies: { far: "git+https://gitlab.com/slip/far.git" },
        optionalDependencies: { perhaps: "1" },
        peerDependencies: { host: ">=1" },
        engines: { node: ">=20" },
        exports: { ".": "./index.js" },
        type: "module",
        repository: { type: "git", url: "git@github.com:slip/configured.git" },
        bugs: { url: "https://bugs.example", email: "nobody", web: "x" },
      },
      "index.js": "export {};\n",
      "readme.markdown": "First line is all\n",
    },
    access: "restricted",
    tag: "old",
  },
  "bundled dependencies, folders of programs and manual pages, a server": {
    files: {
      "package.json": {
        name: "slip-bundle",
        version: "1.0.0",
        bundledDependencies: ["inner"],
        dependencies: { inner: "1.0.0" },
        directories: { bin: "./programs", man: "./man" },
        files: ["programs", "man", "server.js", "binding.gyp"],
        repository: { type: "git", url: "https://git.example/slip/bundle.git" },
      },
      "node_modules/inner/package.json": { name: "inner", version: "1.0.0" },
      "node_modules/inner/index.js": "0\n",
      "programs/run.js": "#!/usr/bin/env node\n",
      "man/run.1": ".TH RUN 1\n",
      "server.js": "1\n",
      "binding.gyp": "{}\n",
      "README.md": "",
    },
  },
};

/** Takes a publish and keeps its document. */
async function listen(t: TestContext): Promise<{ readonly url: string; readonly documents: JsonObject[] }> {
  const documents: JsonObject[] = [];
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on("data", (chunk: Buffer) => parts.push(chunk));
    request.on("end", () => {
      if (request.method === "PUT") documents.push(JSON.parse(Buffer.concat(parts).toString("utf8")) as JsonObject);
      response.writeHead(request.method === "PUT" ? 200 : 404, { "content-type": "application/json" }).end("{}");
    });
  }).listen(0, "127.0.0.1");
  t.after(() => server.close());
  await new Promise((resolve) => server.once("listening", resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, documents };
}

/** What tells of the machine that sent it, and the bytes. */
const leftOut = ["_nodeVersion", "_npmVersion", "_integrity", "_resolved", "_from"];

for (const [name, { files, args = [], access = null, tag = "latest" }] of Object.entries(shapes)) {
  test(`${name}: the document is the one that npm sends`, async (t) => {
    const { url, documents } = await listen(t);
    const home = temporaryFolder(t);
    const folder = join(home, "package");
    mkdirSync(folder);
    writePackage(folder, files);
    const shop = openShop(home, url);
    const tarball = await npmPack(shop, folder);

    const sent = await shop.run("npm", ["publish", tarball, ...args], home);

    assert.equal(sent.code, 0, sent.output);
    const [theirs] = documents;
    assert.ok(theirs !== undefined && documents.length === 1);
    const { manifest, packed } = readPacked(tarball);
    const bytes = readFileSync(tarball);
    const of = { name: String(manifest["name"]), version: String(manifest["version"]) };
    const ours = publishDocument({
      ...of,
      manifest: prepareManifest(manifest, packed),
      registryUrl: url,
      tag,
      access,
      integrity: `sha512-${createHash("sha512").update(bytes).digest("base64")}`,
      shasum: createHash("sha1").update(bytes).digest("hex"),
    });
    const { _attachments: attachments, ...rest } = theirs;
    const version = (rest["versions"] as Record<string, Record<string, unknown>>)[of.version] ?? {};
    for (const key of leftOut) delete version[key];
    assert.deepEqual(ours, rest);
    const attachment = (attachments as Record<string, unknown>)[attachmentName(of)];
    assert.deepEqual(attachment, { content_type: "application/octet-stream", data: bytes.toString("base64"), length: bytes.length });
  });
}
