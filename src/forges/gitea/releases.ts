// Release pages at Gitea and Forgejo. One page for each tag, drafts included; which release is the latest cannot be told,
// the server shows the newest; nothing is ever locked.
import { act, list, lookAt, type Api } from "../api.ts";
import { refSegments } from "../address.ts";
import type { Looked, ReadAccess, Release, ReleaseReads, ReleaseWrites, Searched, WantedRelease } from "../forge.ts";
import { judgeDraft, judgePublished, searchReleases, strangersAmong } from "../judge.ts";
import { carriesMark, withMark } from "../mark.ts";
import { assetCalls, assetsOf } from "./assets.ts";
import { readRelease, readTagCommit } from "./read.ts";
import { pageSize } from "./wire.ts";

const releasePagesMax = 200;

export function releaseCalls(api: Api, webUrl: string): ReleaseReads & ReleaseWrites {
  return {
    ...assetCalls(api, { webUrl, find: rememberedRelease(api) }),
    refusals: (_wanted, assets) => assets.flatMap(({ name }) => nameRefusals(name)),
    find: (wanted, access) => findRelease(api, wanted, access),
    observeDraft: async (wanted, access) => judgeDraft(await findRelease(api, wanted, access), wanted),
    observePublished: (wanted, access) => observePublished(api, wanted, access),
    survey: (wanted, names, access) => survey(api, { wanted, names }, access),
    tagCommit: (tag, access) => tagCommit(api, tag, access),
    createDraft: (wanted, access) =>
      act(
        api,
        { method: "POST", path: ["releases"], json: { ...fieldsOf(wanted), draft: true }, what: `create the draft of "${wanted.tag}"` },
        { ...access, read: readRelease },
      ),
    update: (release, wanted, access) =>
      act(
        api,
        {
          method: "PATCH",
          path: ["releases", release.id],
          json: release.draft ? { ...fieldsOf(wanted), draft: true } : textsOf(wanted),
          what: `change the release "${wanted.tag}"`,
        },
        { ...access, read: readRelease },
      ),
    publish: async (release, wanted, access) => {
      const what = `publish the release "${wanted.tag}"`;
      const sent = await act(
        api,
        { method: "PATCH", path: ["releases", release], json: publication(wanted), what },
        { ...access, read: readRelease },
      );
      return sent.kind !== "sent" || wanted.latest || wanted.prerelease ? sent : { ...sent, warnings: [latestWarning(api, wanted.tag)] };
    },
    remove: (release, access) => act(api, { method: "DELETE", path: ["releases", release], what: `delete the release ${release}` }, access),
  };
}

function textsOf(wanted: WantedRelease): Readonly<Record<string, unknown>> {
  return { name: wanted.title, body: withMark(wanted.notes, wanted.mark), prerelease: wanted.prerelease };
}

function fieldsOf(wanted: WantedRelease): Readonly<Record<string, unknown>> {
  return { tag_name: wanted.tag, target_commitish: wanted.commit, ...textsOf(wanted) };
}

/** Without the texts: who publishes a draft that was made before does not know them. */
function publication(wanted: WantedRelease): Readonly<Record<string, unknown>> {
  const { tag_name, target_commitish, prerelease } = fieldsOf(wanted);
  return { tag_name, target_commitish, prerelease, draft: false };
}

function latestWarning(api: Api, tag: string): string {
  return `"${api.forge}" shows its newest release as the latest one, and so "${tag}" until the next: it cannot be told otherwise`;
}

function nameRefusals(name: string): readonly string[] {
  const bad = name === "" || name.length > 255 || /[\p{Cc}/\\]/u.test(name) || !name.isWellFormed();
  return bad ? [`"${name.slice(0, 80)}" cannot be the name of an asset`] : [];
}

async function findRelease(api: Api, wanted: Pick<WantedRelease, "tag" | "mark">, access: ReadAccess): Promise<Searched<Release>> {
  const pages = {
    path: ["releases"],
    query: { limit: pageSize },
    pagesMax: releasePagesMax,
    // One page for each tag: the one that has it is the one.
    enough: (items: readonly unknown[]) => items.some((item) => readRelease(item)?.tag === wanted.tag),
  };
  const listed = await list(api, pages, { ...access, read: readRelease });
  return listed.kind === "unknown" ? listed : searchReleases(listed.items, wanted);
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
  return assets.kind === "unknown" ? assets : { kind: "surveyed", strangers: strangersAmong(assets.items, names, api.forge) };
}

function tagCommit(api: Api, tag: string, access: ReadAccess): Promise<Looked<string>> {
  return lookAt(api, { path: ["tags", ...refSegments(tag)] }, { ...access, read: readTagCommit });
}
