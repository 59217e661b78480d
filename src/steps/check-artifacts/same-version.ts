// Whether two texts write one version: `1.0-rc1` and `1.0rc1` do, `1.0` and `1.0.0` do not, since their files have
// different names (PEP 440, normalization).
import { pep440 } from "../../domain/version/pep440.ts";

/** Compares normal forms; a text that is no version equals only itself. */
export function isSameVersion(one: string, other: string): boolean {
  return one === other || normalForm(one) === normalForm(other);
}

function normalForm(text: string): string {
  const parsed = pep440.parse(text);
  return parsed.kind === "valid" ? parsed.version.normal : text;
}
