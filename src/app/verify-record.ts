// Use case: `slipway verify --record FILE --offline FILES…`. The record alone: who signed it, and whether files at hand are the
// ones that it names. Nothing is asked over a network, and no journal is read.
import path from "node:path";
import type { Sealing } from "../domain/attestation/record-statement.ts";
import { SlipwayError } from "../domain/error.ts";
import { releaseRecordBytesMax } from "../domain/release-record.ts";
import type { FindingFact } from "../domain/run/fact.ts";
import { sealedIn, type Sealed } from "./read-record.ts";
import { exitOf } from "./verify-exit.ts";
import type { Verification, VerifiedFile } from "./verify-release.ts";
import { verifySeal } from "./verify-seal.ts";
import { projectHere, readTrust, type TrustWords } from "./verify-trust.ts";
import type { World } from "./world.ts";

/** Files that are looked at in one call. */
const filesMax = 10_000;

/**
 * @param what absolute paths: of a record of either form (a run's, a release page's), and of files that it should name
 * @throws SlipwayError USAGE for what is no record, FILE_UNREADABLE
 */
export async function verifyRecord(
  world: World,
  what: { readonly record: string; readonly files: readonly string[] },
  words: TrustWords,
): Promise<Verification> {
  if (what.files.length > filesMax) throw new SlipwayError("USAGE", `Cannot look at more than ${filesMax} files at once`);
  const sealing = await readSealed(world, what.record);
  const trust = await readTrust(world, words, await projectHere(world));
  const { signature, findings: sealFindings } = await verifySeal(world, sealing, trust);
  const files: VerifiedFile[] = [];
  for (const file of what.files) files.push(await verifyFile(world, file, sealing.sealing));
  const findings = [...sealFindings, ...files.flatMap(findingOf)];
  const { title } = sealing.sealing.facts;
  const { kind, ...seal } = signature;
  return { schema: "slipway-verification/1", title, signature: kind, seal, files, pages: [], findings, exitCode: exitOf(findings, files) };
}

async function readSealed(world: World, file: string): Promise<Sealed> {
  const info = await world.files.info(file);
  if (info?.kind === "file" && info.sizeBytes > 16 * releaseRecordBytesMax)
    throw new SlipwayError("USAGE", `Cannot read the record "${file}": it has ${info.sizeBytes} bytes`);
  return sealedIn(file, await world.files.readText(file));
}

async function verifyFile(world: World, file: string, { facts }: Sealing): Promise<VerifiedFile> {
  const { sha256 } = await world.files.digest(file);
  const name = path.basename(file);
  const base = { registry: path.dirname(file), name, sha256 };
  const named = facts.subjects.filter((one) => one.name === name);
  const is = named.some(({ digest }) => digest.sha256 === sha256);
  if (is) return { ...base, verdict: "identical", how: "digested; the record names the same sha256" };
  const [should] = named;
  const as = facts.subjects.find(({ digest }) => digest.sha256 === sha256);
  if (should !== undefined) return { ...base, verdict: "different", how: `the record names it with sha256 ${should.digest.sha256 ?? ""}` };
  if (as !== undefined) return { ...base, verdict: "identical", how: `digested; the record names these bytes "${as.name}"` };
  return { ...base, verdict: "stranger", how: "the record does not name it" };
}

function findingOf({ name, registry, verdict, how }: VerifiedFile): readonly FindingFact[] {
  const hint = "Treat it as an incident until it is explained";
  if (verdict === "identical") return [];
  if (verdict === "stranger")
    return [{ id: "VR-STRANGER", level: "blocks", message: `"${name}" in "${registry}" is no file of this release`, hint }];
  return [{ id: "VR-DIFFERENT", level: "blocks", message: `"${name}" in "${registry}" is not what was released: ${how}`, hint }];
}
