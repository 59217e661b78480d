// Tags: led to a manifest that is there already, and taken away again. Source: distribution-spec v1.1 "Pushing manifests",
// "Content management" (a registry may refuse deletions with 400 or 405).
import { readManifest } from "../../domain/oci/manifest.ts";
import { readImageDigest, repositoryFault, tagFault, tagOfVersion } from "../../domain/oci/names.ts";
import type { Performed } from "../../domain/run/effect.ts";
import type { Channel, TakenBack } from "../registry.ts";
import { lookUpManifest, type Looking } from "./look-up.ts";
import { ask } from "./ask.ts";
import { pushScope, putManifest, type By } from "./send.ts";

/** Leads a tag to the manifest of our digest, which is read back from the registry: the same bytes under another name. */
export async function moveChannel(looking: Looking, channel: Channel, by: By): Promise<Performed> {
  const fault = tagFault(channel.name);
  if (fault !== undefined) return { kind: "refused", why: `"${channel.name}" cannot be a tag: it ${fault}` };
  const digest = readImageDigest(channel.registryDigest ?? "");
  if (digest === undefined) return { kind: "refused", why: `The channel "${channel.name}" has no digest that it is to lead to` };
  const asWriter = { ...looking, readAs: () => Promise.resolve(by.credential) };
  const found = await lookUpManifest(asWriter, { package: channel.package, reference: digest }, by.signal);
  if (found.kind === "unknown") return found;
  if (found.kind === "absent") {
    return { kind: "refused", why: `"${looking.place.registry}" does not hold "${digest}", to which "${channel.name}" is to lead` };
  }
  if (found.digest !== digest) return { kind: "unknown", why: `"${looking.place.registry}" hands out ${found.digest} for "${digest}"` };
  const manifest = readManifest(found.text, found.mediaType);
  if (manifest.kind === "invalid") return { kind: "unknown", why: `"${looking.place.registry}" holds "${digest}", which ${manifest.why}` };
  const put = { package: channel.package, reference: channel.name, text: found.text, mediaType: manifest.mediaType };
  return await putManifest(looking, put, { ...by, scopes: [pushScope(channel.package)] });
}

/** Deletes the tag of a version. */
export function deleteVersion(looking: Looking, version: TakenBack, by: By): Promise<Performed> {
  return deleteTag(looking, { package: version.package, tag: tagOfVersion(version.version) }, by);
}

/** Deletes one tag; what it led to stays, and so do other tags. A tag that is gone is as good. */
export async function deleteTag(looking: Looking, at: { readonly package: string; readonly tag: string }, by: By): Promise<Performed> {
  const { package: name, tag } = at;
  const fault = repositoryFault(name) ?? tagFault(tag);
  if (fault !== undefined) return { kind: "refused", why: `"${name}:${tag}" cannot be there: it ${fault}` };
  const url = `${looking.place.origin}/v2/${name}/manifests/${tag}`;
  const scopes = [`repository:${name}:pull,push,delete`];
  const what = `the deletion of the tag "${tag}" of "${name}"`;
  const done = await ask(looking, { call: { method: "DELETE", url }, what, missing: true }, { ...by, scopes });
  if (done.kind === "refused" && done.code === undefined) return { kind: "by-person", why: done.why };
  return done.kind === "answered" ? { kind: "sent", warnings: [] } : done;
}
