// Files of a release at Gitea and Forgejo. The same name may be attached twice, so that nothing is attached before what is
// wrong is removed; no digest is told, so that the bytes are downloaded and digested.
import { act, believed, list, made, notRead, type Api } from "../api.ts";
import { address } from "../address.ts";
import type { Asset, AssetUpload, Downloaded, ReadAccess, ReleaseReads, ReleaseWrites, Unknown, WriteAccess } from "../forge.ts";
import { assetsNamed, judgeAsset, judgeBytes } from "../judge.ts";
import { unknownFailure } from "../lasting.ts";
import { ChangedBytes, checkedBytes } from "../sending.ts";
import { readAsset } from "./read.ts";
import { fileBytesMax, mediaTypes, pageSize } from "./wire.ts";

type AssetCalls = Pick<ReleaseReads & ReleaseWrites, "assets" | "observeAsset" | "download" | "upload" | "clear">;

interface Around {
  /** Root of the pages for people: the bytes lie there. */
  readonly webUrl: string;
  readonly find: ReleaseReads["find"];
}

const assetPagesMax = 100;

export function assetCalls(api: Api, { webUrl, find }: Around): AssetCalls {
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
      const downloaded = await download(api, { webUrl, handle: judged.asset.handle }, { file: undefined, ...access });
      return judgeBytes(searched.found, judged.asset, { wanted: asset, downloaded });
    },
    download: (asset, file, access) => download(api, { webUrl, handle: asset.handle }, { file, ...access }),
    upload: (release, asset, access) => upload(api, { release, asset }, access),
    clear: (release, name, access) => clear(api, { release, name }, access),
  };
}

export async function assetsOf(
  api: Api,
  release: number,
  access: ReadAccess,
): Promise<{ readonly kind: "listed"; readonly items: readonly Asset[] } | Unknown> {
  const pages = { path: ["releases", release, "assets"], query: { limit: pageSize }, pagesMax: assetPagesMax };
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
    const path = ["releases", release, "assets", asset.id];
    const removed = await act(api, { method: "DELETE", path, what: `delete "${name}"` }, access);
    if (removed.kind !== "sent") return removed;
  }
  return { kind: "sent", warnings: [] };
}

async function upload(
  api: Api,
  { release, asset }: { readonly release: number; readonly asset: AssetUpload },
  access: WriteAccess,
): ReturnType<ReleaseWrites["upload"]> {
  const { owner, name } = api.repository;
  const reply = await api.http.send({
    method: "POST",
    url: address(api.base, ["repos", owner, name, "releases", release, "assets"], { name: asset.name }),
    // The bytes as they are, whatever they are: a form or a media type would be read by the server.
    headers: { ...api.headers(access.credential), "content-type": mediaTypes.bytes, "content-length": String(asset.sizeBytes) },
    body: checkedBytes(api.http, asset),
    signal: access.signal,
  });
  if (reply.kind === "failed" && reply.cause instanceof ChangedBytes) return { kind: "refused", why: reply.cause.message };
  return made(api, believed(api, reply), { what: `attach "${asset.name}"`, credential: access.credential, read: readAsset });
}

async function download(
  api: Api,
  { webUrl, handle }: { readonly webUrl: string; readonly handle: string },
  { file, ...access }: ReadAccess & { readonly file: string | undefined },
): Promise<Downloaded> {
  const fetched = await api.http.fetch({
    method: "GET",
    url: address(webUrl, ["attachments", handle]),
    headers: { ...api.headers(access.credential), accept: mediaTypes.bytes },
    // An object store may hold the bytes; our credential stays here.
    follows: "https",
    limitBytes: fileBytesMax,
    signal: access.signal,
    ...(file === undefined ? {} : { to: file }),
  });
  if (fetched.kind === "fetched") return { ...fetched, kind: "downloaded" };
  if (fetched.kind === "failed") return unknownFailure(fetched);
  return fetched.status === 404 || fetched.status === 410 ? { kind: "absent" } : notRead(api, fetched, access);
}
