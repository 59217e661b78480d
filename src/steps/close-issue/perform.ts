// Writes the comment or closes the issue.
import type { Effect, Observation, Performed } from "../../domain/run/effect.ts";
import type { EffectPorts } from "../step.ts";
import { readData } from "./effects.ts";

export async function performClosing(effect: Effect, _seen: Observation, ports: EffectPorts): Promise<Performed> {
  const data = readData(effect);
  const { forge, access } = await ports.forge();
  if (data.kind === "close") return forge.issues.close(data.issue, access);
  return forge.issues.comment(data.issue, { text: data.text, mark: data.mark }, access);
}
