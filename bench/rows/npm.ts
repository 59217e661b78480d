// Row 9, npm: twenty small packages that need each other, to a registry that answers at once and to one that takes its time.
import { cpSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { npmTarballs, npmWorkspace, releasedVersion } from "../data/released.ts";
import type { Side } from "../measure.ts";
import { changesets, installAll, pnpm } from "../peers.ts";
import { node, npm, scratch } from "../places.ts";
import { entry } from "../product.ts";
import { times, type Comparison, type Prepared, type Row } from "../row.ts";
import { startSink, type Sink } from "../sink.ts";

export const npmRow: Row = { name: "npm", title: "9 · Publish 20 npm packages, each after what it needs", prepare };

const delayMs = 200;

async function prepare(): Promise<Prepared> {
  const missing = installAll(changesets, pnpm);
  const sink = await startSink();
  const template = await npmWorkspace();
  const place = async (delay?: number): Promise<Place> => ({ url: sink.npmUrl(delay), folders: folders(template, sink.npmUrl(delay)) });
  return {
    comparisons: [quick(sides(sink, await place())), delayed(sides(sink, await place(delayMs)))],
    notes: [
      "Four waves: one package, three that need it, eight that need two of those, eight that need two of these. pnpm publishes in that order, one after the other; npm and changesets know no order, and changesets runs several npm at once.",
      "`slipway` is one publish step driven by the engine over tarballs that lie ready: journal in SQLite, survey, every package looked at, its intent written and synced, sent, looked at again and verified. `slipway, packs too` has the step `build-npm` before it, in place, which has npm pack and reads every tarball; the peers pack while they publish. `slipway, sends alone` is the client without the engine, over tarballs that lie ready, in the same waves.",
      "The registry is bench/sink (Go): it digests each tarball and compares the digest with that of the manifest; nothing that is read is delayed.",
    ],
    missing,
    close: () => sink.close(),
  };
}

interface Place {
  readonly url: string;
  readonly folders: { readonly npm: string; readonly pnpm: string; readonly manifest: string };
}

/** The workspace, once as npm reads it and once as pnpm does, each with the address and a token. */
function folders(template: string, url: string): Place["folders"] {
  const root = join(scratch, `npm-place-${new URL(url).pathname.replaceAll("/", "")}`);
  rmSync(root, { recursive: true, force: true });
  const tarballs = join(root, "tarballs");
  mkdirSync(tarballs, { recursive: true });
  const [ofNpm, ofPnpm, manifest] = [join(root, "npm"), join(root, "pnpm"), join(root, "manifest.json")];
  for (const folder of [ofNpm, ofPnpm]) {
    cpSync(template, folder, { recursive: true });
    writeFileSync(join(folder, ".npmrc"), `registry=${url}\n${url.replace(/^http:/, "")}:_authToken=bench-token\n`);
  }
  writeFileSync(join(ofPnpm, "pnpm-workspace.yaml"), 'packages: ["packages/*"]\n');
  writeFileSync(manifest, JSON.stringify(npmTarballs(tarballs, releasedVersion)));
  return { npm: ofNpm, pnpm: ofPnpm, manifest };
}

function sides(sink: Sink, { url, folders: { npm: workspace, pnpm: ofPnpm, manifest } }: Place): readonly Side[] {
  const state = join(scratch, "npm-state");
  const prepare = [sink.reset, ["rm", "-rf", state], ["mkdir", state]];
  const ours = (name: string, ...args: readonly string[]): Side => ({ name, command: [node, ...args], prepare });
  const peer = (name: string, cwd: string, command: readonly string[]): Side => ({ name, command, cwd, prepare: [sink.reset] });
  return [
    ours("slipway", entry("publish"), "engine", manifest, url, state),
    ours("slipway, sends alone", entry("publish"), "client", manifest, url, state),
    ours("slipway, packs too", entry("pack"), "npm", workspace, url, state),
    peer("pnpm -r publish", ofPnpm, [npm("npm-pnpm", "pnpm", "pnpm"), "-r", "publish", "--no-git-checks"]),
    peer("npm publish -ws", workspace, ["npm", "publish", "--workspaces"]),
    {
      ...peer("changeset publish", workspace, [node, npm("npm-cs", "@changesets", "cli", "bin.js"), "publish", "--no-git-tag"]),
      env: { npm_config_registry: url },
    },
  ];
}

function quick(all: readonly Side[]): Comparison {
  return {
    title: "20 packages, no delay",
    sides: all,
    bars: [
      times("must", "slipway", "npm publish -ws", 0.25),
      times("must", "slipway", "changeset publish", 0.02),
      times("must", "slipway", "pnpm -r publish", 1.5),
      times("reach", "slipway", "pnpm -r publish", 1),
      times("reach", "slipway, packs too", "npm publish -ws", 1),
    ],
  };
}

function delayed(all: readonly Side[]): Comparison {
  return {
    title: `20 packages, ${delayMs} ms each`,
    sides: all,
    sleeps: true,
    bars: [
      times("must", "slipway", "pnpm -r publish", 0.35),
      times("must", "slipway, packs too", "pnpm -r publish", 0.35),
      times("reach", "slipway", "npm publish -ws", 0.25),
      times("reach", "slipway", "changeset publish", 0.25),
    ],
  };
}
