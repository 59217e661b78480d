// `with:` of `verify-install`, and what a use of it wants tried.
import * as z from "../../domain/shape.ts";
import type { Artifact, ArtifactKind } from "../../domain/artifact.ts";
import type { Ecosystem } from "../../domain/configuration.ts";
import { knownServices } from "../../domain/known-services.ts";
import type { PlannedPackage } from "../../domain/plan/plan.ts";
import { splitWords } from "../../domain/words.ts";
import type { Use } from "../step.ts";

const unitMs = { s: 1_000, m: 60_000, h: 3_600_000 } as const;
const duration = /^([1-9][0-9]{0,5})([smh])$/;

/** How long an index may lag behind when `within` says nothing. */
export const withinDefaultMs = 10 * 60_000;

const words = z
  .string()
  .min(1)
  .refine((text) => splitWords(text).kind === "words" && text.trim() !== "", { error: "must be a command whose quotes are closed" });

export const verifyInstallInput = z.strictObject({
  from: z
    .union([z.string().min(1), z.array(z.string().min(1)).min(1).max(10)])
    .describe(
      "Where the packages are installed from: artifacts (the frozen wheels, sdists and npm tarballs) or Python, npm and crate registries by name, one after another",
    ),
  run: z
    .union([words, z.array(words).min(1).max(50)])
    .optional()
    .describe("Commands to try in an empty folder, with the installed programs first on the PATH"),
  version: words.optional().describe("Command that prints the version; its output has to hold the released one as a word of its own"),
  within: z
    .string()
    .regex(duration, { error: 'must be a duration such as "15m"' })
    .optional()
    .describe("How long an index may lag behind before the step fails; 10m if nothing is said"),
  import: z
    .boolean()
    .optional()
    .describe("Whether packages are imported; absent: Python packages whose import name is known, and libraries in crates"),
  package: z.string().optional().describe("Package to install and try; absent: all of the release"),
});

export type VerifyInstallInput = z.infer<typeof verifyInstallInput>;

/** Name of the source that stands for the frozen files. */
export const artifactsSource = "artifacts";

export function sourcesOf(input: VerifyInstallInput): readonly string[] {
  return [...new Set([input.from].flat())];
}

/** Registries among the sources. */
export function registriesOf(input: VerifyInstallInput): readonly string[] {
  return sourcesOf(input).filter((source) => source !== artifactsSource);
}

export function withinMsOf(input: VerifyInstallInput): number {
  const [, count, unit] = duration.exec(input.within ?? "") ?? [];
  return count === undefined || (unit !== "s" && unit !== "m" && unit !== "h") ? withinDefaultMs : Number(count) * unitMs[unit];
}

/** Commands as argument arrays, in order. The schema has made sure that all quotes are closed. */
export function commandsOf(input: VerifyInstallInput): readonly (readonly string[])[] {
  return input.run === undefined ? [] : [input.run].flat().map(wordsOf);
}

export function wordsOf(text: string): readonly string[] {
  const split = splitWords(text);
  return split.kind === "words" ? split.words : [];
}

/** Ecosystems that have a client which installs, in the order in which frozen files are tried. */
export const installable = ["pypi", "npm", "crates"] as const satisfies readonly Ecosystem[];
export type InstallableEcosystem = (typeof installable)[number];

const kinds: Readonly<Record<InstallableEcosystem, readonly ArtifactKind[]>> = {
  pypi: ["wheel", "sdist"],
  npm: ["npm-tarball"],
  crates: ["crate"],
};

/** Kinds of artifacts that are installed. */
export function kindsOf(ecosystem: InstallableEcosystem): readonly ArtifactKind[] {
  return kinds[ecosystem];
}

type Tried = Pick<Use<VerifyInstallInput>, "input" | "packages">;

/** Packages of one ecosystem that are installed and tried. */
export function packagesOf(use: Tried, ecosystem: InstallableEcosystem): readonly PlannedPackage[] {
  const own = use.packages.filter((one) => one.ecosystem === ecosystem);
  return use.input.package === undefined ? own : own.filter((one) => one.id === use.input.package);
}

/**
 * Ecosystems that a use may install from, as far as that is known without asking: a registry with a known name has its own, one
 * of the file's own may be of any. @returns at least one, for a plan that is refused later names it
 */
export function ecosystemsOf(use: Tried): readonly InstallableEcosystem[] {
  const named = sourcesOf(use.input).map((source) => knownServices.find(({ name }) => name === source)?.ecosystem);
  const possible = installable.filter((one) => named.includes(one) || named.includes(undefined));
  const there = possible.filter((one) => packagesOf(use, one).length > 0);
  return there.length > 0 ? there : ["pypi"];
}

/** Frozen files of a package that can be installed. */
export function filesOf(one: PlannedPackage, artifacts: readonly Artifact[]): readonly Artifact[] {
  const wanted = installable.flatMap((ecosystem) => (one.ecosystem === ecosystem ? kinds[ecosystem] : []));
  return artifacts.filter((artifact) => artifact.package === one.id && wanted.includes(artifact.kind));
}
