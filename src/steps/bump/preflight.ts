// What can be known about `bump` at the pinned commit: whether every version is where it can be written, and whether what
// proves a Cargo workspace is there. Changes nothing.
import type { Finding, Planned, ReadPorts } from "../step.ts";
import type { Gathered } from "./claim.ts";
import { gather } from "./gather.ts";
import type { BumpInput } from "./input.ts";
import { treeOf } from "../checkout-tree.ts";

export async function preflightBump(planned: Planned<BumpInput>, ports: ReadPorts): Promise<readonly Finding[]> {
  const gathered = await gather(planned.packages, planned.input, treeOf(ports.sourceFolder, ports.files));
  const faults = gathered.faults.map((one): Finding => ({ id: "PF-BUMP", level: "blocks", message: one.message, hint: one.hint }));
  const notes = gathered.notes.map((one): Finding => ({ id: "PF-BUMP", level: one.level, message: one.message }));
  return [...faults, ...notes, ...(await lookForCargo(gathered, ports)), ...(faults.length === 0 ? summary(gathered) : [])];
}

async function lookForCargo(gathered: Gathered, ports: ReadPorts): Promise<readonly Finding[]> {
  if (gathered.cargoRoots.length === 0 || (await ports.exec.find("cargo", ports.env["PATH"] ?? "")) !== undefined) return [];
  const message = 'Cannot prove that the Cargo workspace is whole after its version changed: there is no program "cargo"';
  return [{ id: "PF-TOOL-MISSING", level: "blocks", message, hint: "Install Rust" }];
}

function summary({ claims }: Gathered): readonly Finding[] {
  const written = claims.filter((one) => one.statement.version !== one.to);
  const files = [...new Set(written.map((one) => one.file))].toSorted();
  if (claims.length === 0) return [];
  const message =
    files.length === 0 ? "Every file says the planned version already" : `The version can be written into ${files.join(", ")}`;
  return [{ id: "PF-BUMP", level: "fine", message }];
}
