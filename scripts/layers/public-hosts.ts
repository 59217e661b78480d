// Finds public addresses of registries, and of the APIs of forges, in any file. They stand in src/domain/known-services.ts and nowhere else, so
// that no test, example or lock file can ever reach one by accident. The names are written in pieces here, so that this
// file keeps the rule as well.
import type { Finding } from "../support/finding.ts";
import { lineOf } from "../support/syntax.ts";
import type { SourceFile } from "../support/repository.ts";

export const hostReasons: Readonly<Record<string, string>> = {
  "public-host":
    "The public addresses of registries and of forge APIs stand in src/domain/known-services.ts alone: anything else could publish, or depend on the network, by accident.",
};

const knownServices = "src/domain/known-services.ts";

const hosts: readonly (readonly string[])[] = [
  ["pypi", "org"],
  ["pythonhosted", "org"],
  ["crates", "io"],
  ["npmjs", "org"],
  ["npmjs", "com"],
  ["yarnpkg", "com"],
  ["jsr", "io"],
  ["ghcr", "io"],
  ["docker", "io"],
  ["docker", "com"],
  ["quay", "io"],
  ["pkg", "github", "com"],
  ["api", "github", "com"],
  ["uploads", "github", "com"],
];

const pattern = new RegExp(`(?<![a-z0-9-])(?:[a-z0-9-]+\\.)*(?:${hosts.map((parts) => parts.join("\\.")).join("|")})(?![a-z0-9-])`, "gi");

/** Lists every place of a text that names a public registry. */
export function findPublicHosts(files: readonly SourceFile[]): readonly Finding[] {
  return files
    .filter(({ path }) => path !== knownServices)
    .flatMap(({ path, text }) =>
      [...text.matchAll(pattern)].map((match) => ({
        path,
        line: lineOf(text, match.index),
        rule: "public-host",
        message: `names a public service ("${match[0].slice(0, 4)}…")`,
      })),
    );
}
