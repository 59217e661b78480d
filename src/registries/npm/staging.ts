// Versions that wait unseen at the registry until a person lets them out with a second factor (protocols §5.4). Staging is sent
// like a publish; looking needs a credential that may list, which tokenless logins may not: then it is unknown. What is held is
// named by an id, and is ours by its bytes alone. A person who is here can lend their one-time password: then one word lets all
// of a release out; without it each version waits for them at the registry.
import { escapedNpmName } from "../../domain/npm/names.ts";
import type { Performed } from "../../domain/run/effect.ts";
import type { Credential, Publication, Staged } from "../registry.ts";
import { readAnswer } from "./answers.ts";
import { authorizationOf, traces } from "./credentials.ts";
import type { Place } from "./look-up.ts";
import { bytesPerMiB, mediaTypes, stagePath, wireHeaders, type WireStaged } from "./wire.ts";

export interface StagingOptions {
  /** Of the person who runs, if they gave one. */
  readonly oneTimePassword: () => Promise<string | undefined>;
  /** Whether the registry has the package: it holds no version of one that is new. Undefined: nobody can say. */
  readonly isKnown: (packageName: string, signal: AbortSignal) => Promise<boolean | undefined>;
  readonly nowMs: () => number;
}

interface Asking {
  readonly credential: Credential;
  readonly signal: AbortSignal;
}

const perPage = 100;
const pagesMax = 20;

type Held = { readonly kind: "ours"; readonly found: WireStaged } | Extract<Staged, { kind: "absent" | "unknown" | "conflict" | "never" }>;

/** What a look at the staged versions says of one that is not public. */
export async function observeStaged(
  place: Place,
  publication: Publication,
  options: StagingOptions & Asking,
): Promise<Exclude<Staged, { kind: "present" }>> {
  const held = await lookAtHeld(place, publication, options);
  if (held.kind === "absent") return absentOrNew(place, publication, options);
  if (held.kind !== "ours") return held;
  const { id, tag, createdAt } = held.found;
  const at = `--registry ${place.registryUrl}`;
  const evidence = {
    how: "read back from what is staged",
    sha256: publication.sha256,
    sizeBytes: publication.sizeBytes,
    details: { stageId: id, tag, stagedAt: createdAt, sendBack: `npm stage reject ${id} ${at}` },
  };
  if ((await options.oneTimePassword()) !== undefined) return { kind: "held", evidence };
  return { kind: "held", evidence, byPerson: `npm stage approve ${id} ${at}` };
}

/** Its documents do not agree on whether a new package can be staged; nothing is risked by taking the careful answer. */
async function absentOrNew(
  place: Place,
  { package: name }: Publication,
  { isKnown, signal }: StagingOptions & Asking,
): Promise<Extract<Staged, { kind: "absent" | "unknown" | "never" }>> {
  const known = await isKnown(name, signal);
  if (known === undefined) return { kind: "unknown", why: `"${place.registry}" does not say whether it knows "${name}"` };
  return known
    ? { kind: "absent" }
    : { kind: "never", why: `"${name}" is new at "${place.registry}", which stages only packages that it has` };
}

/** Ours by its bytes: the tarball that is held is fetched and digested. */
async function lookAtHeld(place: Place, publication: Publication, asking: Asking): Promise<Held> {
  const found = await findStaged(place, publication, asking);
  if ("kind" in found) return found;
  const url = `${place.registryUrl}${stagePath(`${encodeURIComponent(found.id)}/tarball`)}`;
  const headers = { accept: "*/*", ...authorized(asking.credential) };
  const got = await place.http.fetch({ method: "GET", url, headers, follows: "https", limitBytes: fileBytesMax, signal: asking.signal });
  if (got.kind === "failed") return { kind: "unknown", why: got.why };
  if (got.kind === "answered") return { kind: "unknown", why: `"${got.place}" answered ${got.status}` };
  if (got.sha256 === publication.sha256) return { kind: "ours", found };
  const what = `${publication.package} ${publication.version}`;
  const theirs = `"${place.registry}" has another ${what} staged, since ${found.createdAt}, with sha256 ${got.sha256}`;
  return { kind: "conflict", theirs };
}

const fileBytesMax = 4096 * bytesPerMiB;

/** Lets out, or sends back, what is held with our bytes. What is not there any more is for the next look to judge. */
export async function endHeld(
  place: Place,
  publication: Publication,
  ending: StagingOptions & Asking & { readonly how: "approve" | "reject" },
): Promise<Performed> {
  const { how, credential, signal, nowMs } = ending;
  const held = await lookAtHeld(place, publication, ending);
  if (held.kind === "conflict") return { kind: "refused", why: held.theirs };
  if (held.kind === "absent") return { kind: "unknown", why: `"${place.registry}" has nothing staged of ${publication.package} any more` };
  if (held.kind !== "ours") return { kind: "unknown", why: held.why };
  const password = await ending.oneTimePassword();
  const path = stagePath(`${encodeURIComponent(held.found.id)}${how === "approve" ? "/approve" : ""}`);
  const sent = await place.http.send({
    method: how === "approve" ? "POST" : "DELETE",
    url: `${place.registryUrl}${path}`,
    headers: {
      accept: "*/*",
      "npm-command": "stage",
      ...authorized(credential),
      ...(password === undefined ? {} : { [wireHeaders.oneTimePassword]: password }),
    },
    signal,
  });
  if (sent.kind === "failed") return { kind: "unknown", why: sent.why };
  const what = `${how === "approve" ? "let out" : "send back"} what is staged of ${publication.package} ${publication.version}`;
  const secrets = [...traces(credential), ...(password === undefined ? [] : [password])];
  const read = readAnswer(sent, { registry: place.registry, package: publication.package, what, nowMs: nowMs(), secrets });
  // A password serves for half a minute: whoever runs the same command again brings a new one.
  return read.kind === "look" ? read.refused : read;
}

/** Statuses of a registry that knows nothing of staging: no such address, no such method, not done. */
const noStaging: readonly number[] = [404, 405, 501];

async function findStaged(
  place: Place,
  { package: name, version }: Publication,
  { credential, signal }: Asking,
): Promise<WireStaged | Extract<Staged, { kind: "absent" | "unknown" | "never" }>> {
  const headers = { accept: mediaTypes.json, "cache-control": "no-cache", ...authorized(credential) };
  for (let page = 0; page < pagesMax; page += 1) {
    const url = `${place.registryUrl}${stagePath("")}?page=${page}&perPage=${perPage}&package=${encodeURIComponent(name)}`;
    const got = await place.http.send({ method: "GET", url, headers, limitBytes: 16 * bytesPerMiB, signal });
    if (got.kind === "failed") return { kind: "unknown", why: got.why };
    if (got.status === 401 || got.status === 403) {
      return { kind: "unknown", why: `"${place.registry}" does not let this credential look at what is staged (${got.status})` };
    }
    if (noStaging.includes(got.status)) return { kind: "never", why: `"${place.registry}" has no staging (${got.status})` };
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
