// What a look at a forge says about one effect. Pure, and over what any forge tells in the words of forge.ts; how a forge
// says it is the business of its own folder. Ours is what carries our mark; a digest decides what a file is (DESIGN §1.2).
import type { Evidence, Observation, Stranger } from "../domain/run/effect.ts";
import type { Asset, Downloaded, Looked, PullRequest, Release, Searched, WantedAsset, WantedRelease, WorkflowRun } from "./forge.ts";
import { carriesMark, sameText } from "./mark.ts";

/** How long until a page or run that is under way is looked at again, in milliseconds. */
const againMs = 10_000;

/** Picks ours among the releases of one tag: the published one first, then the oldest; ids grow with time. */
export function searchReleases(releases: readonly Release[], wanted: Pick<WantedRelease, "tag" | "mark">): Searched<Release> {
  const same = releases.filter((release) => release.tag === wanted.tag);
  const ours = same
    .filter((release) => carriesMark(release.notes, wanted.mark))
    .toSorted((a, b) => Number(a.draft) - Number(b.draft) || a.id - b.id);
  const theirs = same.find((release) => !ours.includes(release));
  const [found, ...also] = ours;
  // A tag has one page: somebody else's published one stands in our place even if a draft of ours is there.
  if (theirs !== undefined && (!theirs.draft || found === undefined)) return { kind: "theirs", found: theirs };
  return found === undefined ? { kind: "absent" } : { kind: "ours", found, also };
}

export function judgeDraft(searched: Searched<Release>, wanted: WantedRelease): Observation {
  if (searched.kind === "unknown" || searched.kind === "absent") return searched;
  const { found } = searched;
  if (searched.kind === "theirs") return { kind: "conflict", theirs: theirsText(found) };
  if (searched.also.length > 0) {
    const others = searched.also.map((release) => release.url).join(", ");
    return { kind: "conflict", theirs: `more than one page for "${wanted.tag}" is ours; delete what is too many: ${others}` };
  }
  // What people change on a published page is theirs to change; a draft is still ours.
  const wrong = found.draft ? differences(found, wanted) : [];
  if (wrong.length > 0) return { kind: "damaged", how: `the draft has another ${wrong.join(", ")}` };
  return { kind: "present", evidence: releaseEvidence(found, `${found.draft ? "draft" : "published page"} with our mark, read back`) };
}

function differences(found: Release, wanted: WantedRelease): readonly string[] {
  return [
    ...(found.title === wanted.title ? [] : ["title"]),
    ...(sameText(found.notes, wanted.notes) ? [] : ["text"]),
    ...(found.prerelease === wanted.prerelease ? [] : ["prerelease mark"]),
  ];
}

/** @param tag commit that the tag leads to; asked for only when the page is published */
export function judgePublished(searched: Searched<Release>, wanted: WantedRelease, tag: Looked<string> | undefined): Observation {
  if (searched.kind === "unknown" || searched.kind === "absent") return searched;
  const { found } = searched;
  if (searched.kind === "theirs") return { kind: "conflict", theirs: theirsText(found) };
  if (found.draft) return { kind: "absent" };
  if (tag === undefined || tag.kind === "unknown") return { kind: "unknown", why: tag?.why ?? `the tag "${wanted.tag}" was not looked at` };
  if (tag.kind === "absent")
    return { kind: "pending", againMs, why: `the page is published, and the tag "${wanted.tag}" is not there yet` };
  if (tag.found !== wanted.commit) {
    return { kind: "conflict", theirs: `the tag "${wanted.tag}" leads to ${tag.found}, but the release is of ${wanted.commit}` };
  }
  return { kind: "present", evidence: releaseEvidence(found, "published page with our mark and the commit of its tag, read back") };
}

function releaseEvidence(release: Release, how: string): Evidence {
  const { id, tag, prerelease, immutable, publishedAt } = release;
  const details = {
    id,
    tag,
    prerelease,
    ...(immutable === undefined ? {} : { immutable }),
    ...(publishedAt === undefined ? {} : { publishedAt }),
  };
  return { how, url: release.url, details };
}

function theirsText(release: Release): string {
  const what = release.draft ? "a draft" : "a published page";
  return `"${release.tag}" has ${what} without our mark, by "${release.author}" from ${release.createdAt}: ${release.url}`;
}

/** The assets of a name, one as a rule: as it is called, or as it was called when it was given to a forge that changes names. */
export function assetsNamed(assets: readonly Asset[], name: string): readonly Asset[] {
  const called = assets.filter((asset) => asset.name === name);
  return called.length > 0 ? called : assets.filter((asset) => asset.label === name);
}

/** Files on a page of ours that nobody named. @param target the forge */
export function strangersAmong(assets: readonly Asset[], names: readonly string[], target: string): readonly Stranger[] {
  const expected = new Set(names.flatMap((name) => assetsNamed(assets, name).map((asset) => asset.id)));
  return assets
    .filter((asset) => !expected.has(asset.id))
    .map(({ name, sha256, uploadedAt }) => ({ target, name, uploadedAt, ...(sha256 === undefined ? {} : { sha256 }) }));
}

/** What can be said without the bytes; `compare` asks for them. */
export type JudgedAsset = Observation | { readonly kind: "compare"; readonly asset: Asset };

/** @param release ours; on a draft a wrong file is ours to mend, on a published page nothing is touched any more */
export function judgeAsset(release: Release, assets: readonly Asset[], wanted: WantedAsset): JudgedAsset {
  const [asset, ...more] = assetsNamed(assets, wanted.name);
  if (asset === undefined) return { kind: "absent" };
  if (more.length > 0) return wrong(release, asset, `there are ${more.length + 1} files of that name`);
  if (asset.state === "broken") return wrong(release, asset, "its upload never ended");
  if (asset.sizeBytes !== wanted.sizeBytes) return wrong(release, asset, `it has ${asset.sizeBytes} bytes, not ${wanted.sizeBytes}`);
  if (asset.sha256 === undefined) return { kind: "compare", asset };
  if (asset.sha256 !== wanted.sha256) return wrong(release, asset, `it has sha256 ${asset.sha256}, not ${wanted.sha256}`);
  return { kind: "present", evidence: assetEvidence(asset, "sha256 read back from the list of assets") };
}

/** The same after the bytes were downloaded and digested. */
export function judgeBytes(
  release: Release,
  asset: Asset,
  compared: { readonly wanted: WantedAsset; readonly downloaded: Downloaded },
): Observation {
  const { wanted, downloaded } = compared;
  if (downloaded.kind === "unknown") return downloaded;
  if (downloaded.kind === "absent") return wrong(release, asset, "it is listed, but its bytes are not there");
  if (downloaded.sha256 !== wanted.sha256) return wrong(release, asset, `it has sha256 ${downloaded.sha256}, not ${wanted.sha256}`);
  const how = "downloaded and digested, because the forge tells no sha256";
  return { kind: "present", evidence: { ...assetEvidence(asset, how), sha256: downloaded.sha256 } };
}

function wrong(release: Release, asset: Asset, how: string): Observation {
  const what = `"${asset.name}" at ${release.url}: ${how}`;
  return release.draft ? { kind: "damaged", how: what } : { kind: "conflict", theirs: what };
}

function assetEvidence(asset: Asset, how: string): Evidence {
  const { url, sha256, sizeBytes, id, name, uploadedAt } = asset;
  return { how, url, sizeBytes, ...(sha256 === undefined ? {} : { sha256 }), details: { id, name, uploadedAt } };
}

/** Newest of ours first; of others only an open one stands in the way. */
export function searchPullRequests(pulls: readonly PullRequest[], mark: string): Searched<PullRequest> {
  const newest = pulls.toSorted((a, b) => b.number - a.number);
  const [found, ...also] = newest.filter((pull) => carriesMark(pull.text, mark));
  if (found !== undefined) return { kind: "ours", found, also };
  const theirs = newest.find((pull) => pull.state === "open");
  return theirs === undefined ? { kind: "absent" } : { kind: "theirs", found: theirs };
}

export function judgePullRequest(searched: Searched<PullRequest>): Observation {
  if (searched.kind === "unknown" || searched.kind === "absent") return searched;
  const { found } = searched;
  if (searched.kind === "theirs") return { kind: "conflict", theirs: `an open pull request without our mark stands there: ${found.url}` };
  switch (found.state) {
    case "open":
      return { kind: "pending", againMs, why: `the pull request waits to be merged: ${found.url}` };
    case "closed":
      return { kind: "conflict", theirs: `the pull request was closed without a merge: ${found.url}` };
    case "merged": {
      const details = {
        number: found.number,
        head: found.headCommit,
        ...(found.mergedCommit === undefined ? {} : { merged: found.mergedCommit }),
      };
      return { kind: "present", evidence: { how: "merged pull request with our mark, read back", url: found.url, details } };
    }
  }
}

export function judgeRun(run: WorkflowRun): Observation {
  if (run.state !== "done") {
    const why = run.state === "waiting" ? "waits for a person" : run.state === "queued" ? "waits to begin" : "is under way";
    return { kind: "pending", againMs, why: `the workflow run ${why}: ${run.url}` };
  }
  if (run.conclusion !== "success")
    return { kind: "conflict", theirs: `the workflow run ended with "${run.conclusion ?? "nothing"}": ${run.url}` };
  return {
    kind: "present",
    evidence: { how: "workflow run that ended with success", url: run.url, details: { id: run.id, commit: run.commit } },
  };
}

/** The one run that carries the mark. */
export function judgeRuns(runs: readonly WorkflowRun[], mark: string): Observation {
  const [run, ...also] = runs;
  if (run === undefined) return { kind: "absent" };
  if (also.length === 0) return judgeRun(run);
  return { kind: "conflict", theirs: `more than one workflow run carries "${mark}": ${runs.map((one) => one.url).join(", ")}` };
}
