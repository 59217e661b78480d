// What a rehearsal crate registry holds, as one immutable value, and the few ways in which it changes. No time, no disk, no
// network: the server keeps the value and loopback/kept-state.ts writes it down.
import { canonicalCrateName, sameCrateVersion } from "../../../domain/crates/names.ts";
import type { PacedKind } from "../../../domain/crates/pacing.ts";
import type { WireLine } from "../wire.ts";

export const stateSchema = "slipway-rehearsal-crates/1";

export interface RegistryState {
  readonly schema: typeof stateSchema;
  /** By canonical name. */
  readonly crates: Readonly<Record<string, Crate>>;
  /** By file name: what clients sent, whether it was kept or not. */
  readonly received: Readonly<Record<string, ReceivedFile>>;
  /** How often each fault of the profile has struck, by its key. */
  readonly faultsUsed: Readonly<Record<string, number>>;
  /** Tries that are left of each kind, and since when they fill up. */
  readonly buckets: Readonly<Partial<Record<PacedKind, BucketState>>>;
}

export interface BucketState {
  readonly tries: number;
  readonly filledMs: number;
}

export interface Crate {
  /** As the first upload wrote it. */
  readonly name: string;
  readonly owners: readonly string[];
  readonly versions: readonly CrateVersion[];
}

export interface CrateVersion {
  /** `yanked` of the line counts nothing: the one beside it does. */
  readonly line: WireLine;
  readonly yanked: boolean;
  readonly sizeBytes: number;
  /** Digest of what is kept, which names its file. */
  readonly kept: string;
  readonly uploadedAtMs: number;
  /** An index that lags shows the version only from then on. */
  readonly visibleFromMs: number;
  readonly description: string | null;
  readonly license: string | null;
  /** Set for versions that a fault put there. */
  readonly stranger?: true;
}

/** What came in under one file name, counted. */
export interface ReceivedFile {
  readonly name: string;
  readonly package: string;
  readonly version: string;
  /** Digest and size of the last whole upload. */
  readonly sha256: string;
  readonly sizeBytes: number;
  /** Times the file was taken and kept. */
  readonly stored: number;
  /** Times the same bytes came again. They are refused as the public registry refuses any second upload, and counted apart. */
  readonly repeated: number;
  /** Times it was refused. */
  readonly refused: number;
}

export const emptyState: RegistryState = { schema: stateSchema, crates: {}, received: {}, faultsUsed: {}, buckets: {} };

export function findVersion(state: RegistryState, name: string, version: string): CrateVersion | undefined {
  return state.crates[canonicalCrateName(name)]?.versions.find((one) => sameCrateVersion(one.line.vers, version));
}

/** Adds a version; the first one makes the crate. */
export function addVersion(state: RegistryState, added: CrateVersion, owner: string): RegistryState {
  const key = canonicalCrateName(added.line.name);
  const crate = state.crates[key] ?? { name: added.line.name, owners: [owner], versions: [] };
  return { ...state, crates: { ...state.crates, [key]: { ...crate, versions: [...crate.versions, added] } } };
}

/** Changes a crate that is there. */
export function changeCrate(state: RegistryState, name: string, change: (crate: Crate) => Crate): RegistryState {
  const key = canonicalCrateName(name);
  const crate = state.crates[key];
  return crate === undefined ? state : { ...state, crates: { ...state.crates, [key]: change(crate) } };
}

export type ReceivedAs = "stored" | "repeated" | "refused";

/** Counts one whole upload. */
export function countReceived(
  state: RegistryState,
  upload: Pick<ReceivedFile, "name" | "package" | "version" | "sha256" | "sizeBytes">,
  as: ReceivedAs,
): RegistryState {
  const { stored, repeated, refused } = state.received[upload.name] ?? { stored: 0, repeated: 0, refused: 0 };
  const counted = { ...upload, stored, repeated, refused };
  return { ...state, received: { ...state.received, [upload.name]: { ...counted, [as]: counted[as] + 1 } } };
}
