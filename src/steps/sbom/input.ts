// What `sbom` takes in slipway.yaml, and the packages that it is about.
import * as z from "../../domain/shape.ts";
import type { PlannedPackage } from "../../domain/plan/plan.ts";

export const sbomInput = z.strictObject({
  lock: z
    .enum(["use", "ignore"])
    .optional()
    .describe("Whether a lock file beside the package says what its requirements resolve to (default: use, where there is one)"),
});

export type SbomInput = z.infer<typeof sbomInput>;

export function pythonOnes(packages: readonly PlannedPackage[]): readonly PlannedPackage[] {
  return packages.filter((one) => one.ecosystem === "pypi");
}
