// `with:` of `build-image`, and what one leg wants built.
import * as z from "../../domain/shape.ts";
import { SlipwayError } from "../../domain/error.ts";
import type { ImagePlatform } from "../../domain/oci/platform.ts";
import type { PlannedPackage } from "../../domain/plan/plan.ts";
import { readTarget, type PlatformTarget } from "../../domain/platform-targets.ts";
import { commandList, environmentOfProject } from "../building.ts";

const inside = z
  .string()
  .min(1)
  .max(1000)
  .regex(/^(?!\/)(?!.*(?:^|\/)\.\.(?:\/|$))/, { error: 'must be a path inside of the folder, for example "deploy/Containerfile"' });

const target = z
  .string()
  .max(1000)
  .regex(/^(?:\/|\/?[^/\\\s][^\\]*)$/, { error: 'must be a path in the image, for example "/usr/bin/tool"' })
  .refine((path) => !path.split("/").some((part) => part === "." || part === ".."), { error: 'must not have "." or ".." in it' });

const name = z.string().regex(/^[A-Za-z_][A-Za-z0-9_.-]{0,199}$/, { error: "must be a plain name" });
const text = z
  .string()
  .max(10_000)
  .regex(/^[^\0]*$/, { error: "must not hold a zero character" });
const words = z.array(text).min(1).max(100);
const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/, { error: 'must be "sha256:" and 64 hexadecimal digits' });

const copied = z.union([
  z.strictObject({
    from: inside.describe("File or folder, from `context`"),
    to: target
      .optional()
      .describe('Path in the image; with a slash at the end, or for a folder, what it is put into (default: "/" and `from`)'),
  }),
  z.strictObject({
    binary: z.string().min(1).describe("Package of ecosystem binary, whose file of the same platform is taken from the steps above"),
    to: target.optional().describe("Path in the image (default: the name of its command, in the root)"),
  }),
]);

export const buildImageInput = z.strictObject({
  builder: z
    .enum(["auto", "buildah", "layers", "command"])
    .optional()
    .describe(
      "What builds; auto (the default): the commands of `run`, else layers where one of its options is given, else buildah or podman where there is a Containerfile, else layers",
    ),
  file: inside.optional().describe("Containerfile, from `context` (default: Containerfile, else Dockerfile)"),
  context: inside.optional().describe("Folder that is built, from the package's folder (default: the folder itself)"),
  target: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9_.-]*$/)
    .optional()
    .describe("Stage of the Containerfile that is built (default: the last)"),
  args: z.record(name, text).optional().describe("Build arguments of the Containerfile"),
  run: commandList
    .optional()
    .describe("Command, or list of commands, run in `context`, that leaves an oci-archive of one platform at $SLIPWAY_IMAGE"),
  emulate: z
    .enum(["never", "allowed"])
    .optional()
    .describe("Whether programs of another kind of machine may be run here, by emulation or a builder elsewhere (default: never)"),
  copy: z
    .array(copied)
    .min(1)
    .max(1_000)
    .optional()
    .describe(
      "Files of the source and binaries of this release: all that layers puts into the image; other builders find them in `context`",
    ),
  base: z
    .strictObject({
      file: inside.describe("oci-archive, from the package's folder; may hold {os} and {arch}"),
      digest: z
        .union([digest, z.array(digest).min(1).max(20)])
        .optional()
        .describe("What its manifest has to be: one, or one per platform"),
    })
    .optional()
    .describe("Layers: image of the repository that the files are put on (default: from scratch)"),
  entrypoint: words.optional().describe("Layers: program that is started, with its first arguments"),
  cmd: words.optional().describe("Layers: arguments where none are given"),
  env: z.record(name, text).optional().describe("Layers: environment of the program"),
  user: z
    .string()
    .regex(/^[A-Za-z0-9_.-]+(?::[A-Za-z0-9_.-]+)?$/)
    .optional()
    .describe("Layers: user, or user:group, that the program runs as"),
  folder: target.optional().describe("Layers: folder that the program is started in"),
  labels: z.record(name, text).optional().describe("Labels on top of source, version, revision and created, for layers and buildah"),
  in: environmentOfProject,
});

export type BuildImageInput = z.infer<typeof buildImageInput>;
export type Copied = NonNullable<BuildImageInput["copy"]>[number];

export interface ImageTarget extends Pick<PlatformTarget, "os" | "archWord"> {
  readonly processor: "x86_64" | "aarch64";
  readonly platform: ImagePlatform;
}

/** @throws SlipwayError PLAN_INVALID */
export function imageTarget(words: string): ImageTarget {
  const read = readTarget(words);
  const why =
    read.kind === "unclear"
      ? read.why
      : read.target.os !== "linux" || read.target.processor === "universal2"
        ? "is not Linux, which all images here are for"
        : read.target.isStatic
          ? 'ends with "-static", which an image is not'
          : undefined;
  if (read.kind === "target" && read.target.processor !== "universal2" && why === undefined) {
    const { os, archWord, processor } = read.target;
    return { os, archWord, processor, platform: imagePlatform(processor) };
  }
  throw new SlipwayError("PLAN_INVALID", `Cannot plan \`build-image\`: the platform "${words}" ${why ?? ""}`, {
    hint: "Write it like linux-x86_64 or linux-aarch64",
  });
}

/** As builders write it: every 64-bit ARM is of the eighth version at least. */
function imagePlatform(processor: "x86_64" | "aarch64"): ImagePlatform {
  if (processor === "x86_64") return { os: "linux", architecture: "amd64" };
  return { os: "linux", architecture: "arm64", variant: "v8" };
}

/** `proxy-linux-arm64.oci.tar`: the last part of the name tells images of one owner apart. */
export function fileNameOf({ name: full }: PlannedPackage, { os, archWord }: ImageTarget): string {
  return `${full.split("/").at(-1) ?? full}-${os}-${archWord}.oci.tar`;
}

/** Platform that a use without legs builds for: images are for Linux on every machine. @param host as `ReadPorts.host` */
export function hostPlatform(host: string): string {
  return `linux-${host.split("-")[1] ?? ""}`;
}

/** Ids of the packages whose binaries are taken. */
export function binariesOf({ copy }: BuildImageInput): readonly string[] {
  return [...new Set((copy ?? []).flatMap((one) => ("binary" in one ? [one.binary] : [])))];
}

const ofContainerfile = ["file", "target", "args"] as const;
const ofLayers = ["base", "entrypoint", "cmd", "env", "user", "folder"] as const;

/** Whether a use wants its image put together from files: it says so, or says what no Containerfile would be asked for. */
export function isOfLayers(input: BuildImageInput): boolean {
  return input.builder === "layers" || ofLayers.some((key) => input[key] !== undefined);
}

/** What contradicts itself, to follow "Cannot plan `build-image`: "; undefined: nothing does. */
export function contradiction(input: BuildImageInput): string | undefined {
  const { builder = "auto", run } = input;
  const isCommand = builder === "command" || (run !== undefined && builder === "auto");
  if (isCommand && run === undefined) return "`builder: command` needs the commands in `run`";
  if (run !== undefined && !isCommand) return `\`run\` is of \`builder: command\`, and the builder is ${builder}`;
  const isContainerfile = builder === "buildah" || ofContainerfile.some((key) => input[key] !== undefined);
  const given = [...ofContainerfile, ...ofLayers].filter((key) => input[key] !== undefined).map((key) => `\`${key}\``);
  if (isCommand && given.length > 0) return `${given.join(", ")} would be passed over by the commands of \`run\``;
  if (isCommand && input.labels !== undefined) return "`labels` would be passed over by the commands of `run`";
  if (isContainerfile && isOfLayers(input))
    return `${given.join(", ")} are not of one builder: a Containerfile says itself what it builds upon and starts`;
  if (isOfLayers(input) && input.in !== undefined) return "layers runs nothing, and `in` would be passed over";
  if (isOfLayers(input) && input.copy === undefined && input.base === undefined) return "layers needs the files in `copy`";
  return undefined;
}
