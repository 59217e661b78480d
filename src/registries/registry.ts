// ◆ What Slipway asks of any registry. Each method returns a union of expected outcomes and throws only for the
// unexpected; none retries, waits or prints: the engine does, after observing.
import type { Subject } from "../domain/attestation/statement.ts";
import type { JsonObject } from "../domain/configuration.ts";
import type { Credential } from "../domain/credential.ts";
import type { Sha256 } from "../domain/digest.ts";
import type { WorkflowClaim } from "../domain/identity/publisher.ts";
import type { IdentityProvider } from "../domain/identity/source.ts";
import type { IdentityToken } from "../domain/identity/token.ts";
import type { Evidence, Observation, Performed } from "../domain/run/effect.ts";
import type { Attachments, CopiedImage, ImageSource, ReadAttachments } from "./image-registry.ts";

export type { Credential } from "../domain/credential.ts";
export type * from "./image-registry.ts";

/** One file of one version at a registry, as we mean it to be. */
export interface Publication {
  /** Name as the manifest writes it. */
  readonly package: string;
  readonly version: string;
  /** File name at the registry. */
  readonly name: string;
  readonly sha256: Sha256;
  readonly sizeBytes: number;
  /**
   * The digest by which the registry itself names the content, where that is not the SHA-256 of the file: for npm the SHA-512
   * as `sha512-<base64>` (SRI), for OCI the manifest's `sha256:<hex>`.
   */
  readonly registryDigest?: string;
}

/** A movable name that consumers follow: a dist-tag of npm, a tag of an image. */
export interface Channel {
  readonly package: string;
  readonly name: string;
  /** What it is to lead to: the version, and its `registryDigest` where the registry moves names by digest. */
  readonly version: string;
  readonly registryDigest?: string;
}

/** A channel that leads to a version which is taken back. */
export interface LeftChannel {
  readonly package: string;
  readonly name: string;
  /** The version that is taken back, and its `registryDigest` where the registry moves names by digest. */
  readonly version: string;
  readonly registryDigest?: string;
  /** The version that it goes back to: the newest that remains of what it stood for. Absent: the name is taken away. */
  readonly to?: string;
}

export type Leading =
  | {
      readonly kind: "listed";
      /** But for the name that `takeBack` takes away itself. */
      readonly channels: readonly LeftChannel[];
      /** Names that go on leading there, since they must lead somewhere and nothing else remains. */
      readonly staying: readonly string[];
    }
  | { readonly kind: "unknown"; readonly why: string };

/** Names that lead to a version which is taken back: the one way in which a channel moves backwards. */
export interface ReadLeaving {
  /** Every name that leads to a version, and where it goes when the version is taken back. */
  leadingTo(version: Pick<Publication, "package" | "version">, signal: AbortSignal): Promise<Leading>;
  /** present: it leads to that version no more; absent: it still does. */
  observe(channel: LeftChannel, signal: AbortSignal): Promise<Observation>;
}

export interface Leaving extends ReadLeaving {
  /** Leads a name away from a version, or takes the name away; one that leads elsewhere by now is left alone. */
  leave(channel: LeftChannel, credential: Credential, signal: AbortSignal): Promise<Performed>;
}

/** Channels never move backwards: one that leads to a higher version of ours is a conflict. */
export interface ReadChannels {
  /** absent: it leads elsewhere (or nowhere) and may be moved; present: it leads where it should; conflict: it may not be moved. */
  observe(channel: Channel, signal: AbortSignal): Promise<Observation>;
}

export interface Channels extends ReadChannels {
  move(channel: Channel, credential: Credential, signal: AbortSignal): Promise<Performed>;
}

/** What a look at one version says where versions can be held unseen. */
export type Staged =
  /** It was let out, or never held, and is public with our bytes. */
  | Extract<Observation, { kind: "present" | "absent" | "conflict" | "unknown" }>
  /**
   * Our bytes are held. `byPerson`: what a person does to let them out, where only a person may; absent: `release` does it.
   * `evidence.details.sendBack`: the command with which a person sends them back.
   */
  | { readonly kind: "held"; readonly evidence: Evidence; readonly byPerson?: string }
  /** It cannot be held here: the registry has no such place, or has one for packages alone that it knows already. */
  | { readonly kind: "never"; readonly why: string };

/** Holds a version where nobody installs it from, until somebody with more rights than a token lets it out. */
export interface Staging {
  /** Puts a version there. It takes the version's number, and its dist-tag is settled with it. */
  put(upload: Upload, credential: Credential, signal: AbortSignal): Promise<Performed>;
  /** Public is looked at first. unknown also where the credential may put and not look, as tokenless logins do. */
  observe(publication: Publication, credential: Credential, signal: AbortSignal): Promise<Staged>;
  /** Lets out what is held with our bytes: from then on it is published for good. */
  release(publication: Publication, credential: Credential, signal: AbortSignal): Promise<Performed>;
  /** Sends back what is held with our bytes: its number is free again. */
  discard(publication: Publication, credential: Credential, signal: AbortSignal): Promise<Performed>;
}

/** A list of an image's platforms, put after its parts. Its `registryDigest` is that of `text`. */
export interface ImageIndex extends Publication {
  /** The very bytes of the index, as JSON. */
  readonly text: string;
}

/** A publication together with its bytes on this machine and what the registry's form needs to know of them. */
export interface Upload extends Publication {
  /** Absolute path of the frozen bytes. */
  readonly file: string;
  /** Ecosystem's own metadata of the file (for PyPI: the core-metadata fields of the upload form). */
  readonly metadata: JsonObject;
}

export interface ListedFile {
  readonly name: string;
  /** Absent where the index does not tell. */
  readonly sha256?: Sha256;
  /** SHA-512 as `sha512-<base64>` (SRI), where the registry names content by that. */
  readonly integrity?: string;
  readonly sizeBytes?: number;
  readonly uploadedAt?: string;
  /** `true`, or the reason given. */
  readonly yanked?: boolean | string;
  /** Whether the index shows provenance of it (PEP 740, npm `dist.attestations`); absent: it does not tell for any file. */
  readonly attested?: boolean;
  readonly url: string;
}

export type Survey =
  | { readonly kind: "listed"; readonly files: readonly ListedFile[] }
  /** The package has no such version, or does not exist. `package` tells which. */
  | { readonly kind: "absent"; readonly package: "exists" | "absent" }
  | { readonly kind: "unknown"; readonly why: string };

export type Versions =
  | { readonly kind: "listed"; readonly versions: readonly string[] }
  | { readonly kind: "absent" }
  | { readonly kind: "unknown"; readonly why: string };

export type Downloaded =
  | { readonly kind: "downloaded"; readonly sha256: Sha256; readonly sizeBytes: number }
  | { readonly kind: "absent" }
  | { readonly kind: "unknown"; readonly why: string };

export type Withdrawn =
  | { readonly kind: "withdrawn"; readonly meaning: string }
  /** The registry has no call for it: what a person does instead, in words, with the address. */
  | { readonly kind: "by-person"; readonly instruction: string };

/** Who may publish under a name: what a person must know before a name is counted on. */
export type Owners =
  | {
      readonly kind: "listed";
      /** The name as it is spelled there: registries take several spellings for one name. */
      readonly spelled: string;
      /** As the registry writes them: logins, teams. */
      readonly owners: readonly string[];
    }
  /** Nobody has the name. */
  | { readonly kind: "absent" }
  | { readonly kind: "unknown"; readonly why: string };

/** A version that is to be offered to nobody any more. */
export interface TakenBack extends Pick<Publication, "package" | "version"> {
  /** For those who use it, one line; shown where the registry has a place for it. */
  readonly reason: string;
}

/**
 * Tokenless login: an identity of the run is exchanged for a credential that lives for minutes. Asking is no look: at PyPI it
 * makes the project of a pending publisher, and everywhere it uses the identity up.
 */
export interface TrustedLogin {
  /** Whose identities the registry takes. */
  readonly accepts: readonly IdentityProvider[];
  readonly workflowClaim: WorkflowClaim;
  /** What one login opens: everything of whoever is trusted, or the package alone that it was asked for. */
  readonly opens: "registry" | "package";
  /** Page on which a publisher is entered. Pure. */
  settings(packageName: string): string;
  /** Page on which one is entered for a package that is not there yet; absent: nobody can be trusted for one. */
  readonly pendingSettings?: string;
  /** How long what is minted opens the registry, in milliseconds; absent: nobody says it. */
  readonly lifetimeMs?: number;
  /** Whom the identity has to be made for. */
  audience(signal: AbortSignal): Promise<Audience>;
  exchange(identity: IdentityToken, packageName: string, signal: AbortSignal): Promise<Exchanged>;
}

export type Audience =
  | { readonly kind: "audience"; readonly audience: string }
  /** The registry knows no such login. */
  | { readonly kind: "unsupported"; readonly why: string }
  | { readonly kind: "unknown"; readonly why: string };

export type Exchanged =
  | { readonly kind: "opened"; readonly credential: Credential; readonly endsAtMs: number }
  /** In the registry's own words; `code` where it has one. Another identity may be taken, the same one will not. */
  | { readonly kind: "refused"; readonly why: string; readonly code?: string }
  | { readonly kind: "unknown"; readonly why: string };

/** Attestations that a registry serves of one file, as Sigstore's bundles. Nothing is verified: who asks does. */
export type Attested =
  | {
      readonly kind: "served";
      readonly bundles: readonly JsonObject[];
      /** Whom the registry trusted for the upload, in a form that is known; absent: it does not say. */
      readonly publishers?: readonly ShownPublisher[];
      /** What they should be about, where that is not the file by its name and SHA-256. */
      readonly subject?: Subject;
    }
  | { readonly kind: "none" }
  | { readonly kind: "unknown"; readonly why: string };

/** A job that a registry let in, in its own words. */
export interface ShownPublisher {
  readonly provider: "github" | "gitlab";
  /** `owner/name` */
  readonly repository: string;
  /** File name below `.github/workflows/`, or path of the pipeline's file. */
  readonly workflow: string;
  readonly environment?: string;
}

/** The side of a registry that needs no credential. */
export interface ReadRegistry {
  /** Name in slipway.yaml. */
  readonly name: string;
  readonly ecosystem: string;
  /** Address that installers are pointed at. */
  readonly indexUrl: string;
  /** Which of the two places this is; a rehearsal registry can never be named as production. */
  readonly world: "real" | "rehearsal";
  /** How long a negative answer may be stale after an upload, in milliseconds. */
  readonly settleMs: number;
  /** Reasons why the registry would refuse, known without sending a byte (limits, names, forms; of an `Upload` also its metadata). Pure. */
  refusals(upload: Publication | Upload): readonly string[];
  /** Page for people. Pure. */
  locate(publication: Pick<Publication, "package" | "version">): string;
  versions(packageName: string, signal: AbortSignal): Promise<Versions>;
  survey(packageName: string, version: string, signal: AbortSignal): Promise<Survey>;
  observe(publication: Publication, signal: AbortSignal): Promise<Observation>;
  /** Absent: the registry has no movable names. */
  readonly channels?: ReadChannels;
  /** Absent as `channels` is. */
  readonly leaving?: ReadLeaving;
  /** Absent: nothing can be attached to what the registry holds. */
  readonly attachments?: ReadAttachments;
  /** Absent: what it holds is no images, by whose digests they could be copied. */
  readonly images?: ImageSource;
  /** Absent: the registry does not tell everybody whose a name is. */
  owners?(packageName: string, signal: AbortSignal): Promise<Owners>;
  /** Absent: what it serves of attestations, if anything, is not read by this version. */
  attestations?(publication: Pick<Publication, "package" | "version" | "name">, signal: AbortSignal): Promise<Attested>;
  /** Streams one listed file to `file`, or nowhere without one, and digests it on the way. */
  download(
    publication: Pick<Publication, "package" | "version" | "name">,
    file: string | undefined,
    signal: AbortSignal,
  ): Promise<Downloaded>;
}

export interface Registry extends ReadRegistry {
  publish(upload: Upload, credential: Credential, signal: AbortSignal): Promise<Performed>;
  withdraw(publication: Pick<Publication, "package" | "version">): Withdrawn;
  /**
   * Takes a version back as far as the registry has a call for it; nothing is deleted, and its number is never free again.
   * crates: yanks it, so that no new lock file names it. npm: deprecates it with `reason`. OCI: deletes the tag of that
   * version. Whether it is so is seen by `survey`: `yanked`, or for OCI the tag is absent. Harmless to repeat. Absent: only a
   * person can, as `withdraw` says.
   */
  takeBack?(version: TakenBack, credential: Credential, signal: AbortSignal): Promise<Performed>;
  readonly channels?: Channels;
  readonly leaving?: Leaving;
  readonly attachments?: Attachments;
  /** Absent: it takes stored tokens only. */
  readonly login?: TrustedLogin;
  /** Absent: what is put there is public. */
  readonly staging?: Staging;
  /** Puts the list of an image's platforms, all of which are there. Absent: the registry has no such thing. */
  join?(index: ImageIndex, credential: Credential, signal: AbortSignal): Promise<Performed>;
  /**
   * Puts the manifest of `registryDigest` and all that it names, taken from another registry or repository: blobs of one origin
   * are mounted, others are copied. The same bytes, or nothing. Absent: the registry has no such thing.
   */
  copy?(image: CopiedImage, credential: Credential, signal: AbortSignal): Promise<Performed>;
}
