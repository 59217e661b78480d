// The step `carry`: takes the files that `source.carry` names from the work tree, as they were when the plan was made, into
// the run (S2.1). It runs by itself, first; the work tree is only read.
import path from "node:path";
import * as z from "../../domain/shape.ts";
import type { CarriedFile } from "../../domain/plan/plan.ts";
import type { WorkStep, Worked, WorkPorts } from "../step.ts";

const carryInput = z.strictObject({});

export const carryStep: WorkStep<z.infer<typeof carryInput>> = {
  name: "carry",
  revision: 1,
  kind: "work",
  zone: "tool",
  summary: "Takes uncommitted files that `source.carry` names into the run; it runs by itself.",
  input: carryInput,
  timeoutMs: 10 * 60_000,
  takes: () => [],
  makes: () => [],
  asks: () => ({ programs: ["git"], toolbox: false, platforms: [] }),
  describe: () => "take the uncommitted files that the plan names",
  writesSource: () => true,
  preflight: async () => [],
  perform: async ({ plan }, ports): Promise<Worked> => {
    const carried = plan.source.carried ?? [];
    for (const file of carried) {
      const changed = await takeOver(file, ports);
      if (changed !== undefined) return changed;
    }
    ports.print(`${carried.length} files are taken over`);
    return {
      kind: "done",
      output: { files: carried.length },
      artifacts: [],
      source: { kind: "keep", paths: carried.map((one) => one.path) },
    };
  },
};

async function takeOver({ path: name, sha256 }: CarriedFile, ports: WorkPorts): Promise<Worked | undefined> {
  const from = path.join(ports.userFolder, ...name.split("/"));
  const to = path.join(ports.workFolder, ...name.split("/"));
  const found = (await ports.files.info(from))?.kind;
  if (sha256 === undefined) {
    if (found !== undefined) return changedSince(name, "it is there again");
    await ports.files.remove(to);
    return undefined;
  }
  if (found !== "file") return changedSince(name, found === undefined ? "it is gone" : `it is a ${found}`);
  await ports.files.remove(to);
  await ports.files.copy(from, to);
  const now = (await ports.files.digest(to)).sha256;
  return now === sha256 ? undefined : changedSince(name, `its sha256 is ${now.slice(0, 12)}…, and the plan has ${sha256.slice(0, 12)}…`);
}

function changedSince(name: string, how: string): Worked {
  return {
    kind: "failed",
    code: "SOURCE_MOVED",
    message: `Cannot carry "${name}": it changed since the plan was made (${how})`,
    hint: "Put it back, or give the run up with `slipway cancel` and begin again",
  };
}
