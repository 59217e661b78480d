// What a `Requires-Dist` says: name, extras, whether it is for everybody (PEP 508). The whole text is kept beside it.
import { isPackageName, normalizeName } from "../pypi/names.ts";

export interface Requirement {
  /** PEP 503 form. */
  readonly name: string;
  readonly extras: readonly string[];
  /** Only with an extra of the package that requires it. */
  readonly optional: boolean;
  /** As written. */
  readonly text: string;
}

/** @returns undefined for a text that begins with no package name */
export function readRequirement(text: string): Requirement | undefined {
  const [, name, extras] = /^\s*([A-Za-z0-9][A-Za-z0-9._-]{0,200})\s*(?:\[([^\]]{0,500})\])?/.exec(text) ?? [];
  if (name === undefined || !isPackageName(name)) return undefined;
  const [, marker = ""] = /;(.*)$/s.exec(text) ?? [];
  const wanted = (extras ?? "").split(",").map((one) => normalizeName(one.trim()));
  return {
    name: normalizeName(name),
    extras: wanted.filter((one) => one !== ""),
    optional: /\bextra\s*==/.test(marker),
    text: text.trim(),
  };
}
