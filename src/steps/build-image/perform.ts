// Performs `build-image`: builds each image for the leg's platform, opens what came out, and holds it against the leg.
import { join } from "node:path";
import { fillAsset } from "../../domain/binary-asset.ts";
import type { Json } from "../../domain/configuration.ts";
import { annotationNames } from "../../domain/oci/media-types.ts";
import type { PlannedPackage } from "../../domain/plan/plan.ts";
import { variablesFor } from "../../domain/plan/variables.ts";
import type { ImageArchive } from "../../platform/ports.ts";
import { builtWhere, commandsOf, failed, runBuild, type Building, type Failed } from "../building.ts";
import { treeOf, type Tree } from "../checkout-tree.ts";
import { goInside } from "../inside.ts";
import type { Frozen, MadeArtifact, Worked, WorkPorts } from "../step.ts";
import { containerfileCalls } from "./calls.ts";
import { findCopied, type FoundFiles } from "./copied.ts";
import { contradiction, fileNameOf, hostPlatform, type BuildImageInput, type ImageTarget } from "./input.ts";
import { faultOfImage, untold } from "./judge.ts";
import { ownLabels } from "./labels.ts";
import { chooseWay, contextOf, type Way } from "./way.ts";

interface Around extends Building {
  readonly frozen: Frozen<BuildImageInput>;
  readonly tree: Tree;
}

export async function performBuildImage(frozen: Frozen<BuildImageInput>, outside: WorkPorts): Promise<Worked> {
  const contradicts = contradiction(frozen.input);
  if (contradicts !== undefined) return failed("PLAN_INVALID", `Cannot build images: ${contradicts}`);
  const deadlineMs = outside.clock.nowMs() + frozen.step.timeoutMs;
  const inside = await goInside(frozen.input.in, { ports: outside, deadlineMs });
  if (inside.kind === "failed") return inside;
  const { ports } = inside;
  const around: Around = { frozen, ports, deadlineMs, tree: treeOf(ports.workFolder, ports.files) };
  const artifacts: MadeArtifact[] = [];
  const images: Json[] = [];
  for (const one of frozen.packages.filter(({ ecosystem }) => ecosystem === "oci")) {
    const built = await buildOne(one, around);
    if (built.kind === "failed") return built;
    artifacts.push(built.artifact);
    images.push(built.told);
  }
  return { kind: "done", output: { images, environment: builtWhere(ports, frozen.input.in) }, artifacts };
}

type Built = { readonly kind: "built"; readonly artifact: MadeArtifact; readonly told: Json } | Failed;

async function buildOne(one: PlannedPackage, around: Around): Promise<Built> {
  const { frozen, ports, tree } = around;
  const { input, leg } = frozen;
  const chosen = await chooseWay({ one, input, platform: leg["platform"], tree, ports });
  if (chosen.kind === "none") return failed(chosen.code, chosen.message, chosen.hint);
  const { way, target } = chosen;
  const out = join(ports.scratchFolder, `image-${one.id}`);
  await ports.files.remove(out);
  await ports.files.makeFolder(out);
  const copied = await findCopied({ frozen, ports, target, context: join(ports.workFolder, contextOf(one, input)) });
  if (copied.kind === "failed") return copied;
  const made = await make({ one, way, target, out, copied }, around);
  if (made.kind === "failed") return made;
  const file = join(out, "made", fileNameOf(one, target));
  return await take({ one, way, from: made.file, file }, around);
}

interface Making {
  readonly one: PlannedPackage;
  readonly way: Way;
  readonly target: ImageTarget;
  /** Absolute path of an empty folder. */
  readonly out: string;
  readonly copied: FoundFiles;
}

type Made = { readonly kind: "made"; readonly file: string } | Failed;

async function make(making: Making, around: Around): Promise<Made> {
  switch (making.way.kind) {
    case "layers":
      return await makeOfLayers(making, around);
    case "command":
      return await makeByCommand(making, around);
    case "containerfile":
      return await makeOfContainerfile(making.way, making, around);
  }
}

async function makeOfLayers({ one, target, out, copied }: Making, { frozen, ports }: Around): Promise<Made> {
  const { input, head } = frozen;
  const base = await openBase(one, target, { frozen, ports });
  if (base.kind === "failed") return base;
  for (const name of base.image === undefined ? copied.dynamic : []) {
    ports.print(`warning: "${name}" is started by a loader, which an image from scratch has only where \`copy\` puts it there`);
  }
  const to = join(out, "image.tar");
  const labels = ownLabels(one, frozen);
  const { entrypoint, cmd, env, user, folder } = input;
  ports.print(`Putting ${copied.files.length} files together for ${target.platform.os}/${target.platform.architecture}`);
  await ports.images.writeImage({
    to,
    platform: target.platform,
    epochSeconds: head.epochSeconds,
    files: copied.files,
    settings: {
      ...(entrypoint === undefined ? {} : { entrypoint }),
      ...(cmd === undefined ? {} : { cmd }),
      ...(env === undefined ? {} : { env }),
      ...(user === undefined ? {} : { user }),
      ...(folder === undefined ? {} : { folder }),
      labels: { ...labels, ...input.labels },
    },
    annotations: { ...labels, ...(base.image === undefined ? {} : { [annotationNames.baseDigest]: base.image.manifest.digest }) },
    ...(base.image === undefined ? {} : { base: base.image }),
  });
  return { kind: "made", file: to };
}

type Base = { readonly kind: "base"; readonly image: ImageArchive | undefined } | Failed;

async function openBase(one: PlannedPackage, target: ImageTarget, { frozen, ports }: Pick<Around, "frozen" | "ports">): Promise<Base> {
  const { base } = frozen.input;
  if (base === undefined) return { kind: "base", image: undefined };
  const path = fillAsset(base.file, one, target);
  const file = join(ports.workFolder, one.folder, path);
  const kind = (await ports.files.info(file))?.kind;
  if (kind !== "file") {
    return failed(
      "PLAN_INVALID",
      `Cannot build upon "${path}": it is ${kind === undefined ? "not in the source" : `a ${kind}`}`,
      "Mend `base`",
    );
  }
  const opened = await ports.images.openImage(file);
  if (opened.kind === "unreadable") return failed("ARTIFACT_INVALID", `Cannot build upon "${path}": it ${opened.why}`);
  const { digest } = opened.image.manifest;
  const wanted = base.digest === undefined ? [digest] : [base.digest].flat();
  if (wanted.includes(digest)) return { kind: "base", image: opened.image };
  return failed("ARTIFACT_INVALID", `Cannot build upon "${path}": it is "${digest}" and should be "${wanted.join('" or "')}"`);
}

async function makeByCommand({ one, target, out, copied }: Making, around: Around): Promise<Made> {
  const { frozen, ports } = around;
  const context = join(ports.workFolder, contextOf(one, frozen.input));
  const problem = await fillContext(context, copied, around);
  if (problem !== undefined) return problem;
  const file = join(out, "image.tar");
  const { os, architecture } = target.platform;
  const told = { SLIPWAY_IMAGE: file, SLIPWAY_IMAGE_PLATFORM: `${os}/${architecture}`, SLIPWAY_IMAGE_VERSION: one.version };
  const env = { ...ports.env, ...variablesFor(frozen), ...told };
  for (const words of commandsOf(frozen.input.run)) {
    const failure = await runBuild({ words, cwd: context, env }, around);
    if (failure !== undefined) return failure;
  }
  if ((await ports.files.info(file))?.kind === "file") return { kind: "made", file };
  const message = `Cannot use the image of "${one.id}": the commands left no file at $SLIPWAY_IMAGE`;
  return failed("ARTIFACT_INVALID", message, "Let them write an oci-archive there, for example `--output type=oci,dest=…`");
}

async function makeOfContainerfile(way: Extract<Way, { kind: "containerfile" }>, making: Making, around: Around): Promise<Made> {
  const { frozen, ports } = around;
  const { one, target, out, copied } = making;
  const context = join(ports.workFolder, contextOf(one, frozen.input));
  const problem = await fillContext(context, copied, around);
  if (problem !== undefined) return problem;
  const calls = containerfileCalls(way, {
    input: frozen.input,
    target,
    context,
    file: join(ports.workFolder, way.file),
    out,
    epochSeconds: frozen.head.epochSeconds,
    labels: ownLabels(one, frozen),
  });
  await ports.files.writeText(join(out, calls.login), "{}\n");
  const env = { ...ports.env, ...calls.env };
  try {
    for (const words of calls.words) {
      const failure = await runBuild({ words, cwd: out, env }, around);
      if (failure !== undefined) return failure;
    }
  } finally {
    if (!ports.signal.aborted) await runBuild({ words: calls.clean, cwd: out, env }, around);
  }
  return { kind: "made", file: calls.leaves };
}

/** Builders that read a folder find there what `copy` names. Frozen binaries are read only, and programs have to be run. */
async function fillContext(context: string, { files }: FoundFiles, around: Around): Promise<Failed | undefined> {
  const { files: disk } = around.ports;
  const programs: string[] = [];
  for (const { path, file, executable } of files) {
    const to = join(context, path);
    if (to === file) continue;
    await disk.remove(to);
    await disk.copy(file, to);
    if (executable === true) programs.push(to);
  }
  if (programs.length === 0) return undefined;
  return await runBuild({ words: ["chmod", "755", ...programs], cwd: context }, around);
}

interface Taking {
  readonly one: PlannedPackage;
  readonly way: Way;
  readonly from: string;
  readonly file: string;
}

async function take({ one, way, from, file }: Taking, { frozen, ports }: Around): Promise<Built> {
  const opened = await ports.images.openImage(from);
  if (opened.kind === "unreadable") {
    const hint = "An image artifact is one uncompressed oci-archive with the image of one platform";
    return failed("ARTIFACT_INVALID", `Cannot use the image of "${one.id}": it ${opened.why}`, hint);
  }
  const { image } = opened;
  const { platform } = frozen.leg;
  const fault = faultOfImage(image, platform ?? hostPlatform(ports.host));
  if (fault !== undefined) return failed("ARTIFACT_INVALID", `Cannot use the image of "${one.id}": it ${fault}`);
  const warnings = untold(image, one, frozen.head.commit);
  for (const warning of warnings) ports.print(`warning: the image of "${one.id}" ${warning}`);
  await ports.files.copy(from, file);
  const { digest } = image.manifest;
  ports.print(`${one.name}: ${digest}, ${image.sizeBytes} bytes`);
  const bound = platform === undefined ? {} : { platform };
  const name = file.split(/[/\\]/).at(-1) ?? "";
  return {
    kind: "built",
    artifact: { kind: "image", package: one.id, name, file, ...bound },
    told: { package: one.id, ...toldOf(way), ...bound, digest, sizeBytes: image.sizeBytes, warnings },
  };
}

function toldOf(way: Way): Readonly<Record<string, string>> {
  return way.kind === "containerfile" ? { builder: way.version, file: way.file } : { builder: way.kind };
}
