// What a person asks of a release, and what the release is chosen from: the words of the command line beside what stands
// in the repository at the commit.
import type { JsonObject } from "../domain/configuration.ts";
import type { CarriedFile, PlannedPackage } from "../domain/plan/plan.ts";
import type { PackageHistory } from "../domain/version/history.ts";
import type { GitTag } from "../platform/ports.ts";
import type { FoundPackage } from "./packages/found.ts";

export interface Asked {
  /** `--pipeline`. */
  readonly pipeline: string | undefined;
  /** Version given on the command line, or a word that counts from the present one (`minor`). */
  readonly version: string | undefined;
  readonly inputs: JsonObject;
  /** `--package`: of packages with versions of their own, those that are released. Absent: the rule decides. */
  readonly packages?: readonly string[];
  readonly path: { readonly name: string; readonly reason: string | undefined; readonly by: string } | undefined;
  /** A plan or a rehearsal may be made before the tag is: `rehearse` runs tomorrow's release today. */
  readonly mayAssumeTag: boolean;
  /** Files of the user's tree that an unfinished run took over when it began. Absent: they are looked for. */
  readonly carried?: readonly CarriedFile[];
  /** What an unfinished run was begun with, when it is planned again. */
  readonly begun?: Begun;
}

export interface Begun {
  readonly packages: readonly Pick<PlannedPackage, "id">[];
  /** Tags that the run made itself: when it was planned they were not there. */
  readonly tags: readonly string[];
}

export interface Around {
  readonly packages: readonly FoundPackage[];
  readonly tagsHere: readonly GitTag[];
  /** The clone lacks history, and perhaps tags. */
  readonly shallow: boolean;
  /** Releases and commits of packages by id, where the rule counts from them; absent: it does not. */
  readonly histories?: ReadonlyMap<string, PackageHistory>;
}
