// Looks whether what is withdrawn is gone: then the effect is present. What somebody else put in its place is a conflict.
import type { Effect, Observation } from "../../domain/run/effect.ts";
import { releaseMark } from "../../domain/marks.ts";
import type { ReadPorts, Verified } from "../step.ts";
import { readData, type WithdrawData } from "./effects.ts";
import { observeChannel, readChannelData } from "./channels.ts";
import { observeVersion, readVersionData } from "./versions.ts";

export async function observeWithdrawn(effect: Effect, ports: ReadPorts): Promise<Observation> {
  const version = readVersionData(effect);
  if (version !== undefined) return observeVersion(version, ports);
  const channel = readChannelData(effect);
  if (channel !== undefined) return observeChannel(channel, ports);
  const data = readData(effect);
  return data.kind === "tag" ? observeTag(data, ports) : observePage(data, ports);
}

async function observeTag({ tag, remote }: WithdrawData, ports: ReadPorts): Promise<Observation> {
  const there = await ports.remote(remote).refs([`refs/tags/${tag}`]);
  if (there.kind === "unknown") return there;
  return there.objects.size > 0 ? { kind: "absent" } : gone(`no tag ${tag} at ${remote}`);
}

async function observePage(data: WithdrawData, ports: ReadPorts): Promise<Observation> {
  const { tag, project } = data;
  const { forge, access } = await ports.forge();
  const found = await forge.releases.find({ tag, mark: releaseMark(project, tag) }, access);
  if (found.kind === "unknown") return found;
  if (found.kind === "absent") return gone(`no release page ${tag}`);
  if (data.kind === "locked")
    return { kind: "present", evidence: { how: "looked for, and it cannot be taken back", url: found.found.url } };
  if (data.kind === "draft" && found.kind === "ours" && found.found.draft) return gone(`release page ${data.tag} is a draft`);
  if (found.kind === "theirs") return { kind: "conflict", theirs: `the release page ${found.found.url} was made by ${found.found.author}` };
  return { kind: "absent" };
}

function gone(how: string): Observation {
  return { kind: "present", evidence: { how: `${how}, looked for` } };
}

export async function verifyWithdrawn(effect: Effect, ports: ReadPorts): Promise<Verified> {
  const seen = await observeWithdrawn(effect, ports);
  if (seen.kind === "present") return { kind: "verified", evidence: seen.evidence };
  if (seen.kind === "conflict") return { kind: "differs", theirs: seen.theirs };
  return { kind: "unknown", why: seen.kind === "unknown" ? seen.why : "it is still there" };
}
