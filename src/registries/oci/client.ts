// The client of image registries: a `Registry` that speaks the OCI distribution API. An image is pushed by digest and nobody
// sees it; tags, which are channels here, come last. It looks, sends and looks again; it never retries and never decides from
// a text. Sources: OCI distribution-spec v1.1; protocols §6.
import { writeFile } from "node:fs/promises";
import type { Credential } from "../../domain/credential.ts";
import { SlipwayError } from "../../domain/error.ts";
import { hexOf, readImageDigest, tagOfVersion } from "../../domain/oci/names.ts";
import type { Http } from "../../platform/http-port.ts";
import type { Clock, ImageArchives } from "../../platform/ports.ts";
import type { Downloaded, Publication, Registry } from "../registry.ts";
import { attach, observeAttachment } from "./attach.ts";
import { observeChannel } from "./channels.ts";
import { copyImage } from "./copy.ts";
import { createLogin, type Place } from "./login.ts";
import { lookUpManifest, type Looking } from "./look-up.ts";
import { leaveTag, observeLeft, tagsLeadingTo } from "./leave.ts";
import { deleteVersion, moveChannel } from "./move.ts";
import { observeImage, surveyImage, versionsOfImage } from "./observe.ts";
import { ociRefusals } from "./refusals.ts";
import { sendImage, sendIndex } from "./send.ts";
import { imageSource } from "./source.ts";

export interface OciOptions {
  /** Told of each token that the registry's token service mints, before it is used; left out: nobody is. */
  readonly learn?: (secret: string) => void;
  /** Name in slipway.yaml. */
  readonly name: string;
  /** Origin of the distribution API, `https://host`. */
  readonly registryUrl: string;
  /** Root of pages for people, `https://host/`; absent: the registry's own address is shown. */
  readonly pagesUrl?: string;
  readonly world: "real" | "rehearsal";
  /** How long "absent" may be a stale answer after something was put, in milliseconds. */
  readonly settleMs: number;
  /** Largest layer, in bytes; absent: the registry decides. */
  readonly blobLimitBytes?: number;
  /** Who looks, where not everybody may: new packages of forges are private. Absent: nobody is named. */
  readonly readAs?: () => Promise<Credential | undefined>;
  readonly clock: Clock;
  readonly http: Http;
  readonly images: ImageArchives;
}

/** Makes the client. Opens nothing and loads nothing before the first call. */
export function ociRegistry(options: OciOptions): Registry {
  const place: Place = {
    ...(options.learn === undefined ? {} : { learn: options.learn }),
    http: options.http,
    registry: options.name,
    origin: new URL(options.registryUrl).origin,
    world: options.world,
    nowMs: () => options.clock.nowMs(),
  };
  const login = createLogin(place);
  const looking: Looking = { place, login, ...(options.readAs === undefined ? {} : { readAs: options.readAs }) };
  const limit = options.blobLimitBytes === undefined ? {} : { blobLimitBytes: options.blobLimitBytes };
  const sending = { place, login, images: options.images, ...limit };
  return {
    name: options.name,
    ecosystem: "oci",
    indexUrl: place.origin,
    world: options.world,
    settleMs: options.settleMs,
    refusals: ociRefusals,
    locate: (publication) => locate(options, place, publication),
    versions: (packageName, signal) => versionsOfImage(looking, packageName, signal),
    survey: (packageName, version, signal) => surveyImage(looking, { package: packageName, version }, signal),
    observe: (publication, signal) => observeImage(looking, publication, signal),
    download: (publication, file, signal) => download(looking, publication, { file, signal }),
    publish: (upload, credential, signal) => sendImage(sending, upload, { credential, signal }),
    join: (index, credential, signal) => sendIndex(sending, index, { credential, signal }),
    channels: {
      observe: (channel, signal) => observeChannel(looking, channel, signal),
      move: (channel, credential, signal) => moveChannel(looking, channel, { credential, signal }),
    },
    leaving: {
      leadingTo: (version, signal) => tagsLeadingTo(looking, version, signal),
      observe: (channel, signal) => observeLeft(looking, channel, signal),
      leave: (channel, credential, signal) => leaveTag(looking, channel, { credential, signal }),
    },
    attachments: {
      observe: (attachment, signal) => observeAttachment(looking, attachment, signal),
      attach: (attachment, credential, signal) => attach(looking, attachment, { credential, signal }),
    },
    images: imageSource(looking),
    copy: (image, credential, signal) => copyImage(sending, image, { credential, signal }),
    takeBack: (version, credential, signal) => deleteVersion(looking, version, { credential, signal }),
    withdraw: (publication) => ({ kind: "by-person", instruction: withdrawal(options, place, publication) }),
  };
}

/** The manifest of an image: by its digest where the name is one, else what the tag of the version leads to. */
async function download(
  looking: Looking,
  publication: Pick<Publication, "package" | "version" | "name">,
  to: { readonly file: string | undefined; readonly signal: AbortSignal },
): Promise<Downloaded> {
  const reference = readImageDigest(publication.name) ?? tagOfVersion(publication.version);
  const found = await lookUpManifest(looking, { package: publication.package, reference }, to.signal);
  if (found.kind !== "held") return found;
  const { file } = to;
  if (file !== undefined) {
    await writeFile(file, found.text).catch((cause: unknown) => {
      throw new SlipwayError("STORAGE_FAILED", `Cannot write the download "${file}"`, { cause });
    });
  }
  return { kind: "downloaded", sha256: hexOf(found.digest), sizeBytes: found.sizeBytes };
}

function locate(options: OciOptions, place: Place, { package: name, version }: Pick<Publication, "package" | "version">): string {
  return `${options.pagesUrl?.replace(/\/+$/, "") ?? place.origin}/${name}:${tagOfVersion(version)}`;
}

function withdrawal(options: OciOptions, place: Place, publication: Pick<Publication, "package" | "version">): string {
  const { package: name, version } = publication;
  return `Delete the tag "${tagOfVersion(version)}" of "${name}", and every channel that leads to it, on the pages of "${options.name}": ${locate(options, place, publication)}. Who pulled ${name} ${version} by its digest keeps it`;
}
