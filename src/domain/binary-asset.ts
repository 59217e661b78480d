// How a binary of the release is called: as an asset of the forge, and on the machine that it is installed on. The builder
// and the install script have to agree on it, and never see each other.
import type { PlannedPackage } from "./plan/plan.ts";
import type { PlatformTarget } from "./platform-targets.ts";

/** What a name tells of a platform. */
export interface AssetTarget extends Pick<PlatformTarget, "os" | "archWord"> {
  /** Absent: not. */
  readonly isStatic?: boolean;
}

export type BinaryArchive = "none" | "tar.gz" | "zip";

const defaultAsset = "{name}-{os}-{arch}";

/** What a shell, a URL and a file system take without a second thought. */
const plainName = /^[A-Za-z0-9][A-Za-z0-9._+-]{0,199}$/;

export type Named = { readonly kind: "named"; readonly name: string } | { readonly kind: "refused"; readonly why: string };

/** Name at the forge: the package's `asset` filled in, with the ending of the archive or of a program of Windows. */
export function assetNameOf(one: PlannedPackage, target: AssetTarget, archive: BinaryArchive): Named {
  const text = fillAsset(one.asset ?? defaultAsset, one, target);
  const ending = archive === "none" ? (target.os === "windows" ? ".exe" : "") : `.${archive}`;
  return named(text.endsWith(ending) ? text : `${text}${ending}`);
}

/** Name of the program itself: in an archive, and where it is installed. */
export function commandNameOf(one: Pick<PlannedPackage, "name">, os: PlatformTarget["os"]): Named {
  return named(os === "windows" ? `${one.name}.exe` : one.name);
}

/** Fills `{name}`, `{version}`, `{os}`, `{arch}` and `{platform}` in; platforms in the words of slipway.yaml. */
export function fillAsset(text: string, one: PlannedPackage, { os, archWord, isStatic }: AssetTarget): string {
  const platform = `${os}-${archWord}${isStatic === true ? "-static" : ""}`;
  const values: Readonly<Record<string, string>> = { name: one.name, version: one.version, os, arch: archWord, platform };
  return text.replaceAll(/\{(\w+)\}/g, (whole, word: string) => (Object.hasOwn(values, word) ? (values[word] ?? whole) : whole));
}

function named(name: string): Named {
  if (plainName.test(name)) return { kind: "named", name };
  return { kind: "refused", why: `"${name}" is no plain file name of letters, digits, ".", "_", "+" and "-"` };
}
