// `with:` of `scan-image`.
import * as z from "../../domain/shape.ts";
import { scannerNames, stopping } from "./vulnerability.ts";

export const scanImageInput = z.strictObject({
  tool: z
    .enum(["any", ...scannerNames])
    .optional()
    .describe("Scanner that is used; any (the default): the first of trivy, grype and osv-scanner that is on the PATH"),
  "stop-at": z.enum(stopping).optional().describe("Least severity that stops the release (default: high)"),
  unknown: z.enum(["stop", "pass"]).optional().describe("What a vulnerability does whose severity nobody told (default: stop)"),
  exceptions: z
    .string()
    .min(1)
    .regex(/^(?!\/)(?!.*(?:^|\/)\.\.(?:\/|$))/, { error: 'must be a path in the repository, for example "security/exceptions.yaml"' })
    .optional()
    .describe("YAML list of { id, reason, until, package }: what is let through, why, and until which day"),
  update: z
    .enum(["allowed", "never"])
    .optional()
    .describe("Whether the scanner may fetch newer data first (default: allowed); never: with what this machine has, and offline"),
});

export type ScanImageInput = z.infer<typeof scanImageInput>;
