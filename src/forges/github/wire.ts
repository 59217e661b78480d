// What the GitHub client and the rehearsal GitHub have in common: names and shapes that GitHub's own description of its API
// writes down, and nothing that interprets them, so that one misreading cannot pass its own test (DESIGN §3).
// Sources: protocols §7, §11.6; the OpenAPI description of the REST API.

export const mediaTypes = {
  json: "application/vnd.github+json",
  bytes: "application/octet-stream",
} as const;

export const apiVersion = "2022-11-28";

/** Largest page that a list gives. */
export const pageSize = 100;

export const limits = {
  assets: 1_000,
  /** Each asset must be smaller. */
  assetBytes: 2 * 1024 * 1024 * 1024,
  /** Characters of a release's text, a comment or the text of a pull request. */
  text: 125_000,
  comment: 65_536,
  inputs: 25,
} as const;

/** What the API answers with words of its own that decide something. */
export const texts = {
  immutableAssets: "Cannot upload assets to an immutable release",
  burnedTag: "tag_name was used by an immutable release",
  archived: "Repository was archived",
  secondaryLimit: "You have exceeded a secondary rate limit",
} as const;

export interface WireUser {
  readonly login: string;
}

export interface WireAsset {
  readonly id: number;
  readonly name: string;
  readonly label: string | null;
  /** `starter`: the upload never ended; it is not in the description, which knows `uploaded` and `open`. */
  readonly state: string;
  readonly size: number;
  readonly digest?: string | null;
  readonly browser_download_url: string;
  readonly created_at: string;
}

export interface WireRelease {
  readonly id: number;
  readonly tag_name: string;
  readonly target_commitish: string;
  readonly name: string | null;
  readonly body?: string | null;
  readonly draft: boolean;
  readonly prerelease: boolean;
  readonly immutable?: boolean;
  readonly html_url: string;
  readonly author: WireUser;
  readonly created_at: string;
  readonly published_at: string | null;
}

export interface WireIssue {
  readonly number: number;
  readonly title: string;
  readonly state: string;
  readonly labels: readonly (string | { readonly name?: string })[];
  readonly html_url: string;
  /** There for pull requests, which are issues too. */
  readonly pull_request?: object;
}

export interface WireComment {
  readonly id: number;
  readonly body?: string;
  readonly html_url: string;
  readonly created_at: string;
}

export interface WirePull {
  readonly number: number;
  readonly state: string;
  readonly merged_at: string | null;
  readonly merge_commit_sha: string | null;
  readonly body: string | null;
  readonly head: { readonly ref: string; readonly sha: string };
  readonly base: { readonly ref: string };
  readonly html_url: string;
}

export interface WireRun {
  readonly id: number;
  readonly display_title: string;
  readonly event: string;
  readonly status: string | null;
  readonly conclusion: string | null;
  readonly head_sha: string;
  readonly html_url: string;
  readonly created_at: string;
}

/** JSON form of an error answer. */
export interface WireError {
  readonly message: string;
  readonly documentation_url?: string;
  readonly errors?: readonly (
    | string
    | { readonly resource?: string; readonly field?: string; readonly code?: string; readonly message?: string }
  )[];
  readonly status?: string;
}
