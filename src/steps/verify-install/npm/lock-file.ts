// What npm installed, from the lock file that it wrote: every package with its version, place and digest. Our own have to be
// our bytes. Source: npm documentation of package-lock.json (`packages`, `resolved`, `integrity`).
import { z } from "zod";
import type { WorkPorts } from "../../step.ts";
import type { Failed } from "../bench.ts";
import { withoutUser } from "../installing.ts";
import type { OwnMember } from "../own-members.ts";
import type { NpmWay } from "./way.ts";

export interface InstalledPackage {
  /** Folder in the project, `node_modules/demo`. */
  readonly place: string;
  readonly name: string;
  readonly version: string;
  /** For people: the address, or the file of ours. */
  readonly from: string;
  /** Digests as npm writes them, `sha512-…`. */
  readonly integrity: readonly string[];
}

/** Most packages that are recorded. */
const packagesMax = 2000;

const lockFile = z.object({
  packages: z.record(
    z.string(),
    z.object({ version: z.string().optional(), resolved: z.string().optional(), integrity: z.string().optional() }),
  ),
});

/** @returns nothing for a text that is no lock file of npm. Pure. */
export function readLockFile(text: string): readonly InstalledPackage[] {
  const read = lockFile.safeParse(parsed(text));
  const entries = read.success ? Object.entries(read.data.packages) : [];
  return entries.slice(0, packagesMax).flatMap(([place, { version, resolved, integrity }]) => {
    const name = place.split("node_modules/").at(-1) ?? "";
    if (name === "" || version === undefined) return [];
    const from = resolved === undefined ? "the package that holds it" : resolved.startsWith("file:") ? "our file" : withoutUser(resolved);
    return [{ place, name, version, from, integrity: (integrity ?? "").split(/\s+/).filter((one) => one !== "") }];
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

interface Around {
  readonly ports: Pick<WorkPorts, "files" | "artifactFile">;
  readonly way: NpmWay;
  readonly from: string;
}

/** What is wrong with our own packages among those that were installed; undefined: they are our bytes, each once. */
export async function judgeInstalled(
  own: readonly OwnMember[],
  installed: readonly InstalledPackage[],
  { ports, way, from }: Around,
): Promise<Failed | undefined> {
  for (const { name, version, artifact } of own) {
    const found = installed.find((one) => one.place === `node_modules/${name}`);
    if (found === undefined || found.version !== version) return notInstalled(`${name} ${version}`, found?.version);
    const sha512 = await ports.files.digestWith(ports.artifactFile(artifact), "sha512");
    const ours = `sha512-${Buffer.from(sha512, "hex").toString("base64")}`;
    const theirs = found.integrity.find((one) => one.startsWith("sha512-"));
    if (theirs !== undefined && theirs !== ours) {
      const message = `Cannot verify the installation: npm got "${artifact.name}" from ${from} with the digest ${theirs}, and ours is ${ours}`;
      return { kind: "failed", code: "REGISTRY_CONFLICT", message };
    }
    const other = installed.find((one) => one.name === name && one !== found);
    // From the registry under test itself, a package may ask for an older one of ours.
    if (other !== undefined && !way.byName(name)) return twice(name, version, other);
  }
  return undefined;
}

function notInstalled(what: string, other: string | undefined): Failed {
  const found = other === undefined ? "it is not there" : `version ${other} is there`;
  return { kind: "failed", code: "STEP_FAILED", message: `Cannot go on: ${what} was installed, and afterwards ${found}` };
}

function twice(name: string, version: string, other: InstalledPackage): Failed {
  return {
    kind: "failed",
    code: "STEP_FAILED",
    message: `Cannot accept what was installed: beside ${name} ${version} of this release, version ${other.version} came from ${other.from}`,
    hint: `Mend the range by which a package of the release asks for ${name}`,
  };
}
