// Which versions are of this project: those that a run on this machine sent, as its journal has it, and those of records that
// a person hands over from elsewhere. A rehearsal sends nothing to a registry, and makes nothing known.
import type { Ecosystem } from "../../domain/configuration.ts";
import { SlipwayError } from "../../domain/error.ts";
import { readReleaseRecord, releaseRecordSchema } from "../../domain/release-record.ts";
import { effectsOf, fold, type EffectState } from "../../domain/run/state.ts";
import { schemeOf } from "../../domain/version/catalog.ts";
import { openRuns } from "../open-runs.ts";
import { parseRecord } from "../read-record.ts";
import type { World } from "../world.ts";

export interface KnownVersion {
  /** Absent: at every registry. */
  readonly registry?: string;
  readonly package: string;
  readonly version: string;
}

/** Runs that are read, newest first; what older ones published was settled by earlier looks. */
const runsMax = 1_000;

export function versionsOfRuns(world: World, projectFolder: string): readonly KnownVersion[] {
  const { journal } = openRuns(world, { folder: projectFolder });
  try {
    const known = journal.runs(runsMax).flatMap(({ run }) => {
      const state = fold(journal.read(run));
      if (state.mode !== "run") return [];
      return [...state.steps.values()].flatMap((step) => effectsOf(step).flatMap((effect) => versionOf(effect) ?? []));
    });
    return [...new Map(known.map((one) => [JSON.stringify(one), one])).values()];
  } finally {
    journal.close();
  }
}

/** What was sent, or may have been, or was there with our very bytes. */
function versionOf({ effect, intendedAtMs, evidence }: EffectState): KnownVersion | undefined {
  if (intendedAtMs === undefined && evidence === undefined) return undefined;
  const data = effect.data as Readonly<Record<string, unknown>>;
  const file = (typeof data["file"] === "object" && data["file"] !== null ? data["file"] : data) as Readonly<Record<string, unknown>>;
  const { registry, package: name, version } = file;
  if (typeof registry !== "string" || typeof name !== "string" || typeof version !== "string") return undefined;
  return { registry, package: name, version };
}

/** @throws SlipwayError USAGE for what is no record */
export async function versionsOfRecords(world: Pick<World, "files">, files: readonly string[]): Promise<readonly KnownVersion[]> {
  const all = await Promise.all(files.map((file) => versionsOfRecord(world, file)));
  return all.flat();
}

async function versionsOfRecord(world: Pick<World, "files">, file: string): Promise<readonly KnownVersion[]> {
  const text = await world.files.readTextIfThere(file);
  if (text === undefined) throw new SlipwayError("USAGE", `Cannot read the record "${file}": there is no such file`);
  if (text.includes(`"${releaseRecordSchema}"`)) {
    const read = readReleaseRecord(text);
    if (read.kind === "record") return read.record.packages.map(({ name, version }) => ({ package: name, version }));
  }
  const record = parseRecord(file, text);
  if (record.mode === "rehearsal") throw new SlipwayError("USAGE", `Cannot take "${file}" over: it is the record of a rehearsal`);
  return record.evidence.map(({ registry, package: name, version }) => ({ registry, package: name, version }));
}

/** Whether two texts are one version to the registries of an ecosystem. */
export function isSameVersion(ecosystem: Ecosystem, one: string, other: string): boolean {
  if (one === other) return true;
  const scheme = schemeOf(ecosystem);
  const [first, second] = [scheme.parse(one), scheme.parse(other)];
  return first.kind === "valid" && second.kind === "valid" && scheme.compare(first.version, second.version) === 0;
}
