// `with:` of `verify-install`, and what a use of it wants tried.
import { z } from "zod";
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
    .describe("Where the package is installed from: artifacts (the frozen files) or registries by name, one after another"),
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
  import: z.boolean().optional().describe("Whether the package is imported; absent: where its import name is known"),
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

/** Python packages that are installed and tried. */
export function packagesOf(use: Pick<Use<VerifyInstallInput>, "input" | "packages">): readonly PlannedPackage[] {
  const python = use.packages.filter((one) => one.ecosystem === "pypi");
  return use.input.package === undefined ? python : python.filter((one) => one.id === use.input.package);
}
