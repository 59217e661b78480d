// `with:` of `build-binary`, and what one leg wants built.
import * as z from "../../domain/shape.ts";
import { SlipwayError } from "../../domain/error.ts";
import { readTarget, type PlatformTarget } from "../../domain/platform-targets.ts";
import { commandList, environmentOfProject } from "../building.ts";
import type { Use } from "../step.ts";

const inside = z
  .string()
  .min(1)
  .regex(/^(?!\/)(?!.*(?:^|\/)\.\.(?:\/|$))/, { error: 'must be a path inside of the package\'s folder, for example "build/tool"' });

export const buildBinaryInput = z.strictObject({
  builder: z
    .enum(["auto", "cargo", "go", "command"])
    .optional()
    .describe(
      "What builds; auto (the default): the commands of `run`, else cargo where there is a Cargo.toml, else Go where there is a go.mod",
    ),
  run: commandList.optional().describe("Command, or list of commands, run in the package's folder"),
  file: inside
    .optional()
    .describe("File that `run` leaves, from the package's folder; may hold {name}, {version}, {os}, {arch} and {platform}"),
  bin: z
    .string()
    .regex(/^[A-Za-z0-9._/][A-Za-z0-9._/-]*$/, { error: 'must be a plain name or path, for example "./cmd/tool"' })
    .optional()
    .describe("Cargo: the binary's name (default: the package's); Go: path of the main package (default: the folder itself)"),
  target: z
    .string()
    .regex(/^[a-z0-9_]+(?:-[A-Za-z0-9_.]+)+$/, { error: 'must be a Rust target, for example "x86_64-unknown-linux-musl"' })
    .optional()
    .describe("Rust target in place of the platform's own; its linker is then this project's business"),
  archive: z.enum(["none", "tar.gz", "zip"]).optional().describe("Archive that the binary is packed into (default: none)"),
  include: z
    .array(inside)
    .min(1)
    .max(100)
    .optional()
    .describe("Files that are packed beside the binary, from the package's folder; needs `archive`"),
  in: environmentOfProject,
});

export type BuildBinaryInput = z.infer<typeof buildBinaryInput>;

/** The leg's platform; undefined where the step has no legs, and builds for the machine that it runs on. @throws SlipwayError PLAN_INVALID */
export function wantedTarget({ leg }: Pick<Use<BuildBinaryInput>, "leg">): PlatformTarget | undefined {
  const { platform } = leg;
  return platform === undefined ? undefined : targetNamed(platform);
}

/** @throws SlipwayError PLAN_INVALID */
export function targetNamed(platform: string): PlatformTarget {
  const read = readTarget(platform);
  if (read.kind === "target") return read.target;
  throw new SlipwayError("PLAN_INVALID", `Cannot plan \`build-binary\`: the platform "${platform}" ${read.why}`, {
    hint: "Write it like linux-x86_64, linux-x86_64-static, macos-arm64 or windows-x86_64",
  });
}

/** What contradicts itself, to follow "Cannot plan `build-binary`: "; undefined: nothing does. */
export function contradiction({ builder, run, file, target, include, archive }: BuildBinaryInput): string | undefined {
  const isCommand = builder === "command" || (run !== undefined && (builder === undefined || builder === "auto"));
  if (isCommand && run === undefined) return "`builder: command` needs the commands in `run`";
  if (isCommand && file === undefined) return "`run` needs `file`, which says what the commands leave";
  if (!isCommand && (run !== undefined || file !== undefined))
    return `\`run\` and \`file\` are of \`builder: command\`, and the builder is ${builder ?? "auto"}`;
  if (target !== undefined && (isCommand || builder === "go")) return "`target` is cargo's";
  return include !== undefined && (archive ?? "none") === "none" ? "`include` needs `archive: tar.gz` or `archive: zip`" : undefined;
}
