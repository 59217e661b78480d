// What a rehearsal npm registry holds, as one immutable value, and the few ways in which it changes. No time, no disk, no
// network. Manifests and tarballs lie beside it, under their digests, so that the value stays small with many packages.

export const stateSchema = "slipway-rehearsal-npm/1";

export interface RegistryState {
  readonly schema: typeof stateSchema;
  readonly packages: Readonly<Record<string, PackageState>>;
  /** What waits for a person, by its id. */
  readonly staged: Readonly<Record<string, StagedVersion>>;
  /** By file name: what clients sent, whether it was kept or not. */
  readonly received: Readonly<Record<string, ReceivedFile>>;
  readonly faultsUsed: Readonly<Record<string, number>>;
}

export interface PackageState {
  readonly name: string;
  /** Raised with every change, as the document's revision is. */
  readonly revision: number;
  readonly createdMs: number;
  readonly modifiedMs: number;
  readonly tags: Readonly<Record<string, string>>;
  readonly versions: Readonly<Record<string, StoredVersion>>;
  /** Versions that were unpublished, with the time at which they came: they are burned for ever. */
  readonly burned: Readonly<Record<string, number>>;
}

export interface StoredVersion {
  readonly version: string;
  /** As the registry serves it: without the scope. */
  readonly fileName: string;
  readonly sizeBytes: number;
  readonly sha256: string;
  /** `sha512-<base64>` */
  readonly integrity: string;
  readonly shasum: string;
  readonly uploadedAtMs: number;
  /** A registry that lags shows the version only from then on. */
  readonly visibleFromMs: number;
  readonly deprecated?: string;
  /** Provenance came with it. */
  readonly attested?: true;
  /** Set for versions that a fault put there. */
  readonly stranger?: true;
}

export interface StagedVersion {
  readonly id: string;
  readonly package: string;
  readonly tags: readonly string[];
  readonly version: StoredVersion;
}

/** What came in under one file name, counted. */
export interface ReceivedFile {
  /** As `npm pack` names it. */
  readonly name: string;
  readonly package: string;
  readonly version: string;
  /** Digest and size of the last whole upload. */
  readonly sha256: string;
  readonly sizeBytes: number;
  /** Times the version was taken and kept. */
  readonly stored: number;
  /** Times the same bytes came again; npm refuses them all the same. */
  readonly repeated: number;
  /** Times it was refused for anything else. */
  readonly refused: number;
}

export const emptyState: RegistryState = { schema: stateSchema, packages: {}, staged: {}, received: {}, faultsUsed: {} };

/** Adds a version and leads the tags of its document to it. */
export function addVersion(
  state: RegistryState,
  name: string,
  added: { readonly version: StoredVersion; readonly tags: readonly string[]; readonly nowMs: number },
): RegistryState {
  const { version, tags, nowMs } = added;
  const found = state.packages[name] ?? newPackage(name, nowMs);
  // A package always has a `latest`: the first version is it, whatever tag it came with.
  const first = Object.keys(found.tags).length === 0 && !tags.includes("latest") ? ["latest"] : [];
  const moved = Object.fromEntries([...tags, ...first].map((tag) => [tag, version.version]));
  const grown = { ...found, tags: { ...found.tags, ...moved }, versions: { ...found.versions, [version.version]: version } };
  return withPackage(state, grown, nowMs);
}

/** @param version undefined: the tag goes */
export function moveTag(
  state: RegistryState,
  name: string,
  moved: { readonly tag: string; readonly version: string | undefined; readonly nowMs: number },
): RegistryState {
  const found = state.packages[name];
  if (found === undefined) return state;
  const { [moved.tag]: _before, ...others } = found.tags;
  const tags = moved.version === undefined ? others : { ...others, [moved.tag]: moved.version };
  return withPackage(state, { ...found, tags }, moved.nowMs);
}

/** @param words by version; empty takes a deprecation back */
export function deprecateVersions(
  state: RegistryState,
  name: string,
  { words, nowMs }: { readonly words: ReadonlyMap<string, string>; readonly nowMs: number },
): RegistryState {
  const found = state.packages[name];
  if (found === undefined) return state;
  const versions = Object.entries(found.versions).map(([version, stored]) => {
    const { deprecated: before, ...rest } = stored;
    const said = words.get(version) ?? before ?? "";
    return [version, said === "" ? rest : { ...rest, deprecated: said }] as const;
  });
  return withPackage(state, { ...found, versions: Object.fromEntries(versions) }, nowMs);
}

/** What the owner may do in the first hours: the version goes, its number stays burned. */
export function unpublishVersion(
  state: RegistryState,
  name: string,
  gone: { readonly version: string; readonly nowMs: number },
): RegistryState {
  const found = state.packages[name];
  const stored = found?.versions[gone.version];
  if (found === undefined || stored === undefined) return state;
  const { [gone.version]: _gone, ...versions } = found.versions;
  const tags = Object.fromEntries(Object.entries(found.tags).filter(([, version]) => version !== gone.version));
  const burned = { ...found.burned, [gone.version]: stored.uploadedAtMs };
  return withPackage(state, { ...found, versions, tags, burned }, gone.nowMs);
}

function newPackage(name: string, nowMs: number): PackageState {
  return { name, revision: 0, createdMs: nowMs, modifiedMs: nowMs, tags: {}, versions: {}, burned: {} };
}

function withPackage(state: RegistryState, changed: PackageState, nowMs: number): RegistryState {
  const next = { ...changed, revision: changed.revision + 1, modifiedMs: nowMs };
  return { ...state, packages: { ...state.packages, [changed.name]: next } };
}

/** Lets a staged version out. @param nowMs from now on it is public */
export function approveStaged(state: RegistryState, id: string, nowMs: number): RegistryState {
  const found = state.staged[id];
  if (found === undefined) return state;
  const version = { ...found.version, uploadedAtMs: nowMs, visibleFromMs: nowMs };
  return addVersion(rejectStaged(state, id), found.package, { version, tags: found.tags, nowMs });
}

/** Forgets a staged version: its number is free again. */
export function rejectStaged(state: RegistryState, id: string): RegistryState {
  const { [id]: _gone, ...staged } = state.staged;
  return { ...state, staged };
}

export type ReceivedAs = "stored" | "repeated" | "refused";

/** Counts one whole upload. */
export function countReceived(
  state: RegistryState,
  upload: Pick<ReceivedFile, "name" | "package" | "version" | "sha256" | "sizeBytes">,
  as: ReceivedAs,
): RegistryState {
  const before = state.received[upload.name] ?? { stored: 0, repeated: 0, refused: 0 };
  const { name, package: packageName, version, sha256, sizeBytes } = upload;
  const { stored, repeated, refused } = before;
  const counted = { name, package: packageName, version, sha256, sizeBytes, stored, repeated, refused, [as]: before[as] + 1 };
  return { ...state, received: { ...state.received, [name]: counted } };
}
