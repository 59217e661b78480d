// What of a comparison deserves a look before anything is public, as kinds that a rule can name. Pure.
import { boundChanges, type ReleaseChange } from "../../domain/run/release-changes.ts";
import type { AgainstPublished } from "./published.ts";
import type { AgainstSource } from "./source.ts";

export type SourceDiff = ({ readonly kind: "compared" } & AgainstSource) | { readonly kind: "unknown"; readonly why: string };

export interface Compared {
  /** File name of the artifact. */
  readonly name: string;
  readonly sizeBytes: number;
  readonly source: SourceDiff;
  readonly published: AgainstPublished;
}

/** A jump: half as large again, and more than what a few files make. */
const jumpFactor = 1.5;
const jumpBytesMin = 64 * 1024;

export function risksOf(compared: Compared): readonly ReleaseChange[] {
  const { name, source, published } = compared;
  const all = [...sourceRisks(source), ...publishedRisks(published, compared)];
  return boundChanges(
    name,
    all.map((one) => ({ ...one, artifact: name })),
  );
}

type Risk = Omit<ReleaseChange, "artifact">;

function sourceRisks(source: SourceDiff): readonly Risk[] {
  if (source.kind === "unknown") return [{ kind: "unknown", what: `not compared with git: ${source.why}` }];
  return [
    ...source.added.map((path): Risk => ({ kind: "untracked-file", what: `"${path}" is no file of the commit` })),
    ...source.changed.map((path): Risk => ({ kind: "untracked-file", what: `"${path}" has other bytes than in the commit` })),
  ];
}

function publishedRisks(published: AgainstPublished, { sizeBytes }: Compared): readonly Risk[] {
  if (published.kind === "first") return [];
  if (published.kind === "unknown") return [{ kind: "unknown", what: `not compared with the last version: ${published.why}` }];
  const { hooks, entryPoints, newDependencies, newBinaries, version } = published;
  const jump = sizeBytes > published.sizeBytes * jumpFactor && sizeBytes - published.sizeBytes > jumpBytesMin;
  return [
    ...newDependencies.map((one): Risk => ({ kind: "new-dependency", what: `needs "${one}", which ${version} did not` })),
    ...hooks.added.map((one): Risk => ({ kind: "install-script", what: `new or changed since ${version}, and runs by itself: ${one}` })),
    ...entryPoints.added.map((one): Risk => ({ kind: "entry-point", what: `new since ${version}: ${one}` })),
    ...newBinaries.map((one): Risk => ({ kind: "binary-file", what: `"${one}" is new since ${version}, and no text` })),
    ...(jump ? [{ kind: "size", what: `${sizeBytes} bytes, and ${version} has ${published.sizeBytes}` } as const] : []),
  ];
}
