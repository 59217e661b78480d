// Lists: the tags of a repository, page by page, and what refers to a manifest. Source: distribution-spec v1.1 "Listing tags",
// "Listing referrers" (endpoints 8 and 12).
import { wireHeaders, type WireTags } from "../wire.ts";
import type { Asked } from "./blob-routes.ts";
import { readDigest } from "./names.ts";
import { errorReply, jsonReply, type Reply } from "./replies.ts";
import type { Service } from "./service.ts";
import { repositoryOf } from "./state.ts";

const tagsPerPageMax = 10_000;

export function tagsReply(service: Service, { repository, url }: Asked): Reply {
  const state = service.store.state();
  if (state.repositories[repository] === undefined) return errorReply(404, "NAME_UNKNOWN", "repository name not known to registry");
  const nowMs = service.clock.nowMs();
  const written = url.searchParams.get("n");
  if (written !== null && !/^\d{1,9}$/.test(written)) return errorReply(400, "UNKNOWN", `"n" is no number`);
  const count = Math.min(written === null ? tagsPerPageMax : Number(written), tagsPerPageMax);
  const last = url.searchParams.get("last");
  const visible = Object.entries(repositoryOf(state, repository).tags).filter(([, tag]) => tag.visibleFromMs <= nowMs);
  const sorted = visible.map(([name]) => name).toSorted((one, other) => (one < other ? -1 : 1));
  const rest = last === null ? sorted : sorted.filter((name) => name > last);
  const tags = rest.slice(0, count);
  const end = tags.at(-1);
  const more = end !== undefined && rest.length > tags.length;
  const next = `</v2/${repository}/tags/list?n=${count}&last=${encodeURIComponent(end ?? "")}>; rel="next"`;
  const answer: WireTags = { name: repository, tags };
  return jsonReply(200, answer, more ? { link: next } : {});
}

export function referrersReply(service: Service, { repository, url }: Asked, digestText: string): Reply {
  if (!service.listsReferrers) return errorReply(404, "UNSUPPORTED", "this registry lists no referrers");
  const digest = readDigest(digestText);
  if (digest === undefined) return errorReply(400, "DIGEST_INVALID", "provided digest is no digest");
  const wanted = url.searchParams.get("artifactType") ?? "";
  const manifests = Object.entries(repositoryOf(service.store.state(), repository).manifests)
    .filter(([, manifest]) => manifest.visibleFromMs <= service.clock.nowMs())
    .filter(([, manifest]) => manifest.subject === digest.text && (wanted === "" || manifest.artifactType === wanted))
    .map(([one, { mediaType, sizeBytes, artifactType, annotations }]) => ({
      mediaType,
      digest: one,
      size: sizeBytes,
      ...(artifactType === undefined ? {} : { artifactType }),
      ...(annotations === undefined ? {} : { annotations }),
    }));
  const mediaType = "application/vnd.oci.image.index.v1+json";
  return jsonReply(
    200,
    { schemaVersion: 2, mediaType, manifests },
    {
      "content-type": mediaType,
      ...(wanted === "" ? {} : { [wireHeaders.filtersApplied]: "artifactType" }),
    },
  );
}
