// Looks at the release page: each effect for itself, and all files of the page before the first is sent.
import { unreachable } from "../../domain/error.ts";
import type { Effect, Observation } from "../../domain/run/effect.ts";
import type { ReadPorts, Surveyed, Verified } from "../step.ts";
import { readData } from "./effects.ts";

export async function observeForgeRelease(effect: Effect, ports: ReadPorts): Promise<Observation> {
  const data = readData(effect);
  const { forge, access } = await ports.forge();
  switch (data.kind) {
    case "draft":
      return forge.releases.observeDraft(data.wanted, access);
    case "asset":
      return forge.releases.observeAsset(data.wanted, { name: data.name, sha256: data.sha256, sizeBytes: data.sizeBytes }, access);
    case "published":
      return forge.releases.observePublished(data.wanted, access);
    default:
      return unreachable(data, "part");
  }
}

/** A page of somebody else under our tag, or a file on ours that the plan does not know. */
export async function surveyForgeRelease(effects: readonly Effect[], ports: ReadPorts): Promise<Surveyed> {
  const all = effects.map(readData);
  const [first] = all;
  // The files of a page whose draft a step above made were surveyed there.
  if (first === undefined || first.kind === "published") return { kind: "clear" };
  const { forge, access } = await ports.forge();
  const names = all.flatMap((one) => (one.kind === "asset" ? [one.name] : []));
  const surveyed = await forge.releases.survey(first.wanted, names, access);
  if (surveyed.kind === "unknown") return surveyed;
  return surveyed.strangers.length === 0 ? { kind: "clear" } : { kind: "strangers", strangers: surveyed.strangers };
}

export async function verifyForgeRelease(effect: Effect, ports: ReadPorts): Promise<Verified> {
  const seen = await observeForgeRelease(effect, ports);
  switch (seen.kind) {
    case "present":
      return { kind: "verified", evidence: seen.evidence };
    case "conflict":
      return { kind: "differs", theirs: seen.theirs };
    case "unknown":
    case "pending":
      return { kind: "unknown", why: seen.why };
    case "damaged":
      return { kind: "unknown", why: seen.how };
    case "absent":
      return { kind: "unknown", why: "the forge does not show it" };
    default:
      return unreachable(seen, "observation");
  }
}
