// Writes the record: one JSON document in canonical form, so that the same release gives the same bytes, but for the signature of
// a job: Sigstore makes another one each time.
import path from "node:path";
import { canonicalJson } from "../../domain/digest.ts";
import { releaseRecordFacts, releaseRecordName, releaseRecordOf, type RecordedImage } from "../../domain/release-record.ts";
import type { Frozen, Worked, WorkPorts } from "../step.ts";

export async function performRecord({ plan, planDigest, head, artifacts, packages }: Frozen, ports: WorkPorts): Promise<Worked> {
  const file = path.join(ports.scratchFolder, releaseRecordName);
  const images = await imagesOf({ head, artifacts, packages }, ports);
  const record = releaseRecordOf(plan, { planDigest, head, artifacts, images });
  const attestation = await ports.sealer?.seal({ record, facts: releaseRecordFacts(record) });
  if (attestation?.kind === "unsigned") ports.print(`the record is unsigned: ${attestation.why}`);
  await ports.files.writeText(file, `${canonicalJson({ ...record, attestation })}\n`);
  const made = { kind: "record" as const, package: packages[0]?.id ?? "", name: releaseRecordName, file };
  return { kind: "done", output: { artifacts: artifacts.length }, artifacts: [made] };
}

/** A later pipeline finds an image by the digest that it is published under, and has no file of it. */
async function imagesOf(
  { head, artifacts, packages }: Pick<Frozen, "head" | "artifacts" | "packages">,
  ports: WorkPorts,
): Promise<readonly RecordedImage[]> {
  const images: RecordedImage[] = [];
  for (const { id, version } of packages) {
    const own = artifacts.filter((one) => one.kind === "image" && one.package === id);
    if (own.length === 0) continue;
    const { releasedDigest } = await import("../shared/publishing/images.ts");
    images.push({ package: id, digest: await releasedDigest(own, { version, head, ports }) });
  }
  return images;
}
