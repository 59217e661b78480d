// What can be known about publishing before anything starts, without using a credential: whether the version stands at a
// registry already, whether the registry would refuse its name, and what nobody can know beforehand. Credentials are looked
// for by the application, which alone knows where they come from.
import { membersOf } from "../../../domain/plan/members.ts";
import type { PlannedRegistry } from "../../../domain/plan/plan.ts";
import { sha256 } from "../../../domain/digest.ts";
import { pacingWords } from "../../../domain/pacing.ts";
import { findPacing } from "./pacing.ts";
import type { Finding, Planned, ReadPorts } from "../../step.ts";
import type { ListedFile } from "../../../registries/registry.ts";
import { publishingOf } from "./ecosystems.ts";

export async function preflightPublishing(
  planned: Planned<unknown>,
  registries: readonly PlannedRegistry[],
  ports: ReadPorts,
): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const registry of registries) {
    const packages = planned.packages.filter((candidate) => candidate.ecosystem === registry.ecosystem);
    const names = packages.flatMap(membersOf).map(({ name, package: { version } }) => ({ name, version }));
    const owned = planned.begun ? new Map<string, Finding>() : await nameOwners(registry, names, ports);
    const found = await Promise.all(
      names.map(async (one) => [...refusalFindings(registry, one, ports), ...(await standing(registry, one, { planned, ports, owned }))]),
    );
    findings.push(...found.flat());
    findings.push(...owned.values());
    const pacing = await findPacing(registry, packages, { at: ports.registry(registry.name), signal: ports.signal });
    if (pacing !== undefined) findings.push({ id: "PF-PACING", level: "warns", message: pacingWords(pacing) });
  }
  return findings;
}

/** One name at a registry. */
interface Named {
  readonly name: string;
  readonly version: string;
}

/** The forms that a registry can judge without a file: name and version. Sizes are judged when the files are frozen. */
function refusalFindings(registry: PlannedRegistry, one: Named, ports: ReadPorts): readonly Finding[] {
  const name = publishingOf(registry.ecosystem).fileName(one.name, one.version);
  const form = { package: one.name, version: one.version, name, sha256: sha256("0".repeat(64)), sizeBytes: 0 };
  return ports
    .registry(registry.name)
    .refusals(form)
    .map((why) => ({
      id: "PF-REFUSED",
      level: "blocks",
      message: `${registry.name} would refuse ${one.name} ${one.version}: ${why}`,
      hint: "Choose another name or version",
    }));
}

interface Asking {
  readonly planned: Planned<unknown>;
  readonly ports: ReadPorts;
  /** What was told of whose a name is. */
  readonly owned: ReadonlyMap<string, Finding>;
}

async function standing(registry: PlannedRegistry, one: Named, asking: Asking): Promise<readonly Finding[]> {
  const { planned, ports, owned } = asking;
  const at = ports.registry(registry.name);
  const survey = await at.survey(one.name, one.version, ports.signal);
  const what = `${one.name} ${one.version}`;
  switch (survey.kind) {
    case "unknown":
      return [
        { id: "PF-REGISTRY", level: "cannot-be-tried", message: `Cannot tell whether ${what} is at ${registry.name}: ${survey.why}` },
      ];
    case "absent":
      return [
        { id: "PF-REGISTRY", level: "fine", message: `${registry.name} has nothing of ${what}` },
        ...(survey.package === "exists" || owned.has(one.name) ? [] : [nameUnknown(registry, one)]),
      ];
    case "listed":
      return [
        taken(registry, {
          what,
          planned,
          files: survey.files,
          page: at.locate({ package: one.name, version: one.version }),
        }),
      ];
  }
}

interface Taken {
  readonly what: string;
  readonly planned: Planned<unknown>;
  readonly files: readonly ListedFile[];
  readonly page: string;
}

/**
 * A version that this run has begun to publish is its own. Any other is somebody's release: where nobody depends on it the
 * look at its files decides, anywhere else the run would burn the names at the test index and only then be stopped.
 */
function taken(registry: PlannedRegistry, { what, planned, files, page }: Taken): Finding {
  const [first] = files.flatMap((file) => file.uploadedAt ?? []).toSorted();
  const when = first === undefined ? "" : `, ${files.length === 1 ? "" : "the first "}uploaded ${first}`;
  const names = files.slice(0, 10).map((file) => file.name);
  const message = `${registry.name} has ${files.length} ${files.length === 1 ? "file" : "files"} of ${what} already${when}: ${names.join(", ")}`;
  if (planned.begun) return { id: "PF-REGISTRY", level: "warns", message };
  if (registry.test)
    return { id: "PF-REGISTRY", level: "warns", message, hint: `Look at ${page}: files with other bytes would stop the run` };
  return {
    id: "PF-STRANGERS",
    level: "blocks",
    message,
    hint: `Release the next version; if another machine began this release, go on with it there (${page})`,
  };
}

/** Names whose owners are asked for, one after another: this is a courtesy of the registry, and nothing depends on it. */
const ownersAskedMax = 30;

/**
 * Whose the names are, where the registry tells everybody. A name that somebody has under another spelling is refused there, and
 * it is in no index under ours; a name that others have shows itself otherwise at the first upload alone.
 */
async function nameOwners(registry: PlannedRegistry, names: readonly Named[], ports: ReadPorts): Promise<ReadonlyMap<string, Finding>> {
  const at = ports.registry(registry.name);
  const findings = new Map<string, Finding>();
  for (const { name } of names.slice(0, ownersAskedMax)) {
    const found = await at.owners?.(name, ports.signal);
    if (found?.kind !== "listed") continue;
    const { spelled, owners } = found;
    const of = owners.length === 0 ? "and does not say whose it is" : `of ${owners.slice(0, 10).join(", ")}`;
    findings.set(
      name,
      spelled === name
        ? {
            id: "PF-OWNERS",
            level: "cannot-be-tried",
            message: `Whether the credential may publish "${name}": ${registry.name} has it, ${of}`,
          }
        : {
            id: "PF-OWNERS",
            level: "blocks",
            message: `${registry.name} would refuse the name "${name}": it has "${spelled}", ${of}`,
            hint: `Write the name as "${spelled}" if it is yours, or choose another`,
          },
    );
  }
  return findings;
}

/** A name that no project has may still be prohibited, too similar to another, or held back: only the upload tells. */
function nameUnknown(registry: PlannedRegistry, one: Named): Finding {
  return {
    id: "PF-NAME",
    level: "cannot-be-tried",
    message: `Cannot tell whether the name "${one.name}" can be had at ${registry.name}: nobody has it, and only the first upload shows whether it is allowed`,
  };
}
