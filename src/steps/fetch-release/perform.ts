// Fetches, then proves: the record must be of this commit and these versions, every file that it names must be there with
// that digest, and nothing else that a registry would take may lie beside them.
import path from "node:path";
import { backoffMs } from "../../domain/run/retry.ts";
import {
  readReleaseRecord,
  releaseRecordBytesMax,
  releaseRecordName,
  type ReleaseRecordFile,
  type TestedArtifact,
} from "../../domain/release-record.ts";
import type { Unknown } from "../../forges/forge.ts";
import type { Frozen, MadeArtifact, Worked, WorkPorts } from "../step.ts";
import { fetchedKinds, hasImages, tagOf, type FetchReleaseInput } from "./input.ts";
import { openFolder, openPage, type Place, type PlaceOpened } from "./place.ts";

type Fetching = Frozen<FetchReleaseInput>;

/** What one file came to. */
type Fetched =
  | { readonly kind: "fetched"; readonly file: string }
  | { readonly kind: "refused"; readonly why: string; readonly hint: string }
  | Unknown;

export async function performFetchRelease(frozen: Fetching, ports: WorkPorts): Promise<Worked> {
  const opened = await openPlace(frozen, ports);
  if (opened.kind !== "opened") return ended(opened, frozen, ports);
  const { place } = opened;
  ports.print(`The files are taken from ${place.where}`);
  const read = await fetchRecord(place, ports);
  if (read.kind !== "record") return ended(read, frozen, ports);
  const { record } = read;
  const wrong = wrongRecord(record, frozen) ?? strangerAt(place, record);
  if (wrong !== undefined)
    return ended(
      { kind: "refused", why: wrong, hint: `Look at ${place.where}; publish nothing from it before you know why` },
      frozen,
      ports,
    );
  return fetchAll(read, frozen, { place, ports });
}

async function openPlace(frozen: Fetching, ports: WorkPorts): Promise<PlaceOpened> {
  if (ports.filesFolder !== undefined) return openFolder(ports.filesFolder, ports);
  const tag = tagOf(frozen);
  if (tag !== undefined) return openPage(tag, ports);
  return {
    kind: "refused",
    why: "no package has a `tag:` pattern, and a release page is that of a tag",
    hint: 'Write one in slipway.yaml: `tag: "v{version}"`',
  };
}

async function fetchAll(
  { record, file }: Extract<RecordFetched, { kind: "record" }>,
  frozen: Fetching,
  { place, ports }: { readonly place: Place; readonly ports: WorkPorts },
): Promise<Worked> {
  const made: MadeArtifact[] = [];
  if (hasImages(frozen.packages)) made.push({ kind: "record", package: frozen.packages[0]?.id ?? "", name: releaseRecordName, file });
  for (const one of record.artifacts.filter(isPublished)) {
    const fetched = await fetchOne(one, place, ports);
    if (fetched.kind !== "fetched") return ended(fetched, frozen, ports);
    ports.print(`${one.name} is what was tested: sha256 ${one.sha256}`);
    const { kind, package: packageId, name, platform } = one;
    made.push({ kind, package: packageId, name, file: fetched.file, ...(platform === undefined ? {} : { platform }) });
  }
  const { commit, planDigest } = record;
  return { kind: "done", output: { from: place.where, commit, planDigest }, artifacts: made };
}

function isPublished({ kind }: TestedArtifact): boolean {
  return fetchedKinds.some((one) => one === kind);
}

async function fetchOne(one: TestedArtifact, place: Place, ports: WorkPorts): Promise<Fetched> {
  if (!place.names.includes(one.name))
    return { kind: "refused", why: `"${one.name}" was tested and is not there`, hint: `Look at ${place.where}` };
  const file = path.join(ports.scratchFolder, one.name);
  const got = await place.fetch(one.name, file);
  if (got.kind === "unknown") return got;
  if (got.kind === "absent") return { kind: "refused", why: `"${one.name}" is listed and cannot be had`, hint: `Look at ${place.where}` };
  if (got.sha256 === one.sha256) return { kind: "fetched", file };
  return {
    kind: "refused",
    why: `"${one.name}" is not what was tested: its sha256 is ${got.sha256}, and the record says ${one.sha256}`,
    hint: `Somebody exchanged it at ${place.where}; publish nothing from there before you know why`,
  };
}

type RecordFetched =
  | { readonly kind: "record"; readonly record: ReleaseRecordFile; readonly file: string }
  | Exclude<Fetched, { kind: "fetched" }>;

async function fetchRecord(place: Place, ports: WorkPorts): Promise<RecordFetched> {
  const hint = "Let the pipeline that makes the release attach it: `assets: [wheel, sdist, record]`";
  if (!place.names.includes(releaseRecordName))
    return { kind: "refused", why: `there is no "${releaseRecordName}", which would prove the files`, hint };
  const file = path.join(ports.scratchFolder, releaseRecordName);
  const got = await place.fetch(releaseRecordName, file);
  if (got.kind === "unknown") return got;
  if (got.kind === "absent") return { kind: "refused", why: `"${releaseRecordName}" is listed and cannot be had`, hint };
  if (got.sizeBytes > releaseRecordBytesMax)
    return {
      kind: "refused",
      why: `"${releaseRecordName}" has ${got.sizeBytes} bytes, and ${releaseRecordBytesMax} are read at most`,
      hint,
    };
  const read = readReleaseRecord(await ports.files.readText(file));
  return read.kind === "record" ? { ...read, file } : { kind: "refused", why: `"${releaseRecordName}" cannot be read: ${read.why}`, hint };
}

/** The record is of the commit and the versions that are to be published. */
function wrongRecord(record: ReleaseRecordFile, { plan, head, packages }: Fetching): string | undefined {
  if (record.project !== plan.project) return `the record is of "${record.project}", and this is "${plan.project}"`;
  if (record.commit !== head.commit)
    return `the files were made from ${record.commit.slice(0, 12)}, and this release is of ${head.commit.slice(0, 12)}`;
  const other = packages.find((one) => record.packages.every(({ name, version }) => name !== one.name || version !== one.version));
  if (other !== undefined) return `the record does not name ${other.name} ${other.version}`;
  const isWithoutFiles = packages.every(({ ecosystem }) => ecosystem === "oci");
  if (!isWithoutFiles && !record.artifacts.some(isPublished)) return "the record names no wheel and no sdist";
  return undefined;
}

/** A file that a registry would take and that was never tested. */
function strangerAt(place: Place, record: ReleaseRecordFile): string | undefined {
  const known = new Set(record.artifacts.map(({ name }) => name));
  const stranger = place.names.find((name) => /\.(?:whl|tar\.gz|zip)$/.test(name) && !known.has(name));
  return stranger === undefined ? undefined : `"${stranger}" lies beside the files and was never tested`;
}

/** How long a forge is asked again whose answer may pass: a busy server, a cut connection, a limit. */
const withinMs = 2 * 60_000;

function ended(
  end: Exclude<Fetched, { kind: "fetched" }> | Exclude<PlaceOpened, { kind: "opened" }>,
  frozen: Fetching,
  ports: WorkPorts,
): Worked {
  if (end.kind === "refused")
    return { kind: "failed", code: "ARTIFACT_SET", message: `Cannot take the release's files: ${end.why}`, hint: end.hint };
  const nowMs = ports.clock.nowMs();
  if (end.lasting !== true && nowMs - frozen.sinceMs < withinMs)
    return { kind: "later", atMs: nowMs + backoffMs(3, frozen.step.id), why: end.why };
  return {
    kind: "failed",
    code: "STEP_FAILED",
    message: `Cannot take the release's files: ${end.why}`,
    hint: "Look at the forge, then run the same command again",
  };
}
