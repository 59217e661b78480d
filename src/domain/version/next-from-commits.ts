// The version that the commits since the last release ask for (`version.from: commits`). It is always a final one:
// candidates are asked for by a person, and the commits of all of them count again for the final version.
import type { Problem } from "../error.ts";
import { readCommits, sizeOfChange, type CommitsRead } from "./commits.ts";
import type { PackageHistory } from "./history.ts";
import { nextVersion, type Size } from "./next.ts";
import type { Version, VersionScheme } from "./scheme.ts";

export type CommitsAskFor =
  | { readonly kind: "next"; readonly version: string; readonly size: Size; readonly read: CommitsRead }
  /** Never released: what the manifest says is what comes first. */
  | { readonly kind: "first"; readonly version: string }
  /** Nothing to release. `why` is read after "since" and the last tag. */
  | { readonly kind: "nothing"; readonly why: string; readonly read: CommitsRead }
  | { readonly kind: "refused"; readonly problem: Problem };

export interface CommitsAround {
  readonly scheme: VersionScheme;
  /** Of the manifest; undefined: it takes its version from elsewhere. */
  readonly written: Version | undefined;
  readonly history: Pick<PackageHistory, "newest" | "final" | "commits">;
}

export function nextFromCommits({ scheme, written, history }: CommitsAround): CommitsAskFor {
  const { newest, final } = history;
  const read = readCommits(history.commits.map(({ message }) => message));
  if (newest === undefined) return written === undefined ? noFirst() : { kind: "first", version: written.normal };
  // Of candidates alone nothing tells how large the first release is: it is what they are candidates of.
  const size = final === undefined ? "patch" : sizeOfChange(read.change, final.version);
  if (size === undefined) return { kind: "nothing", why: whyNothing(history.commits.length, read), read };
  const next = nextVersion(newest.version, { kind: "final", size });
  if (next.kind === "refused") return next;
  if (written !== undefined && isNewer(written, next.version, scheme)) return refuseOlder(written, next.version, newest.tag);
  return { kind: "next", version: next.version, size, read };
}

function isNewer(written: Version, next: string, scheme: VersionScheme): boolean {
  const read = scheme.parse(next);
  return read.kind === "valid" && scheme.compare(written, read.version) > 0;
}

function whyNothing(count: number, { unread }: CommitsRead): string {
  if (count === 0) return "no commit came";
  const commits = count === 1 ? "the one commit asks for no release" : `none of the ${count} commits asks for a release`;
  return `${commits}${unread === 0 ? "" : ` (${unread} of them ${unread === 1 ? "does" : "do"} not follow Conventional Commits)`}`;
}

function noFirst(): CommitsAskFor {
  const message = "Cannot count the version from commits: there is no release tag yet, and no manifest says a version";
  return {
    kind: "refused",
    problem: { code: "PLAN_INVALID", message, hint: "Make the first release tag yourself, and commits count from it" },
  };
}

function refuseOlder(written: Version, next: string, tag: string): CommitsAskFor {
  const message = `Cannot take "${next}" for the next version, as the commits since "${tag}" ask: the manifest says "${written.normal}", which is newer`;
  const hint = `Set the manifest back to what "${tag}" released, and let the commits decide; or say the version with \`version: { from: input }\``;
  return { kind: "refused", problem: { code: "VERSION_ORDER", message, hint } };
}
