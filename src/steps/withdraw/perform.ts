// Removes the page, or makes it a draft again, or removes the tag. A page that is gone already is gone.
import type { Effect, Observation, Performed } from "../../domain/run/effect.ts";
import { releaseMark } from "../../domain/marks.ts";
import type { EffectPorts } from "../step.ts";
import { readData, type WithdrawData } from "./effects.ts";
import { leaveChannel, readChannelData } from "./channels.ts";
import { readVersionData, takeBackVersion } from "./versions.ts";

export async function performWithdraw(effect: Effect, _seen: Observation, ports: EffectPorts): Promise<Performed> {
  const version = readVersionData(effect);
  if (version !== undefined) return takeBackVersion(version, ports);
  const channel = readChannelData(effect);
  if (channel !== undefined) return leaveChannel(channel, ports);
  const data = readData(effect);
  return data.kind === "tag" ? removeTag(data, ports) : removePage(data, ports);
}

async function removeTag({ tag, remote }: WithdrawData, ports: EffectPorts): Promise<Performed> {
  const there = await ports.remote(remote).refs([`refs/tags/${tag}`]);
  if (there.kind === "unknown") return { kind: "later", atMs: ports.clock.nowMs() + againMs, why: there.why };
  const from = there.objects.get(`refs/tags/${tag}`);
  if (from === undefined) return { kind: "sent", warnings: [] };
  const pushed = await ports.remote(remote).push([{ ref: `refs/tags/${tag}`, from }]);
  return pushed.kind === "sent" ? { kind: "sent", warnings: [] } : pushed;
}

/** What did not answer is asked again; nothing was sent by then. */
const againMs = 5_000;

async function removePage({ kind, tag, project }: WithdrawData, ports: EffectPorts): Promise<Performed> {
  const { forge, access } = await ports.forge();
  const found = await forge.releases.find({ tag, mark: releaseMark(project, tag) }, access);
  if (found.kind === "unknown") return { kind: "later", atMs: ports.clock.nowMs() + againMs, why: found.why };
  if (found.kind === "absent") return { kind: "sent", warnings: [] };
  if (found.kind === "theirs") return { kind: "refused", why: `the release page ${found.found.url} was made by ${found.found.author}` };
  if (found.found.immutable === true) return { kind: "refused", why: `the release page ${found.found.url} is locked` };
  if (kind === "page") return forge.releases.remove(found.found.id, access);
  const hidden = await forge.releases.hide(found.found.id, access);
  return hidden.kind === "sent" ? { kind: "sent", warnings: hidden.warnings } : hidden;
}
