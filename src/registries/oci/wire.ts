// What the client of image registries and the rehearsal one have in common: names and shapes that the specification writes
// down, and nothing that interprets them, so that one misreading of the protocol cannot pass its own test (DESIGN §3).
// Sources: OCI distribution-spec v1.1; distribution's token authentication (protocols §6).

/** Headers beyond those of HTTP itself. */
export const wireHeaders = {
  contentDigest: "docker-content-digest",
  /** The registry keeps the list of what refers to the subject of a manifest. */
  subject: "oci-subject",
  filtersApplied: "oci-filters-applied",
  uploadId: "docker-upload-uuid",
  apiVersion: "docker-distribution-api-version",
  /** Sent by Slipway's rehearsal registries, so that none is ever taken for a real one. */
  rehearsal: "x-slipway-rehearsal",
} as const;

/** Codes of error answers (distribution-spec, "Error codes"). */
export type WireErrorCode =
  | "BLOB_UNKNOWN"
  | "BLOB_UPLOAD_INVALID"
  | "BLOB_UPLOAD_UNKNOWN"
  | "DIGEST_INVALID"
  | "MANIFEST_BLOB_UNKNOWN"
  | "MANIFEST_INVALID"
  | "MANIFEST_UNKNOWN"
  | "NAME_INVALID"
  | "NAME_UNKNOWN"
  | "SIZE_INVALID"
  | "UNAUTHORIZED"
  | "DENIED"
  | "UNSUPPORTED"
  | "TOOMANYREQUESTS"
  | "TAG_INVALID"
  | "UNKNOWN";

/** JSON form of an error answer. */
export interface WireErrors {
  readonly errors: readonly { readonly code: string; readonly message?: string; readonly detail?: unknown }[];
}

/** Answer of a token service. */
export interface WireToken {
  readonly token?: string;
  readonly access_token?: string;
  /** In seconds; 60 where it is not told. */
  readonly expires_in?: number;
}

/** Answer to `tags/list`. */
export interface WireTags {
  readonly name: string;
  readonly tags: readonly string[];
}

/** What a rehearsal registry takes as a password; real ones have no business there. */
export const rehearsalPassword = "rehearsal";
