// What a rehearsal index holds, as one immutable value, and the few ways in which it changes. No time, no disk, no network:
// the server keeps the value and `store.ts` writes it down.

export const stateSchema = "slipway-rehearsal-pypi/1";

export interface IndexState {
  readonly schema: typeof stateSchema;
  /** Raised with every change, as PyPI's journal is. */
  readonly serial: number;
  /** By normalised name. */
  readonly projects: Readonly<Record<string, Project>>;
  /** File names that were deleted: they are burned for ever. */
  readonly burned: readonly string[];
  /** By file name: what clients sent, whether it was kept or not. */
  readonly received: Readonly<Record<string, ReceivedFile>>;
  /** How often each fault of the profile has struck, by its key. */
  readonly faultsUsed: Readonly<Record<string, number>>;
}

export interface Project {
  /** As the last upload wrote it. */
  readonly name: string;
  readonly serial: number;
  readonly releases: readonly Release[];
}

export interface Release {
  /** Normal form of the version that opened the release. */
  readonly version: string;
  /** The same for all spellings of one version. */
  readonly canonical: string;
  readonly createdMs: number;
  /** Form fields of the first file: later files do not change them. */
  readonly metadata: readonly (readonly [name: string, value: string])[];
  readonly yanked: false | string;
  readonly files: readonly StoredFile[];
}

export interface StoredFile {
  readonly name: string;
  readonly fileType: string;
  readonly pythonVersion: string;
  readonly sizeBytes: number;
  readonly sha256: string;
  readonly blake2: string;
  readonly md5: string;
  readonly uploadedAtMs: number;
  /** An index that lags shows the file only from then on. */
  readonly visibleFromMs: number;
  /** Digest of the wheel's METADATA, which is served beside the file. */
  readonly metadataSha256?: string;
  /** Attestations came with it. */
  readonly attested?: true;
  /** Set for files that a fault put there. */
  readonly stranger?: true;
}

/** What came in under one file name, counted. */
export interface ReceivedFile {
  readonly name: string;
  readonly project: string;
  readonly version: string;
  /** Digest and size of the last whole upload. */
  readonly sha256: string;
  readonly sizeBytes: number;
  /** Times the file was taken and kept. */
  readonly stored: number;
  /** Times the same bytes came again and were answered with 200. */
  readonly repeated: number;
  /** Times it was refused. */
  readonly refused: number;
}

export const emptyState: IndexState = { schema: stateSchema, serial: 0, projects: {}, burned: [], received: {}, faultsUsed: {} };

export function findFile(state: IndexState, matches: (file: StoredFile) => boolean): StoredFile | undefined {
  for (const project of Object.values(state.projects)) {
    for (const release of project.releases) {
      const found = release.files.find(matches);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

export interface NewFile {
  /** Normalised project name, and as written. */
  readonly project: string;
  readonly displayName: string;
  readonly version: string;
  readonly canonical: string;
  readonly metadata: Release["metadata"];
  readonly file: StoredFile;
}

/** Adds a file; the first of a version creates the release and fixes its metadata. */
export function addFile(state: IndexState, added: NewFile): IndexState {
  const serial = state.serial + 1;
  const project = state.projects[added.project] ?? { name: added.displayName, serial, releases: [] };
  const release = project.releases.find((one) => one.canonical === added.canonical) ?? {
    version: added.version,
    canonical: added.canonical,
    createdMs: added.file.uploadedAtMs,
    metadata: added.metadata,
    yanked: false,
    files: [],
  };
  const grown: Release = { ...release, files: [...release.files, added.file] };
  const releases = [...project.releases.filter((one) => one !== release), grown];
  return { ...state, serial, projects: { ...state.projects, [added.project]: { name: added.displayName, serial, releases } } };
}

/** What the owner does on the web page: the file goes, its name stays burned. */
export function deleteFile(state: IndexState, fileName: string): IndexState {
  const serial = state.serial + 1;
  const projects = Object.fromEntries(
    Object.entries(state.projects).map(([key, project]) => {
      if (!project.releases.some((release) => release.files.some((file) => file.name === fileName))) return [key, project];
      const releases = project.releases.map((release) => ({ ...release, files: release.files.filter((file) => file.name !== fileName) }));
      return [key, { ...project, serial, releases }];
    }),
  );
  return { ...state, serial, projects, burned: [...state.burned, fileName] };
}

/** @param reason empty: yanked without one; `false` takes the yank back */
export function yankRelease(
  state: IndexState,
  which: { readonly project: string; readonly canonical: string },
  reason: false | string,
): IndexState {
  const project = state.projects[which.project];
  if (project === undefined) return state;
  const serial = state.serial + 1;
  const releases = project.releases.map((release) => (release.canonical === which.canonical ? { ...release, yanked: reason } : release));
  return { ...state, serial, projects: { ...state.projects, [which.project]: { ...project, serial, releases } } };
}

export type ReceivedAs = "stored" | "repeated" | "refused";

/** Counts one whole upload. */
export function countReceived(
  state: IndexState,
  upload: Pick<ReceivedFile, "name" | "project" | "version" | "sha256" | "sizeBytes">,
  as: ReceivedAs,
): IndexState {
  const before = state.received[upload.name] ?? { stored: 0, repeated: 0, refused: 0 };
  const { name, project, version, sha256, sizeBytes } = upload;
  const { stored, repeated, refused } = before;
  const counted = { name, project, version, sha256, sizeBytes, stored, repeated, refused, [as]: before[as] + 1 };
  return { ...state, received: { ...state.received, [name]: counted } };
}
