// Images that stand at one registry and are published at another: copied by the digests that the release's record names, each
// platform's first and the list that joins them last. What was tested is named by the record, what is named there is read by its
// digest, and what is put has the very text that was read: nothing is built, joined or named anew (ADR 0021).
import { z } from "zod";
import { sha256 } from "../../../domain/digest.ts";
import { assert, SlipwayError } from "../../../domain/error.ts";
import { hexOf, readImageDigest } from "../../../domain/oci/names.ts";
import type { PlannedPackage, PlannedRegistry } from "../../../domain/plan/plan.ts";
import { readReleaseRecord, releaseRecordBytesMax, type ReleaseRecordFile } from "../../../domain/release-record.ts";
import type { Effect, Performed } from "../../../domain/run/effect.ts";
import type { ManifestHeld, ManifestNamed, Publication } from "../../../registries/registry.ts";
import type { EffectPorts, Frozen, ReadPorts } from "../../step.ts";
import type { CopySource } from "./copied-from.ts";
import { reachAt } from "./traits.ts";

/** How long a manifest that was accepted may stay unseen before a person is asked. */
const visibleWithinMs = 15 * 60_000;

export interface CopyingTo {
  readonly registry: PlannedRegistry;
  readonly frozen: Frozen<unknown>;
  readonly ports: ReadPorts;
}

/** @throws SlipwayError ARTIFACT_SET where the record or its source does not have an image; STEP_FAILED where it cannot be asked */
export async function listCopied(from: CopySource, to: CopyingTo): Promise<readonly Effect[]> {
  const images = to.frozen.packages.filter(({ ecosystem }) => ecosystem === "oci");
  const record = await readRecord(to);
  const effects: Effect[] = [];
  for (const one of images) effects.push(...(await copiesOf(one, { from, to, record })));
  if (effects.length > 0) return effects;
  throw new SlipwayError("ARTIFACT_SET", `Cannot publish to ${to.registry.name}: the release has no image that could be copied`);
}

async function readRecord({ frozen, ports }: CopyingTo): Promise<ReleaseRecordFile> {
  const artifact = frozen.artifacts.find(({ kind }) => kind === "record");
  const fail = (why: string): SlipwayError =>
    new SlipwayError("ARTIFACT_SET", `Cannot tell which images to copy: ${why}`, {
      hint: "Let `record` write it where the images are built, and `fetch-release` take it where they are published",
    });
  if (artifact === undefined) throw fail("no step above has the record of the release");
  if (artifact.sizeBytes > releaseRecordBytesMax) throw fail(`the record has more than ${releaseRecordBytesMax} bytes`);
  const read = readReleaseRecord(await ports.files.readText(ports.artifactFile(artifact)));
  if (read.kind === "unreadable") throw fail(`the record cannot be read: ${read.why}`);
  const { commit } = read.record;
  if (commit !== frozen.head.commit)
    throw fail(`the record is of commit ${commit.slice(0, 12)}, and this release of ${frozen.head.commit.slice(0, 12)}`);
  return read.record;
}

interface CopyOne {
  readonly from: CopySource;
  readonly to: CopyingTo;
  readonly record: ReleaseRecordFile;
}

async function copiesOf(one: PlannedPackage, { from, to, record }: CopyOne): Promise<readonly Effect[]> {
  const named = record.images?.find((image) => image.package === one.id);
  const isOfVersion = record.packages.some(({ name, version }) => name === one.name && version === one.version);
  if (named === undefined || !isOfVersion)
    throw new SlipwayError("ARTIFACT_SET", `Cannot copy ${one.name} ${one.version}: the record of the release names no image of it`, {
      hint: "Run the pipeline that builds it again, with a `record`",
    });
  const repository = from.repository ?? one.name;
  if (from.registry.name === to.registry.name && repository === one.name)
    throw new SlipwayError("PLAN_INVALID", `Cannot copy ${one.name} from ${from.registry.name} to where it is`, {
      hint: "Name other registries in `to:`, or another repository in `from:`",
    });
  const held = await readSource({ package: repository, registryDigest: named.digest }, { from, to });
  const effect = effectsFor(one, { from: { registry: from.registry.name, package: repository }, to });
  const parts = held.parts.map((part) => effect(part, []));
  return [...parts, effect(held, parts.map(({ key }) => key))]; // prettier-ignore
}

async function readSource(
  of: { readonly package: string; readonly registryDigest: string },
  { from, to }: Pick<CopyOne, "from" | "to">,
): Promise<Extract<ManifestHeld, { kind: "held" }>> {
  const { images } = to.ports.registry(from.registry.name);
  assert(images !== undefined, `registry "${from.registry.name}" holds images`);
  const held = await images.manifest(of, to.ports.signal);
  if (held.kind === "held") return held;
  const what = `${of.package}@${of.registryDigest}`;
  if (held.kind === "unknown")
    throw new SlipwayError("STEP_FAILED", `Cannot copy ${what} from ${from.registry.name}: ${held.why}`, {
      hint: "Look at the registry, then run the same command again",
    });
  throw new SlipwayError("ARTIFACT_SET", `Cannot copy ${what}: ${from.registry.name} does not hold it`, {
    hint: `Run the pipeline that puts it at ${from.registry.name}, or look who deleted it`,
  });
}

function effectsFor(
  one: PlannedPackage,
  copy: { readonly from: { readonly registry: string; readonly package: string }; readonly to: CopyingTo },
) {
  const { registry, ports } = copy.to;
  const { settleMs } = ports.registry(registry.name);
  return ({ mediaType, registryDigest, sizeBytes }: ManifestNamed, after: readonly string[]): Effect => {
    const name = `${one.name}@${registryDigest}`;
    const digest = readImageDigest(registryDigest);
    assert(digest !== undefined, `"${registryDigest}" is the digest of a manifest`);
    const from = { fromRegistry: copy.from.registry, fromPackage: copy.from.package };
    const of = {
      package: one.name,
      version: one.version,
      packageId: one.id,
      name,
      sha256: hexOf(digest),
      sizeBytes,
      registryDigest,
      mediaType,
    };
    return {
      key: `${registry.name}/${name}`,
      target: registry.name,
      title: `${name} at ${registry.name}, from ${copy.from.registry}`,
      after,
      reach: reachAt(registry),
      again: "harmless",
      settleMs,
      withinMs: visibleWithinMs,
      data: { form: "copied", registry: registry.name, ...from, ...of },
    };
  };
}

const copiedData = z.object({
  form: z.literal("copied"),
  registry: z.string(),
  fromRegistry: z.string(),
  fromPackage: z.string(),
  package: z.string(),
  version: z.string(),
  packageId: z.string(),
  name: z.string(),
  sha256: z.string(),
  sizeBytes: z.number(),
  registryDigest: z.string(),
  mediaType: z.string(),
});

export interface Copied {
  readonly registry: string;
  readonly from: { readonly registry: string; readonly package: string };
  readonly packageId: string;
  readonly mediaType: string;
  readonly image: Publication & { readonly registryDigest: string };
}

/** @returns undefined for an effect that copies nothing */
export function copiedOf(effect: Pick<Effect, "data">): Copied | undefined {
  const read = copiedData.safeParse(effect.data);
  if (!read.success) return undefined;
  const { form: _form, registry, fromRegistry, fromPackage, packageId, mediaType, ...image } = read.data;
  const from = { registry: fromRegistry, package: fromPackage };
  return { registry, from, packageId, mediaType, image: { ...image, sha256: sha256(image.sha256) } };
}

export async function copy(copied: Copied, ports: EffectPorts): Promise<Performed> {
  const { registry, credential } = await ports.open(copied.registry, copied.image.package);
  const { images } = ports.registry(copied.from.registry);
  assert(registry.copy !== undefined && images !== undefined, `"${copied.from.registry}" and "${copied.registry}" hold images`);
  return registry.copy({ ...copied.image, from: { source: images, package: copied.from.package } }, credential, ports.signal);
}
