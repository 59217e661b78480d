// Performs `build-binary`: builds each package for the leg's platform, reads what came out, and gives it the name that it
// has at the forge; in an archive where one is wanted, whose bytes are the same every time.
import { join } from "node:path";
import { assetNameOf, commandNameOf } from "../../domain/binary-asset.ts";
import type { Json } from "../../domain/configuration.ts";
import { joinPath } from "../../domain/manifest/manifest-tree.ts";
import type { PlannedPackage } from "../../domain/plan/plan.ts";
import { variablesFor } from "../../domain/plan/variables.ts";
import type { PlatformTarget } from "../../domain/platform-targets.ts";
import { builtWhere, failed, runBuild, type Building, type Failed } from "../building.ts";
import { treeOf, type Tree } from "../checkout-tree.ts";
import { goInside } from "../inside.ts";
import type { Frozen, MadeArtifact, Worked, WorkPorts } from "../step.ts";
import { callsFor } from "./calls.ts";
import { contradiction, type BuildBinaryInput } from "./input.ts";
import { faultOfBinary } from "./judge.ts";
import { chooseWay, type Way } from "./way.ts";

interface Around extends Building {
  readonly frozen: Frozen<BuildBinaryInput>;
  readonly tree: Tree;
}

export async function performBuildBinary(frozen: Frozen<BuildBinaryInput>, outside: WorkPorts): Promise<Worked> {
  const contradicts = contradiction(frozen.input);
  if (contradicts !== undefined) return failed("PLAN_INVALID", `Cannot build binaries: ${contradicts}`);
  const deadlineMs = outside.clock.nowMs() + frozen.step.timeoutMs;
  const inside = await goInside(frozen.input.in, { ports: outside, deadlineMs });
  if (inside.kind === "failed") return inside;
  const { ports } = inside;
  const around: Around = { frozen, ports, deadlineMs, tree: treeOf(ports.workFolder, ports.files) };
  const artifacts: MadeArtifact[] = [];
  const builds: Json[] = [];
  for (const one of frozen.packages.filter(({ ecosystem }) => ecosystem === "binary")) {
    const built = await buildOne(one, around);
    if (built.kind === "failed") return built;
    artifacts.push(built.artifact);
    builds.push({ package: one.id, ...toldOf(built.way), files: [built.artifact.name] });
  }
  return { kind: "done", output: { builds, environment: builtWhere(ports, frozen.input.in) }, artifacts };
}

function toldOf(way: Way): Readonly<Record<string, string>> {
  if (way.kind === "command") return { builder: "command" };
  if (way.kind === "go") return { builder: way.version, target: `${way.target.GOOS}/${way.target.GOARCH}` };
  return { builder: way.version, target: way.target, ...(way.zig ? { linker: "zig" } : {}) };
}

type Built = { readonly kind: "built"; readonly way: Way; readonly artifact: MadeArtifact } | Failed;

async function buildOne(one: PlannedPackage, around: Around): Promise<Built> {
  const { frozen, ports, tree } = around;
  const { input, leg } = frozen;
  const chosen = await chooseWay({ one, input, platform: leg["platform"], tree, ports });
  if (chosen.kind === "none") return failed(chosen.code, chosen.message, chosen.hint);
  const { way, target } = chosen;
  const out = join(ports.scratchFolder, `build-${one.id}`);
  await ports.files.remove(out);
  await ports.files.makeFolder(out);
  const folder = join(ports.workFolder, one.folder);
  const calls = callsFor(way, { one, input, target, folder, out });
  const env = { ...ports.env, ...variablesFor(frozen), NO_COLOR: "1", ...calls.env };
  for (const words of calls.words) {
    const problem = await runBuild({ words, cwd: folder, env }, around);
    if (problem !== undefined) return problem;
  }
  const fault = await faultOfBinary(calls.leaves, target, ports.files);
  if (fault !== undefined) return failed("ARTIFACT_INVALID", `Cannot use the binary of "${one.id}": "${calls.leaves}" ${fault}`);
  const packed = await pack(one, { file: calls.leaves, target }, around);
  return packed.kind === "failed" ? packed : { kind: "built", way, artifact: packed.artifact };
}

type Packed = { readonly kind: "packed"; readonly artifact: MadeArtifact } | Failed;

async function pack(one: PlannedPackage, made: Made, around: Around): Promise<Packed> {
  const { frozen, ports } = around;
  const archive = frozen.input.archive ?? "none";
  const asset = assetNameOf(one, made.target, archive);
  const command = commandNameOf(one, made.target.os);
  if (asset.kind === "refused") return failed("PLAN_INVALID", `Cannot name the binary of "${one.id}": ${asset.why}`, "Mend its `asset:`");
  if (command.kind === "refused")
    return failed("PLAN_INVALID", `Cannot name the binary of "${one.id}": ${command.why}`, "Mend its `name:`");
  const folder = join(ports.scratchFolder, `named-${one.id}`);
  await ports.files.remove(folder);
  await ports.files.makeFolder(folder);
  const to = join(folder, asset.name);
  if (archive === "none") await ports.files.copy(made.file, to);
  else {
    const problem = await writeArchive(one, { ...made, archive, to, command: command.name }, around);
    if (problem !== undefined) return problem;
  }
  const { platform } = frozen.leg;
  const bound = platform === undefined ? {} : { platform };
  return { kind: "packed", artifact: { kind: "binary", package: one.id, name: asset.name, file: to, ...bound } };
}

interface Made {
  readonly file: string;
  readonly target: PlatformTarget;
}

async function writeArchive(
  one: PlannedPackage,
  writing: Made & { readonly archive: "tar.gz" | "zip"; readonly to: string; readonly command: string },
  { frozen, ports }: Around,
): Promise<Failed | undefined> {
  const beside = (frozen.input.include ?? []).map((path) => ({
    path: joinPath(path),
    file: join(ports.workFolder, one.folder, path),
    executable: false,
  }));
  for (const { path, file } of beside) {
    if ((await ports.files.info(file))?.kind === "file") continue;
    return failed("PLAN_INVALID", `Cannot pack "${path}" beside the binary: it is no regular file of the source`, "Mend `include`");
  }
  const members = [{ path: writing.command, file: writing.file, executable: true }, ...beside];
  await ports.archives.write({ format: writing.archive, to: writing.to, epochSeconds: frozen.head.epochSeconds, members });
  return undefined;
}
