// Looks at the issue: our comment by its mark, and its state.
import type { Effect, Observation } from "../../domain/run/effect.ts";
import type { ReadPorts, Verified } from "../step.ts";
import { readData } from "./effects.ts";

export async function observeClosing(effect: Effect, ports: ReadPorts): Promise<Observation> {
  const data = readData(effect);
  const { forge, access } = await ports.forge();
  return data.kind === "comment"
    ? forge.issues.observeComment(data.issue, data.mark, access)
    : forge.issues.observeClosed(data.issue, access);
}

export async function verifyClosing(effect: Effect, ports: ReadPorts): Promise<Verified> {
  const seen = await observeClosing(effect, ports);
  if (seen.kind === "present") return { kind: "verified", evidence: seen.evidence };
  if (seen.kind === "conflict") return { kind: "differs", theirs: seen.theirs };
  return { kind: "unknown", why: seen.kind === "unknown" ? seen.why : "the forge does not show it" };
}
