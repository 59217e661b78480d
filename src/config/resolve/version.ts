// The rule by which the version of a release is found.
import type { VersionRule } from "../../domain/configuration.ts";
import { complain, type Judging } from "../judging.ts";
import { type Path, pathText, quoted } from "../phrases.ts";
import type { WrittenFile } from "../schema.ts";
import { readConditionAt } from "./conditions.ts";
import { defined } from "./defined.ts";

/** @param path where the rule stands, for messages */
export function resolveVersion(judging: Judging, written: NonNullable<WrittenFile["version"]>, path: Path): VersionRule {
  const { from, untagged, candidate } = written;
  const at = [...path, "prerelease"];
  const prerelease = written.prerelease === undefined ? undefined : readConditionAt(judging, written.prerelease, at);
  if (prerelease !== undefined && prerelease.kind !== "input") {
    complain(judging, at, () => ({
      message: `Cannot use ${quoted(written.prerelease ?? "")} for ${pathText(at)}: expected an input, such as "input.prerelease"`,
    }));
  }
  return { from, ...defined({ untagged, candidate, prerelease }) };
}
