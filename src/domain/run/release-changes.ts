// What a release would bring to those who install it that deserves a look before anything is public: files that git does not have,
// what runs at install, new dependencies. Shown to whoever approves, and by policy a reason to ask one more person. Pure data.
// Source: reference/trust §2 (event-stream, xz), §7 row 11.

/** Kinds by which `approvals: more-when` names them. */
export const changeKinds = ["new-dependency", "install-script", "entry-point", "untracked-file", "binary-file", "size"] as const;
export type ChangeKind = (typeof changeKinds)[number];

export interface ReleaseChange {
  /** `unknown`: something could not be compared; a rule that asks for more people takes it for the worst. */
  readonly kind: ChangeKind | "unknown";
  /** File name of the artifact. */
  readonly artifact: string;
  /** In words, one line. */
  readonly what: string;
}

/** Changes of one artifact that are told one by one. */
const toldMax = 100;
const wordsMax = 300;

/** Bounded for a journal and a screen: what is left out is counted, kind by kind. */
export function boundChanges(artifact: string, changes: readonly ReleaseChange[]): readonly ReleaseChange[] {
  const all = changes.map((one) => ({ ...one, what: one.what.replace(/\s+/g, " ").slice(0, wordsMax) }));
  if (all.length <= toldMax) return all;
  const more = Map.groupBy(all.slice(toldMax), ({ kind }) => kind);
  return [...all.slice(0, toldMax), ...[...more].map(([kind, some]) => ({ kind, artifact, what: `and ${some.length} more` }))];
}

/** Whether a rule that names these kinds asks for one more person. */
export function asksForMore(moreWhen: readonly ChangeKind[] | undefined, changes: readonly ReleaseChange[] | undefined): boolean {
  if (moreWhen === undefined || moreWhen.length === 0) return false;
  return (changes ?? []).some(({ kind }) => kind === "unknown" || moreWhen.includes(kind));
}
