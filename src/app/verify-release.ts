// Use case: `slipway verify`. Reads every registry of a release back and compares it with the record: the bytes, the set
// of files, what was withdrawn. Changes nothing.
import { SlipwayError } from "../domain/error.ts";
import { errorCatalog } from "../domain/error-catalog.ts";
import { isSha256, sha256 } from "../domain/digest.ts";
import type { FindingFact } from "../domain/run/fact.ts";
import type { ListedFile } from "../registries/registry.ts";
import { findRun, openRuns } from "./open-runs.ts";
import { openProject } from "./project.ts";
import { makeRecord, recordSchema, type RecordedEvidence, type ReleaseRecord } from "./record.ts";
import { plannedRegistry, type Registries } from "./registries.ts";
import type { World } from "./world.ts";

export interface Verification {
  readonly schema: "slipway-verification/1";
  readonly title: string;
  readonly signature: "unsigned";
  readonly files: readonly VerifiedFile[];
  readonly findings: readonly FindingFact[];
  /** 0 when everything is as recorded, 8 with findings, 5 when something could not be looked at. */
  readonly exitCode: 0 | 5 | 8;
}

export interface VerifiedFile {
  readonly registry: string;
  readonly name: string;
  readonly sha256: string;
  readonly verdict: "identical" | "missing" | "different" | "unknown";
  readonly how: string;
}

/** @param words a run, or the path of a record; without: the newest run */
export async function verifyRelease(world: World, words: string | undefined): Promise<Verification> {
  const record = await findRecord(world, words);
  if (record.mode === "rehearsal") {
    throw new SlipwayError("USAGE", `Cannot verify ${record.title}: it was a rehearsal, and its registries are gone`, { hint: "A rehearsal verifies itself while it runs" });
  }
  const registries = await world.realRegistries();
  const files = await Promise.all(record.evidence.map((evidence) => verifyFile(world, { record, evidence, registries })));
  const sets = await verifySets(world, record, registries);
  const findings = [...files.flatMap(findingOf), ...sets, ...(await verifyStore(world, record))];
  const unknown = files.some((file) => file.verdict === "unknown") || findings.some((finding) => finding.level === "cannot-be-tried");
  const bad = findings.some((finding) => finding.level === "blocks");
  const exitCode = bad ? errorCatalog.FINDINGS.exit : unknown ? errorCatalog.RUN_INCOMPLETE.exit : 0;
  return { schema: "slipway-verification/1", title: record.title, signature: "unsigned", files, findings, exitCode };
}

async function findRecord(world: World, words: string | undefined): Promise<ReleaseRecord> {
  const text = words === undefined ? undefined : await world.files.readTextIfThere(words).catch(() => undefined);
  if (text !== undefined) return parseRecord(words ?? "", text);
  const runs = openRuns(world, await openProject(world));
  try {
    return makeRecord(findRun(runs.journal, words), `slipway ${world.version}`);
  } finally {
    runs.journal.close();
  }
}

/** @throws SlipwayError USAGE naming what the file is and should be */
export function parseRecord(file: string, text: string): ReleaseRecord {
  const fail = (what: string): SlipwayError => new SlipwayError("USAGE", `Cannot read the record "${file}": ${what}`, { hint: "Name the record.json that `slipway run` printed" });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw fail(error instanceof Error ? error.message : "it is no JSON");
  }
  const record = value as Partial<ReleaseRecord>;
  if (record.schema !== recordSchema) throw fail(`its schema is "${String(record.schema)}" and should be "${recordSchema}"`);
  if (!Array.isArray(record.evidence) || record.plan === undefined) throw fail("it holds no evidence or no plan");
  for (const one of record.evidence as readonly RecordedEvidence[]) if (!isSha256(one.sha256)) throw fail(`the digest of "${one.name}" is none`);
  return record as ReleaseRecord;
}

async function verifyFile(world: World, what: { readonly record: ReleaseRecord; readonly evidence: RecordedEvidence; readonly registries: Registries }): Promise<VerifiedFile> {
  const { record, evidence, registries } = what;
  const { name, registry, version, sizeBytes } = evidence;
  const publication = { package: evidence.package, version, name, sha256: sha256(evidence.sha256), sizeBytes };
  const seen = await registries.open(plannedRegistry(record.plan, registry)).observe(publication, world.interrupted);
  const base = { registry, name, sha256: evidence.sha256 };
  switch (seen.kind) {
    case "present":
      return { ...base, verdict: "identical", how: seen.evidence.how };
    case "absent":
      return { ...base, verdict: "missing", how: "the registry does not list it" };
    case "damaged":
      return { ...base, verdict: "different", how: seen.how };
    case "conflict":
      return { ...base, verdict: "different", how: seen.theirs };
    case "pending":
    case "unknown":
      return { ...base, verdict: "unknown", how: seen.why };
  }
}

function findingOf(file: VerifiedFile): readonly FindingFact[] {
  const at = `"${file.name}" at "${file.registry}"`;
  if (file.verdict === "identical") return [];
  if (file.verdict === "unknown") return [{ id: "VR-UNKNOWN", level: "cannot-be-tried", message: `${at} cannot be looked at: ${file.how}` }];
  if (file.verdict === "missing") return [{ id: "VR-MISSING", level: "blocks", message: `${at} is gone: ${file.how}` }];
  return [{ id: "VR-DIFFERENT", level: "blocks", message: `${at} is not what was released: ${file.how}`, hint: "Treat it as an incident until it is explained" }];
}

/** Files that the registry lists under our version and that no record knows, and files that were withdrawn. */
async function verifySets(world: World, record: ReleaseRecord, registries: Registries): Promise<readonly FindingFact[]> {
  const keys = [...new Set(record.evidence.map((one) => JSON.stringify([one.registry, one.package, one.version])))];
  const found = await Promise.all(
    keys.map(async (key) => {
      const [registry, name, version] = JSON.parse(key) as [string, string, string];
      const survey = await registries.open(plannedRegistry(record.plan, registry)).survey(name, version, world.interrupted);
      if (survey.kind !== "listed") return [];
      const ours = new Set(record.evidence.filter((one) => one.registry === registry && one.package === name).map((one) => one.name));
      return survey.files.flatMap((file) => judgeListed(file, registry, ours));
    }),
  );
  return found.flat();
}

function judgeListed(file: ListedFile, registry: string, ours: ReadonlySet<string>): readonly FindingFact[] {
  if (!ours.has(file.name)) {
    const when = file.uploadedAt === undefined ? "" : `, uploaded ${file.uploadedAt}`;
    return [{ id: "VR-STRANGER", level: "blocks", message: `"${registry}" lists "${file.name}" under this version${when}, and no record knows it`, hint: "Treat it as an incident until it is explained" }];
  }
  if (file.yanked === undefined || file.yanked === false) return [];
  const reason = typeof file.yanked === "string" ? `: ${file.yanked}` : "";
  return [{ id: "VR-YANKED", level: "blocks", message: `"${file.name}" is yanked at "${registry}"${reason}` }];
}

/** The frozen bytes on this machine, where it still has them. */
async function verifyStore(world: World, record: ReleaseRecord): Promise<readonly FindingFact[]> {
  const project = await openProject(world).catch(() => undefined);
  if (project === undefined || project.configuration.project !== record.plan.project) return [];
  const { store, journal } = openRuns(world, project);
  journal.close();
  const found = await Promise.all(
    record.artifacts.map(async (artifact): Promise<FindingFact | undefined> => {
      const state = await store.verify(artifact.digest);
      return state.kind === "damaged" ? { id: "VR-STORE", level: "blocks", message: `The frozen "${artifact.name}" in "${store.file(artifact.digest)}" was changed` } : undefined;
    }),
  );
  return found.filter((finding) => finding !== undefined);
}

