// Where the files of a release are taken from: its page at the forge, or a folder that somebody downloaded them to.
import path from "node:path";
import type { Downloaded, Unknown } from "../../forges/forge.ts";
import type { WorkPorts } from "../step.ts";

/** Files by name. */
export interface Place {
  /** For people: an address or a folder. */
  readonly where: string;
  readonly names: readonly string[];
  /** Takes one file to an absolute path and digests it on the way. */
  fetch(name: string, to: string): Promise<Downloaded>;
}

export type PlaceOpened =
  | { readonly kind: "opened"; readonly place: Place }
  | { readonly kind: "refused"; readonly why: string; readonly hint: string }
  | Unknown;

export async function openFolder(folder: string, ports: WorkPorts): Promise<PlaceOpened> {
  const names: string[] = [];
  for (const name of await ports.files.list(folder)) {
    if ((await ports.files.info(path.join(folder, name)))?.kind === "file") names.push(name);
  }
  const fetch = async (name: string, to: string): Promise<Downloaded> => {
    await ports.files.copy(path.join(folder, name), to);
    const { sha256: digest, sizeBytes } = await ports.files.digest(to);
    return { kind: "downloaded", sha256: digest as Extract<Downloaded, { kind: "downloaded" }>["sha256"], sizeBytes };
  };
  return { kind: "opened", place: { where: folder, names, fetch } };
}

/** The published page of a tag, whoever made it: what is on it is proved file by file. */
export async function openPage(tag: string, ports: WorkPorts): Promise<PlaceOpened> {
  const { forge, access } = await ports.forge();
  const found = await forge.releases.find({ tag, mark: "none/none" }, access);
  if (found.kind === "unknown") return found;
  if (found.kind === "absent")
    return {
      kind: "refused",
      why: `there is no release page of ${tag} at ${forge.repository}`,
      hint: "Make the release first, or give its files with --files",
    };
  const release = found.found;
  if (release.draft) return { kind: "refused", why: `the release page of ${tag} is a draft`, hint: `Publish it: ${release.url}` };
  const listed = await forge.releases.assets(release.id, access);
  if (listed.kind === "unknown") return listed;
  const assets = listed.kind === "found" ? listed.found : [];
  const broken = assets.find(({ state }) => state === "broken");
  if (broken !== undefined)
    return {
      kind: "refused",
      why: `"${broken.name}" on the page was never uploaded to its end`,
      hint: "Run the pipeline that makes the release again",
    };
  const fetch = async (name: string, to: string): Promise<Downloaded> => {
    const asset = assets.find((one) => one.name === name || one.label === name);
    return asset === undefined ? { kind: "absent" } : forge.releases.download(asset, to, access);
  };
  return { kind: "opened", place: { where: release.url, names: assets.map((one) => one.label ?? one.name), fetch } };
}
