// One version in the spelling that crates, npm packages, images and binaries share.
import type { Ecosystem } from "../../domain/configuration.ts";
import { schemeOf } from "../../domain/version/catalog.ts";
import { sayInSemver } from "../../domain/version/logical.ts";
import { pep440 } from "../../domain/version/pep440.ts";

/** @returns undefined for one that SemVer cannot say, or that is none of the ecosystem */
export function inSemver(version: string, ecosystem: Ecosystem): string | undefined {
  if (schemeOf(ecosystem).name !== "pep440") return version;
  const parsed = pep440.parse(version);
  const said = parsed.kind === "valid" ? sayInSemver(parsed.version) : undefined;
  return said === undefined || said.kind === "refused" ? undefined : said.text;
}
