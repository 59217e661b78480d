// Row 12, the index part: how soon a rehearsal index answers and what it holds in memory; and what installing Slipway costs.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import type { Side } from "../measure.ts";
import { installAll, verdaccio } from "../peers.ts";
import { node, npm, scratch } from "../places.ts";
import { entry, packed } from "../product.ts";
import { atMost, seconds, times, type Comparison, type Prepared, type Row } from "../row.ts";

export const readyRow: Row = { name: "ready", title: "12 · Rehearsal index ready, and footprint", prepare };

async function prepare(): Promise<Prepared> {
  const missing = installAll(verdaccio);
  return {
    comparisons: [await ready(), footprint()],
    notes: [
      "Until the first answer, and memory a second after it. The bare server is `node:http` with one line of handler, in CommonJS, which loads it the fastest.",
      "The part of this row that publishes twenty npm packages comes with the npm registry, in a later issue.",
      "Installing: `npm install` into an empty folder from a warm cache, no audit. The dependency-free package is commander; both from a tarball.",
    ],
    missing,
  };
}

async function ready(): Promise<Comparison> {
  const state = join(scratch, "ready-state");
  const prepareState = [
    ["rm", "-rf", state],
    ["mkdir", state],
  ];
  const bare = `require("http").createServer((_, answer) => answer.end("ok")).listen(0, "127.0.0.1", function () { console.log("http://127.0.0.1:" + this.address().port + "/") })`;
  const server = (name: string, command: readonly string[], url?: string): Side => ({
    name,
    command,
    server: url === undefined ? {} : { url },
    prepare: prepareState,
  });
  const port = await freePort();
  return {
    title: "ready to answer",
    sides: [
      server("bare node:http", [node, "-e", bare]),
      server("slipway's index", [node, entry("ready"), "1", state]),
      server("three of them", [node, entry("ready"), "3", state]),
      server(
        "Verdaccio",
        [node, npm("verdaccio", "verdaccio", "bin", "verdaccio"), "--config", verdaccioConfig(), "--listen", `127.0.0.1:${port}`],
        `http://127.0.0.1:${port}/-/ping`,
      ),
    ],
    bars: [
      times("must", "slipway's index", "bare node:http", 2),
      times("must", "slipway's index", "Verdaccio", 0.3),
      times("must", "slipway's index", "Verdaccio", 0.8, "residentMiB"),
      atMost("reach", "three of them", 0.3, { unit: seconds }),
    ],
  };
}

function verdaccioConfig(): string {
  const folder = join(scratch, "verdaccio-state");
  mkdirSync(folder, { recursive: true });
  const file = join(folder, "config.yaml");
  writeFileSync(
    file,
    `storage: ${join(folder, "storage")}\nauth: { htpasswd: { file: ${join(folder, "htpasswd")} } }\npackages: { "**": { access: $all, publish: $all } }\nlog: { type: stdout, format: pretty, level: error }\n`,
  );
  return file;
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}

/** As a tarball, like Slipway: npm takes other ways for a name. */
function packedCommander(): string {
  const name = "commander-15.1.0.tgz";
  if (!existsSync(join(scratch, name))) {
    execFileSync("npm", ["pack", "--silent", "--pack-destination", scratch, "commander@15.1.0"], {
      stdio: ["ignore", "ignore", "inherit"],
    });
  }
  return join(scratch, name);
}

function footprint(): Comparison {
  const folder = join(scratch, "footprint");
  const empty = [
    ["rm", "-rf", folder],
    ["mkdir", folder],
    ["sh", "-c", `echo '{"private":true}' > ${folder}/package.json`],
  ];
  const install = (name: string, what: string): Side => ({
    name,
    command: ["npm", "install", "--prefix", folder, "--prefer-offline", "--no-audit", "--no-fund", "--silent", what],
    prepare: empty,
    timeoutS: 300,
  });
  const unpacked = `tar -tvzf ${packed} | awk '{ bytes += $3 } END { print bytes / 1e6 }'`;
  const packages = `cd ${folder} && npm install --prefer-offline --no-audit --no-fund --silent ${packed} && find node_modules -name package.json -path 'node_modules/*' | grep -c -E '^node_modules/(@[^/]+/)?[^/]+/package.json$'`;
  return {
    title: "installing the program",
    rounds: 3,
    sides: [
      install("commander", packedCommander()),
      install("slipway", packed),
      install("semantic-release", "semantic-release@24.2.9"),
      { name: "slipway unpacked, MB", command: ["sh", "-c", unpacked] },
      { name: "packages installed", command: ["sh", "-c", packages], prepare: empty },
    ],
    bars: [
      times("must", "slipway", "commander", 1.5),
      times("must", "slipway", "semantic-release", 0.15),
      atMost("must", "slipway unpacked, MB", 8, { quantity: "figure", unit: { name: "MB", factor: 1 } }),
      atMost("must", "packages installed", 1, { quantity: "figure", unit: { name: "package", factor: 1 } }),
    ],
  };
}
