// Which files of another machine stand for a leg of `build-binary`: those that have the name that the leg would give them
// and are for its platform, by their own headers. Nothing is ever renamed to look like another platform.
import { assetNameOf, commandNameOf } from "../../domain/binary-asset.ts";
import type { PlannedPackage } from "../../domain/plan/plan.ts";
import type { PlatformTarget } from "../../domain/platform-targets.ts";
import type { ImportJudge, JudgedImport, TakenImport, Use } from "../step.ts";
import { wantedTarget, type BuildBinaryInput } from "./input.ts";
import { faultOfBinary, faultOfPacked } from "./judge.ts";

/** @throws SlipwayError PLAN_INVALID for a platform that no executable is for */
export function importsOfBuildBinary(use: Use<BuildBinaryInput>): ImportJudge {
  const target = wantedTarget(use);
  const packages = use.packages.filter((one) => one.ecosystem === "binary");
  return {
    judge: (name) => (target === undefined ? refused(0, "is of a leg without a platform") : judge(name, packages, { use, target })),
    look: async (taken, ports) => {
      const one = packages.find(({ id }) => id === taken.package);
      if (one === undefined || target === undefined) return "belongs to no binary of the release";
      return lookInside(taken, { one, target, archive: use.input.archive ?? "none" }, ports);
    },
    missing: () => [],
  };
}

interface Leg {
  readonly use: Use<BuildBinaryInput>;
  readonly target: PlatformTarget;
}

function judge(name: string, packages: readonly PlannedPackage[], { use, target }: Leg): JudgedImport {
  const { platform } = use.leg;
  const named = packages.map((one) => ({ one, asset: assetNameOf(one, target, use.input.archive ?? "none") }));
  const found = named.find(({ asset }) => asset.kind === "named" && asset.name === name);
  if (found !== undefined) {
    return { kind: "taken", artifact: { kind: "binary", package: found.one.id, ...(platform === undefined ? {} : { platform }) } };
  }
  const wanted = named.map(({ asset }) => (asset.kind === "named" ? `"${asset.name}"` : asset.why)).join(" or ");
  // Wheels and images of the same name have rules of their own, which say better what is wrong.
  const isNear = packages.some((one) => name.startsWith(one.name)) && !/\.(?:whl|oci\.tar)$/.test(name);
  return refused(isNear ? 2 : 0, `is not named ${wanted}, as the binary for ${platform} is`);
}

async function lookInside(
  { file }: TakenImport,
  { one, target, archive }: { readonly one: PlannedPackage; readonly target: PlatformTarget; readonly archive: "none" | "tar.gz" | "zip" },
  { files, archives }: Parameters<NonNullable<ImportJudge["look"]>>[1],
): Promise<string | undefined> {
  if (archive === "none") return faultOfBinary(file, target, files);
  const command = commandNameOf(one, target.os);
  return command.kind === "refused" ? command.why : faultOfPacked({ file, archive, command: command.name }, target, archives);
}

function refused(rank: number, why: string): JudgedImport {
  return { kind: "refused", rank, code: "ARTIFACT_SET", why };
}
