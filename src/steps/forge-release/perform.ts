// Makes one part of the release page. What is damaged is mended: a draft is written again, a broken file is removed and
// then sent again; a file that is there is never replaced.
import { unreachable } from "../../domain/error.ts";
import type { Effect, Observation, Performed } from "../../domain/run/effect.ts";
import type { Forge, Made, Release, WriteAccess } from "../../forges/forge.ts";
import type { EffectPorts } from "../step.ts";
import { higherFinal } from "../../domain/version/latest.ts";
import { readData, type AssetData, type ReleaseData } from "./effects.ts";
import { mediaTypeOf } from "./media-type.ts";

interface Opened {
  readonly forge: Forge;
  readonly access: WriteAccess;
  readonly nowMs: number;
}

/** A forge that did not answer is asked again; nothing was sent by then. */
const againMs = 5_000;

export async function performForgeRelease(effect: Effect, seen: Observation, ports: EffectPorts): Promise<Performed> {
  const data = readData(effect);
  const opened = { ...(await ports.forge()), nowMs: ports.clock.nowMs() };
  switch (data.kind) {
    case "draft":
      return drafted(data, seen, opened);
    case "asset":
      return uploaded(data, seen, { opened, file: fileOf(data, ports) });
    case "published":
      return published(data, opened);
    default:
      return unreachable(data, "part");
  }
}

type PageData = Extract<ReleaseData, { kind: "draft" | "published" }>;

async function drafted(data: PageData, seen: Observation, opened: Opened): Promise<Performed> {
  const { forge, access } = opened;
  if (seen.kind !== "damaged") return told(await forge.releases.createDraft(data.wanted, access));
  return onPage(data, opened, async (release) => told(await forge.releases.update(release, data.wanted, access)));
}

async function uploaded(
  data: AssetData,
  seen: Observation,
  { opened, file }: { readonly opened: Opened; readonly file: string },
): Promise<Performed> {
  const { forge, access } = opened;
  const { name, sha256, sizeBytes } = data;
  return onPage(data, opened, async (release) => {
    if (seen.kind === "damaged") {
      const cleared = await forge.releases.clear(release.id, name, access);
      if (cleared.kind !== "sent") return cleared;
    }
    return told(await forge.releases.upload(release.id, { name, sha256, sizeBytes, file, mediaType: mediaTypeOf(name) }, access));
  });
}

/** It becomes the latest only if nothing higher is published by now: whatever was so when the run began. */
async function published(data: PageData, opened: Opened): Promise<Performed> {
  const place = await placeOf(data, opened);
  if (place.kind === "later") return place;
  const { forge, access } = opened;
  return onPage(data, opened, async (release) => {
    const sent = told(await forge.releases.publish(release.id, { ...data.wanted, latest: place.latest }, access));
    return sent.kind === "sent" ? { ...sent, warnings: [...sent.warnings, ...place.warnings] } : sent;
  });
}

type LatestPlace =
  | { readonly kind: "placed"; readonly latest: boolean; readonly warnings: readonly string[] }
  | Extract<Performed, { kind: "later" }>;

/** Whether the page may be shown as the latest; where a forge cannot be told, it is said what it will show instead. */
async function placeOf({ wanted, version }: PageData, { forge, access, nowMs }: Opened): Promise<LatestPlace> {
  const { releases } = forge;
  if (wanted.prerelease) return { kind: "placed", latest: false, warnings: [] };
  if (!wanted.latest || version === undefined) return placed(wanted, { latest: wanted.latest, releases, why: "it should not be" });
  const listed = await releases.published(access);
  if (listed.kind === "unknown") return { kind: "later", atMs: nowMs + againMs, why: listed.why };
  const finals = listed.releases.filter(({ prerelease }) => !prerelease).map(({ tag }) => tag);
  const above = higherFinal({ ...version, tag: wanted.tag }, finals);
  return placed(wanted, { latest: above === undefined, releases, why: `${above} is higher` });
}

function placed(
  { tag }: PageData["wanted"],
  { latest, releases, why }: { readonly latest: boolean; readonly releases: Forge["releases"]; readonly why: string },
): LatestPlace {
  const isUnsaid = !latest && releases.latest.kind === "unsupported";
  const warnings = isUnsaid ? [`unsupported: ${tag} may be shown as the latest release, and ${why}: ${releases.latest.why}`] : [];
  return { kind: "placed", latest, warnings };
}

/** Acts on our page; without one nothing is sent. */
async function onPage(
  { wanted }: Pick<AssetData, "wanted">,
  { forge, access, nowMs }: Opened,
  act: (release: Release) => Promise<Performed>,
): Promise<Performed> {
  const found = await forge.releases.find(wanted, access);
  switch (found.kind) {
    case "ours":
      return act(found.found);
    case "absent":
      return { kind: "refused", why: `there is no release page of ours for ${wanted.tag}` };
    case "theirs":
      return { kind: "refused", why: `the release page of ${wanted.tag} was made by ${found.found.author}, not by this release` };
    case "unknown":
      return { kind: "later", atMs: nowMs + againMs, why: found.why };
    default:
      return unreachable(found, "search");
  }
}

/** Only a look decides, so that what the forge says it made is left out. */
function told(made: Made<unknown>): Performed {
  return made.kind === "sent" ? { kind: "sent", warnings: made.warnings } : made;
}

function fileOf({ name, sha256, sizeBytes, artifact }: AssetData, ports: EffectPorts): string {
  return ports.artifactFile({ ...artifact, name, sizeBytes, digest: sha256 });
}
