// The step `record`: writes down which bytes were made from which commit under which plan, as a file for the release page.
// It runs by itself where something takes a record and no line makes one.
import path from "node:path";
import { z } from "zod";
import { artifactKinds } from "../../domain/artifact.ts";
import { canonicalJson } from "../../domain/digest.ts";
import { releaseRecordName, releaseRecordOf } from "../../domain/release-record.ts";
import type { WorkStep } from "../step.ts";

const recordInput = z.strictObject({});

export const recordStep: WorkStep<z.infer<typeof recordInput>> = {
  name: "record",
  revision: 1,
  kind: "work",
  zone: "tool",
  summary: "Writes down which bytes were made from which commit, as a file for the release page.",
  input: recordInput,
  timeoutMs: 60_000,
  takes: () => [{ kinds: artifactKinds.filter((kind) => kind !== "record") }],
  makes: ({ packages }) => [{ kind: "record", package: packages[0]?.id ?? "", countMin: 1, countMax: 1 }],
  asks: () => ({ programs: [], toolbox: false, platforms: [] }),
  describe: () => "write down which bytes were made from which commit",
  preflight: async () => [],
  perform: async ({ plan, planDigest, head, artifacts, packages }, ports) => {
    const file = path.join(ports.scratchFolder, releaseRecordName);
    const record = releaseRecordOf(plan, { planDigest, head, artifacts });
    await ports.files.writeText(file, `${canonicalJson(record)}\n`);
    const made = { kind: "record" as const, package: packages[0]?.id ?? "", name: releaseRecordName, file };
    return { kind: "done", output: { artifacts: artifacts.length }, artifacts: [made] };
  },
};
