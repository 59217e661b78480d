// One version for all members of a workspace that is released as one package.
import { SlipwayError } from "../../domain/error.ts";
import type { Finding, FoundPackage } from "./found.ts";

export interface Versioned {
  readonly name: string;
  readonly version: string | undefined;
  /** File that says it. */
  readonly file: string;
}

/** @throws SlipwayError PLAN_INVALID naming the first two that differ */
export function oneVersion({ configuration, one }: Finding, all: readonly Versioned[]): Pick<FoundPackage, "manifestVersion" | "why"> {
  const said = all.filter((member) => member.version !== undefined);
  const [first] = said;
  if (first?.version === undefined) return { manifestVersion: undefined, why: "its members say none" };
  const other = said.find((member) => member.version !== first.version);
  if (other === undefined) return { manifestVersion: { version: first.version, file: first.file }, why: "" };
  throw new SlipwayError(
    "PLAN_INVALID",
    `Cannot plan package "${one.id}" as one: "${first.name}" is at ${first.version} and "${other.name}" at ${other.version}`,
    {
      hint: "Give members with versions of their own a package each, with `versions: each`; or bring them to one version",
      details: { place: configuration.places(["packages", one.id]) },
    },
  );
}
