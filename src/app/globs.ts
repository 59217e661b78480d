// Globs of slipway.yaml as predicates over paths of the repository.
import { readGlob } from "../domain/glob.ts";
import { SlipwayError } from "../domain/error.ts";

/** @throws SlipwayError CONFIG_INVALID */
export function globMatcher(pattern: string): (file: string) => boolean {
  const read = readGlob(pattern);
  if (read.kind === "glob") return read.matches;
  throw new SlipwayError("CONFIG_INVALID", `Cannot read the pattern "${pattern}": ${read.why}`);
}
