// How the files of a run stand to those that an earlier run or rehearsal of the same commit built: told as sentences, the ones
// that differ each by itself, with what differs and why it is no matter.
import type { Report } from "../../app/report.ts";
import { safe } from "./terminal.ts";
import { plural } from "./words.ts";

/** Files that differ are told up to this many; the record has all of them. */
const toldMax = 5;

type Build = NonNullable<Report["builds"]>[number];

/** @returns nothing where nothing was built before */
export function showBuilds({ builds = [] }: Pick<Report, "builds">): string {
  const different = builds.filter(({ same }) => !same);
  const told = different.slice(0, toldMax).flatMap(differenceLines);
  const more = different.length - toldMax;
  const why = different.find((one) => one.why !== undefined)?.why;
  const lines = [
    ...sameLines(builds.filter(({ same }) => same)),
    ...told,
    ...(more > 0 ? [`  and ${more} more, which the record tells`] : []),
    ...(why === undefined ? [] : [`  ${why}`]),
  ];
  return lines.map((line) => `${line}\n`).join("");
}

function sameLines(same: readonly Build[]): readonly string[] {
  const groups = Map.groupBy(same, earlierWords);
  return [...groups].map(([earlier, files]) => {
    const [only] = files;
    const what = files.length === 1 && only !== undefined ? `${safe(only.name)} is` : `${plural(files.length, "file")} are`;
    return `${what} the same, byte for byte, as ${earlier} built from this commit`;
  });
}

function differenceLines(build: Build): readonly string[] {
  return [
    `${safe(build.name)} is not what ${earlierWords(build)} built from this commit (sha256:${build.sha256.slice(0, 12)}…, and sha256:${build.earlier.sha256.slice(0, 12)}… then):`,
    ...build.differences.map((one) => `  ${safe(one)}`),
  ];
}

function earlierWords({ earlier }: Build): string {
  return `${earlier.mode === "rehearsal" ? "rehearsal" : "run"} ${safe(earlier.run)}`;
}
