// The files that `copy` names: those of the source, found one by one, and binaries that steps above made for the same
// platform. A binary of another platform is never taken in its place.
import type { Artifact } from "../../domain/artifact.ts";
import { differsFrom, executableHeadBytes, readExecutable } from "../../domain/executable.ts";
import { joinPath } from "../../domain/manifest/manifest-tree.ts";
import { explainNoPlace, readPlatform } from "../../domain/platform.ts";
import type { ImageFile } from "../../platform/ports.ts";
import { failed, type Failed } from "../building.ts";
import type { Frozen, WorkPorts } from "../step.ts";
import type { BuildImageInput, Copied, ImageTarget } from "./input.ts";

export interface FoundFiles {
  readonly kind: "found";
  readonly files: readonly ImageFile[];
  /** Names of binaries that a loader of the image has to start. */
  readonly dynamic: readonly string[];
}

export interface Finding {
  readonly frozen: Frozen<BuildImageInput>;
  readonly ports: WorkPorts;
  readonly target: ImageTarget;
  /** Absolute path. */
  readonly context: string;
}

/** Most files of one folder and those below it. */
const filesMax = 100_000;

/** @returns what is found, or the failure of the step */
export async function findCopied(finding: Finding): Promise<FoundFiles | Failed> {
  const files: ImageFile[] = [];
  const dynamic: string[] = [];
  for (const one of finding.frozen.input.copy ?? []) {
    const found = "binary" in one ? await findBinary(one, finding) : await findSource(one, finding);
    if (found.kind === "failed") return found;
    files.push(...found.files);
    dynamic.push(...found.dynamic);
  }
  return { kind: "found", files, dynamic };
}

async function findBinary(
  { binary, to }: Extract<Copied, { binary: string }>,
  { frozen, ports, target }: Finding,
): Promise<FoundFiles | Failed> {
  const fitting = frozen.artifacts.filter((one) => one.kind === "binary" && one.package === binary && fits(one.platform, target));
  const statics = fitting.filter(({ platform }) => platform?.endsWith("-static") === true);
  const [chosen, ...others] = statics.length > 0 ? statics : fitting;
  if (chosen === undefined) return noBinary(binary, frozen, { target, host: ports.host });
  if (others.length > 0) {
    const names = [chosen, ...others].map(({ name }) => `"${name}"`).join(" and ");
    return failed("ARTIFACT_SET", `Cannot choose the binary of "${binary}" for the image: ${names} are for linux on ${target.processor}`);
  }
  const file = ports.artifactFile(chosen);
  const read = readExecutable(await ports.files.readBytes(file, { offset: 0, sizeBytes: executableHeadBytes }));
  const fault = read.kind === "other" ? read.why : differsFrom(read.executable, target);
  if (fault !== undefined) {
    const hint = "Build it for the platform of the image, and without `archive`";
    return failed("ARTIFACT_INVALID", `Cannot put "${chosen.name}" into the image: it ${fault}`, hint);
  }
  const name = frozen.packages.find((one) => one.id === binary)?.name ?? binary;
  const path = placeOf(to ?? name, name);
  const isDynamic = read.kind === "executable" && read.executable.hasInterpreter;
  return { kind: "found", files: [{ path, file, executable: true }], dynamic: isDynamic ? [chosen.name] : [] };
}

/** A binary without a platform was made by a use without legs, for this machine: its own bytes are asked. */
function fits(platform: Artifact["platform"], { os, processor }: ImageTarget): boolean {
  if (platform === undefined) return true;
  const read = readPlatform(platform);
  return read.kind === "platform" && read.os === os && read.processor === processor;
}

/** The leg above may have had no place here; where none would make it, the plan is wrong. */
function noBinary(
  binary: string,
  { plan }: Frozen<BuildImageInput>,
  { target, host }: { readonly target: ImageTarget; readonly host: string },
): Failed {
  const promised = plan.steps
    .flatMap(({ makes }) => makes)
    .find((one) => one.kind === "binary" && one.package === binary && fits(one.platform, target));
  const words = `linux on ${target.processor}`;
  if (promised !== undefined) {
    const message = `Cannot build the image: the binary of "${binary}" for ${words} was not built here`;
    const hint = explainNoPlace(promised.platform, host, "files")?.hint ?? `Run the release on a machine that is linux-${target.processor}`;
    return failed("NO_PLACE", message, hint);
  }
  const message = `Cannot build the image: no step above builds the binary of "${binary}" for ${words}`;
  return failed("PLAN_INVALID", message, "Add that platform to the matrix of `build-binary`, or take it out of this one");
}

async function findSource({ from, to }: Extract<Copied, { from: string }>, { ports, context }: Finding): Promise<FoundFiles | Failed> {
  const root = joinPath(context, from);
  const link = await linkAbove(from, { ports, context });
  if (link !== undefined) return notRegular(link, "link");
  const kind = (await ports.files.info(root))?.kind;
  if (kind === "file") return { kind: "found", files: [{ path: placeOf(to ?? from, from), file: root }], dynamic: [] };
  if (kind !== "folder") return notRegular(from, kind);
  const into = joinPath((to ?? (from === "." ? "" : from)).replace(/^\/+/, ""));
  const files: ImageFile[] = [];
  const folders = [""];
  for (const folder of folders) {
    for (const name of await ports.files.list(joinPath(root, folder))) {
      // The copy's own history is no part of what is released.
      if (folder === "" && name === ".git") continue;
      const path = joinPath(folder, name);
      const file = joinPath(root, path);
      const found = (await ports.files.info(file))?.kind;
      if (found === "folder") folders.push(path);
      else if (found === "file") files.push({ path: joinPath(into, path), file });
      else return notRegular(joinPath(from, path), found);
      if (files.length + folders.length > filesMax) {
        return failed("ARTIFACT_INVALID", `Cannot copy "${from}" into the image: it has more than ${filesMax} files`);
      }
    }
  }
  return { kind: "found", files, dynamic: [] };
}

/** The first folder on the way that is a link, and may lead out of the source. */
async function linkAbove(from: string, { ports, context }: Pick<Finding, "ports" | "context">): Promise<string | undefined> {
  const parts = joinPath(from).split("/");
  for (const index of parts.slice(1).keys()) {
    const path = parts.slice(0, index + 1).join("/");
    if ((await ports.files.info(joinPath(context, path)))?.kind === "link") return path;
  }
  return undefined;
}

/** Path in the image, without its first slash. */
function placeOf(to: string, name: string): string {
  const path = to.endsWith("/") ? `${to}${name.split("/").at(-1) ?? ""}` : to;
  return joinPath(path.replace(/^\/+/, ""));
}

function notRegular(path: string, kind: string | undefined): Failed {
  const what =
    kind === undefined ? "it is not in the source" : `it is a ${kind === "link" ? "link" : "device"}, and files and folders are copied`;
  return failed("PLAN_INVALID", `Cannot copy "${path}" into the image: ${what}`, "Mend `copy` of the step");
}
