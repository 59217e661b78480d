// Which files of another machine stand for a leg of `build-wheel`: the same rules as for what a builder left in the folder,
// and the tags of a wheel against the leg's platform and Python. Nothing is ever renamed or tagged anew.
import { parseWheelFileName } from "../../domain/pypi/names.ts";
import { differsFromPlatform, differsFromPython } from "../../domain/pypi/wheel-platform.ts";
import type { PlannedPackage } from "../../domain/plan/plan.ts";
import type { ImportJudge, JudgedImport, Use } from "../step.ts";
import { judgeBuilt } from "./collect.ts";
import { wantedOf, type BuildWheelInput, type Wanted } from "./input.ts";

export function importsOfBuildWheel(use: Use<BuildWheelInput>): ImportJudge {
  const wanted = wantedOf(use);
  const packages = use.packages.filter((one) => one.ecosystem === "pypi");
  return {
    judge: (name) => nearest(packages.map((one) => judge(name, one, wanted))),
    missing: (names) => missingPythons(names, wanted, packages),
  };
}

function judge(name: string, one: PlannedPackage, wanted: Wanted): JudgedImport {
  if (!name.endsWith(".whl") && !name.endsWith(".tar.gz")) return refused(0, "ARTIFACT_SET", "is neither a wheel nor an sdist");
  const built = judgeBuilt(name, one);
  if (built.kind === "failed") {
    const isVersion = built.code === "VERSION_MISMATCH";
    return refused(
      isVersion ? 2 : 1,
      built.code,
      isVersion ? `is not of version ${one.version}, which the plan says` : inWords(built.message, one),
    );
  }
  if (built.kind === "sdist") {
    return wanted.sdist
      ? { kind: "taken", artifact: { kind: "sdist", package: one.id } }
      : refused(3, "ARTIFACT_SET", "is an sdist, and this leg makes none");
  }
  const wheel = parseWheelFileName(name);
  if (wheel.kind === "invalid") return refused(1, "ARTIFACT_INVALID", `is no wheel: ${wheel.reason}`);
  const platform = wanted.platform === undefined ? undefined : differsFromPlatform(wheel.platform, wanted.platform);
  if (platform !== undefined) return refused(3, "ARTIFACT_SET", platform);
  const pythons = wanted.pythons.map((python) => differsFromPython(wheel, python));
  if (pythons.length > 0 && pythons.every((why) => why !== undefined)) return refused(4, "ARTIFACT_SET", pythons.join(" or "));
  const bound = wanted.platform === undefined ? {} : { platform: wanted.platform };
  return { kind: "taken", artifact: { kind: "wheel", package: one.id, ...bound } };
}

function inWords(message: string, one: PlannedPackage): string {
  return message.startsWith("Cannot use")
    ? `is named as no file of "${one.name}" may be: ${message.slice(message.indexOf(": ") + 2)}`
    : `is not of "${one.name}"`;
}

/** Where no package takes it, the one that it fails last for says best what is wrong. */
function nearest(all: readonly JudgedImport[]): JudgedImport {
  const taken = all.find((one) => one.kind === "taken");
  if (taken !== undefined) return taken;
  const [last] = all.toSorted((one, other) => rankOf(other) - rankOf(one));
  return last ?? refused(0, "ARTIFACT_SET", "belongs to no Python package of the release");
}

function rankOf(judged: JudgedImport): number {
  return judged.kind === "refused" ? judged.rank : Number.POSITIVE_INFINITY;
}

/** Pythons that the leg is to serve and no wheel does: their users would be left with the sdist. */
function missingPythons(names: readonly string[], wanted: Wanted, packages: readonly PlannedPackage[]): readonly string[] {
  return packages.flatMap((one) => {
    const own = names.filter((name) => judgeBuilt(name, one).kind === "wheel").map(parseWheelFileName);
    return wanted.pythons
      .filter((python) => own.every((wheel) => wheel.kind === "invalid" || differsFromPython(wheel, python) !== undefined))
      .map((python) => `wheel of ${one.id} for Python ${python}`);
  });
}

function refused(rank: number, code: Extract<JudgedImport, { kind: "refused" }>["code"], why: string): JudgedImport {
  return { kind: "refused", rank, code, why };
}
