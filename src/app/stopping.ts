// Which findings of preflight stop a run, and which stop a rehearsal: preflight decides by it, and the report names one.
import type { FindingFact, RunMode } from "../domain/run/fact.ts";

/**
 * A rehearsal goes on where only the real run would be stopped (credentials, the real registries), and tells it at its end.
 * What this machine lacks would stop it just as well, and later.
 */
export function stops(mode: RunMode, finding: FindingFact): boolean {
  if (finding.level !== "blocks") return false;
  return mode !== "rehearsal" || /^PF-(?:TOOL|PYTHON|ENTRANCE|SPACE)/.test(finding.id);
}
