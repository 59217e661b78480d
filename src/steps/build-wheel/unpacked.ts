// A source that was an sdist once, committed as it was unpacked: it holds what a build writes, and no history. Backends
// trip over both, where a repository of the project itself would give them no cause.
import { join } from "node:path";
import type { PlannedPackage } from "../../domain/plan/plan.ts";
import { fileNameForm } from "../../domain/pypi/names.ts";
import type { WorkPorts } from "../step.ts";
import { isMaturin } from "./builder.ts";
import type { Backend } from "./project.ts";

/**
 * Makes the copy buildable. Only PKG-INFO goes, and only where the backend would have two of them: hatchling writes its own
 * beside the one it finds, maturin stops at it.
 * @returns variables for the build
 */
export async function prepareUnpacked(
  one: PlannedPackage,
  found: { readonly folder: string; readonly backend: Extract<Backend, { kind: "backend" }> },
  ports: WorkPorts,
): Promise<Readonly<Record<string, string>>> {
  const { folder, backend } = found;
  if (!backend.unpacked) return {};
  const isHatchling = backend.backend.startsWith("hatchling");
  if (isMaturin(backend.backend) || isHatchling) {
    ports.print("Leaving out PKG-INFO, which the build writes anew");
    await ports.files.remove(join(folder, "PKG-INFO"));
  }
  if (!backend.fromTag) return {};
  ports.print(`Telling the build that the tag means ${one.version}: generated files are committed here`);
  return toldVersion(one, isHatchling);
}

/**
 * Tools that derive the version from the tag look whether the tree is as committed. Where generated files are committed,
 * the build itself changes them, and the tools would say a development version: they are told what the tag means.
 */
function toldVersion({ name, version }: PlannedPackage, isHatchling: boolean): Readonly<Record<string, string>> {
  // hatch-vcs does not say for which package it asks.
  const scm = isHatchling ? "SETUPTOOLS_SCM_PRETEND_VERSION" : `SETUPTOOLS_SCM_PRETEND_VERSION_FOR_${fileNameForm(name).toUpperCase()}`;
  return {
    [scm]: version,
    PDM_BUILD_SCM_VERSION: version,
    PBR_VERSION: version,
    POETRY_DYNAMIC_VERSIONING_BYPASS: version,
  };
}
