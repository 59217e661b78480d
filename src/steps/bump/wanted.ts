// A planned package with its new version in the words of both schemes: a Python package may have a Cargo.toml.
import type { Problem } from "../../domain/error.ts";
import type { PlannedPackage } from "../../domain/plan/plan.ts";
import { schemeOf } from "../../domain/version/catalog.ts";
import { sayInPep440, sayInSemver } from "../../domain/version/logical.ts";
import { pep440 } from "../../domain/version/pep440.ts";
import { readVersion, type SchemeName } from "../../domain/version/scheme.ts";
import { semver } from "../../domain/version/semver.ts";

export interface Wanted {
  readonly planned: PlannedPackage;
  /** Folders of packages that the plan names themselves. */
  readonly others: readonly string[];
  /** What the plan's version is in a scheme. */
  in(scheme: SchemeName): { readonly kind: "said"; readonly text: string } | { readonly kind: "refused"; readonly problem: Problem };
}

/** @throws SlipwayError VERSION_INVALID, which no plan leads to */
export function wantedOf(planned: PlannedPackage, all: readonly PlannedPackage[]): Wanted {
  const own = schemeOf(planned.ecosystem).name;
  return {
    planned,
    // Asked for by packages of Cargo alone, and of many packages these are many.
    get others() {
      return all.filter((one) => one.id !== planned.id).map((one) => one.folder);
    },
    in(scheme) {
      if (scheme === own) return { kind: "said", text: planned.version };
      const said = own === "pep440" ? sayInSemver(readVersion(pep440, planned.version)) : sayInPep440(readVersion(semver, planned.version));
      return said.kind === "refused" ? { kind: "refused", problem: said.problem } : { kind: "said", text: said.text };
    },
  };
}
