// Use case: `slipway verify`. Reads every registry and release page of a release back and compares it with the record: the
// bytes, the set of files, what was withdrawn. Every file is downloaded, because some indexes go on telling the digest of what they once
// took, whatever their disk holds now. Changes nothing.
import { SlipwayError } from "../domain/error.ts";
import { sha256 } from "../domain/digest.ts";
import { stepOf } from "../domain/plan/plan.ts";
import type { FindingFact } from "../domain/run/fact.ts";
import type { ListedFile, ReadRegistry, Survey } from "../registries/registry.ts";
import { findRun, openRuns } from "./open-runs.ts";
import { openProject } from "./project.ts";
import { parseRecord, sealedIn } from "./read-record.ts";
import { makeRecord, recordFile, type RecordedEvidence, type ReleaseRecord } from "./record.ts";
import { plannedRegistry, type Registries } from "./registries.ts";
import { exitOf } from "./verify-exit.ts";
import { untoldPages, verifyPages, type VerifiedPage } from "./verify-pages.ts";
import type { Signature } from "./verify-seal.ts";
import type { TrustWords } from "./verify-trust.ts";
import type { World } from "./world.ts";

export interface Verification {
  readonly schema: "slipway-verification/1";
  readonly title: string;
  /** By what the record is signed. */
  readonly signature: Signature["kind"];
  /** Whether that holds; absent: there is no record on this machine to try. */
  readonly seal?: Omit<Signature, "kind">;
  readonly files: readonly VerifiedFile[];
  /** Release pages at the forge, with their files. */
  readonly pages: readonly VerifiedPage[];
  readonly findings: readonly FindingFact[];
  /** 0 when everything is as recorded, 8 with findings, 5 when something could not be looked at. */
  readonly exitCode: 0 | 5 | 8;
}

export interface VerifiedFile {
  readonly registry: string;
  readonly name: string;
  readonly sha256: string;
  /** `stranger`: no record names it. */
  readonly verdict: "identical" | "missing" | "different" | "unknown" | "stranger";
  readonly how: string;
}

/** @param words a run, or the path of a record; without: the newest run */
export async function verifyRelease(world: World, words: string | undefined, trust: TrustWords = {}): Promise<Verification> {
  const { record, own, text } = await findRecord(world, words);
  if (record.mode === "rehearsal") {
    throw new SlipwayError("USAGE", `Cannot verify ${record.title}: it was a rehearsal, and its registries are gone`, {
      hint: "A rehearsal verifies itself while it runs",
    });
  }
  const registries = await world.realRegistries();
  const looks = await Promise.all(versionsOf(record).map((one) => lookAtVersion(world, { ...one, record, registries })));
  const files = looks.flatMap((look) => look.files);
  const pages = await verifyPages(() => world.realForges(), { record, own, signal: world.interrupted });
  const seal = text === undefined ? undefined : await verifyText(world, { ...text, isNamed: !own }, trust);
  const findings = [
    ...(seal?.findings ?? []),
    ...files.flatMap(findingOf),
    ...looks.flatMap((look) => look.findings),
    ...pages.flatMap((look) => look.findings),
    ...untoldPages(record),
    ...unfinished(record),
    ...(await verifyStore(world, record)),
  ];
  return {
    schema: "slipway-verification/1",
    title: record.title,
    signature: "unsigned",
    ...seal?.told,
    files,
    pages: pages.map(({ page }) => page),
    findings,
    exitCode: exitOf(findings, files),
  };
}

interface SealTold {
  readonly told: Pick<Verification, "signature" | "seal">;
  readonly findings: readonly FindingFact[];
}

/** The record as a file. One that nobody named is this machine's own: that it is unsigned is no finding, the journal knows it. */
async function verifyText(
  world: World,
  { file, content, isNamed }: RecordText & { readonly isNamed: boolean },
  words: TrustWords,
): Promise<SealTold> {
  const [{ verifySeal }, { readTrust, projectHere }] = await Promise.all([import("./verify-seal.ts"), import("./verify-trust.ts")]);
  const trust = await readTrust(world, words, await projectHere(world));
  const { signature, findings } = await verifySeal(world, sealedIn(file, content), trust);
  const { kind, ...seal } = signature;
  const isAsked = isNamed || Object.keys(words).length > 0;
  const kept = findings.filter(({ id, level }) => id !== "VR-UNSIGNED" && (isAsked || level === "blocks"));
  return { told: { signature: kind, seal }, findings: kept };
}

interface Found {
  readonly record: ReleaseRecord;
  /** Of this project's journal, and no file that somebody gave. */
  readonly own: boolean;
  /** The record as it was written; absent: a run that is not complete has none. */
  readonly text?: RecordText;
}

interface RecordText {
  readonly file: string;
  readonly content: string;
}

async function findRecord(world: World, words: string | undefined): Promise<Found> {
  const text = words === undefined ? undefined : await world.files.readTextIfThere(words).catch(() => undefined);
  if (words !== undefined && text !== undefined)
    return { record: parseRecord(words, text), own: false, text: { file: words, content: text } };
  const runs = openRuns(world, await openProject(world));
  try {
    const record = makeRecord(findRun(runs.journal, words), `slipway ${world.version}`);
    const file = recordFile(runs.folders, record.run);
    const content = await world.files.readTextIfThere(file);
    return { record, own: true, ...(content === undefined ? {} : { text: { file, content } }) };
  } finally {
    runs.journal.close();
  }
}

interface RecordedVersion {
  readonly registry: string;
  readonly package: string;
  readonly version: string;
  readonly evidence: readonly RecordedEvidence[];
}

function versionsOf(record: ReleaseRecord): readonly RecordedVersion[] {
  const groups = Map.groupBy(record.evidence, (one) => JSON.stringify([one.registry, one.package, one.version]));
  return [...groups].map(([key, evidence]) => {
    const [registry, name, version] = JSON.parse(key) as [string, string, string];
    return { registry, package: name, version, evidence };
  });
}

interface Look {
  readonly files: readonly VerifiedFile[];
  readonly findings: readonly FindingFact[];
}

/** One version at one registry: what is listed, then the bytes, one file after the other. */
async function lookAtVersion(
  world: World,
  what: RecordedVersion & { readonly record: ReleaseRecord; readonly registries: Registries },
): Promise<Look> {
  const registry = what.registries.open(plannedRegistry(what.record.plan, what.registry));
  const survey = await registry.survey(what.package, what.version, world.interrupted);
  const files: VerifiedFile[] = [];
  for (const evidence of what.evidence) {
    const look = { evidence, survey, signal: world.interrupted };
    files.push(registry.ecosystem === "oci" ? await verifyImage(registry, look) : await verifyFile(registry, look));
  }
  // What was frozen is ours too: a process that was killed may have sent it without writing down what came of it.
  const names = [...what.evidence, ...what.record.artifacts].map((one) => one.name);
  const ours = new Set([...names, ...what.evidence.flatMap((one) => imageDigestOf(one) ?? [])]);
  return { files, findings: survey.kind === "listed" ? survey.files.flatMap((file) => judgeListed(file, what.registry, ours)) : [] };
}

interface LookAt {
  readonly evidence: RecordedEvidence;
  readonly survey: Survey;
  readonly signal: AbortSignal;
}

/** The digest by which a registry of images names what was put there, as it was seen. */
function imageDigestOf({ evidence }: RecordedEvidence): string | undefined {
  const digest = evidence.details?.["registryDigest"];
  return typeof digest === "string" ? digest : undefined;
}

/** A manifest is asked for by its digest, whether a tag leads to it or not: registries list images by what tags lead to. */
async function verifyImage(registry: ReadRegistry, { evidence, signal }: LookAt): Promise<VerifiedFile> {
  const base = { registry: registry.name, name: evidence.name, sha256: evidence.sha256 };
  const registryDigest = imageDigestOf(evidence);
  if (registryDigest === undefined) return { ...base, verdict: "unknown", how: "the record does not say by which digest it was put there" };
  const { package: packageName, version, name, sha256: hex, sizeBytes } = evidence;
  const image = { package: packageName, version, name, sha256: sha256(hex), sizeBytes, registryDigest };
  const seen = await registry.observe(image, signal);
  switch (seen.kind) {
    case "present": {
      const { verifyImageBytes } = await import("./verify-image.ts");
      return { ...base, ...(await verifyImageBytes(registry, { package: packageName, registryDigest }, { signal })) };
    }
    case "absent":
      return { ...base, verdict: "missing", how: `the registry does not hold ${registryDigest}` };
    case "damaged":
      return { ...base, verdict: "different", how: seen.how };
    case "conflict":
      return { ...base, verdict: "different", how: seen.theirs };
    case "pending":
    case "unknown":
      return { ...base, verdict: "unknown", how: seen.why };
  }
}

async function verifyFile(registry: ReadRegistry, what: LookAt): Promise<VerifiedFile> {
  const { evidence, survey, signal } = what;
  const base = { registry: registry.name, name: evidence.name, sha256: evidence.sha256 };
  if (survey.kind === "unknown") return { ...base, verdict: "unknown", how: survey.why };
  const listed = survey.kind === "listed" ? survey.files.find((file) => file.name === evidence.name) : undefined;
  if (listed === undefined) return { ...base, verdict: "missing", how: "the registry does not list it" };
  if (listed.sha256 !== undefined && listed.sha256 !== evidence.sha256)
    return { ...base, verdict: "different", how: `the index lists it with sha256 ${listed.sha256}` };
  const got = await registry.download(evidence, undefined, signal);
  if (got.kind === "unknown") return { ...base, verdict: "unknown", how: got.why };
  if (got.kind === "absent") return { ...base, verdict: "missing", how: "the registry lists it, and does not have it" };
  if (got.sha256 !== evidence.sha256)
    return {
      ...base,
      verdict: "different",
      how: `what is handed out has sha256 ${got.sha256}${listed.sha256 === undefined ? "" : ", though the index lists the right one"}`,
    };
  return {
    ...base,
    verdict: "identical",
    how: `downloaded and digested; the index lists ${listed.sha256 === undefined ? "no sha256" : "the same sha256"}`,
  };
}

function findingOf(file: VerifiedFile): readonly FindingFact[] {
  const at = `"${file.name}" at "${file.registry}"`;
  if (file.verdict === "identical") return [];
  if (file.verdict === "unknown")
    return [{ id: "VR-UNKNOWN", level: "cannot-be-tried", message: `${at} cannot be looked at: ${file.how}` }];
  if (file.verdict === "missing") return [{ id: "VR-MISSING", level: "blocks", message: `${at} is gone: ${file.how}` }];
  return [
    {
      id: "VR-DIFFERENT",
      level: "blocks",
      message: `${at} is not what was released: ${file.how}`,
      hint: "Treat it as an incident until it is explained",
    },
  ];
}

/** What a run had not published yet cannot be compared with anything: a release that is only begun is not found to be whole. */
function unfinished(record: ReleaseRecord): readonly FindingFact[] {
  const open = record.steps
    .filter(({ id, state }) => state !== "done" && stepOf(record.plan, id)?.kind === "acting")
    .map(({ id }) => `"${id}"`);
  if (open.length === 0) return [];
  return [
    {
      id: "VR-UNFINISHED",
      level: "cannot-be-tried",
      message: `${open.join(", ")} of ${record.title} was not done: only what was published before is compared`,
    },
  ];
}

/** A file under our version that no record knows, or one that was withdrawn. */
function judgeListed(file: ListedFile, registry: string, ours: ReadonlySet<string>): readonly FindingFact[] {
  if (!ours.has(file.name)) {
    const when = file.uploadedAt === undefined ? "" : `, uploaded ${file.uploadedAt}`;
    return [
      {
        id: "VR-STRANGER",
        level: "blocks",
        message: `"${registry}" lists "${file.name}" under this version${when}, and no record knows it`,
        hint: "Treat it as an incident until it is explained",
      },
    ];
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
      return state.kind === "damaged"
        ? { id: "VR-STORE", level: "blocks", message: `The frozen "${artifact.name}" in "${store.file(artifact.digest)}" was changed` }
        : undefined;
    }),
  );
  return found.filter((finding) => finding !== undefined);
}
