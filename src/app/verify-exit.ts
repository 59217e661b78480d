// With which status `slipway verify` ends.
import { errorCatalog } from "../domain/error-catalog.ts";
import type { FindingFact } from "../domain/run/fact.ts";

/** 0 when everything is as it should be, 8 with findings, 5 when something could not be looked at. */
export function exitOf(findings: readonly FindingFact[], files: readonly { readonly verdict: string }[]): 0 | 5 | 8 {
  if (findings.some(({ level }) => level === "blocks")) return errorCatalog.FINDINGS.exit;
  const isUnknown = files.some(({ verdict }) => verdict === "unknown") || findings.some(({ level }) => level === "cannot-be-tried");
  return isUnknown ? errorCatalog.RUN_INCOMPLETE.exit : 0;
}
