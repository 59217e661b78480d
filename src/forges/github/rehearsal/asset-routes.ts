// Files of releases. An asset is there in state `starter` before its first byte, so that an upload that breaks off, or a
// server that is killed in its middle, leaves what GitHub leaves (protocols §7.1).
import { rm, stat } from "node:fs/promises";
import { limits, texts } from "../wire.ts";
import { assetDocument } from "./documents.ts";
import { repositoryUrls } from "./document-parts.ts";
import { drain } from "../../../loopback/listen.ts";
import { cutInHalf, receiveBytes } from "./receive.ts";
import { empty, error, invalid, json, notFound, paged, refused, type Reply } from "./replies.ts";
import { mayWrite, type Asked, type Service } from "./service.ts";
import { countDone, findAsset, findRelease, putAsset, putRelease, type ForgeState, type StoredAsset, type StoredRelease } from "./state.ts";

export function listAssets({ service, right, at, query }: Asked): Reply {
  const release = findRelease(service.store.state(), Number(at["id"]));
  if (release === undefined || (release.draft && !mayWrite(right))) return notFound;
  return paged(release.assets, query, {
    url: `${repositoryUrls(service).api}/releases/${release.id}/assets`,
    as: (items) => items.map((asset) => assetDocument(service, release, asset)),
  });
}

/** As JSON, or by way of another address for whoever asks for the bytes. */
export function getAsset({ service, right, at, request }: Asked): Reply {
  const found = findAsset(service.store.state(), Number(at["id"]));
  if (found === undefined || (found.release.draft && !mayWrite(right))) return notFound;
  if (request.headers.accept !== "application/octet-stream") return json(200, assetDocument(service, found.release, found.asset));
  if (found.asset.state !== "uploaded") return notFound;
  return { status: 302, headers: { location: `${service.url}/storage/${found.asset.id}` }, body: "" };
}

export async function getBytes({ service, at, fault }: Asked): Promise<Reply> {
  const found = findAsset(service.store.state(), Number(at["id"]));
  if (found === undefined || found.asset.state !== "uploaded") return notFound;
  const headers = { "content-type": found.asset.mediaType };
  if (fault?.name === "other-bytes") return { status: 200, headers, body: "other bytes".padEnd(found.asset.sizeBytes, ".") };
  const file = service.store.pathOf(found.asset.id);
  const { size } = await stat(file);
  return { status: 200, headers, body: { file, sizeBytes: size } };
}

export async function uploadAsset({ service, request, query, at, fault }: Asked): Promise<Reply> {
  const started = await start(service, { release: Number(at["id"]), query, mediaType: request.headers["content-type"] });
  const length = Number(request.headers["content-length"] ?? Number.NaN);
  if ("status" in started) {
    await drain(request);
    return started;
  }
  if (!(length > 0)) {
    await forget(service, started);
    await drain(request);
    return error(400, `Bad Content-Length: ${request.headers["content-length"] ?? ""}`);
  }
  const path = service.store.pathOf(started.asset.id);
  const whole = await receiveBytes(request, path, limits.assetBytes);
  if (fault?.name === "half-asset") return error(502, "Bad Gateway");
  const kept = fault?.name === "short-asset" ? await cutInHalf(path, whole.sizeBytes) : whole;
  const asset: StoredAsset = { ...started.asset, ...kept, state: "uploaded", ...(fault?.name === "no-digest" ? { sha256: null } : {}) };
  return await finish(service, started.release, asset);
}

async function finish(service: Service, release: StoredRelease, asset: StoredAsset): Promise<Reply> {
  const kept = await service.store.change((state) => {
    // Somebody may have published or deleted the release meanwhile.
    if (findAsset(state, asset.id) === undefined) return { state, value: false };
    return { state: countDone(putAsset(state, release.id, asset), `upload-asset ${asset.name}`), value: true };
  });
  return kept ? json(201, assetDocument(service, release, asset)) : notFound;
}

interface Started {
  readonly release: StoredRelease;
  readonly asset: StoredAsset;
}

function start(
  service: Service,
  { release: id, query, mediaType }: { readonly release: number; readonly query: URLSearchParams; readonly mediaType: string | undefined },
): Promise<Started | Reply> {
  const name = acceptedName(query.get("name") ?? "");
  return service.store.change<Started | Reply>((state) => {
    const release = findRelease(state, id);
    const refusal = refusalOf(release, name);
    if (release === undefined || refusal !== undefined) return { state, value: refusal ?? notFound };
    const asset: StoredAsset = {
      id: state.lastId + 1,
      name,
      label: query.get("label"),
      mediaType: mediaType ?? "application/octet-stream",
      state: "starter",
      sizeBytes: 0,
      sha256: null,
      createdMs: service.clock.nowMs(),
    };
    return { state: putAsset({ ...state, lastId: asset.id }, id, asset), value: { release, asset } };
  });
}

function refusalOf(release: StoredRelease | undefined, name: string): Reply | undefined {
  if (release === undefined) return notFound;
  if (release.immutable) return error(422, texts.immutableAssets);
  if (name === "") return invalid("ReleaseAsset", "name", "missing_field");
  if (release.assets.some((asset) => asset.name === name)) return invalid("ReleaseAsset", "name", "already_exists");
  return release.assets.length >= limits.assets ? refused("ReleaseAsset", `A release can have ${limits.assets} assets`) : undefined;
}

/** Characters beyond a small set become points, and a name does not begin with one. */
function acceptedName(name: string): string {
  const changed = name.replace(/[^A-Za-z0-9._+@~-]+/g, ".");
  return changed.startsWith(".") ? `default${changed}` : changed;
}

async function forget(service: Service, { release, asset }: Started): Promise<void> {
  await service.store.change((state) => ({ state: withoutAsset(state, release.id, asset.id), value: 0 }));
}

function withoutAsset(state: ForgeState, release: number, asset: number): ForgeState {
  const found = findRelease(state, release);
  if (found === undefined) return state;
  return putRelease(state, { ...found, assets: found.assets.filter((one) => one.id !== asset) });
}

export async function deleteAsset({ service, at }: Asked): Promise<Reply> {
  const id = Number(at["id"]);
  const reply = await service.store.change((state) => {
    const found = findAsset(state, id);
    if (found === undefined) return { state, value: notFound };
    if (found.release.immutable) return { state, value: error(422, "Cannot delete asset from an immutable release") };
    return { state: countDone(withoutAsset(state, found.release.id, id), `delete-asset ${found.asset.name}`), value: empty(204) };
  });
  if (reply.status === 204) await rm(service.store.pathOf(id), { force: true });
  return reply;
}
