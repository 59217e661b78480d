// Release pages at GitHub. A draft has no tag yet and is found in the list alone; publishing sends tag, commit and the end
// of the draft together; what is published may be locked for ever (protocols §7.1, §11.6).
import { act, list, lookAt, type Api } from "../api.ts";
import { refSegments } from "../address.ts";
import type { Looked, ReadAccess, Release, ReleaseReads, ReleaseWrites, Searched, Unknown, WantedRelease } from "../forge.ts";
import { judgeDraft, judgePublished, searchReleases } from "../judge.ts";
import { withMark } from "../mark.ts";
import { recordOf, textOf } from "../reading.ts";
import { assetsOf, assetCalls } from "./assets.ts";
import { rememberedRelease, surveyPage } from "../pages.ts";
import { readRelease } from "./read.ts";
import { refusals } from "./refusals.ts";
import { pageSize } from "./wire.ts";

/** GitHub gives no more than ten thousand results of any list. */
const releasePagesMax = 100;
/** A tag that leads to a tag that leads to a tag: two are seen, five are enough. */
const tagDepthMax = 5;

export function releaseCalls(api: Api, uploadBase: string): ReleaseReads & ReleaseWrites {
  const find: ReleaseReads["find"] = (wanted, access) => findRelease(api, wanted, access);
  return {
    ...assetCalls(api, { uploadBase, find: rememberedRelease(api, { find, readRelease }) }),
    refusals,
    latest: { kind: "told" },
    published: async (access) => {
      const listed = await listReleases(api, access);
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
    hide: (release, access) =>
      act(
        api,
        { method: "PATCH", path: ["releases", release], json: { draft: true }, what: `make the release ${release} a draft again` },
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
  const listed = await listReleases(api, access);
  if (listed.kind === "unknown") return listed;
  return searchReleases(listed.items, wanted);
}

function listReleases(api: Api, access: ReadAccess): ReturnType<typeof list<Release>> {
  return list(api, { path: ["releases"], query: { per_page: pageSize }, pagesMax: releasePagesMax }, { ...access, read: readRelease });
}

async function observePublished(api: Api, wanted: WantedRelease, access: ReadAccess): ReturnType<ReleaseReads["observePublished"]> {
  const searched = await findRelease(api, wanted, access);
  const published = searched.kind === "ours" && !searched.found.draft;
  return judgePublished(searched, wanted, published ? await tagCommit(api, wanted.tag, access) : undefined);
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
  return { kind: "unknown", why: `the tag "${tag}" at "${api.forge}" leads to no commit`, lasting: true };
}

function readObject(value: unknown): GitObject | undefined {
  const object = recordOf(recordOf(value)?.["object"]);
  const [sha, type] = [textOf(object?.["sha"]), textOf(object?.["type"])];
  return sha === undefined || type === undefined ? undefined : { sha, type };
}
