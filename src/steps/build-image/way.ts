// How one leg of an image is built on this machine, or why it cannot be. Files alone are put together for every platform
// anywhere; a Containerfile needs buildah or podman, on Linux, and where it runs programs a machine of the leg's own kind, or
// the leave to emulate one; a command of the project likewise.
import type { ErrorCode } from "../../domain/error-catalog.ts";
import { joinPath } from "../../domain/manifest/manifest-tree.ts";
import type { PlannedPackage } from "../../domain/plan/plan.ts";
import { explainNoPlace } from "../../domain/platform.ts";
import { firstLineOf } from "../building.ts";
import type { Tree } from "../checkout-tree.ts";
import type { ReadPorts } from "../step.ts";
import { foreignRun } from "./containerfile.ts";
import { hostPlatform, imageTarget, isOfLayers, type BuildImageInput, type ImageTarget } from "./input.ts";

export type Way =
  | { readonly kind: "layers" }
  | { readonly kind: "command" }
  | {
      readonly kind: "containerfile";
      readonly program: "buildah" | "podman";
      readonly version: string;
      /** From the root of the checkout. */
      readonly file: string;
    };

export type Chosen =
  | { readonly kind: "way"; readonly way: Way; readonly target: ImageTarget }
  | {
      readonly kind: "none";
      readonly code: Extract<ErrorCode, "NO_PLACE" | "TOOL_MISSING" | "PLAN_INVALID">;
      readonly message: string;
      readonly hint: string;
    };

export interface Choosing {
  readonly one: PlannedPackage;
  readonly input: BuildImageInput;
  /** The leg's; undefined: Linux on this machine's processor. */
  readonly platform: string | undefined;
  readonly tree: Tree;
  readonly ports: ReadPorts;
  /** The tools are inside of an environment that is not entered yet: they are not asked. */
  readonly isOutside?: boolean;
}

/** @throws SlipwayError PLAN_INVALID for a platform that no image is for */
export async function chooseWay(choosing: Choosing): Promise<Chosen> {
  const { one, input, ports } = choosing;
  const platform = choosing.platform ?? hostPlatform(ports.host);
  const target = imageTarget(platform);
  const { builder = "auto" } = input;
  if (isOfLayers(input)) return { kind: "way", way: { kind: "layers" }, target };
  if (builder === "command" || input.run !== undefined) {
    const noPlace = input.emulate === "allowed" ? undefined : explainNoPlace(platform, ports.host, "files");
    if (noPlace === undefined) return { kind: "way", way: { kind: "command" }, target };
    return none("NO_PLACE", noPlace.message, `${noPlace.hint}; a builder for other machines is let by \`emulate: allowed\``);
  }
  const file = await containerfileOf(choosing);
  if (file !== undefined) return await chooseProgram({ file, platform, target }, choosing);
  if (builder === "auto" && input.copy !== undefined && input.file === undefined) {
    return { kind: "way", way: { kind: "layers" }, target };
  }
  const wanted = input.file === undefined ? 'neither "Containerfile" nor "Dockerfile"' : `no "${input.file}"`;
  const message = `Cannot build the image of "${one.id}": its folder "${contextOf(one, input)}" has ${wanted}`;
  return none("PLAN_INVALID", message, "Mend `context` or `file`, or name the files of the image with `copy`");
}

/** From the root of the checkout. */
export function contextOf(one: PlannedPackage, { context }: BuildImageInput): string {
  return joinPath(one.folder, context ?? ".");
}

async function containerfileOf({ one, input, tree }: Choosing): Promise<string | undefined> {
  const context = contextOf(one, input);
  const candidates = input.file === undefined ? ["Containerfile", "Dockerfile"] : [input.file];
  for (const name of candidates) {
    const file = joinPath(context, name);
    if ((await tree.read(file)) !== undefined) return file;
  }
  return undefined;
}

interface Wanted {
  readonly file: string;
  readonly platform: string;
  readonly target: ImageTarget;
}

async function chooseProgram({ file, platform, target }: Wanted, { one, input, tree, ports, isOutside }: Choosing): Promise<Chosen> {
  const isHere = ports.host === `linux-${target.processor}`;
  const needsMachine = explainNoPlace(platform, ports.host, "files");
  if (!ports.host.startsWith("linux-") && needsMachine !== undefined) return none("NO_PLACE", needsMachine.message, needsMachine.hint);
  const run = isHere ? undefined : foreignRun((await tree.read(file)) ?? "");
  if (run !== undefined && needsMachine !== undefined) {
    const refused = await emulationFault(target, { input, ports });
    if (refused !== undefined) {
      const message = `${needsMachine.message}: "${file}" has \`${shorten(run)}\`, which runs programs of that machine, and ${refused.why}`;
      return none("NO_PLACE", message, `${needsMachine.hint}; ${refused.hint}`);
    }
  }
  for (const program of ["buildah", "podman"] as const) {
    const version = isOutside === true ? program : await firstLineOf([program, "--version"], ports);
    if (version !== undefined) return { kind: "way", way: { kind: "containerfile", program, version, file }, target };
  }
  const message = `Cannot build the image of "${one.id}" from "${file}": neither buildah nor podman answers "--version"`;
  const hint = "Install buildah, or put files together without it: `builder: layers` with `copy`";
  return none(isHere ? "TOOL_MISSING" : "NO_PLACE", message, hint);
}

/** Where the kernel keeps the programs that it hands foreign executables to. */
const emulators = "/proc/sys/fs/binfmt_misc";

async function emulationFault(
  { processor }: ImageTarget,
  { input, ports }: { readonly input: BuildImageInput; readonly ports: ReadPorts },
): Promise<{ readonly why: string; readonly hint: string } | undefined> {
  if (input.emulate !== "allowed") return { why: "`emulate` is never", hint: "slow emulation is let by `emulate: allowed`" };
  if ((await ports.files.info(`${emulators}/qemu-${processor}`)) !== undefined) return undefined;
  return { why: `this machine has no emulator "qemu-${processor}"`, hint: "install qemu-user-static" };
}

function shorten(text: string): string {
  return text.length <= 60 ? text : `${text.slice(0, 59)}…`;
}

function none(code: Extract<Chosen, { kind: "none" }>["code"], message: string, hint: string): Chosen {
  return { kind: "none", code, message, hint };
}
