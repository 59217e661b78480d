// Which of the release's binaries the install script knows: those for Linux and macOS, each with its machine. What is left
// out is said; what cannot be told apart is an error.
import type { Artifact } from "../../domain/artifact.ts";
import { commandNameOf } from "../../domain/binary-asset.ts";
import { knownForges } from "../../domain/known-services.ts";
import type { Plan, PlannedForge, PlannedPackage } from "../../domain/plan/plan.ts";
import { readTarget } from "../../domain/platform-targets.ts";
import { releaseTagsOf } from "../../domain/release-tags.ts";
import type { InstallFile } from "./install-script.ts";

export type InstallFiles =
  | { readonly kind: "files"; readonly files: readonly InstallFile[]; readonly leftOut: readonly string[] }
  /** `why` follows "Cannot write install.sh: ". */
  | { readonly kind: "refused"; readonly why: string };

type Of = { readonly kind: "files"; readonly files: readonly InstallFile[] } | { readonly kind: "left-out" } | Refused;
type Refused = Extract<InstallFiles, { kind: "refused" }>;

/** @param artifacts of the kind "binary" */
export function installFilesOf(artifacts: readonly Artifact[], packages: readonly PlannedPackage[]): InstallFiles {
  const byPlace = new Map<string, { readonly file: InstallFile; readonly isStatic: boolean }>();
  const leftOut: string[] = [];
  for (const artifact of artifacts) {
    const of = filesOf(artifact, packages);
    if (of.kind === "refused") return of;
    if (of.kind === "left-out") leftOut.push(artifact.name);
    const isStatic = artifact.platform?.endsWith("-static") === true;
    for (const file of of.kind === "files" ? of.files : []) {
      const place = `${file.os}-${file.processor} ${file.command}`;
      const other = byPlace.get(place);
      if (other?.isStatic === isStatic)
        return refused(`"${other.file.asset}" and "${file.asset}" are both "${file.command}" for one machine`);
      // A static program runs wherever the other does, and on more machines.
      if (other === undefined || isStatic) byPlace.set(place, { file, isStatic });
    }
  }
  const files = [...byPlace.values()].map(({ file }) => file);
  return files.length === 0 ? refused("there is no binary for Linux or macOS") : { kind: "files", files, leftOut };
}

function filesOf(artifact: Artifact, packages: readonly PlannedPackage[]): Of {
  const one = packages.find(({ id }) => id === artifact.package);
  const read = artifact.platform === undefined ? undefined : readTarget(artifact.platform);
  if (read?.kind !== "target" || one === undefined)
    return refused(`nothing says which machine "${artifact.name}" is for; build it with a matrix of platforms`);
  const { os, processor } = read.target;
  const archive = artifact.name.endsWith(".tar.gz") ? "tar.gz" : "none";
  if (os === "windows" || artifact.name.endsWith(".zip")) return { kind: "left-out" };
  const command = commandNameOf(one, os);
  if (command.kind === "refused") return refused(command.why);
  const common = { os, command: command.name, asset: artifact.name, archive, sha256: artifact.digest } as const;
  const processors = processor === "universal2" ? (["x86_64", "aarch64"] as const) : [processor];
  return { kind: "files", files: processors.map((each) => ({ ...common, processor: each })) };
}

function refused(why: string): Refused {
  return { kind: "refused", why };
}

/** Folder of a release's files at the forge, without a slash at the end; `why` as above. */
export function downloadFolder({ forge, packages }: Plan): { readonly kind: "at"; readonly url: string } | Refused {
  if (forge === undefined) return refused("it downloads from the release page, and no step of the plan makes one");
  const root = rootOf(forge);
  const [tag, ...others] = releaseTagsOf(packages);
  if (root === undefined) return refused("the forge has no known address");
  if (tag === undefined) return refused("it downloads from the release page, which is that of a tag, and no package has a `tag:` pattern");
  if (others.length > 0) return refused("the packages have tags of their own, and it downloads from one release page");
  // GitHub and Gitea serve the files of a release alike.
  return { kind: "at", url: `${root}/${forge.repository}/releases/download/${tag.split("/").map(encodeURIComponent).join("/")}` };
}

function rootOf({ kind, url }: PlannedForge): string | undefined {
  const known = knownForges.find((one) => one.kind === kind);
  return url?.replace(/\/$/, "") ?? (known === undefined ? undefined : `https://${known.host}`);
}
