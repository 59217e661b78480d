// Performs `bump`: gathers all places, refuses if any disagrees, makes the new texts, proves them by other readers, writes
// them, proves Cargo workspaces, and keeps the files it changed. A copy that says the planned versions already is left as it is.
import { posix } from "node:path";
import type { Frozen, Worked, WorkPorts } from "../step.ts";
import type { Fault } from "./claim.ts";
import { gather } from "./gather.ts";
import type { BumpInput } from "./input.ts";
import { proveWorkspace } from "./prove.ts";
import { readBack } from "./read-back.ts";
import { treeOf, type Tree } from "../checkout-tree.ts";
import { rewrite, type Rewritten } from "./write.ts";

export async function performBump(frozen: Frozen<BumpInput>, ports: WorkPorts): Promise<Worked> {
  const { packages, input, step } = frozen;
  const deadlineMs = ports.clock.nowMs() + step.timeoutMs;
  const tree = treeOf(ports.workFolder, ports.files);
  const gathered = await gather(packages, input, tree);
  const [fault] = gathered.faults;
  if (fault !== undefined) return failed(fault, gathered.faults);
  for (const note of gathered.notes) ports.print(note.message);

  const rewritten = await rewrite(gathered.claims, tree);
  const wrong = await readBack(packages, gathered.claims, withTexts(tree, rewritten));
  if (wrong !== undefined)
    return {
      kind: "failed",
      code: "STEP_FAILED",
      message: `Cannot trust the new version: ${wrong}`,
      hint: "Make the manifest plainer, and report this",
    };
  for (const one of rewritten) {
    await ports.files.overwrite(tree.absolute(one.path), one.text);
    ports.print(`${one.path}: ${one.from} -> ${one.to}`);
  }
  for (const folder of gathered.cargoRoots) {
    if (rewritten.length === 0 && input.compile !== true) continue;
    const locked = (await tree.read(posix.join(folder, "Cargo.lock"))) !== undefined;
    const unproven = await proveWorkspace({ folder: tree.absolute(folder), locked, compile: input.compile === true, deadlineMs }, ports);
    if (unproven !== undefined) return unproven;
  }
  const files = rewritten.map(({ path, from, to }) => ({ path, from, to }));
  if (files.length === 0) ports.print("Every file says the planned version already");
  const source = files.length === 0 ? {} : { source: { kind: "keep", paths: files.map((one) => one.path) } as const };
  return { kind: "done", output: { files }, artifacts: [], ...source };
}

/** The tree as it is once the texts are written. */
function withTexts(tree: Tree, rewritten: readonly Rewritten[]): Pick<Tree, "read"> {
  const texts = new Map(rewritten.map(({ path, text }) => [posix.normalize(path), text]));
  return { read: async (path) => texts.get(posix.normalize(path)) ?? tree.read(path) };
}

function failed(fault: Fault, all: readonly Fault[]): Worked {
  const more = all.length === 1 ? "" : `; ${all.length - 1} more in the details`;
  const details = all.map(({ code, message, place }) => ({ code, message, ...(place === undefined ? {} : { place }) }));
  return { kind: "failed", code: fault.code, message: `${fault.message}${more}`, hint: fault.hint, details: { faults: details } };
}
