// What a release page is made of: the draft, each of its files, and its publication, one effect each. All that is needed
// to look at them, make them and prove them stands in the effect, since a crash may lose anything else.
import { z } from "zod";
import { artifactKinds, type Artifact } from "../../domain/artifact.ts";
import { sha256 } from "../../domain/digest.ts";
import { assert, SlipwayError } from "../../domain/error.ts";
import { ecosystems, type JsonObject } from "../../domain/configuration.ts";
import { releaseMark } from "../../domain/marks.ts";
import type { Effect } from "../../domain/run/effect.ts";
import type { WantedRelease } from "../../forges/forge.ts";
import type { Frozen, ReadPorts } from "../step.ts";
import { assetKinds, partsOf, tagOf, type ForgeReleaseInput } from "./input.ts";
import { notesOf } from "./notes.ts";

const wantedRelease = z.strictObject({
  tag: z.string(),
  commit: z.string(),
  title: z.string(),
  notes: z.string(),
  prerelease: z.boolean(),
  latest: z.boolean(),
  mark: z.string(),
});

const page = z.strictObject({
  kind: z.enum(["draft", "published"]),
  wanted: wantedRelease,
  /** Of the package that the tag is of; journals of before this was compared do not have it. */
  version: z.strictObject({ ecosystem: z.enum(ecosystems), version: z.string() }).optional(),
});

const asset = z.strictObject({
  kind: z.literal("asset"),
  wanted: wantedRelease.pick({ tag: true, mark: true }),
  name: z.string(),
  sha256: z.string().transform((text) => sha256(text)),
  sizeBytes: z.number(),
  artifact: z.strictObject({ kind: z.enum(artifactKinds), package: z.string(), maker: z.string() }),
});

const releaseData = z.discriminatedUnion("kind", [page, asset]);

export type ReleaseData = z.infer<typeof releaseData>;
export type AssetData = z.infer<typeof asset>;

/** Long enough for a forge that checks a large file before it shows it. */
const withinMs = 10 * 60_000;

export async function forgeReleaseEffects(frozen: Frozen<ForgeReleaseInput>, ports: ReadPorts): Promise<readonly Effect[]> {
  const { forge } = await ports.forge();
  const wanted = await wantedOf(frozen, ports);
  const parts = partsOf(frozen.input);
  const common = { target: forge.name, settleMs: forge.settleMs, withinMs } as const;
  const draftKey = `draft/${wanted.tag}`;
  const shownBy = `published/${wanted.tag}`;
  const draft: readonly Effect[] = parts.includes("draft")
    ? [
        {
          ...common,
          shownBy,
          key: draftKey,
          title: `draft of ${wanted.tag}`,
          after: [],
          reach: "reversible",
          again: "after-look",
          data: { kind: "draft", wanted },
        },
      ]
    : [];
  const assets = parts.includes("draft")
    ? assetsOf(frozen).map((one): Effect => ({ ...common, shownBy, ...assetEffect(one, wanted, draftKey) }))
    : [];
  const published: readonly Effect[] = parts.includes("published")
    ? [
        {
          ...common,
          key: shownBy,
          title: `release page ${wanted.tag}`,
          after: [...draft, ...assets].map(({ key }) => key),
          reach: "irreversible",
          again: "harmless",
          data: { kind: "published", wanted, ...versionOf(frozen, wanted.tag) },
        },
      ]
    : [];
  return [...draft, ...assets, ...published];
}

function versionOf({ packages }: Frozen<ForgeReleaseInput>, tag: string): JsonObject {
  const one = packages.find((each) => each.tag === tag);
  return one === undefined ? {} : { version: { ecosystem: one.ecosystem, version: one.version } };
}

/** Files are shown under their names, so that two of one name cannot both be. @throws SlipwayError ARTIFACT_SET */
function assetsOf({ artifacts, input }: Frozen<ForgeReleaseInput>): readonly Artifact[] {
  const kinds = assetKinds(input);
  const taken = artifacts.filter(({ kind }) => kinds.includes(kind));
  const twice = taken.find((one, index) => taken.findIndex((other) => other.name === one.name) !== index);
  if (twice === undefined) return taken;
  throw new SlipwayError("ARTIFACT_SET", `Cannot attach two files named "${twice.name}" to one release`, {
    hint: "Give the files different names, or name fewer kinds under `assets:`",
  });
}

function assetEffect(
  artifact: Artifact,
  wanted: WantedRelease,
  after: string,
): Pick<Effect, "key" | "title" | "after" | "reach" | "again" | "data"> {
  const { name, digest, sizeBytes, kind, package: packageId, maker } = artifact;
  return {
    key: `asset/${wanted.tag}/${name}`,
    title: `${name} on the page ${wanted.tag}`,
    after: [after],
    reach: "reversible",
    again: "after-look",
    data: {
      kind: "asset",
      wanted: { tag: wanted.tag, mark: wanted.mark },
      name,
      sha256: digest,
      sizeBytes,
      artifact: { kind, package: packageId, maker },
    } satisfies JsonObject,
  };
}

async function wantedOf(frozen: Frozen<ForgeReleaseInput>, ports: ReadPorts): Promise<WantedRelease & JsonObject> {
  const { plan, head, input } = frozen;
  const tag = tagOf(frozen);
  if (tag === undefined) {
    throw new SlipwayError("PLAN_INVALID", "Cannot make a release page: no package has a `tag:` pattern, and a page is that of a tag", {
      hint: 'Write one in slipway.yaml: `tag: "v{version}"`',
    });
  }
  const made = head.tags.find(({ name }) => name === tag);
  assert(made === undefined || made.commit === head.commit, `tag "${tag}" leads to the head that is released`);
  return {
    tag,
    commit: head.commit,
    title: plan.release.title,
    notes: partsOf(input).includes("draft") ? await notesOf(frozen, tag, ports) : "",
    prerelease: plan.release.prerelease,
    latest: input.latest ?? !plan.release.prerelease,
    mark: releaseMark(plan.project, tag),
  };
}

/** Reads an effect back from the journal. */
export function readData(effect: Effect): ReleaseData {
  return releaseData.parse(effect.data);
}
