// Finds the packages of a commit for `slipway init`, of each ecosystem that it has. Reads files; no code of the project runs.
import { SlipwayError } from "../../domain/error.ts";
import { discoverCrates, type FoundCrates } from "./discover-crates.ts";
import { discoverNpm, type FoundNpm } from "./discover-npm.ts";
import { discoverPython, type FoundPython } from "./discover-python.ts";
import type { Commit, LeftOut } from "./found.ts";

export type Discovered = FoundPython | FoundCrates | FoundNpm;

export interface Discovery {
  readonly packages: readonly Discovered[];
  /** What was seen and is not written down, each with the reason. */
  readonly leftOut: readonly LeftOut[];
}

/** @throws SlipwayError NO_PACKAGE in the words of what is there instead; PLAN_INVALID for a manifest that cannot be read */
export async function discoverPackages(commit: Commit): Promise<Discovery> {
  const python = await discoverPython(commit);
  const besidePython = new Set(python.packages.map((one) => one.folder));
  const crates = await discoverCrates(commit, besidePython);
  const npm = await discoverNpm(commit, new Set([...besidePython, ...crates.packages.map((one) => one.folder)]));
  const packages = [...python.packages, ...crates.packages, ...npm.packages];
  const leftOut = [...python.leftOut, ...crates.leftOut, ...npm.leftOut];
  if (packages.length === 0) throw noPackage(commit.paths, leftOut);
  return { packages, leftOut };
}

const others: readonly (readonly [RegExp, string])[] = [
  [/(?:^|\/)go\.mod$/, "a Go module (go.mod)"],
  [/(?:^|\/)(?:Dockerfile|Containerfile)$/, "a container image (Dockerfile)"],
  [/(?:^|\/)pom\.xml$|(?:^|\/)build\.gradle(?:\.kts)?$/, "a Java project"],
  [/\.gemspec$/, "a Ruby gem"],
];

const manifests = "pyproject.toml, setup.py, setup.cfg, Cargo.toml or package.json";

function noPackage(paths: readonly string[], leftOut: readonly LeftOut[]): SlipwayError {
  const foreign = others.flatMap(([form, what]) => (paths.some((one) => form.test(one)) ? [what] : []));
  const seen = [...foreign, ...leftOut.slice(0, 5).map(({ folder, why }) => `"${folder}", but ${why}`)];
  const instead = seen.length === 0 ? `it has no ${manifests} of a package` : `it has ${seen.join("; ")}`;
  return new SlipwayError("NO_PACKAGE", `Cannot find a package in the commit that is published: ${instead}`, {
    hint:
      foreign.length > 0 && leftOut.length === 0
        ? "`init` finds Python packages, crates and npm packages; images and binaries are written into slipway.yaml by hand"
        : "Commit the manifest of the package that is released, then run the same command again",
  });
}
