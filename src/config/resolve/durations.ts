// Durations of the file in milliseconds, none longer than a year.
import { durationMaxMs, readDuration } from "../duration.ts";
import { complain, type Judging } from "../judging.ts";
import { type Path, pathText, quoted } from "../phrases.ts";

export function resolveDuration(judging: Judging, written: string | undefined, path: Path): number | undefined {
  const durationMs = written === undefined ? undefined : readDuration(written);
  if (written === undefined || (durationMs !== undefined && durationMs <= durationMaxMs)) return durationMs;
  complain(judging, path, () => ({ message: `Cannot read ${pathText(path)}: expected at most 365 days, found ${quoted(written)}` }));
  return undefined;
}
