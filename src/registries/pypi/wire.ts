// What the PyPI client and the rehearsal PyPI have in common: names and shapes that are written down in the standards,
// and nothing that interprets them, so that one misreading of the protocol cannot pass its own test (DESIGN §3).
// Sources: PEP 503, 691, 700, 658, 714, 592, 792; docs/reference of the upload API (protocols §1).

/** Media types of the simple API (PEP 691). */
export const mediaTypes = {
  simpleJson: "application/vnd.pypi.simple.v1+json",
  simpleHtml: "application/vnd.pypi.simple.v1+html",
  html: "text/html",
  json: "application/json",
} as const;

/** Headers that only PyPI-like servers send. */
export const wireHeaders = {
  /** Serial of the last change to a project. */
  lastSerial: "x-pypi-last-serial",
  /** Sent by Slipway's rehearsal registries, so that none is ever taken for a real one. */
  rehearsal: "x-slipway-rehearsal",
} as const;

/** User name that goes with every API token. */
export const tokenUser = "__token__";

/** What every API token of PyPI starts with. */
export const tokenPrefix = "pypi-";

export const bytesPerMiB = 1024 * 1024;

/** Largest file that PyPI takes unless an administrator raised the limit of a project, in bytes. */
export const fileSizeLimitBytes = 100 * bytesPerMiB;

/** One file of a simple JSON page (PEP 691, 700, 714, 592). */
export interface WireFile {
  readonly filename: string;
  readonly url: string;
  readonly hashes: Readonly<Record<string, string>>;
  readonly "requires-python"?: string | null;
  readonly size?: number;
  readonly "upload-time"?: string;
  readonly yanked?: boolean | string;
  readonly "core-metadata"?: boolean | Readonly<Record<string, string>>;
  readonly "data-dist-info-metadata"?: boolean | Readonly<Record<string, string>>;
  readonly provenance?: string | null;
}

/** A simple JSON page of one project. */
export interface WirePage {
  readonly meta: { readonly "api-version": string; readonly "_last-serial"?: number };
  readonly name: string;
  readonly "project-status"?: { readonly status: string; readonly reason?: string };
  readonly versions?: readonly string[];
  readonly files: readonly WireFile[];
}

/** JSON form of an error answer. */
export interface WireError {
  readonly message: string;
  /** Status and message, `400 File already exists …`. */
  readonly code: string;
  readonly title: string;
}
