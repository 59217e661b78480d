// Versions that wait unseen at the registry until a person approves them with a second factor (protocols §5.4). Staging is
// sent like a publish; looking needs a credential that may list, which tokenless logins may not: then it is unknown.
import { escapedNpmName } from "../../domain/npm/names.ts";
import type { Observation } from "../../domain/run/effect.ts";
import type { Credential, Publication } from "../registry.ts";
import { authorizationOf } from "./credentials.ts";
import type { Place } from "./look-up.ts";
import { bytesPerMiB, mediaTypes, stagePath, type WireStaged } from "./wire.ts";

interface Asking {
  readonly credential: Credential;
  readonly signal: AbortSignal;
}

const perPage = 100;
const pagesMax = 20;
/** A person is asked for; looking more often helps nobody. */
const againMs = 60_000;

/** What a look at the staged versions says of one that is not public. */
export async function observeStaged(place: Place, publication: Publication, asking: Asking): Promise<Observation> {
  const found = await findStaged(place, publication, asking);
  if ("kind" in found) return found;
  const id = encodeURIComponent(found.id);
  const url = `${place.registryUrl}${stagePath(`${id}/tarball`)}`;
  const headers = { accept: "*/*", ...authorized(asking.credential) };
  const got = await place.http.fetch({ method: "GET", url, headers, follows: "https", limitBytes: fileBytesMax, signal: asking.signal });
  if (got.kind === "failed") return { kind: "unknown", why: got.why };
  if (got.kind === "answered") return { kind: "unknown", why: `"${got.place}" answered ${got.status}` };
  const what = `${publication.package} ${publication.version}`;
  if (got.sha256 !== publication.sha256) {
    const theirs = `"${place.registry}" has another ${what} staged, since ${found.createdAt}, with sha256 ${got.sha256}`;
    return { kind: "conflict", theirs };
  }
  const why = `${what} is staged at "${place.registry}" and waits for a person: npm stage approve ${found.id} --registry ${place.registryUrl}`;
  return { kind: "pending", againMs, forPerson: true, why };
}

const fileBytesMax = 4096 * bytesPerMiB;

async function findStaged(
  place: Place,
  { package: name, version }: Publication,
  { credential, signal }: Asking,
): Promise<WireStaged | Extract<Observation, { kind: "absent" | "unknown" }>> {
  const headers = { accept: mediaTypes.json, "cache-control": "no-cache", ...authorized(credential) };
  for (let page = 0; page < pagesMax; page += 1) {
    const url = `${place.registryUrl}${stagePath("")}?page=${page}&perPage=${perPage}&package=${encodeURIComponent(name)}`;
    const got = await place.http.send({ method: "GET", url, headers, limitBytes: 16 * bytesPerMiB, signal });
    if (got.kind === "failed") return { kind: "unknown", why: got.why };
    if (got.status === 401 || got.status === 403) {
      return { kind: "unknown", why: `"${place.registry}" does not let this credential look at what is staged (${got.status})` };
    }
    if (got.status !== 200) return { kind: "unknown", why: `"${got.place}" answered ${got.status}` };
    const items = itemsOf(got.text);
    if (items === undefined) return { kind: "unknown", why: `"${got.place}" answered with something that is no list of staged versions` };
    const found = items.find((one) => one.packageName === name && one.version === version);
    if (found !== undefined) return found;
    if (items.length < perPage) return { kind: "absent" };
  }
  return { kind: "unknown", why: `"${place.registry}" lists more than ${pagesMax * perPage} staged versions of ${escapedNpmName(name)}` };
}

function authorized(credential: Credential): Readonly<Record<string, string>> {
  const authorization = authorizationOf(credential);
  return authorization === undefined ? {} : { authorization };
}

function itemsOf(text: string): readonly WireStaged[] | undefined {
  try {
    const { items } = JSON.parse(text) as { readonly items?: unknown };
    if (!Array.isArray(items)) return undefined;
    return (items as readonly Partial<WireStaged>[]).filter((one): one is WireStaged => typeof one.id === "string");
  } catch {
    return undefined;
  }
}
