// Files of a release at GitHub. An upload that broke off leaves an asset in state `starter`: it is seen as damaged, removed
// and sent again. Characters that GitHub does not like are changed in the name, so that ours goes along as the label.
import { act, believed, list, made, notRead, type Api } from "../api.ts";
import { address } from "../address.ts";
import type { Asset, AssetUpload, Downloaded, ReadAccess, ReleaseReads, ReleaseWrites, Unknown, WriteAccess } from "../forge.ts";
import { assetsNamed, judgeAsset, judgeBytes } from "../judge.ts";
import { unknownFailure } from "../lasting.ts";
import { ChangedBytes, checkedBytes } from "../sending.ts";
import { readAsset } from "./read.ts";
import { limits, mediaTypes, pageSize } from "./wire.ts";

type AssetCalls = Pick<ReleaseReads & ReleaseWrites, "assets" | "observeAsset" | "download" | "upload" | "clear">;

interface Uploading {
  /** Root of the API that takes bytes. */
  readonly uploadBase: string;
  readonly find: ReleaseReads["find"];
}

export function assetCalls(api: Api, { uploadBase, find }: Uploading): AssetCalls {
  return {
    assets: async (release, access) => {
      const listed = await assetsOf(api, release, access);
      return listed.kind === "unknown" ? listed : { kind: "found", found: listed.items };
    },
    observeAsset: async (wanted, asset, access) => {
      const searched = await find(wanted, access);
      if (searched.kind === "unknown" || searched.kind === "absent") return searched;
      if (searched.kind === "theirs") return { kind: "conflict", theirs: `"${wanted.tag}" is not our release: ${searched.found.url}` };
      const listed = await assetsOf(api, searched.found.id, access);
      if (listed.kind === "unknown") return listed;
      const judged = judgeAsset(searched.found, listed.items, asset);
      if (judged.kind !== "compare") return judged;
      const downloaded = await download(api, judged.asset.handle, { file: undefined, ...access });
      return judgeBytes(searched.found, judged.asset, { wanted: asset, downloaded });
    },
    download: (asset, file, access) => download(api, asset.handle, { file, ...access }),
    upload: (release, asset, access) => upload(api, { uploadBase, release, asset }, access),
    clear: (release, name, access) => clear(api, { release, name }, access),
  };
}

export async function assetsOf(
  api: Api,
  release: number,
  access: ReadAccess,
): Promise<{ readonly kind: "listed"; readonly items: readonly Asset[] } | Unknown> {
  const pages = { path: ["releases", release, "assets"], query: { per_page: pageSize }, pagesMax: limits.assets / pageSize };
  return await list(api, pages, { ...access, read: readAsset });
}

async function clear(
  api: Api,
  { release, name }: { readonly release: number; readonly name: string },
  access: WriteAccess,
): ReturnType<ReleaseWrites["clear"]> {
  const listed = await assetsOf(api, release, access);
  if (listed.kind === "unknown") return listed;
  for (const asset of assetsNamed(listed.items, name)) {
    const removed = await act(api, { method: "DELETE", path: ["releases", "assets", asset.id], what: `delete "${name}"` }, access);
    if (removed.kind !== "sent") return removed;
  }
  return { kind: "sent", warnings: [] };
}

async function upload(
  api: Api,
  { uploadBase, release, asset }: { readonly uploadBase: string; readonly release: number; readonly asset: AssetUpload },
  access: WriteAccess,
): ReturnType<ReleaseWrites["upload"]> {
  const { owner, name } = api.repository;
  const query = { name: asset.name, ...(plainName.test(asset.name) ? {} : { label: asset.name }) };
  const reply = await api.http.send({
    method: "POST",
    url: address(uploadBase, ["repos", owner, name, "releases", release, "assets"], query),
    headers: { ...api.headers(access.credential), "content-type": asset.mediaType, "content-length": String(asset.sizeBytes) },
    body: checkedBytes(api.http, asset),
    signal: access.signal,
  });
  if (reply.kind === "failed" && reply.cause instanceof ChangedBytes) return { kind: "refused", why: reply.cause.message };
  return made(api, believed(api, reply), { what: `attach "${asset.name}"`, credential: access.credential, read: readAsset });
}

/** Names that no server changes. */
const plainName = /^[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?$/;

/** The bytes lie elsewhere: the redirect to them carries its own right to read, and our credential does not follow it. */
async function download(
  api: Api,
  handle: string,
  { file, ...access }: ReadAccess & { readonly file: string | undefined },
): Promise<Downloaded> {
  const { owner, name } = api.repository;
  const fetched = await api.http.fetch({
    method: "GET",
    url: address(api.base, ["repos", owner, name, "releases", "assets", handle]),
    headers: { ...api.headers(access.credential), accept: mediaTypes.bytes },
    follows: "https",
    limitBytes: limits.assetBytes,
    signal: access.signal,
    ...(file === undefined ? {} : { to: file }),
  });
  if (fetched.kind === "fetched") return { ...fetched, kind: "downloaded" };
  if (fetched.kind === "failed") return unknownFailure(fetched);
  return fetched.status === 404 || fetched.status === 410 ? { kind: "absent" } : notRead(api, fetched, access);
}
