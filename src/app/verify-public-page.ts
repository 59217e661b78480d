// The release page of a tag as anybody sees it, without a journal: the record on it, who signed that, and whether every file on the
// page is one that the record names, with the bytes that it names.
import path from "node:path";
import {
  releaseRecordBytesMax,
  releaseRecordFacts,
  readReleaseRecord,
  releaseRecordName,
  type ReleaseRecordFile,
} from "../domain/release-record.ts";
import type { FindingFact } from "../domain/run/fact.ts";
import type { Asset, ReadAccess, ReadForge, Release } from "../forges/forge.ts";
import { assetsNamed } from "../forges/judge.ts";
import { planForge } from "./forges.ts";
import type { Project } from "./project.ts";
import type { VerifiedAsset, VerifiedPage } from "./verify-pages.ts";
import { verifySeal, type Signature, type Trust } from "./verify-seal.ts";
import type { World } from "./world.ts";

export interface PageRecord {
  readonly record: ReleaseRecordFile;
}

export interface PublicPage {
  readonly page?: VerifiedPage;
  readonly record?: PageRecord;
  readonly signature?: Signature;
  readonly findings: readonly FindingFact[];
}

const hint = "Treat it as an incident until it is explained";
/** Nothing carries it: whose page it is does not matter, what stands on it does. */
const noMark = "none";

export async function lookAtPage(
  world: World,
  of: { readonly project: Project; readonly tag: string; readonly trust: Trust },
): Promise<PublicPage> {
  const { project, tag, trust } = of;
  const planned = await planForge(project.configuration, project.look);
  if (planned === undefined) return { findings: [] };
  const forge = await (await world.realForges()).open(planned);
  const access: ReadAccess = { signal: world.interrupted };
  const found = await forge.releases.find({ tag, mark: noMark }, access);
  if (found.kind === "unknown") return { findings: [untried(`The page ${tag} cannot be looked at: ${found.why}`)] };
  if (found.kind === "absent") return { findings: [] };
  const listed = await forge.releases.assets(found.found.id, access);
  if (listed.kind === "unknown") return { findings: [untried(`The files of the page ${tag} cannot be looked at: ${listed.why}`)] };
  const looking = { world, forge, access, tag, trust, release: found.found, assets: listed.kind === "found" ? listed.found : [] };
  return lookAtAssets(looking);
}

interface LookingAt {
  readonly world: World;
  readonly forge: ReadForge;
  readonly access: ReadAccess;
  readonly tag: string;
  readonly trust: Trust;
  readonly release: Release;
  readonly assets: readonly Asset[];
}

function untried(message: string): FindingFact {
  return { id: "VR-PAGE-UNKNOWN", level: "cannot-be-tried", message };
}

async function lookAtAssets(looking: LookingAt): Promise<PublicPage> {
  const { assets, world, tag, release, trust } = looking;
  const read = await readRecord(looking);
  const base = { forge: looking.forge.name, tag, url: release.url };
  if (read.kind === "none") {
    const page: VerifiedPage = {
      ...base,
      verdict: "unknown",
      how: "it has no record, so that nobody says what should be on it",
      assets: [],
    };
    return { page, findings: [] };
  }
  if (read.kind === "bad") {
    const page: VerifiedPage = { ...base, verdict: "different", how: read.why, assets: [] };
    return {
      page,
      findings: [{ id: "VR-RECORD", level: "blocks", message: `The record on the page ${tag} cannot be used: ${read.why}`, hint }],
    };
  }
  const { record } = read;
  const { signature, findings } = await verifySeal(
    world,
    { seal: record.attestation, sealing: { record, facts: releaseRecordFacts(record) } },
    trust,
  );
  const verified: VerifiedAsset[] = [];
  for (const asset of assets.filter(({ name }) => name !== releaseRecordName)) verified.push(await verifyAsset(looking, asset, record));
  const commit = await commitFindings(looking, record);
  const page: VerifiedPage = {
    ...base,
    verdict: commit.some(({ level }) => level === "blocks") ? "different" : "identical",
    how: commit[0]?.message ?? `its tag leads to ${record.commit.slice(0, 12)}, of which the record is`,
    assets: verified,
  };
  return { page, record: { record }, signature, findings: [...findings, ...commit, ...verified.flatMap((one) => assetFindings(one, tag))] };
}

type ReadPageRecord =
  | { readonly kind: "none" }
  | { readonly kind: "bad"; readonly why: string }
  | { readonly kind: "record"; readonly record: ReleaseRecordFile };

async function readRecord({ world, forge, access, assets }: LookingAt): Promise<ReadPageRecord> {
  const [asset, ...more] = assetsNamed(assets, releaseRecordName);
  if (asset === undefined) return { kind: "none" };
  if (more.length > 0) return { kind: "bad", why: `there are ${more.length + 1} files of that name` };
  if (asset.sizeBytes > releaseRecordBytesMax) return { kind: "bad", why: `it has ${asset.sizeBytes} bytes` };
  const folder = path.join(world.stateRoot, "verify", world.random.id());
  const file = path.join(folder, releaseRecordName);
  await world.files.makeFolder(folder);
  try {
    const got = await forge.releases.download(asset, file, access);
    if (got.kind !== "downloaded") return { kind: "bad", why: got.kind === "absent" ? "it is listed, and not there" : got.why };
    if (asset.sha256 !== undefined && got.sha256 !== asset.sha256)
      return { kind: "bad", why: `what is handed out has sha256 ${got.sha256}, and the page lists ${asset.sha256}` };
    const read = readReleaseRecord(await world.files.readText(file));
    return read.kind === "record" ? read : { kind: "bad", why: read.why };
  } finally {
    await world.files.remove(folder);
  }
}

async function verifyAsset({ forge, access }: LookingAt, asset: Asset, record: ReleaseRecordFile): Promise<VerifiedAsset> {
  const wanted = record.artifacts.find(({ name }) => name === asset.name || name === asset.label);
  const base = { name: asset.name, sha256: wanted?.sha256 ?? asset.sha256 ?? "" };
  if (wanted === undefined) return { ...base, verdict: "stranger", how: "the record does not name it" };
  if (asset.state === "broken") return { ...base, verdict: "missing", how: "it is listed, and its upload never ended" };
  const got = await forge.releases.download(asset, undefined, access);
  if (got.kind === "unknown") return { ...base, verdict: "unknown", how: got.why };
  if (got.kind === "absent") return { ...base, verdict: "missing", how: "the page lists it, and does not have it" };
  if (got.sha256 !== wanted.sha256) return { ...base, verdict: "different", how: `what is handed out has sha256 ${got.sha256}` };
  return { ...base, verdict: "identical", how: "downloaded and digested; the record names the same sha256" };
}

async function commitFindings({ forge, access, tag }: LookingAt, record: ReleaseRecordFile): Promise<readonly FindingFact[]> {
  const leads = await forge.releases.tagCommit(tag, access);
  if (leads.kind === "unknown") return [untried(`Where the tag ${tag} leads cannot be seen: ${leads.why}`)];
  const to = leads.kind === "found" ? leads.found : "nothing";
  if (to === record.commit) return [];
  const message = `The tag ${tag} leads to ${to}, and the record is of ${record.commit}`;
  return [{ id: "VR-PAGE-DIFFERENT", level: "blocks", message, hint }];
}

function assetFindings({ name, verdict, how }: VerifiedAsset, tag: string): readonly FindingFact[] {
  const at = `"${name}" on the page ${tag}`;
  switch (verdict) {
    case "identical":
      return [];
    case "unknown":
      return [{ id: "VR-UNKNOWN", level: "cannot-be-tried", message: `${at} cannot be looked at: ${how}` }];
    case "missing":
      return [{ id: "VR-MISSING", level: "blocks", message: `${at} is gone: ${how}` }];
    case "different":
      return [{ id: "VR-DIFFERENT", level: "blocks", message: `${at} is not what was released: ${how}`, hint }];
    case "stranger":
      return [{ id: "VR-STRANGER", level: "blocks", message: `${at} is no file of this release: ${how}`, hint }];
  }
}
