// The PyPI client: a `Registry` that speaks the upload API and the simple API of PyPI and of servers that follow them
// (pypiserver, devpi, forges). It looks, sends and looks again; it never retries and never decides from a text.
import type { Http } from "../../platform/http-port.ts";
import type { Clock } from "../../platform/ports.ts";
import type { Downloaded, Publication, Registry } from "../registry.ts";
import { normalizeName } from "../../domain/pypi/names.ts";
import { fetchFile, type Index } from "./look-up.ts";
import { judgeBytes, judgeFile, surveyOf, versionsOf } from "./observe.ts";
import { pypiRefusals } from "./refusals.ts";
import { sendUpload } from "./send.ts";
import { pypiLogin } from "./trusted-login.ts";
import { sharedLookUp, type LookUp } from "./shared-look-up.ts";
import { fileSizeLimitBytes } from "./wire.ts";

export interface PypiOptions {
  /** Name in slipway.yaml. */
  readonly name: string;
  /** Takes the upload form, `https://host/legacy/`. */
  readonly uploadUrl: string;
  /** Root of the simple API, `https://host/simple/`. */
  readonly indexUrl: string;
  /** Root of pages for people, `https://host/`; absent: the page of the index is shown. */
  readonly pagesUrl?: string;
  readonly world: "real" | "rehearsal";
  /** `pypi`: names, tags and sizes are held against PyPI's rules before anything is sent; `open`: the server decides. */
  readonly rules: "pypi" | "open";
  /** Largest file, in bytes. Default 100 MiB where the rules are PyPI's. */
  readonly fileLimitBytes?: number;
  /** How long "absent" may be a stale answer after an upload, in milliseconds. */
  readonly settleMs: number;
  readonly clock: Clock;
  readonly http: Http;
}

/** Makes the client. Opens nothing and loads nothing before the first call. */
export function pypiRegistry(options: PypiOptions): Registry {
  const { http } = options;
  const index: Index = { http, indexUrl: withSlash(options.indexUrl), registry: options.name, world: options.world };
  const lookUp = sharedLookUp(index);
  return {
    name: options.name,
    ecosystem: "pypi",
    indexUrl: index.indexUrl,
    world: options.world,
    settleMs: options.settleMs,
    locate: (publication) => locate(options, index, publication),
    versions: async (packageName, signal) => versionsOf(await lookUp(packageName, signal), packageName),
    survey: async (packageName, version, signal) => surveyOf(await lookUp(packageName, signal), packageName, version),
    observe: (publication, signal) => observe({ index, lookUp }, publication, signal),
    download: (publication, file, signal) => download({ index, lookUp }, publication, { file, signal }),
    attestations: async (publication, signal) =>
      (await import("./attestations.ts")).readAttested({ http, siteUrl: siteOf(options, index) }, publication, signal),
    refusals: (upload) => refusals(options, upload),
    publish: (upload, credential, signal) =>
      sendUpload({ http, registry: options.name, uploadUrl: options.uploadUrl, nowMs: () => options.clock.nowMs() }, upload, {
        credential,
        signal,
      }),
    withdraw: (publication) => ({ kind: "by-person", instruction: withdrawal(options, index, publication) }),
    login: pypiLogin({ http, registry: options.name, siteUrl: siteOf(options, index), nowMs: () => options.clock.nowMs() }),
  };
}

/** Where the pages and the login are: an index of one's own has them beside its index, if it has them. */
function siteOf({ pagesUrl }: PypiOptions, { indexUrl }: Index): string {
  return withSlash(pagesUrl ?? new URL("/", indexUrl).href);
}

interface Looking {
  readonly index: Index;
  readonly lookUp: LookUp;
}

async function observe({ index, lookUp }: Looking, publication: Publication, signal: AbortSignal): ReturnType<Registry["observe"]> {
  const judged = judgeFile(await lookUp(publication.package, signal), publication, index.registry);
  if (judged.kind !== "compare") return judged;
  const fetched = await fetchFile(index, judged.file.url, { signal });
  if (fetched.kind === "absent") return { kind: "unknown", why: `"${index.registry}" lists "${publication.name}" but does not have it` };
  if (fetched.kind === "unknown") return fetched;
  return judgeBytes(judged.file, publication, { ...fetched, registry: index.registry });
}

async function download(
  { index, lookUp }: Looking,
  publication: Pick<Publication, "package" | "name">,
  to: { readonly file: string | undefined; readonly signal: AbortSignal },
): Promise<Downloaded> {
  const looked = await lookUp(publication.package, to.signal);
  if (looked.kind === "unknown") return looked;
  const listed = looked.kind === "page" ? looked.page.files.find((file) => file.name === publication.name) : undefined;
  if (listed === undefined) return { kind: "absent" };
  const fetched = await fetchFile(index, listed.url, { ...(to.file === undefined ? {} : { to: to.file }), signal: to.signal });
  return fetched.kind === "fetched" ? { ...fetched, kind: "downloaded" } : fetched;
}

function refusals(options: PypiOptions, upload: Publication): readonly string[] {
  if (options.rules === "pypi") return pypiRefusals(upload, options.fileLimitBytes ?? fileSizeLimitBytes);
  const limit = options.fileLimitBytes;
  return limit !== undefined && upload.sizeBytes > limit
    ? [`"${upload.name}" has ${upload.sizeBytes} bytes and the limit is ${limit}`]
    : [];
}

function locate(options: PypiOptions, index: Index, publication: Pick<Publication, "package" | "version">): string {
  const name = normalizeName(publication.package);
  if (options.pagesUrl === undefined) return `${index.indexUrl}${name}/`;
  return `${withSlash(options.pagesUrl)}project/${name}/${encodeURIComponent(publication.version)}/`;
}

/** No index has a call for it that a token may make; PyPI yanks on its web pages only (protocols §1.5). */
function withdrawal(options: PypiOptions, index: Index, publication: Pick<Publication, "package" | "version">): string {
  const what = `${publication.package} ${publication.version}`;
  if (options.rules === "open")
    return `Ask an administrator of "${options.name}" to take back ${what}: ${locate(options, index, publication)}`;
  const page = `${withSlash(options.pagesUrl ?? index.indexUrl)}manage/project/${normalizeName(publication.package)}/releases/`;
  return `Yank ${what} at ${page} (Options, Yank): installers then take it only where it is pinned. Deleting it never frees its file names`;
}

function withSlash(url: string): string {
  return url.endsWith("/") ? url : `${url}/`;
}
