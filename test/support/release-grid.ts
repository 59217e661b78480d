// The kill grid over git and the forge: the pipeline `release` of the example two-pipelines makes one commit, one tag, one page
// with each file once, and one start of the publication – counted by the remote and the forge – and leaves the user's repository
// as it is. The wheel and the sdist stand in the repository, since what is tried comes after a build.
import type { Grid, GridPlace } from "./kill-grid.ts";
import { prebuiltName } from "./prebuilt-project.ts";
import { openPlace, prebuiltExample, releaseTokens, repositoryOf } from "./two-pipelines.ts";

const version = "1.1.0";

async function open(): Promise<GridPlace> {
  const place = await openPlace({ files: prebuiltExample(version), ours: prebuiltName, isolated: true });
  const untouched = repositoryOf(place);
  const atRemote = (): readonly string[] => {
    const tags = place.remote("for-each-ref", "--format=%(refname) %(objecttype) %(*objectname)", "refs/tags").split("\n").filter(Boolean);
    return [
      ...place.remote("for-each-ref", "--format=%(refname)", "refs/heads").split("\n"),
      `${place.remote("rev-list", "--count", "main")} commits`,
      ...tags.map((line) => line.replace(place.remote("rev-parse", "main"), "main")),
    ];
  };
  const atForge = (): readonly string[] => {
    const { releases, runs, done } = place.forge().state();
    const pages = releases.flatMap(({ tag, draft, assets }) => [
      `page ${tag}${draft ? " (draft)" : ""}`,
      `${assets.filter(({ state }) => state === "uploaded").length} of ${assets.length} files`,
    ]);
    const calls = Object.entries(done).map(([call, times]) => `${call.split(" ")[0] ?? ""} ×${times}`);
    return [...pages, `${runs.length} starts`, ...calls];
  };
  return {
    bed: place.bed,
    empty: () => place.emptied(),
    held: () => [...atRemote(), ...atForge(), ...(repositoryOf(place) === untouched ? [] : ["the user's repository changed"])],
    close: () => place.close(),
  };
}

export const releaseGrid: Grid = {
  pointsMin: 250,
  // More than cores: who was killed in the middle of a send waits until the forge must have shown it.
  lanes: 4,
  open,
  commands: [{ words: () => ["run", "--pipeline", "release", version, "--json"], env: releaseTokens }],
  whole: [
    "refs/heads/main",
    "2 commits",
    `refs/tags/v${version} tag main`,
    `page v${version}`,
    "3 of 3 files",
    "1 starts",
    ...["create-release", "upload-asset", "upload-asset", "upload-asset", "publish-release", "dispatch"].map((call) => `${call} ×1`),
  ],
};
