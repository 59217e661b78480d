// What the client of a crate registry and the rehearsal registry have in common: shapes and figures that are written down in
// the Cargo Book, and nothing that interprets them, so that one misreading of the protocol cannot pass its own test (DESIGN §3).
// Sources: Cargo Book "Registry web API", "Registry index"; protocols §4.1, §4.2.

/** Sent by Slipway's rehearsal registries, so that none is ever taken for a real one. */
export const rehearsalHeader = "x-slipway-rehearsal";

const bytesPerMiB = 1024 * 1024;

/** What the public registry takes. */
export const cratesLimits = {
  fileBytes: 10 * bytesPerMiB,
  jsonBytes: bytesPerMiB,
  features: 300,
  dependencies: 500,
  keywords: 5,
  keywordLength: 20,
  categories: 5,
  descriptionLength: 1000,
} as const;

/** `config.json` of an index. */
export interface WireConfig {
  readonly dl: string;
  readonly api?: string | null;
  readonly "auth-required"?: boolean;
}

/** One line of a crate's file in the index: one version. */
export interface WireLine {
  readonly name: string;
  readonly vers: string;
  readonly deps: readonly WireLineDependency[];
  readonly cksum: string;
  readonly features: Readonly<Record<string, readonly string[]>>;
  readonly features2?: Readonly<Record<string, readonly string[]>>;
  readonly yanked: boolean;
  readonly links?: string | null;
  readonly v?: number;
  readonly rust_version?: string | null;
  readonly pubtime?: string;
}

export interface WireLineDependency {
  /** As the manifest calls it; `package` has the real name where that is another. */
  readonly name: string;
  readonly req: string;
  readonly features: readonly string[];
  readonly optional: boolean;
  readonly default_features: boolean;
  readonly target: string | null;
  readonly kind: string;
  readonly registry: string | null;
  readonly package: string | null;
}

/** A version as the web API tells it; the public one tells more. */
export interface WireVersion {
  readonly crate: string;
  readonly num: string;
  readonly checksum: string;
  readonly crate_size: number;
  readonly created_at: string;
  readonly yanked: boolean;
  readonly license: string | null;
  readonly rust_version: string | null;
}

export interface WireWarnings {
  readonly invalid_categories: readonly string[];
  readonly invalid_badges: readonly string[];
  readonly other: readonly string[];
}

export interface WireErrors {
  readonly errors: readonly { readonly detail: string }[];
}
