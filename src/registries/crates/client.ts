// The client of crate registries: a `Registry` that speaks the sparse index and the web API of cargo's registries. It looks,
// sends and looks again; it never retries and never decides from a text (DESIGN §1.2; protocols §4).
import { crateFileName, crateIndexPath, sameCrateVersion } from "../../domain/crates/names.ts";
import type { Performed } from "../../domain/run/effect.ts";
import type { Http } from "../../platform/http-port.ts";
import type { Clock } from "../../platform/ports.ts";
import type { Downloaded, Owners, Publication, Registry, Survey, Upload } from "../registry.ts";
import { observeAtApi, ownersAtApi } from "./ask-api.ts";
import { fetchFile, fileAddress, findPlaces, lookUp, type FoundPlaces, type Index } from "./look-up.ts";
import { judgeLine, surveyOf, versionsOf } from "./observe.ts";
import { cratesRefusals } from "./refusals.ts";
import { sendPublish, sendYank, type SendTo } from "./send.ts";
import { cratesLogin, type LoginOptions } from "./trusted-login.ts";
import { cratesLimits } from "./wire.ts";

export interface CratesOptions {
  /** Name in slipway.yaml. */
  readonly name: string;
  /** Root of the sparse index, `https://host/index/`, without `sparse+`. */
  readonly indexUrl: string;
  /** Root of the web API, which gets the token; absent: where the index says, as cargo does. */
  readonly apiUrl?: string;
  /** Root of pages for people, `https://host/`; absent: the file of the index is shown. */
  readonly pagesUrl?: string;
  readonly world: "real" | "rehearsal";
  /**
   * `crates`: the public registry's rules hold, and its API tells what its index does not show yet; `open`: the server decides,
   * and only its index is asked.
   */
  readonly rules: "crates" | "open";
  /** Largest file, in bytes. Default 10 MiB where the rules are the public registry's. */
  readonly fileLimitBytes?: number;
  /** How long "absent" may be a stale answer after an upload, in milliseconds; the public index may be cached 600 s. */
  readonly settleMs: number;
  readonly clock: Clock;
  readonly http: Http;
}

/** Makes the client. Opens nothing and loads nothing before the first call. */
export function cratesRegistry(options: CratesOptions): Registry {
  const at = place(options);
  return {
    name: options.name,
    ecosystem: "crates",
    indexUrl: at.index.indexUrl,
    world: options.world,
    settleMs: options.settleMs,
    locate: (publication) => locate(at, publication),
    versions: async (packageName, signal) => versionsOf(await lookUp(at.index, packageName, signal)),
    survey: (packageName, version, signal) => survey(at, { package: packageName, version }, signal),
    observe: (publication, signal) => observe(at, publication, signal),
    owners: (packageName, signal) => owners(at, packageName, signal),
    download: (publication, file, signal) => download(at, publication, { file, signal }),
    refusals: (upload) => refusals(options, upload),
    publish: (upload, credential, signal) => send(at, signal, (to) => sendPublish(to, upload, { credential, signal })),
    takeBack: (version, credential, signal) => send(at, signal, (to) => sendYank(to, version, { credential, signal })),
    withdraw: (publication) => ({ kind: "by-person", instruction: withdrawal(at, publication) }),
    login: cratesLogin({
      http: options.http,
      registry: options.name,
      apiUrl: (signal) => apiOf(at, signal),
      pagesUrl: withSlash(options.pagesUrl ?? at.index.indexUrl),
      nowMs: () => options.clock.nowMs(),
    }),
  };
}

async function apiOf(at: At, signal: AbortSignal): ReturnType<LoginOptions["apiUrl"]> {
  const found = await at.places(signal);
  if (found.kind === "unknown") return { why: found.why, lasting: false };
  const { api } = found.places;
  return api === undefined ? { why: `the index of "${at.options.name}" tells no web API`, lasting: true } : { url: api };
}

interface At {
  readonly options: CratesOptions;
  readonly index: Index;
  /** Asked once; what is no answer is asked again. */
  places(signal: AbortSignal): Promise<FoundPlaces>;
}

function place(options: CratesOptions): At {
  const { apiUrl, http } = options;
  const index: Index = {
    http,
    indexUrl: withSlash(options.indexUrl),
    registry: options.name,
    world: options.world,
    ...(apiUrl === undefined ? {} : { apiUrl: apiUrl.replace(/\/+$/, "") }),
  };
  let known: FoundPlaces | undefined;
  const places = async (signal: AbortSignal): Promise<FoundPlaces> => {
    if (known !== undefined) return known;
    const found = await findPlaces(index, signal);
    if (found.kind === "places") known = found;
    return found;
  };
  return { options, index, places };
}

async function observe(at: At, publication: Publication, signal: AbortSignal): ReturnType<Registry["observe"]> {
  const looked = await lookUp(at.index, publication.package, signal);
  const url = `${at.index.indexUrl}${crateIndexPath(publication.package)}`;
  const judged = judgeLine(looked, publication, { registry: at.index.registry, url });
  if (judged.kind !== "absent" || at.options.rules === "open") return judged;
  const found = await at.places(signal);
  if (found.kind === "unknown") return found;
  const { api } = found.places;
  return api === undefined ? judged : await observeAtApi(at.index, api, { publication, signal });
}

async function survey(at: At, version: Pick<Publication, "package" | "version">, signal: AbortSignal): Promise<Survey> {
  const looked = await lookUp(at.index, version.package, signal);
  if (looked.kind !== "lines") return surveyOf(looked, version.version, { downloads: "" });
  const found = await at.places(signal);
  return found.kind === "unknown" ? found : surveyOf(looked, version.version, found.places);
}

async function owners(at: At, name: string, signal: AbortSignal): Promise<Owners> {
  const found = await at.places(signal);
  if (found.kind === "unknown") return found;
  const { api } = found.places;
  if (api === undefined) return { kind: "unknown", why: `"${at.index.registry}" has no web API` };
  return await ownersAtApi(at.index, api, { name, signal });
}

async function download(
  at: At,
  publication: Pick<Publication, "package" | "version" | "name">,
  to: { readonly file: string | undefined; readonly signal: AbortSignal },
): Promise<Downloaded> {
  const looked = await lookUp(at.index, publication.package, to.signal);
  if (looked.kind === "unknown") return looked;
  const lines = looked.kind === "lines" ? looked.lines : [];
  const line = lines.find((one) => sameCrateVersion(one.version, publication.version));
  if (line === undefined || crateFileName(line.name, line.version) !== publication.name) return { kind: "absent" };
  const found = await at.places(to.signal);
  if (found.kind === "unknown") return found;
  const file = to.file === undefined ? {} : { to: to.file };
  const fetched = await fetchFile(at.index, fileAddress(found.places, line), { ...file, signal: to.signal });
  return fetched.kind === "fetched" ? { ...fetched, kind: "downloaded" } : fetched;
}

async function send(at: At, signal: AbortSignal, perform: (to: SendTo) => Promise<Performed>): Promise<Performed> {
  const found = await at.places(signal);
  if (found.kind === "unknown") return found;
  const { api } = found.places;
  if (api === undefined)
    return { kind: "refused", why: `"${at.index.registry}" tells no web API on https or at the index's own place: nothing is sent` };
  const { http, name, clock } = at.options;
  return await perform({ http, registry: name, api, nowMs: () => clock.nowMs() });
}

function refusals(options: CratesOptions, upload: Publication | Upload): readonly string[] {
  if (options.rules === "crates") return cratesRefusals(upload, options.fileLimitBytes ?? cratesLimits.fileBytes);
  const limit = options.fileLimitBytes;
  if (limit === undefined || upload.sizeBytes <= limit) return [];
  return [`"${upload.name}" has ${upload.sizeBytes} bytes and the limit is ${limit}`];
}

function locate(at: At, publication: Pick<Publication, "package" | "version">): string {
  if (at.options.pagesUrl === undefined) return `${at.index.indexUrl}${crateIndexPath(publication.package)}`;
  return `${withSlash(at.options.pagesUrl)}crates/${publication.package}/${encodeURIComponent(publication.version)}`;
}

function withdrawal(at: At, publication: Pick<Publication, "package" | "version">): string {
  const what = `${publication.package} ${publication.version}`;
  const command = `cargo yank ${publication.package}@${publication.version}${at.options.rules === "open" ? ` --registry ${at.index.registry}` : ""}`;
  return `Yank ${what} with "${command}" and look at ${locate(at, publication)}: lock files that name it keep it, nothing new takes it, and its number is never free again`;
}

function withSlash(url: string): string {
  return url.endsWith("/") ? url : `${url}/`;
}
