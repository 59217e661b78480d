// Packages, versions and tags: what must agree before a version can be told from them.
import { parseTagPattern } from "../../domain/version/tag.ts";
import { complain, complainAtKey, type Judging, namesAt } from "../judging.ts";
import { didYouMean } from "../explain.ts";
import { nearestWord } from "../nearest.ts";
import { choices, type Path, pathText, quoted } from "../phrases.ts";
import type { Judged } from "./rule.ts";

export function judgePackages(judging: Judging, judged: Judged): void {
  const { packages } = judged.configuration;
  if (namesAt(judging, ["packages"]).length === 0 && !judging.isFaulty(["packages"])) {
    complainAtKey(judging, ["packages"], () => ({
      message: 'Cannot release without a package: "packages" is empty',
      hint: "Add `packages: { NAME: { path: . } }`",
    }));
  }
  for (const { id, tag, asset } of packages) {
    if (tag !== undefined) judgeTag(judging, tag, ["packages", id, "tag"]);
    if (asset !== undefined) judgeAsset(judging, asset, ["packages", id, "asset"]);
  }
  judgeVersions(judging, judged);
}

function judgeTag(judging: Judging, tag: string, path: Path): void {
  const parsed = parseTagPattern(tag);
  if (parsed.kind === "pattern") return;
  const { message, hint } = parsed.problem;
  complain(judging, path, () => ({ message, hint }));
}

const assetWords: readonly string[] = ["name", "os", "arch", "platform", "version"];

function judgeAsset(judging: Judging, asset: string, path: Path): void {
  for (const match of asset.matchAll(/\{([^{}]*)\}/g)) {
    const word = match[1] ?? "";
    if (assetWords.includes(word)) continue;
    complain(judging, path, () => ({
      message: `Cannot fill in ${quoted(match[0])} in ${pathText(path)}: expected ${choices(assetWords.map((known) => `{${known}}`))}`,
      hint: didYouMean(
        nearestWord(
          match[0],
          assetWords.map((known) => `{${known}}`),
        ),
      ),
    }));
  }
}

function judgeVersions(judging: Judging, { configuration, written }: Judged): void {
  const { packages } = configuration;
  if (packages.length > 1 && written.versions === undefined && !judging.isFaulty(["versions"])) {
    complainAtKey(judging, ["packages"], () => ({
      message: `Cannot tell whether the ${packages.length} packages carry one version: "versions" is missing`,
      hint: "Write `versions: one` or `versions: each`",
    }));
  }
  if (configuration.versions !== "each") return;
  for (const [index, { id, tag }] of packages.entries()) {
    const earlier = packages.slice(0, index).find((other) => other.tag === tag && tag !== undefined);
    if (earlier === undefined) continue;
    complain(judging, ["packages", id, "tag"], () => ({
      message: `Cannot tell the tags of ${quoted(id)} and ${quoted(earlier.id)} apart: both are ${quoted(tag ?? "")}, and each has its own version`,
      hint: `Write a pattern of its own, such as "${id}-v{version}"`,
    }));
  }
}
