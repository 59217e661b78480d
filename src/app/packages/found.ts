// What a package of the file is in one commit, whatever its ecosystem; and the errors that all of them may end with.
import type { Configuration, Ecosystem, PackageConfiguration } from "../../domain/configuration.ts";
import { SlipwayError } from "../../domain/error.ts";
import type { PlannedMember, PlannedProgram } from "../../domain/plan/plan.ts";
import type { PythonProject } from "../../domain/pypi/project.ts";
import type { CommitSource } from "./commit-source.ts";

export interface FoundPackage {
  readonly configuration: PackageConfiguration;
  readonly ecosystem: Ecosystem;
  /** Name as the manifest, or the file, writes it. */
  readonly name: string;
  /** Undefined where the version comes from the tag or an input. */
  readonly manifestVersion: { readonly version: string; readonly file: string } | undefined;
  /** Why there is no manifest version. */
  readonly why: string;
  /** What a plan or a rehearsal may go on from while nothing says the version; `from` is read after "as". */
  readonly assumed: AssumedVersion | undefined;
  readonly importName: string | undefined;
  readonly python: PythonProject | undefined;
  /** Members of the workspace that it stands for; undefined: it stands for itself. */
  readonly members?: readonly PlannedMember[];
  /** Names of packages that its manifest asks for. */
  readonly needs?: readonly string[];
  readonly program?: PlannedProgram;
}

export interface AssumedVersion {
  readonly version: string;
  readonly from: string;
}

/** What finding one package takes. */
export interface Finding {
  readonly configuration: Configuration;
  readonly one: PackageConfiguration;
  readonly source: CommitSource;
}

/** @param what follows `folder "…"`: `has no Cargo.toml in the commit that is released` */
export function cannotPlan(
  { configuration, one }: Finding,
  what: string,
  hint = "Commit the manifest, or mend `path:` of the package",
): SlipwayError {
  return new SlipwayError("PLAN_INVALID", `Cannot plan package "${one.id}": folder "${one.path}" ${what}`, {
    hint,
    details: { place: configuration.places(["packages", one.id]) },
  });
}

export const lacksName = "does not name itself in its manifest; write `name:` beside `path:` in slipway.yaml";
