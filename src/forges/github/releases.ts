// Release pages at GitHub. A draft has no tag yet and is found in the list alone; publishing sends tag, commit and the end
// of the draft together; what is published may be locked for ever (protocols §7.1, §11.6).
import { act, list, lookAt, type Api } from "../api.ts";
import { refSegments } from "../address.ts";
import type { Looked, ReadAccess, Release, ReleaseReads, ReleaseWrites, Searched, Unknown, WantedRelease } from "../forge.ts";
import { judgeDraft, judgePublished, searchReleases, strangersAmong } from "../judge.ts";
import { carriesMark, withMark } from "../mark.ts";
import { recordOf, textOf } from "../reading.ts";
import { assetsOf, assetCalls } from "./assets.ts";
import { readRelease } from "./read.ts";
import { refusals } from "./refusals.ts";
import { pageSize } from "./wire.ts";

/** GitHub gives no more than ten thousand results of any list. */
const releasePagesMax = 100;
/** A tag that leads to a tag that leads to a tag: two are seen, five are enough. */
const tagDepthMax = 5;

export function releaseCalls(api: Api, uploadBase: string): ReleaseReads & ReleaseWrites {
  return {
    ...assetCalls(api, { uploadBase, find: rememberedRelease(api) }),
    refusals,
    find: (wanted, access) => findRelease(api, wanted, access),
    observeDraft: async (wanted, access) => judgeDraft(await findRelease(api, wanted, access), wanted),
    observePublished: (wanted, access) => observePublished(api, wanted, access),
    survey: (wanted, names, access) => survey(api, { wanted, names }, access),
    tagCommit: (tag, access) => tagCommit(api, tag, access),
    createDraft: (wanted, access) =>
      act(
        api,
        {
          method: "POST",
          path: ["releases"],
          json: { ...fieldsOf(wanted), draft: true, make_latest: "false" },
          what: `create the draft of "${wanted.tag}"`,
        },
        { ...access, read: readRelease },
      ),
    update: (release, wanted, access) =>
      act(
        api,
        { method: "PATCH", path: ["releases", release.id], json: changesOf(release, wanted), what: `change the release "${wanted.tag}"` },
        { ...access, read: readRelease },
      ),
    publish: (release, wanted, access) =>
      act(
        api,
        { method: "PATCH", path: ["releases", release], json: publication(wanted), what: `publish the release "${wanted.tag}"` },
        { ...access, read: readRelease },
      ),
    remove: (release, access) => act(api, { method: "DELETE", path: ["releases", release], what: `delete the release ${release}` }, access),
  };
}

function fieldsOf(wanted: WantedRelease): Readonly<Record<string, unknown>> {
  return {
    tag_name: wanted.tag,
    target_commitish: wanted.commit,
    name: wanted.title,
    body: withMark(wanted.notes, wanted.mark),
    prerelease: wanted.prerelease,
  };
}

/** Of a locked release only title and text may change. */
function changesOf(release: Pick<Release, "draft" | "immutable">, wanted: WantedRelease): Readonly<Record<string, unknown>> {
  if (release.draft) return { ...fieldsOf(wanted), draft: true };
  const { name, body, prerelease } = fieldsOf(wanted);
  return release.immutable === true ? { name, body } : { name, body, prerelease };
}

function publication(wanted: WantedRelease): Readonly<Record<string, unknown>> {
  const { tag_name, target_commitish, prerelease } = fieldsOf(wanted);
  return { tag_name, target_commitish, prerelease, draft: false, make_latest: wanted.latest && !wanted.prerelease ? "true" : "false" };
}

async function findRelease(api: Api, wanted: Pick<WantedRelease, "tag" | "mark">, access: ReadAccess): Promise<Searched<Release>> {
  const pages = { path: ["releases"], query: { per_page: pageSize }, pagesMax: releasePagesMax };
  const listed = await list(api, pages, { ...access, read: readRelease });
  if (listed.kind === "unknown") return listed;
  return searchReleases(listed.items, wanted);
}

/** Finds a page again by its id, so that a hundred assets do not read the whole list a hundred times. */
function rememberedRelease(api: Api): ReleaseReads["find"] {
  const ids = new Map<string, number>();
  return async (wanted, access) => {
    const key = `${wanted.tag}\n${wanted.mark}`;
    const id = ids.get(key);
    if (id !== undefined) {
      const looked = await lookAt(api, { path: ["releases", id] }, { ...access, read: readRelease });
      const found = looked.kind === "found" ? looked.found : undefined;
      if (found?.tag === wanted.tag && carriesMark(found.notes, wanted.mark)) return { kind: "ours", found, also: [] };
      ids.delete(key);
    }
    const searched = await findRelease(api, wanted, access);
    if (searched.kind === "ours") ids.set(key, searched.found.id);
    return searched;
  };
}

async function observePublished(api: Api, wanted: WantedRelease, access: ReadAccess): ReturnType<ReleaseReads["observePublished"]> {
  const searched = await findRelease(api, wanted, access);
  const published = searched.kind === "ours" && !searched.found.draft;
  return judgePublished(searched, wanted, published ? await tagCommit(api, wanted.tag, access) : undefined);
}

async function survey(
  api: Api,
  { wanted, names }: { readonly wanted: Pick<WantedRelease, "tag" | "mark">; readonly names: readonly string[] },
  access: ReadAccess,
): ReturnType<ReleaseReads["survey"]> {
  const searched = await findRelease(api, wanted, access);
  if (searched.kind === "unknown") return searched;
  if (searched.kind === "absent") return { kind: "surveyed", strangers: [] };
  const { found } = searched;
  if (searched.kind === "theirs") {
    return { kind: "surveyed", strangers: [{ target: api.forge, name: `release ${found.tag}`, uploadedAt: found.createdAt }] };
  }
  const assets = await assetsOf(api, found.id, access);
  if (assets.kind === "unknown") return assets;
  return { kind: "surveyed", strangers: strangersAmong(assets.items, names, api.forge) };
}

/** Where a reference or an annotated tag leads. */
interface GitObject {
  readonly sha: string;
  readonly type: string;
}

async function tagCommit(api: Api, tag: string, access: ReadAccess): Promise<Looked<string>> {
  let looked = await lookAt(api, { path: ["git", "ref", ...refSegments("tags", tag)] }, { ...access, read: readObject });
  for (let depth = 0; depth < tagDepthMax && looked.kind === "found" && looked.found.type === "tag"; depth += 1) {
    looked = await lookAt(api, { path: ["git", "tags", looked.found.sha] }, { ...access, read: readObject });
  }
  if (looked.kind !== "found") return looked;
  return looked.found.type === "commit" ? { kind: "found", found: looked.found.sha } : oddTag(api, tag);
}

function oddTag(api: Api, tag: string): Unknown {
  return { kind: "unknown", why: `the tag "${tag}" at "${api.forge}" leads to no commit` };
}

function readObject(value: unknown): GitObject | undefined {
  const object = recordOf(recordOf(value)?.["object"]);
  const [sha, type] = [textOf(object?.["sha"]), textOf(object?.["type"])];
  return sha === undefined || type === undefined ? undefined : { sha, type };
}
