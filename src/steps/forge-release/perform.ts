// Makes one part of the release page. What is damaged is mended: a draft is written again, a broken file is removed and
// then sent again; a file that is there is never replaced.
import { unreachable } from "../../domain/error.ts";
import type { Effect, Observation, Performed } from "../../domain/run/effect.ts";
import type { Forge, Made, Release, WriteAccess } from "../../forges/forge.ts";
import type { EffectPorts } from "../step.ts";
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
      return onPage(data, opened, async (release) => told(await opened.forge.releases.publish(release.id, data.wanted, opened.access)));
    default:
      return unreachable(data, "part");
  }
}

async function drafted(data: Extract<ReleaseData, { kind: "draft" | "published" }>, seen: Observation, opened: Opened): Promise<Performed> {
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
