// What a rehearsal registry holds, as one immutable value, and the few ways in which it changes. No time, no disk, no network:
// the server keeps the value and `store.ts` writes it down.

export const stateSchema = "slipway-rehearsal-oci/1";

export interface RegistryState {
  readonly schema: typeof stateSchema;
  /** By name. */
  readonly repositories: Readonly<Record<string, Repository>>;
  /** What clients sent, whether it was kept or not, by `NAME@DIGEST` or `NAME:TAG`. */
  readonly received: Readonly<Record<string, ReceivedThing>>;
  /** Names that are not ours and were asked for. */
  readonly foreign: readonly string[];
  /** How often each fault of the profile has struck, by its key. */
  readonly faultsUsed: Readonly<Record<string, number>>;
}

export interface Repository {
  /** Sizes in bytes by digest. */
  readonly blobs: Readonly<Record<string, number>>;
  readonly manifests: Readonly<Record<string, StoredManifest>>;
  readonly tags: Readonly<Record<string, StoredTag>>;
}

export interface StoredManifest {
  readonly mediaType: string;
  readonly sizeBytes: number;
  /** Digest of what the manifest is about. */
  readonly subject?: string;
  readonly artifactType?: string;
  readonly annotations?: Readonly<Record<string, unknown>>;
  /** A registry that lags shows it only from then on. */
  readonly visibleFromMs: number;
}

export interface StoredTag {
  readonly digest: string;
  readonly visibleFromMs: number;
}

/** What came in under one name, counted. */
export interface ReceivedThing {
  /** `NAME@DIGEST` or `NAME:TAG`. */
  readonly name: string;
  readonly kind: "blob" | "manifest" | "tag";
  readonly repository: string;
  /** Of the last that came in whole. */
  readonly digest: string;
  readonly sizeBytes: number;
  /** Times it was taken and changed something. */
  readonly stored: number;
  /** Times the same came again. */
  readonly repeated: number;
  /** Times it was refused. */
  readonly refused: number;
}

export const emptyState: RegistryState = { schema: stateSchema, repositories: {}, received: {}, foreign: [], faultsUsed: {} };

const emptyRepository: Repository = { blobs: {}, manifests: {}, tags: {} };
const foreignMax = 100;

export function repositoryOf(state: RegistryState, name: string): Repository {
  return state.repositories[name] ?? emptyRepository;
}

function withRepository(state: RegistryState, name: string, repository: Repository): RegistryState {
  return { ...state, repositories: { ...state.repositories, [name]: repository } };
}

export function addBlob(state: RegistryState, name: string, blob: { readonly digest: string; readonly sizeBytes: number }): RegistryState {
  const repository = repositoryOf(state, name);
  return withRepository(state, name, { ...repository, blobs: { ...repository.blobs, [blob.digest]: blob.sizeBytes } });
}

export function removeBlob(state: RegistryState, name: string, digest: string): RegistryState {
  const repository = repositoryOf(state, name);
  const { [digest]: _gone, ...blobs } = repository.blobs;
  return withRepository(state, name, { ...repository, blobs });
}

export function addManifest(state: RegistryState, name: string, added: { readonly digest: string } & StoredManifest): RegistryState {
  const repository = repositoryOf(state, name);
  const { digest, ...manifest } = added;
  return withRepository(state, name, { ...repository, manifests: { ...repository.manifests, [digest]: manifest } });
}

/** The tags that lead to it go with it. */
export function removeManifest(state: RegistryState, name: string, digest: string): RegistryState {
  const repository = repositoryOf(state, name);
  const { [digest]: _gone, ...manifests } = repository.manifests;
  const tags = Object.fromEntries(Object.entries(repository.tags).filter(([, tag]) => tag.digest !== digest));
  return withRepository(state, name, { ...repository, manifests, tags });
}

export function setTag(state: RegistryState, name: string, set: { readonly tag: string } & StoredTag): RegistryState {
  const repository = repositoryOf(state, name);
  const { tag, ...stored } = set;
  return withRepository(state, name, { ...repository, tags: { ...repository.tags, [tag]: stored } });
}

export function removeTag(state: RegistryState, name: string, tag: string): RegistryState {
  const repository = repositoryOf(state, name);
  const { [tag]: _gone, ...tags } = repository.tags;
  return withRepository(state, name, { ...repository, tags });
}

/** @returns the same state for a name that is known, or beyond the most that are kept */
export function addForeign(state: RegistryState, name: string): RegistryState {
  if (state.foreign.includes(name) || state.foreign.length >= foreignMax) return state;
  return { ...state, foreign: [...state.foreign, name] };
}

export type ReceivedAs = "stored" | "repeated" | "refused";

export function countReceived(
  state: RegistryState,
  thing: Pick<ReceivedThing, "kind" | "repository" | "digest" | "sizeBytes"> & { readonly tag?: string },
  as: ReceivedAs,
): RegistryState {
  const { kind, repository, digest, sizeBytes } = thing;
  const name = thing.tag === undefined ? `${repository}@${digest}` : `${repository}:${thing.tag}`;
  const { stored, repeated, refused } = state.received[name] ?? { stored: 0, repeated: 0, refused: 0 };
  const before = { stored, repeated, refused };
  const counted = { name, kind, repository, digest, sizeBytes, ...before, [as]: before[as] + 1 };
  return { ...state, received: { ...state.received, [name]: counted } };
}
