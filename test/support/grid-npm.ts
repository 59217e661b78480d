// The kill grid of the example npm-workspace: its plan, its step for step; what only takes time is left to a program that
// does nothing, and the tarballs stand in the repository (packing and installing are tried in test/journeys/npm-workspace).
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { edit, makeBed, pointAt } from "./bed.ts";
import { openGridServers, withStep } from "./grid-servers.ts";
import type { Grid, GridPlace } from "./kill-grid.ts";
import { npmTarball } from "./npm.ts";
import { forgeTokens, pointForgeAt } from "./project-forge.ts";

const core = "slipway-example-reef-core";
const reef = "slipway-example-reef";
const version = "1.0.0";

/** The tarballs in the place of older ones. */
function pack(project: string, of: string): void {
  const built = path.join(project, "built");
  rmSync(built, { recursive: true, force: true });
  mkdirSync(built);
  for (const [name, needs] of [
    [core, {}],
    [reef, { dependencies: { [core]: `^${of}` } }],
  ] as const)
    writeFileSync(path.join(built, `${name}-${of}.tgz`), npmTarball({ name, version: of, license: "MIT", ...needs }));
}

function prepare(project: string): void {
  pack(project, version);
  edit(project, "slipway.yaml", (text) => {
    const tried = withStep(text, "tests", '{ run: "true" }');
    const packed = withStep(tried, "build", '{ run: "true", produces: [{ kind: npm-tarball, files: "built/*.tgz" }] }');
    return withStep(packed, "installs", '{ run: "true" }');
  });
}

export interface NpmPlace extends GridPlace {
  readonly names: readonly string[];
  /** The next version is written, committed and tagged. */
  next(version: string): void;
  /** What the registry's movable names lead to. */
  distTags(name: string): Promise<Readonly<Record<string, string>>>;
}

export async function openNpm(): Promise<NpmPlace> {
  const servers = await openGridServers({ registries: { npm: { kind: "npm", ours: [core, reef] } }, repository: "example/reef" });
  const bed = makeBed({
    example: "npm-workspace",
    tag: `v${version}`,
    prepare: (project) => {
      prepare(project);
      pointAt(project, { npm: { ecosystem: "npm", url: servers.address("npm") } });
      pointForgeAt(project, servers.forge.url);
    },
  });
  const next = (of: string): void => {
    pack(bed.project, of);
    for (const name of ["core", "reef"]) edit(bed.project, `packages/${name}/package.json`, (text) => text.replaceAll(version, of));
    edit(bed.project, "CHANGELOG.md", (text) =>
      text.replace("## [1.0.0]", `## [${of}] - 2026-11-22\n\n### Added\n\n- More.\n\n## [1.0.0]`),
    );
    bed.git("add", "--all");
    bed.git("commit", "--quiet", "--message", of);
    bed.git("tag", "--annotate", `v${of}`, "--message", `v${of}`);
  };
  return {
    bed,
    names: [core, reef],
    next,
    distTags: async (name) => {
      const reply = await fetch(`${servers.address("npm")}-/package/${name}/dist-tags`);
      return (await reply.json()) as Readonly<Record<string, string>>;
    },
    empty: servers.empty,
    held: servers.held,
    close: async () => {
      await servers.close();
      bed.remove();
    },
  };
}

export const npmTokens = { NPM_TOKEN: "npm-token-of-the-grid", ...forgeTokens };

const tarballs = [core, reef].map((name) => `${name}-${version}.tgz`);

export const npmGrid: Grid = {
  pointsMin: 160,
  lanes: 3,
  open: openNpm,
  commands: [{ words: () => ["run", "--json"], env: npmTokens }],
  whole: [
    ...tarballs.map((file) => `npm/${file} ×1`),
    `page v${version}`,
    `create-release v${version} ×1`,
    `publish-release v${version} ×1`,
    ...tarballs.flatMap((file) => [`v${version} ${file} uploaded`, `upload-asset ${file} ×1`]),
  ],
};
