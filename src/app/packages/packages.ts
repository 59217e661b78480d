// Packages of the file joined with their manifests in the commit: names, ecosystems, versions, members of workspaces and
// what they need of each other.
import type { Configuration, Ecosystem } from "../../domain/configuration.ts";
import { SlipwayError, unreachable } from "../../domain/error.ts";
import { joinPath } from "../../domain/manifest/manifest-tree.ts";
import { orderByNeed } from "../../domain/plan/members.ts";
import type { PlannedMember } from "../../domain/plan/plan.ts";
import { projectFiles } from "../../domain/pypi/project.ts";
import type { CommitSource } from "./commit-source.ts";
import type { Finding, FoundPackage } from "./found.ts";
import { inSemver } from "./in-semver.ts";
import { findPythonPackage } from "./python.ts";

/** @throws SlipwayError PLAN_INVALID naming the package and what its folder lacks */
export async function findPackages(configuration: Configuration, source: CommitSource): Promise<readonly FoundPackage[]> {
  const found = await Promise.all(configuration.packages.map((one) => findPackage({ configuration, one, source })));
  const known = withNeedsWithin(found);
  return configuration.versions === "one" ? known.map((one) => withSharedVersion(one, known)) : known;
}

async function findPackage(finding: Finding): Promise<FoundPackage> {
  const ecosystem = finding.one.ecosystem ?? (await ecosystemOf(finding));
  switch (ecosystem) {
    case "pypi":
      return findPythonPackage(finding);
    // Loaded where there is one: a plan is computed all the time.
    case "crates":
      return (await import("./crates.ts")).findCrates(finding);
    case "npm":
      return (await import("./npm.ts")).findNpmPackages(finding);
    case "oci":
    case "binary":
      return (await import("./made.ts")).findMade(finding, ecosystem);
    default:
      return unreachable(ecosystem, "ecosystem");
  }
}

/** What the folder's manifest is of. A Python package may have a Cargo.toml beside it, and a crate a package.json. */
async function ecosystemOf({ one, source }: Finding): Promise<Ecosystem> {
  const has = async (file: string): Promise<boolean> => (await source.read(joinPath(one.path, file))) !== undefined;
  const [python, cargo, npm] = await Promise.all([
    Promise.all(projectFiles.map(has)).then((all) => all.includes(true)),
    has("Cargo.toml"),
    has("package.json"),
  ]);
  if (!python && cargo) return "crates";
  return !python && npm ? "npm" : "pypi";
}

/** Of all that manifests ask for, what this file releases as well counts for the order. @throws SlipwayError PLAN_INVALID */
function withNeedsWithin(found: readonly FoundPackage[]): readonly FoundPackage[] {
  const names = new Map<Ecosystem, ReadonlySet<string>>();
  for (const [ecosystem, some] of Map.groupBy(found, (one) => one.ecosystem)) {
    const all = some.flatMap((one): readonly Asking[] => one.members ?? [one]);
    names.set(ecosystem, new Set(all.map((one) => one.name)));
    refuseCycle(ecosystem, all);
  }
  return found.map((one) => {
    const within = ({ name, needs = [] }: Asking): Pick<Asking, "needs"> => {
      const kept = needs.filter((need) => need !== name && names.get(one.ecosystem)?.has(need) === true);
      return kept.length === 0 ? {} : { needs: kept };
    };
    if (one.members !== undefined) {
      const members = one.members.map((member) => {
        const { needs: _asked, ...rest } = member;
        return { ...rest, ...within(member) };
      });
      return { ...one, members: inOrder(members) };
    }
    const { needs: _all, ...rest } = one;
    return { ...rest, ...within(one) };
  });
}

/** A name at a registry and what it asks for. */
type Asking = Pick<PlannedMember, "name" | "needs">;

function inOrder(members: readonly PlannedMember[]): readonly PlannedMember[] {
  const ordered = orderByNeed(members);
  return ordered.kind === "ordered" ? ordered.members : members;
}

/** npm installs packages that need each other; a crate has to stand in the index before another may name it. */
function refuseCycle(ecosystem: Ecosystem, all: readonly Asking[]): void {
  if (ecosystem !== "crates") return;
  const ordered = orderByNeed(all);
  if (ordered.kind === "ordered") return;
  const way = [...ordered.names, ordered.names[0] ?? ""].map((name) => `"${name}"`).join(" needs ");
  throw new SlipwayError("PLAN_INVALID", `Cannot order the crates for publishing: ${way}`, {
    hint: "Break the circle; a dependency for tests alone may leave its version out, and is then not published",
  });
}

/** An image or a binary without a manifest has the version of the packages that it is made of. */
function withSharedVersion(one: FoundPackage, all: readonly FoundPackage[]): FoundPackage {
  if (one.manifestVersion !== undefined || (one.ecosystem !== "oci" && one.ecosystem !== "binary")) return one;
  const other = all.find((candidate) => candidate.manifestVersion !== undefined);
  if (other?.manifestVersion === undefined) return one;
  const { version, file } = other.manifestVersion;
  const said = inSemver(version, other.ecosystem);
  return said === undefined ? one : { ...one, manifestVersion: { version: said, file }, why: "" };
}
