// Release pages of a rehearsal GitHub: drafts without a tag, the tag made when they are published, one published page for
// each tag, locks and burned tags (protocols §7.1).
import { limits, texts } from "../wire.ts";
import { releaseDocument } from "./documents.ts";
import { empty, error, invalid, json, notFound, paged, refused, type Reply } from "./replies.ts";
import { receiveJson } from "./receive.ts";
import { mayWrite, type Asked, type Service } from "./service.ts";
import { countDone, findRelease, putRelease, type ForgeState, type StoredRelease } from "./state.ts";
import { repositoryUrls } from "./document-parts.ts";

export function listReleases({ service, right, query }: Asked): Reply {
  const seen = service.store.state().releases.filter((release) => !release.draft || mayWrite(right));
  const newest = seen.toSorted((a, b) => b.id - a.id);
  return paged(newest, query, {
    url: `${repositoryUrls(service).api}/releases`,
    as: (items) => items.map((release) => releaseDocument(service, release)),
  });
}

export function getRelease({ service, right, at }: Asked): Reply {
  const release = findRelease(service.store.state(), Number(at["id"]));
  return release === undefined || (release.draft && !mayWrite(right)) ? notFound : json(200, releaseDocument(service, release));
}

/** Never a draft, whoever asks. */
export function getReleaseByTag({ service, at }: Asked): Reply {
  const release = service.store.state().releases.find((one) => !one.draft && one.tag === at["tag"]);
  return release === undefined ? notFound : json(200, releaseDocument(service, release));
}

export function getLatest({ service }: Asked): Reply {
  const { latest, releases } = service.store.state();
  const release = releases.find((one) => one.id === latest && !one.draft && !one.prerelease);
  return release === undefined ? notFound : json(200, releaseDocument(service, release));
}

export async function createRelease({ service, request }: Asked): Promise<Reply> {
  const fields = readFields(await receiveJson(request));
  if (fields === undefined) return error(400, "Problems parsing JSON");
  if (fields.tag === undefined || fields.tag === "") return invalid("Release", "tag_name", "missing_field");
  if ((fields.body ?? "").length > limits.text) return tooLong();
  const nowMs = service.clock.nowMs();
  const made = await service.store.change((state) => {
    const release: StoredRelease = {
      id: state.lastId + 1,
      tag: fields.tag ?? "",
      target: fields.target ?? service.defaultBranch,
      title: fields.title ?? "",
      body: fields.body ?? "",
      draft: true,
      prerelease: fields.prerelease ?? false,
      immutable: false,
      createdMs: nowMs,
      assets: [],
    };
    const grown = { ...state, lastId: release.id, releases: [...state.releases, release] };
    return { state: countDone(grown, `create-release ${release.tag}`), value: release };
  });
  if (fields.draft === true) return json(201, releaseDocument(service, made), { location: releaseUrl(service, made.id) });
  const published = await publish(service, made, fields);
  if (published.status === 200) return { ...published, status: 201 };
  // Made in one go, it is published or not there at all.
  await service.store.change((state) => ({ state: { ...state, releases: state.releases.filter((one) => one.id !== made.id) }, value: 0 }));
  return published;
}

export async function editRelease({ service, request, at }: Asked): Promise<Reply> {
  const fields = readFields(await receiveJson(request));
  const release = findRelease(service.store.state(), Number(at["id"]));
  if (release === undefined) return notFound;
  if (fields === undefined) return error(400, "Problems parsing JSON");
  if ((fields.body ?? "").length > limits.text) return tooLong();
  const locked = release.immutable && ((fields.tag ?? release.tag) !== release.tag || fields.draft === true);
  if (locked) return refused("Release", "Cannot change the tag or draft state of an immutable release");
  const changed: StoredRelease = {
    ...release,
    tag: fields.tag ?? release.tag,
    target: fields.target ?? release.target,
    title: fields.title ?? release.title,
    body: fields.body ?? release.body,
    prerelease: fields.prerelease ?? release.prerelease,
    draft: release.draft || fields.draft === true,
  };
  if (release.draft && fields.draft === false) return await publish(service, changed, fields);
  const done = await service.store.change((state) => ({
    state: chooseLatest(countDone(putRelease(state, changed), `edit-release ${changed.tag}`), changed, fields),
    value: changed,
  }));
  return json(200, releaseDocument(service, done));
}

/** The tag is made at the target, unless it is there; then the page is public, and locked where the repository says so. */
async function publish(service: Service, draft: StoredRelease, fields: Fields): Promise<Reply> {
  const refusal = refusalToPublish(service.store.state(), draft);
  if (refusal !== undefined) return refusal;
  if ((await service.refs.commit(`refs/tags/${draft.tag}`)) === undefined) {
    const commit = await service.refs.commit(draft.target);
    if (commit === undefined) return invalid("Release", "target_commitish", "invalid");
    if (!(await service.refs.makeTag(draft.tag, commit))) return refused("Release", "Published releases must have a valid tag", "tag_name");
  }
  const published = await service.store.change<Reply | StoredRelease>((state) => {
    const again = refusalToPublish(state, draft);
    if (again !== undefined) return { state, value: again };
    const release = { ...draft, draft: false, immutable: state.immutableReleases, publishedMs: service.clock.nowMs() };
    const grown = countDone(putRelease(state, release), `publish-release ${release.tag}`);
    const burned = release.immutable ? { ...grown, burnedTags: [...grown.burnedTags, release.tag] } : grown;
    return { state: chooseLatest(burned, release, fields), value: release };
  });
  return "headers" in published ? published : json(200, releaseDocument(service, published));
}

function refusalToPublish(state: ForgeState, draft: StoredRelease): Reply | undefined {
  const other = state.releases.find((one) => !one.draft && one.tag === draft.tag && one.id !== draft.id);
  if (other !== undefined) return invalid("Release", "tag_name", "already_exists");
  return state.burnedTags.includes(draft.tag) ? refused("Release", texts.burnedTag, "tag_name") : undefined;
}

function chooseLatest(state: ForgeState, release: StoredRelease, fields: Fields): ForgeState {
  if (release.draft || release.prerelease || fields.latest === "false") return state;
  return { ...state, latest: release.id };
}

export async function deleteRelease({ service, at }: Asked): Promise<Reply> {
  const id = Number(at["id"]);
  const found = await service.store.change((state) => {
    const release = findRelease(state, id);
    if (release === undefined) return { state, value: false };
    const left = { ...state, releases: state.releases.filter((one) => one.id !== id) };
    return { state: countDone(left, `delete-release ${release.tag}`), value: true };
  });
  return found ? empty(204) : notFound;
}

interface Fields {
  readonly tag: string | undefined;
  readonly target: string | undefined;
  readonly title: string | undefined;
  readonly body: string | undefined;
  readonly draft: boolean | undefined;
  readonly prerelease: boolean | undefined;
  readonly latest: string | undefined;
}

function readFields(body: Readonly<Record<string, unknown>> | undefined): Fields | undefined {
  if (body === undefined) return undefined;
  const text = (name: string) => (typeof body[name] === "string" ? body[name] : undefined);
  const flag = (name: string) => (typeof body[name] === "boolean" ? body[name] : undefined);
  return {
    tag: text("tag_name"),
    target: text("target_commitish"),
    title: text("name"),
    body: text("body"),
    draft: flag("draft"),
    prerelease: flag("prerelease"),
    latest: text("make_latest"),
  };
}

function tooLong(): Reply {
  return refused("Release", `body is too long (maximum is ${limits.text} characters)`, "body");
}

function releaseUrl(service: Service, id: number): string {
  return `${repositoryUrls(service).api}/releases/${id}`;
}
