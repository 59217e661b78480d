// What there is to try of a crate: a library, programs, or both; read from the frozen file itself.
import { targetsOf, type CrateTargets } from "../../../domain/crates/targets.ts";
import type { Archives } from "../../../platform/ports.ts";
import type { WorkPorts } from "../../step.ts";
import type { Failed } from "../bench.ts";
import type { OwnMember } from "../own-members.ts";

export type CrateToTry = OwnMember & CrateTargets;

/** A manifest has less; more than this is not read. */
const manifestBytesMax = 4 * 1024 * 1024;

export async function readTargets(
  members: readonly OwnMember[],
  ports: Pick<WorkPorts, "archives" | "artifactFile">,
): Promise<{ readonly kind: "crates"; readonly crates: readonly CrateToTry[] } | Failed> {
  const crates: CrateToTry[] = [];
  for (const member of members) {
    const read = await readOne(member, ports);
    if (typeof read === "string")
      return { kind: "failed", code: "ARTIFACT_INVALID", message: `Cannot install "${member.artifact.name}": ${read}` };
    crates.push({ ...member, ...read });
  }
  return { kind: "crates", crates };
}

async function readOne(
  { name, version, artifact }: OwnMember,
  { archives, artifactFile }: { readonly archives: Archives; readonly artifactFile: WorkPorts["artifactFile"] },
): Promise<CrateTargets | string> {
  const opened = await archives.openTarGz(artifactFile(artifact));
  if (opened.kind === "unreadable") return opened.why;
  const text = await opened.archive.readText(`${name}-${version}/Cargo.toml`, manifestBytesMax);
  if (text.kind !== "text") return `its manifest is ${text.kind}`;
  const inside = opened.archive.members.map(({ path }) => path.slice(path.indexOf("/") + 1));
  return targetsOf(text.text, { name, inside }) ?? "its manifest is no TOML";
}
