// What cargo packed: exactly one file per crate, each with the name, the version and the commit that the plan says, read out
// of the file itself and not from its name alone.
import { join } from "node:path";
import { crateFileName } from "../../domain/crates/names.ts";
import { readJson, memberAt, stringOf } from "../../domain/manifest/json.ts";
import { readCargoManifest } from "../../domain/manifest/cargo-manifest.ts";
import type { PublishedMember } from "../../domain/plan/members.ts";
import type { Archive, Archives, Files } from "../../platform/ports.ts";
import { failed, type Failed } from "../building.ts";
import type { MadeArtifact } from "../step.ts";

export type Collected = { readonly kind: "collected"; readonly artifacts: readonly MadeArtifact[] } | Failed;

/** Largest manifest that is read out of a crate. */
const manifestBytesMax = 4 * 1024 * 1024;

export interface CollectCrates {
  /** Target folder that cargo was given. */
  readonly target: string;
  readonly archives: Archives;
  readonly files: Files;
  /** Commit that the crates have to name. */
  readonly commit: string;
}

export async function collectCrates(members: readonly PublishedMember[], around: CollectCrates): Promise<Collected> {
  const folder = join(around.target, "package");
  const artifacts: MadeArtifact[] = [];
  for (const member of members) {
    const name = crateFileName(member.name, member.package.version);
    const file = join(folder, name);
    if ((await around.files.info(file))?.kind !== "file")
      return failed("ARTIFACT_SET", `Cannot go on: cargo ended well and left no "${name}"`, "Look at `slipway logs` for what it packed");
    const problem = await judge(member, { ...around, name, file });
    if (problem !== undefined) return problem;
    artifacts.push({ kind: "crate", package: member.package.id, name, file });
  }
  return { kind: "collected", artifacts };
}

interface Crate extends CollectCrates {
  readonly name: string;
  readonly file: string;
}

async function judge(member: PublishedMember, crate: Crate): Promise<Failed | undefined> {
  const opened = await crate.archives.openTarGz(crate.file);
  if (opened.kind === "unreadable") return invalid(crate, opened.why);
  const [fault] = opened.archive.faults;
  if (fault !== undefined) return invalid(crate, fault);
  const text = await opened.archive.readText(inside(crate, "Cargo.toml"), manifestBytesMax);
  const read = text.kind === "text" ? readCargoManifest(text.text) : undefined;
  const own = read?.kind === "cargo" ? read.manifest.package : undefined;
  if (own === undefined) return invalid(crate, "it has no Cargo.toml of a package");
  const version = typeof own.version === "object" ? own.version.version : undefined;
  if (own.name !== member.name || version !== member.package.version) {
    return failed(
      "VERSION_MISMATCH",
      `Cannot go on: "${crate.name}" is of ${own.name} ${version ?? "without a version"}, and the plan says ${member.name} ${member.package.version}`,
    );
  }
  return judgeCommit(crate, opened.archive);
}

/** cargo writes down the commit, and whether files differed from it. A crate outside of git has no such file. */
async function judgeCommit(crate: Crate, archive: Archive): Promise<Failed | undefined> {
  const text = await archive.readText(inside(crate, ".cargo_vcs_info.json"), manifestBytesMax);
  if (text.kind === "absent") return undefined;
  const read = text.kind === "text" ? readJson(text.text) : undefined;
  const commit = read === undefined || read.kind === "refused" ? undefined : stringOf(memberAt(read.root, ["git", "sha1"]));
  if (commit === crate.commit) return undefined;
  return invalid(crate, `it says that it was made from commit ${commit ?? "nobody knows which"}, and the release is of ${crate.commit}`);
}

function inside({ name }: Crate, path: string): string {
  return `${name.slice(0, -".crate".length)}/${path}`;
}

function invalid({ name }: Crate, why: string): Failed {
  return failed("ARTIFACT_INVALID", `Cannot use the crate "${name}": ${why}`);
}
