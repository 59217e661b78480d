// What a rehearsal GitHub holds, as one immutable value, and the few ways in which it changes. No time, no disk, no network:
// the server keeps the value and `store.ts` writes it down.

export const stateSchema = "slipway-rehearsal-github/1";

export interface ForgeState {
  readonly schema: typeof stateSchema;
  /** Raised for everything that is made: ids are unique over all kinds, as numbers are over issues and pull requests. */
  readonly lastId: number;
  readonly lastNumber: number;
  readonly releases: readonly StoredRelease[];
  /** Release that is shown as the latest. */
  readonly latest?: number;
  /** Tags of locked releases: no release can ever have them again, whatever was deleted. */
  readonly burnedTags: readonly string[];
  /** Where no git repository stands behind: full reference to commit. */
  readonly refs: Readonly<Record<string, string>>;
  readonly issues: readonly StoredIssue[];
  readonly comments: readonly StoredComment[];
  readonly pulls: readonly StoredPull[];
  readonly runs: readonly StoredRun[];
  readonly immutableReleases: boolean;
  /** How often each fault of the profile has struck, by its key. */
  readonly faultsUsed: Readonly<Record<string, number>>;
  /** How often each call that changes something was carried out, by its name: `create-release v1.0`. */
  readonly done: Readonly<Record<string, number>>;
}

export interface StoredRelease {
  readonly id: number;
  readonly tag: string;
  readonly target: string;
  readonly title: string;
  readonly body: string;
  readonly draft: boolean;
  readonly prerelease: boolean;
  readonly immutable: boolean;
  readonly createdMs: number;
  readonly publishedMs?: number;
  readonly assets: readonly StoredAsset[];
}

export interface StoredAsset {
  readonly id: number;
  readonly name: string;
  readonly label: string | null;
  readonly mediaType: string;
  /** `starter` until the last byte was kept. */
  readonly state: "starter" | "uploaded";
  readonly sizeBytes: number;
  /** `null`: the server tells none, as for files of the time before it did. */
  readonly sha256: string | null;
  readonly createdMs: number;
}

export interface StoredIssue {
  readonly id: number;
  readonly number: number;
  readonly title: string;
  readonly body: string;
  readonly labels: readonly string[];
  readonly closedMs?: number;
  readonly createdMs: number;
}

export interface StoredComment {
  readonly id: number;
  readonly number: number;
  readonly body: string;
  readonly createdMs: number;
}

export interface StoredPull {
  readonly id: number;
  readonly number: number;
  readonly title: string;
  readonly body: string;
  readonly head: string;
  readonly base: string;
  readonly headCommit: string;
  readonly baseCommit: string;
  readonly createdMs: number;
  readonly closedMs?: number;
  /** Only when merged. */
  readonly mergedCommit?: string;
}

export interface StoredRun {
  readonly id: number;
  readonly number: number;
  readonly workflow: string;
  readonly title: string;
  readonly ref: string;
  readonly commit: string;
  readonly inputs: Readonly<Record<string, string>>;
  readonly status: "queued" | "waiting" | "in_progress" | "completed";
  readonly conclusion: string | null;
  readonly createdMs: number;
}

export const emptyState: ForgeState = {
  schema: stateSchema,
  lastId: 1_000,
  lastNumber: 0,
  releases: [],
  burnedTags: [],
  refs: {},
  issues: [],
  comments: [],
  pulls: [],
  runs: [],
  immutableReleases: false,
  faultsUsed: {},
  done: {},
};

export function findRelease(state: ForgeState, id: number): StoredRelease | undefined {
  return state.releases.find((release) => release.id === id);
}

export function findAsset(state: ForgeState, id: number): { readonly release: StoredRelease; readonly asset: StoredAsset } | undefined {
  for (const release of state.releases) {
    const asset = release.assets.find((one) => one.id === id);
    if (asset !== undefined) return { release, asset };
  }
  return undefined;
}

/** Puts one changed release in the place of the old one. */
export function putRelease(state: ForgeState, changed: StoredRelease): ForgeState {
  return { ...state, releases: state.releases.map((release) => (release.id === changed.id ? changed : release)) };
}

export function putAsset(state: ForgeState, release: number, changed: StoredAsset): ForgeState {
  const found = findRelease(state, release);
  if (found === undefined) return state;
  return putRelease(state, { ...found, assets: [...found.assets.filter((asset) => asset.id !== changed.id), changed] });
}

export function countDone(state: ForgeState, what: string): ForgeState {
  return { ...state, done: { ...state.done, [what]: (state.done[what] ?? 0) + 1 } };
}
