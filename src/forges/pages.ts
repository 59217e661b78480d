// Release pages, as far as GitHub, Gitea and Forgejo have them alike: finding ours again, and what stands on it that nobody
// planned. How a forge lists releases and assets is its own business.
import { lookAt, type Api } from "./api.ts";
import type { Asset, ReadAccess, Release, ReleaseReads, Unknown, WantedRelease } from "./forge.ts";
import { strangersAmong } from "./judge.ts";
import { carriesMark } from "./mark.ts";

export interface PageDialect {
  readonly find: ReleaseReads["find"];
  assetsOf(release: number, access: ReadAccess): Promise<{ readonly kind: "listed"; readonly items: readonly Asset[] } | Unknown>;
  /** @returns undefined for what is no release */
  readRelease(value: unknown): Release | undefined;
}

/** Finds a page again by its id, so that a hundred assets do not read the whole list a hundred times. */
export function rememberedRelease(api: Api, { find, readRelease }: Pick<PageDialect, "find" | "readRelease">): ReleaseReads["find"] {
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
    const searched = await find(wanted, access);
    if (searched.kind === "ours") ids.set(key, searched.found.id);
    return searched;
  };
}

/** Strangers: a page of somebody else, or files on ours that have none of the names. */
export async function surveyPage(
  { forge, find, assetsOf }: Pick<PageDialect, "find" | "assetsOf"> & { readonly forge: string },
  page: { readonly wanted: Pick<WantedRelease, "tag" | "mark">; readonly names: readonly string[] },
  access: ReadAccess,
): ReturnType<ReleaseReads["survey"]> {
  const searched = await find(page.wanted, access);
  if (searched.kind === "unknown") return searched;
  if (searched.kind === "absent") return { kind: "surveyed", strangers: [] };
  const { found } = searched;
  if (searched.kind === "theirs") {
    return { kind: "surveyed", strangers: [{ target: forge, name: `release ${found.tag}`, uploadedAt: found.createdAt }] };
  }
  const assets = await assetsOf(found.id, access);
  return assets.kind === "unknown" ? assets : { kind: "surveyed", strangers: strangersAmong(assets.items, page.names, forge) };
}
