// Release pages at Gitea and Forgejo. One page for each tag, drafts included; which release is the latest cannot be told,
// the server shows the newest; nothing is ever locked.
import { act, list, lookAt, type Api } from "../api.ts";
import { refSegments } from "../address.ts";
import type { Looked, ReadAccess, Release, ReleaseReads, ReleaseWrites, Searched, WantedRelease } from "../forge.ts";
import { judgeDraft, judgePublished, searchReleases } from "../judge.ts";
import { withMark } from "../mark.ts";
import { assetCalls, assetsOf } from "./assets.ts";
import { rememberedRelease, surveyPage } from "../pages.ts";
import { readRelease, readTagCommit } from "./read.ts";
import { pageSize } from "./wire.ts";

const releasePagesMax = 200;

export function releaseCalls(api: Api, webUrl: string): ReleaseReads & ReleaseWrites {
  const find: ReleaseReads["find"] = (wanted, access) => findRelease(api, wanted, access);
  return {
    ...assetCalls(api, { webUrl, find: rememberedRelease(api, { find, readRelease }) }),
    refusals: (_wanted, assets) => assets.flatMap(({ name }) => nameRefusals(name)),
    latest: { kind: "unsupported", why: `"${api.forge}" shows its newest final page as the latest one, whatever its version` },
    published: async (access) => {
      const pages = { path: ["releases"], query: { limit: pageSize }, pagesMax: releasePagesMax };
      const listed = await list(api, pages, { ...access, read: readRelease });
      return listed.kind === "unknown" ? listed : { kind: "listed", releases: listed.items.filter(({ draft }) => !draft) };
    },
    find,
    observeDraft: async (wanted, access) => judgeDraft(await findRelease(api, wanted, access), wanted),
    observePublished: (wanted, access) => observePublished(api, wanted, access),
    survey: (wanted, names, access) =>
      surveyPage({ forge: api.forge, find, assetsOf: (release, as) => assetsOf(api, release, as) }, { wanted, names }, access),
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
    publish: (release, wanted, access) =>
      act(
        api,
        { method: "PATCH", path: ["releases", release], json: publication(wanted), what: `publish the release "${wanted.tag}"` },
        { ...access, read: readRelease },
      ),
    hide: (release, access) =>
      act(
        api,
        { method: "PATCH", path: ["releases", release], json: { draft: true }, what: `make the release ${release} a draft again` },
        { ...access, read: readRelease },
      ),
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

async function observePublished(api: Api, wanted: WantedRelease, access: ReadAccess): ReturnType<ReleaseReads["observePublished"]> {
  const searched = await findRelease(api, wanted, access);
  const published = searched.kind === "ours" && !searched.found.draft;
  return judgePublished(searched, wanted, published ? await tagCommit(api, wanted.tag, access) : undefined);
}

function tagCommit(api: Api, tag: string, access: ReadAccess): Promise<Looked<string>> {
  return lookAt(api, { path: ["tags", ...refSegments(tag)] }, { ...access, read: readTagCommit });
}
