// What slipway.yaml says, as data: names resolved to shapes, durations to milliseconds, short forms written out.
// Nothing here has looked at a repository yet; `plan/assemble` joins it with the source.
import type { Place } from "./error.ts";
import type { ChangeKind } from "./run/release-changes.ts";

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = { readonly [key: string]: Json };

export const ecosystems = ["pypi", "crates", "npm", "oci", "binary"] as const;
export type Ecosystem = (typeof ecosystems)[number];

export interface Configuration {
  readonly project: string;
  readonly packages: readonly PackageConfiguration[];
  /** `one`: all packages of the file carry one version. */
  readonly versions: "one" | "each";
  readonly version: VersionRule;
  readonly source: SourceRule;
  readonly people: readonly PeopleGroup[];
  readonly paths: readonly PathRule[];
  readonly tracker?: { readonly label: string; readonly title: string };
  readonly logs?: { readonly folder: string };
  /** Registries that the file declares itself; known ones need no line. */
  /** Where the remote does not tell, or tells another place. */
  readonly forge?: ForgeConfiguration;
  readonly registries: readonly RegistryDeclaration[];
  readonly environments: readonly EnvironmentConfiguration[];
  /** One pipeline named `release` where the file has top-level `steps`. */
  readonly pipelines: readonly PipelineConfiguration[];
  /** Place of a value by its path in the file, for messages; falls back to the nearest parent. */
  readonly places: PlaceOf;
}

export type PlaceOf = (path: readonly (string | number)[]) => Place | undefined;

export interface PackageConfiguration {
  /** Key in slipway.yaml: how everything else in the file names the package. */
  readonly id: string;
  /** Folder in the repository, `/` between parts, `.` for the root. */
  readonly path: string;
  /** Absent: found by looking at the folder. */
  readonly ecosystem?: Ecosystem;
  /** Name at the registry; absent: the manifest's. */
  readonly name?: string;
  /** Python import name where it differs from the package's. */
  readonly importName?: string;
  readonly members?: "publishable";
  /** Tag pattern with exactly one `{version}`. */
  readonly tag?: string;
  readonly versionFile?: string;
  /** Files of its archives that builds make, so that git does not have them: globs over paths in the archive. */
  readonly generated?: readonly string[];
  readonly asset?: string;
  readonly changelog?: { readonly file: string; readonly required: boolean; readonly by?: "git-cliff" };
}

export interface VersionRule {
  readonly from: "manifest" | "tag" | "input" | "commits";
  /** A run without a release tag builds X.devN. */
  readonly untagged?: "dev";
  /** `tried`: a final version needs a candidate of the same base that was tried successfully (S5.12). */
  readonly candidate?: "tried";
  readonly prerelease?: Condition;
}

export interface SourceRule {
  readonly branch?: string;
  readonly moved: "stop" | "restart";
  readonly carry: readonly string[];
}

export type PeopleGroup = {
  readonly name: string;
} & (
  | { readonly kind: "names"; readonly names: readonly string[] }
  | { readonly kind: "forge-team"; readonly team: string }
  | { readonly kind: "room-group"; readonly group: string }
);

export interface PathRule {
  readonly name: string;
  /** Names or ids of steps, names of groups, or the rule name `candidate`. */
  readonly leavesOut: readonly string[];
  readonly by: string;
  readonly reason: "required" | "optional";
}

export interface RegistryDeclaration {
  readonly name: string;
  readonly ecosystem: Ecosystem;
  /** Where uploads go, as in a `.pypirc`. */
  readonly url?: string;
  /** Where installers look; absent: derived from `url` by the ecosystem's custom. */
  readonly index?: string;
  /** A package registry of the forge. */
  readonly forge?: string;
}

/** A token that is read from an environment variable of the run, and the user name that goes with it. */
export type TokenRule = {
  readonly variable: string;
  readonly user?: string;
};

/** A token for the day on which trusted publishing does not work (S1.11). */
export type FallbackRule = TokenRule & {
  /** People who may decide for it. */
  readonly by: string;
  /** How many publishes it may serve. */
  readonly uses: number;
  readonly tell?: "tracker";
};

export type CredentialRule =
  | { readonly kind: "none" }
  | ({ readonly kind: "token" } & TokenRule)
  | {
      readonly kind: "trusted-publishing";
      readonly fallback?: FallbackRule;
      /** For the first publish of a package, where the registry knows no tokenless way (S3.12). */
      readonly first?: TokenRule;
    }
  | { readonly kind: "forge" }
  /** What the person's own client has: `.pypirc`, `.npmrc`, cargo's credentials. */
  | { readonly kind: "client" };

/** A credential that is kept for Slipway somewhere, or none. */
export type StoredRule = Exclude<CredentialRule, { readonly kind: "trusted-publishing" | "client" }>;

/** What is left out is told by the remote `origin`. */
export interface ForgeConfiguration {
  readonly kind?: "github" | "gitea";
  readonly url?: string;
  /** `owner/name` */
  readonly repository?: string;
}

export type ForgeCredential = { readonly kind: "deploy-key" | "token"; readonly variable: string };

/** Where steps of an environment are performed. */
export type Placement = {
  /** `here`, `github-actions` or the name of a worker pool. */
  readonly in: string;
  readonly start?: "tag" | "hand";
  readonly handOver?: "room";
};

export interface RegistryUse {
  readonly registry: string;
  readonly credentials: CredentialRule;
  /** A test index: names may be burned there, nobody depends on them. */
  readonly test: boolean;
}

export interface ApprovalRule {
  readonly required: number;
  readonly from: string;
  readonly not?: "requester";
  readonly note?: { readonly names: string } | "required";
  readonly withinMs?: number;
  readonly standing: "allowed" | "refused";
  /** Kinds of changes for which one more person is asked. */
  readonly moreWhen?: readonly ChangeKind[];
}

export interface EnvironmentConfiguration {
  readonly name: string;
  readonly registries: readonly RegistryUse[];
  /** Absent: the credential of the run itself. */
  readonly forge?: ForgeCredential;
  readonly secrets: readonly string[];
  readonly variables: Readonly<Record<string, string>>;
  readonly approvals?: ApprovalRule;
  /** Name of another environment whose gate this one shares. */
  readonly gate?: string;
  readonly place?: Placement;
  readonly trialOf?: string;
}

export interface InputConfiguration {
  readonly name: string;
  readonly type: "boolean" | "string" | "version" | "tag";
}

export type Trigger =
  | { readonly kind: "tag"; readonly packages: readonly string[] }
  /** `ref`: a branch, or `any`. */
  | { readonly kind: "dispatch"; readonly ref: string }
  | { readonly kind: "release-published" }
  | { readonly kind: "schedule"; readonly name: string; readonly cron: string; readonly zone: string; readonly inputs: JsonObject };

export type TriggerKind = Trigger["kind"];

export interface PipelineConfiguration {
  readonly name: string;
  /** A person, where the file says nothing. */
  readonly on: readonly Trigger[];
  readonly inputs: readonly InputConfiguration[];
  /** Overrides the file's rule for this pipeline. */
  readonly version?: VersionRule;
  readonly entries: readonly StepEntry[];
}

/** One line of `steps`: a step, or a name over several (`parallel` side by side, `steps` one after another). */
export type StepEntry =
  | { readonly kind: "step"; readonly step: StepConfiguration }
  | {
      readonly kind: "parallel" | "group";
      readonly name: string;
      readonly when: readonly Condition[];
      readonly steps: readonly StepConfiguration[];
    };

/** A named condition; a list of them means all. */
export type Condition = { readonly not: boolean } & (
  | { readonly kind: "tag" | "dispatch" | "schedule" | "release-published" | "prerelease" | "final" }
  | { readonly kind: "input"; readonly name: string }
);

export interface StepConfiguration {
  readonly name: string;
  /** Catalogue name; `run` for a step written with `run:`. */
  readonly uses: string;
  /**
   * `with:` as written, checked by the step's own schema. For `run`: `commands`, each a list of words, or `script` and
   * `shell`; `in`, `produces` (a list), `effect` (`title`, `reach`) and `look` (words) where they are given.
   */
  readonly with: JsonObject;
  readonly when: readonly Condition[];
  readonly environment?: string;
  readonly gate?: string;
  readonly matrix?: Readonly<Record<string, readonly string[]>>;
  readonly timeoutMs?: number;
  /** Attempts after the first that may follow a failure. */
  readonly retry: number;
  readonly optional: boolean;
  readonly keep: readonly string[];
  /** Path of this step in the file, for messages. */
  readonly path: readonly (string | number)[];
}
