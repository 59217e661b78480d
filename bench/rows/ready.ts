// Row 12: how soon the servers of a rehearsal answer and what they hold in memory, how fast they take twenty packages; and
// what installing Slipway costs.
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Side } from "../measure.ts";
import { installAll, verdaccio } from "../peers.ts";
import { node, scratch } from "../places.ts";
import { entry, packed } from "../product.ts";
import { atMost, seconds, times, type Comparison, type Prepared, type Row } from "../row.ts";
import { freePort, startRehearsal, startVerdaccio, verdaccioArgs, type Server } from "../servers.ts";

export const readyRow: Row = { name: "ready", title: "12 · Rehearsal registries ready, and footprint", prepare };

async function prepare(): Promise<Prepared> {
  const missing = installAll(verdaccio);
  const [rehearsal, other] = [
    await startRehearsal(join(scratch, "rehearsal-npm")),
    await startVerdaccio(join(scratch, "verdaccio-published")),
  ];
  return {
    comparisons: [await ready(), published(rehearsal, other), footprint()],
    notes: [
      "Until the first answer, and memory a second after it. The bare server is `node:http` with one line of handler, in CommonJS, which loads it the fastest. Every server of a rehearsal is in a process of its own here; a rehearsal starts those it needs inside Slipway.",
      "Twenty packages: the same publish step, driven by the engine, into both; a new version each time, packed beforehand. What the server works is no CPU time of the client's, so that wall time is judged at any load.",
      "Installing: `npm install` into an empty folder from a warm cache, no audit. The dependency-free package is commander; both from a tarball.",
    ],
    missing,
    close: async () => {
      await rehearsal.close();
      await other.close();
    },
  };
}

/** By what they are called on the page, as bench/entries/ready.ts starts them. */
const servers = {
  "index of Python packages": "pypi",
  "crate registry": "crates",
  "npm registry": "npm",
  "image registry": "oci",
  forge: "forge",
} as const;

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
  const names = Object.keys(servers);
  const several = ["three registries at once", "all five at once"] as const;
  return {
    title: "ready to answer",
    sides: [
      server("bare node:http", [node, "-e", bare]),
      ...Object.entries(servers).map(([name, which]) => server(name, [node, entry("ready"), which, state])),
      server(several[0], [node, entry("ready"), "pypi,crates,npm", state]),
      server(several[1], [node, entry("ready"), Object.values(servers).join(","), state]),
      server("Verdaccio", [node, ...verdaccioArgs(join(scratch, "verdaccio-state"), port)], `http://127.0.0.1:${port}/-/ping`),
    ],
    bars: [
      ...names.flatMap((name) => [
        times("must", name, "bare node:http", 2),
        times("must", name, "Verdaccio", 0.3),
        times("must", name, "Verdaccio", 0.8, "residentMiB"),
      ]),
      ...several.map((name) => atMost("reach", name, 0.3, { unit: seconds })),
    ],
  };
}

function published(rehearsal: Server, other: Server): Comparison {
  const [folder, state] = [join(scratch, "republished"), join(scratch, "republished-state")];
  const side = (name: string, { url, access }: Server): Side => ({
    name,
    command: [node, entry("publish"), "engine", join(folder, "manifest.json"), url, state, ...access],
    prepare: [
      [node, entry("repack"), folder],
      ["rm", "-rf", state],
      ["mkdir", state],
    ],
  });
  return {
    title: "20 npm packages published",
    sides: [side("into the rehearsal registry", rehearsal), side("into Verdaccio", other)],
    sleeps: true,
    bars: [times("must", "into the rehearsal registry", "into Verdaccio", 0.2)],
  };
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
