// Checks all wheels and sdists of a release as twine's strict check, PyPI and installers would, before a byte is sent.
// Three things go on at once: archives are opened side by side, Python judges the metadata of all of them in one process,
// and meanwhile every member of every wheel is digested (reference/performance §7, §13 row 6).
import { openDistribution } from "./open-distribution.ts";
import type { CheckedDistribution, CheckOptions, CheckPorts, Distribution, OpenedDistribution } from "./distribution.ts";
import { judge } from "./judge.ts";
import { metadataFindings, questionsAbout } from "./metadata.ts";
import { sdistFindings } from "./sdist.ts";
import { setFindings } from "./set.ts";
import { wheelFindings } from "./wheel.ts";
import type { ArtifactFinding } from "./finding.ts";

/** Files read at the same time: enough to keep the disk busy, few enough to keep memory small. */
const openAtOnce = 16;
/** Files unpacked at the same time: each may hold a stream's buffers. */
const unpackAtOnce = 4;

/**
 * Checks distributions and the set that they make.
 * @param files at most a few thousand; each is read twice and never unpacked to disk
 * @returns one entry for each file, in their order, with everything found; none: PyPI and installers take it
 * @throws SlipwayError TOOL_MISSING, STEP_FAILED or TIMED_OUT when Python cannot judge, and what reading files throws
 */
export async function checkDistributions(
  files: readonly Distribution[],
  options: CheckOptions,
  ports: CheckPorts,
): Promise<readonly CheckedDistribution[]> {
  const opened = await mapLimited(files, openAtOnce, (file) => openDistribution(file, ports));
  ports.signal.throwIfAborted();
  const judging = judge(questionsAbout(opened), ports);
  judging.catch(() => undefined); // Awaited below, after the digests; it must not count as unhandled until then.
  const inside = await mapLimited(opened, unpackAtOnce, (one) => {
    ports.signal.throwIfAborted();
    return insideFindings(one);
  });
  const answers = await judging;
  const together = setFindings(opened);
  return opened.map((one, index) => {
    const own = unique([...one.findings, ...(inside[index] ?? []), ...metadataFindings(one, answers, options.strict)]);
    options.onChecked?.({ name: one.distribution.name, findings: own });
    return { name: one.distribution.name, findings: [...own, ...(together[index] ?? [])] };
  });
}

function insideFindings(opened: OpenedDistribution): Promise<readonly ArtifactFinding[]> {
  return opened.distribution.kind === "wheel" ? wheelFindings(opened) : sdistFindings(opened);
}

/** The same thing found by two topics is said once. */
function unique(findings: readonly ArtifactFinding[]): readonly ArtifactFinding[] {
  return [...new Map(findings.map((finding) => [`${finding.id} ${finding.message}`, finding])).values()];
}

/** Maps with a limit on what goes on at once, and keeps the order. */
async function mapLimited<T, R>(values: readonly T[], atOnce: number, map: (value: T) => Promise<R>): Promise<readonly R[]> {
  const results: R[] = [];
  const left = values.entries();
  const work = async (): Promise<void> => {
    for (const [index, value] of left) results[index] = await map(value);
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, values.length) }, work));
  return results;
}
