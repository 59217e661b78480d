// Use case: `slipway verify PACKAGE VERSION`. What the world says of a version without any journal: every registry of slipway.yaml
// that could hold it, the release page with the record on it, and attestations. They are compared with each other; of a version
// that Slipway did not release it is told what can be known. Every file is downloaded. Changes nothing.
import path from "node:path";
import { SlipwayError } from "../domain/error.ts";
import { planEnvironments } from "../domain/plan/environments.ts";
import type { PlannedRegistry } from "../domain/plan/plan.ts";
import type { FindingFact } from "../domain/run/fact.ts";
import { schemeOf } from "../domain/version/catalog.ts";
import { readVersion } from "../domain/version/scheme.ts";
import { packedFileName } from "../domain/npm/names.ts";
import { readImageDigest } from "../domain/oci/names.ts";
import type { ListedFile, ReadRegistry, Survey } from "../registries/registry.ts";
import { commitSource } from "./packages/commit-source.ts";
import type { FoundPackage } from "./packages/found.ts";
import { findPackages } from "./packages/packages.ts";
import { openProject, type Project } from "./project.ts";
import { plannedTag } from "./release-tag.ts";
import { proofOf, type Proof } from "./verify-attestation.ts";
import { compareFiles, type HeldFile } from "./verify-compare.ts";
import { exitOf } from "./verify-exit.ts";
import { lookAtPage, type PageRecord } from "./verify-public-page.ts";
import type { Verification } from "./verify-release.ts";
import type { Trust } from "./verify-seal.ts";
import { readTrust, type TrustWords } from "./verify-trust.ts";
import type { World } from "./world.ts";

/** @throws SlipwayError USAGE for a package that slipway.yaml does not have, and what opening the project throws */
export async function verifyVersion(
  world: World,
  asked: { readonly package: string; readonly version: string },
  words: TrustWords,
): Promise<Verification> {
  const project = await openProject(world);
  const found = await findPackage(world, project, asked.package);
  const version = readVersion(schemeOf(found.ecosystem), asked.version);
  const trust = await readTrust(world, words, project);
  const planned = await registriesOf(project, found);
  const real = await world.realRegistries();
  const looks: Look[] = [];
  for (const one of planned) {
    const registry = real.open(one);
    looks.push(await lookAtRegistry(world, { registry, test: one.test, package: found.name, version: version.written, trust }));
  }
  const page = await lookAtPage(world, { project, tag: plannedTag(found, version, undefined), trust });
  const judged = compareFiles(looks, page.record === undefined ? undefined : filesIn(page.record, found, version.written));
  const findings = [
    ...judged.findings,
    ...looks.flatMap((look) => look.findings),
    ...page.findings,
    ...unknownRelease(page.record, { looks, title: `${found.name} ${version.written}` }),
  ];
  const { kind, ...seal } = page.signature ?? { kind: "unsigned" as const, verdict: "none" as const, how: "there is no record" };
  const title = `${found.name} ${version.written}`;
  const pages = page.page === undefined ? [] : [page.page];
  const { files } = judged;
  return { schema: "slipway-verification/1", title, signature: kind, seal, files, pages, findings, exitCode: exitOf(findings, files) };
}

/** A workspace stands for its members: each is known to registries by its own name. */
async function findPackage(world: World, project: Project, words: string): Promise<FoundPackage> {
  const { configuration, look } = project;
  const all = await findPackages(configuration, commitSource(world.git, look, configuration));
  const named = all.flatMap((one) => (one.members ?? [one]).map(({ name }): FoundPackage => ({ ...one, name })));
  const byId = named.filter((one) => one.configuration.id === words);
  const found = named.find(({ name }) => name === words) ?? (byId.length === 1 ? byId[0] : undefined);
  if (found !== undefined) return found;
  throw new SlipwayError("USAGE", `Cannot verify "${words}": slipway.yaml has no such package`, {
    hint: `Packages: ${named.map(({ name }) => name).join(", ")}`,
  });
}

async function registriesOf({ configuration }: Project, { ecosystem }: FoundPackage): Promise<readonly PlannedRegistry[]> {
  const { knownRegistries } = await import("./vocabulary.ts");
  const { environments } = planEnvironments(configuration, knownRegistries);
  const all = environments.flatMap(({ registries }) => registries).filter((one) => one.ecosystem === ecosystem);
  return all.filter((one, index) => all.findIndex(({ name }) => name === one.name) === index);
}

export interface Look {
  readonly registry: string;
  /** Nobody depends on what is there, and it may be cleaned. */
  readonly test: boolean;
  readonly state: Survey["kind"];
  readonly files: readonly HeldFile[];
  readonly proofs: readonly Proof[];
  readonly findings: readonly FindingFact[];
}

interface Looking {
  readonly registry: ReadRegistry;
  readonly test: boolean;
  readonly package: string;
  readonly version: string;
  readonly trust: Trust;
}

async function lookAtRegistry(world: World, looking: Looking): Promise<Look> {
  const { registry, test } = looking;
  const signal = world.interrupted;
  const survey = await registry.survey(looking.package, looking.version, signal);
  const listed = survey.kind === "listed" ? survey.files : [];
  const base = { registry: registry.name, test, state: survey.kind };
  const files: HeldFile[] = [];
  const proofs: Proof[] = [];
  for (const file of listed) {
    files.push(registry.ecosystem === "oci" ? await holdImage(looking, file, signal) : await holdFile(world, looking, file));
    const proof = await proofOf(registry, { package: looking.package, version: looking.version, file }, { trust: looking.trust, signal });
    if (proof !== undefined) proofs.push(proof);
  }
  const { proofFindings } = await import("./verify-attestation.ts");
  const unknown: readonly FindingFact[] =
    survey.kind === "unknown"
      ? [{ id: "VR-UNKNOWN", level: "cannot-be-tried", message: `"${registry.name}" cannot be looked at: ${survey.why}` }]
      : [];
  return { ...base, files, proofs, findings: [...unknown, ...proofFindings(registry.name, { files: listed, proofs })] };
}

async function holdFile(world: World, { registry, ...of }: Looking, file: ListedFile): Promise<HeldFile> {
  const { name, integrity } = file;
  const held = { registry: registry.name, name, said: file.sha256, yanked: file.yanked ?? false };
  // Only where the registry names content by another digest the bytes have to be kept for a moment.
  const folder = path.join(world.stateRoot, "verify", world.random.id());
  const to = integrity === undefined ? undefined : path.join(folder, "file");
  if (to !== undefined) await world.files.makeFolder(folder);
  try {
    const got = await registry.download({ package: of.package, version: of.version, name }, to, world.interrupted);
    if (got.kind === "unknown") return { ...held, is: undefined, why: got.why };
    if (got.kind === "absent") return { ...held, is: undefined, gone: true, why: "the registry lists it, and does not have it" };
    const is = to === undefined ? undefined : integrityOf(await world.files.digestWith(to, "sha512"));
    if (is !== integrity)
      return { ...held, is: got.sha256, other: true, why: `what is handed out has ${is}, and the registry lists ${integrity}` };
    return { ...held, is: got.sha256 };
  } finally {
    if (to !== undefined) await world.files.remove(folder);
  }
}

function integrityOf(sha512: string): string {
  return `sha512-${Buffer.from(sha512, "hex").toString("base64")}`;
}

/** An image is named by its digest: what it is called is what it should be. */
async function holdImage({ registry, ...of }: Looking, file: ListedFile, signal: AbortSignal): Promise<HeldFile> {
  const { verifyImageBytes } = await import("./verify-image.ts");
  const { sha256 } = await import("../domain/digest.ts");
  const hex = readImageDigest(file.name)?.slice("sha256:".length) ?? "";
  const held = { registry: registry.name, name: file.name, said: sha256(hex), yanked: file.yanked ?? false };
  const look = await verifyImageBytes(registry, { package: of.package, registryDigest: file.name }, { signal });
  if (look.verdict === "identical") return { ...held, is: sha256(hex) };
  return {
    ...held,
    is: undefined,
    why: look.how,
    ...(look.verdict === "unknown" ? {} : { [look.verdict === "missing" ? "gone" : "other"]: true }),
  };
}

/** What the record says that registries of the package's ecosystem hold of this version. */
function filesIn({ record }: PageRecord, found: FoundPackage, version: string): ReadonlyMap<string, string> {
  const { configuration, ecosystem, name } = found;
  const kinds: Readonly<Record<string, readonly string[]>> = { pypi: ["wheel", "sdist"], crates: ["crate"], npm: ["npm-tarball"] };
  const only: Readonly<Record<string, string>> = { crates: `${name}-${version}.crate`, npm: packedFileName(name, version) };
  const of = record.artifacts.filter((one) => one.package === configuration.id && (kinds[ecosystem] ?? []).includes(one.kind));
  const own = of.filter((one) => found.members === undefined || one.name === (only[ecosystem] ?? one.name));
  const images = (record.images ?? []).filter((one) => ecosystem === "oci" && one.package === configuration.id);
  return new Map([
    ...own.map((one): [string, string] => [one.name, one.sha256]),
    ...images.map(({ digest }): [string, string] => [digest, digest.slice("sha256:".length)]),
  ]);
}

/** Nobody of Slipway's vouches for it: that is said, whatever else is found, and it is no success unless attestations prove the bytes. */
function unknownRelease(
  record: PageRecord | undefined,
  { looks, title }: { readonly looks: readonly Look[]; readonly title: string },
): readonly FindingFact[] {
  if (record !== undefined) return [];
  const files = looks.flatMap((look) => look.files);
  const proven = looks.flatMap((look) => look.proofs).filter(({ verdict }) => verdict === "holds");
  const isProven = files.length > 0 && proven.length === files.length;
  const known =
    files.length === 0
      ? "no registry has it"
      : `${files.length} file${files.length === 1 ? "" : "s"} at ${[...new Set(files.map(({ registry }) => `"${registry}"`))].join(" and ")}, ${proven.length} of them proven by attestations`;
  const message = `There is no record of ${title}: Slipway did not release it, or its page is gone. What can be known: ${known}`;
  return [{ id: "VR-NO-RECORD", level: isProven ? "warns" : "cannot-be-tried", message }];
}
