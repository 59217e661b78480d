// The npm client: a `Registry` that speaks the registry API of npm and of servers that follow it (verdaccio, forges). It
// looks, sends and looks again; it never retries and never decides from a text.
import type { Http } from "../../platform/http-port.ts";
import type { Clock } from "../../platform/ports.ts";
import type { Downloaded, Publication, Registry } from "../registry.ts";
import { assert } from "../../domain/error.ts";
import type { Observation } from "../../domain/run/effect.ts";
import { escapedNpmName } from "../../domain/npm/names.ts";
import { inTurn } from "./in-turn.ts";
import { leaveTag, observeLeft, tagsLeadingTo } from "./leave.ts";
import { fetchTarball, lookUp, lookUpTags, type Place } from "./look-up.ts";
import { judgeBytes, judgeTag, judgeVersion, surveyOf, theirs, versionsOf } from "./observe.ts";
import type { ListedVersion } from "./packument.ts";
import { npmRefusals } from "./refusals.ts";
import { endHeld, observeStaged, type StagingOptions } from "./staging.ts";
import { npmLogin } from "./trusted-login.ts";
import { sendDeprecation, sendTag, sendVersion, type SendOptions } from "./send.ts";

export interface NpmOptions {
  /** Name in slipway.yaml. */
  readonly name: string;
  /** Root of the registry, `https://host/`. */
  readonly registryUrl: string;
  /** Root of pages for people, `https://host/`; absent: the registry's document is shown. */
  readonly pagesUrl?: string;
  readonly world: "real" | "rehearsal";
  /** Largest tarball, in bytes; absent: the server decides. */
  readonly fileLimitBytes?: number;
  /** How long "absent" may be a stale answer after an upload, in milliseconds. */
  readonly settleMs: number;
  readonly clock: Clock;
  readonly http: Http;
  /** Of the person who runs, for what only a person may do: undefined, or left out: none was given. */
  oneTimePassword?(): Promise<string | undefined>;
  /** Whether the registry has a package, where its documents alone do not tell. Undefined: nobody can say. */
  knows?(packageName: string, signal: AbortSignal): Promise<boolean | undefined>;
}

/** Makes the client. Opens nothing and loads nothing before the first call. */
export function npmRegistry(options: NpmOptions): Registry {
  const { name, world, http } = options;
  const place: Place = { http, registryUrl: withSlash(options.registryUrl), registry: name, world };
  const sending = (rest: Omit<SendOptions, "nowMs">): SendOptions => ({ ...rest, nowMs: () => options.clock.nowMs() });
  const turn = inTurn();
  const staging: StagingOptions = {
    oneTimePassword: async () => options.oneTimePassword?.(),
    isKnown: options.knows ?? ((packageName, signal) => isListed(place, packageName, signal)),
    nowMs: () => options.clock.nowMs(),
  };
  return {
    name,
    ecosystem: "npm",
    indexUrl: place.registryUrl,
    world,
    settleMs: options.settleMs,
    locate: (publication) => locate(options, place, publication),
    versions: async (packageName, signal) => versionsOf(await lookUp(place, packageName, { signal, form: "abbreviated" })),
    survey: async (packageName, version, signal) =>
      surveyOf(await lookUp(place, packageName, { signal, form: "full" }), packageName, version),
    observe: (publication, signal) => observe(place, publication, signal),
    download: (publication, file, signal) => download(place, publication, { file, signal }),
    attestations: async (publication, signal) => (await import("./attestations.ts")).readAttested(place, publication, signal),
    refusals: (upload) => npmRefusals(upload, options.fileLimitBytes),
    publish: (upload, credential, signal) => turn(upload.package, () => sendVersion(place, upload, sending({ credential, signal }))),
    withdraw: (publication) => ({ kind: "by-person", instruction: withdrawal(options, place, publication) }),
    takeBack: (version, credential, signal) =>
      turn(version.package, () => sendDeprecation(place, version, sending({ credential, signal }))),
    login: npmLogin({
      http,
      registry: name,
      registryUrl: place.registryUrl,
      pagesUrl: withSlash(options.pagesUrl ?? place.registryUrl),
      nowMs: () => options.clock.nowMs(),
    }),
    staging: {
      put: (upload, credential, signal) =>
        turn(upload.package, () => sendVersion(place, upload, { ...sending({ credential, signal }), stage: true })),
      observe: async (publication, credential, signal) => {
        const seen = await observe(place, publication, signal);
        if (seen.kind === "absent") return observeStaged(place, publication, { ...staging, credential, signal });
        assert(seen.kind !== "pending" && seen.kind !== "damaged", "an npm registry shows a version whole, or not");
        return seen;
      },
      release: (publication, credential, signal) =>
        turn(publication.package, () => endHeld(place, publication, { ...staging, credential, signal, how: "approve" })),
      discard: (publication, credential, signal) =>
        turn(publication.package, () => endHeld(place, publication, { ...staging, credential, signal, how: "reject" })),
    },
    channels: {
      observe: async (channel, signal) => judgeTag(await lookUpTags(place, channel.package, signal), channel, name),
      move: (channel, credential, signal) => turn(channel.package, () => sendTag(place, channel, sending({ credential, signal }))),
    },
    leaving: {
      leadingTo: (version, signal) => tagsLeadingTo(place, version, signal),
      observe: (channel, signal) => observeLeft(place, channel, signal),
      leave: (channel, credential, signal) => turn(channel.package, () => leaveTag(place, channel, sending({ credential, signal }))),
    },
  };
}

async function observe(place: Place, publication: Publication, signal: AbortSignal): Promise<Observation> {
  const judged = judgeVersion(await lookUp(place, publication.package, { signal, form: "abbreviated" }), publication);
  if (judged.kind === "conflict") {
    const listed = await withTime(place, publication, { listed: judged.listed, signal });
    return { kind: "conflict", theirs: theirs(listed, publication, { digest: listed.sha512 ?? "no sha512", registry: place.registry }) };
  }
  if (judged.kind !== "compare") return judged;
  const fetched = await fetchTarball(place, judged.listed.url, { signal });
  const what = `${publication.package} ${publication.version}`;
  if (fetched.kind === "absent") return { kind: "unknown", why: `"${place.registry}" lists ${what} but does not have its tarball` };
  if (fetched.kind === "unknown") return fetched;
  const listed =
    fetched.sha256 === publication.sha256 ? judged.listed : await withTime(place, publication, { listed: judged.listed, signal });
  return judgeBytes(listed, publication, { ...fetched, registry: place.registry });
}

/** Since when the other bytes are there: only the full document tells, and only a conflict asks. */
async function withTime(
  place: Place,
  { package: packageName, version }: Publication,
  { listed, signal }: { readonly listed: ListedVersion; readonly signal: AbortSignal },
): Promise<ListedVersion> {
  const looked = await lookUp(place, packageName, { signal, form: "full" });
  const publishedAt = looked.kind === "packument" ? looked.packument.versions.get(version)?.publishedAt : undefined;
  return publishedAt === undefined ? listed : { ...listed, publishedAt };
}

async function isListed(place: Place, packageName: string, signal: AbortSignal): Promise<boolean | undefined> {
  const looked = await lookUp(place, packageName, { signal, form: "abbreviated" });
  return looked.kind === "unknown" ? undefined : looked.kind === "packument";
}

async function download(
  place: Place,
  publication: Pick<Publication, "package" | "version">,
  to: { readonly file: string | undefined; readonly signal: AbortSignal },
): Promise<Downloaded> {
  const looked = await lookUp(place, publication.package, { signal: to.signal, form: "abbreviated" });
  if (looked.kind !== "packument") return looked;
  const listed = looked.packument.versions.get(publication.version);
  if (listed === undefined) return { kind: "absent" };
  const fetched = await fetchTarball(place, listed.url, { ...(to.file === undefined ? {} : { to: to.file }), signal: to.signal });
  return fetched.kind === "fetched" ? { ...fetched, kind: "downloaded" } : fetched;
}

function locate(options: NpmOptions, place: Place, publication: Pick<Publication, "package" | "version">): string {
  if (options.pagesUrl === undefined) return `${place.registryUrl}${escapedNpmName(publication.package)}`;
  return `${withSlash(options.pagesUrl)}package/${publication.package}/v/${encodeURIComponent(publication.version)}`;
}

/** What a person does beyond a deprecation: within 72 hours npm lets the owner unpublish (protocols §5.1). */
function withdrawal(options: NpmOptions, place: Place, publication: Pick<Publication, "package" | "version">): string {
  const { package: packageName, version } = publication;
  const tail = `${packageName} ${version} (${locate(options, place, publication)})`;
  return (
    `Deprecate it with \`npm deprecate ${packageName}@${version} "REASON" --registry ${place.registryUrl}\`, and lead the dist-tags that ` +
    `name it elsewhere with \`npm dist-tag add\`: installers then warn of ${tail}. Unpublishing is for the first 72 hours, while nothing ` +
    "depends on it, and never frees the number"
  );
}

function withSlash(url: string): string {
  return url.endsWith("/") ? url : `${url}/`;
}
