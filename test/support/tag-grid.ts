// The kill grid of the example tag-driven: a final version at both indexes, so that the plan has everything above and below the
// line. It is built without an environment of its own, which would cost minutes over the grid, and installed for real.
import { edit, makeBed, pointAt } from "./bed.ts";
import { openGridServers } from "./grid-servers.ts";
import type { Grid, GridPlace } from "./kill-grid.ts";
import { forgeTokens, pointForgeAt } from "./project-forge.ts";

const ours = ["slipway-example-tide"];
const tokens = { TESTPYPI_TOKEN: "pypi-test-token-of-the-grid", PYPI_TOKEN: "pypi-token-of-the-grid", ...forgeTokens };
const tag = "v0.2.0";
const files = ["slipway_example_tide-0.2.0-py3-none-any.whl", "slipway_example_tide-0.2.0.tar.gz"];

function prepare(project: string): void {
  edit(project, "pyproject.toml", (text) => text.replace('version = "0.2.0rc1"', 'version = "0.2.0"'));
  edit(project, "slipway.yaml", (text) =>
    text
      .replace(", candidate: tried }", " }")
      .replace("[testpypi, try, candidate]", "[testpypi, try]")
      .replace("build: { uses: build-wheel }", "build: { uses: build-wheel, with: { isolation: false } }"),
  );
}

async function open(): Promise<GridPlace> {
  const servers = await openGridServers({
    registries: { testpypi: { kind: "pypi", ours }, pypi: { kind: "pypi", ours } },
    repository: "example/tide",
  });
  const bed = makeBed({
    example: "tag-driven",
    tag,
    prepare: (project) => {
      pointAt(project, { testpypi: { url: servers.address("testpypi") }, pypi: { url: servers.address("pypi") } });
      prepare(project);
      pointForgeAt(project, servers.forge.url);
    },
  });
  const close = async (): Promise<void> => {
    await servers.close();
    bed.remove();
  };
  return { bed, empty: servers.empty, held: servers.held, close };
}

export const tagGrid: Grid = {
  pointsMin: 230,
  lanes: 2,
  open,
  commands: [{ words: () => ["run", "--json"], env: tokens }],
  whole: [
    ...["testpypi", "pypi"].flatMap((index) => files.map((file) => `${index}/${file} ×1`)),
    ...files.flatMap((file) => [`${tag} ${file} uploaded`, `upload-asset ${file} ×1`]),
    `page ${tag}`,
    `create-release ${tag} ×1`,
    `publish-release ${tag} ×1`,
  ],
};
