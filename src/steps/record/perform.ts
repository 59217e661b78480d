// Writes the record: one JSON document in canonical form, so that the same release gives the same bytes.
import path from "node:path";
import { canonicalJson } from "../../domain/digest.ts";
import { releaseRecordName, releaseRecordOf } from "../../domain/release-record.ts";
import type { Frozen, Worked, WorkPorts } from "../step.ts";

export async function performRecord({ plan, planDigest, head, artifacts, packages }: Frozen, ports: WorkPorts): Promise<Worked> {
  const file = path.join(ports.scratchFolder, releaseRecordName);
  const record = releaseRecordOf(plan, { planDigest, head, artifacts });
  await ports.files.writeText(file, `${canonicalJson(record)}\n`);
  const made = { kind: "record" as const, package: packages[0]?.id ?? "", name: releaseRecordName, file };
  return { kind: "done", output: { artifacts: artifacts.length }, artifacts: [made] };
}
