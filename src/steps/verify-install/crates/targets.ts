// What there is to try of a crate: a library, programs, or both; read from the frozen file itself. Source: The Cargo Book,
// "Cargo Targets" (cargo writes the targets that it found into the manifest that it packs; older ones left it to be found).
import { parse } from "smol-toml";
import type { ArchiveMember, Archives } from "../../../platform/ports.ts";
import type { WorkPorts } from "../../step.ts";
import type { Failed } from "../bench.ts";
import type { OwnMember } from "../own-members.ts";

export interface CrateToTry extends OwnMember {
  /** What the library is imported as; absent: there is none. */
  readonly library?: string;
  readonly programs: boolean;
}

/** A manifest has less; more than this is not read. */
const manifestBytesMax = 4 * 1024 * 1024;

export async function readTargets(
  members: readonly OwnMember[],
  ports: Pick<WorkPorts, "archives" | "artifactFile">,
): Promise<{ readonly kind: "crates"; readonly crates: readonly CrateToTry[] } | Failed> {
  const crates: CrateToTry[] = [];
  for (const member of members) {
    const read = await readOne(member, ports);
    if (typeof read === "string")
      return { kind: "failed", code: "ARTIFACT_INVALID", message: `Cannot install "${member.artifact.name}": ${read}` };
    crates.push({ ...member, ...read });
  }
  return { kind: "crates", crates };
}

type Targets = Pick<CrateToTry, "library" | "programs">;

async function readOne(
  { name, version, artifact }: OwnMember,
  { archives, artifactFile }: { readonly archives: Archives; readonly artifactFile: WorkPorts["artifactFile"] },
): Promise<Targets | string> {
  const opened = await archives.openTarGz(artifactFile(artifact));
  if (opened.kind === "unreadable") return opened.why;
  const text = await opened.archive.readText(`${name}-${version}/Cargo.toml`, manifestBytesMax);
  if (text.kind !== "text") return `its manifest is ${text.kind}`;
  return targetsOf(text.text, { name, members: opened.archive.members }) ?? "its manifest is no TOML";
}

/** @returns undefined for a text that is no TOML. Pure. */
export function targetsOf(
  manifest: string,
  { name, members }: { readonly name: string; readonly members: readonly Pick<ArchiveMember, "path">[] },
): Targets | undefined {
  let toml: Record<string, unknown>;
  try {
    toml = parse(manifest);
  } catch {
    return undefined;
  }
  const inside = members.map(({ path }) => path.slice(path.indexOf("/") + 1));
  const settings = asTable(toml["package"]);
  const lib = toml["lib"] === undefined ? undefined : asTable(toml["lib"]);
  const programs =
    (Array.isArray(toml["bin"]) && toml["bin"].length > 0) ||
    (settings["autobins"] !== false &&
      inside.some((path) => path === "src/main.rs" || /^src\/bin\/(?:[^/]+\.rs|[^/]+\/main\.rs)$/.test(path)));
  if (lib === undefined && (settings["autolib"] === false || !inside.includes("src/lib.rs"))) return { programs };
  const library = typeof lib?.["name"] === "string" ? lib["name"] : name.replaceAll("-", "_");
  return { library, programs };
}

function asTable(value: unknown): Readonly<Record<string, unknown>> {
  return value !== null && typeof value === "object" && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}
