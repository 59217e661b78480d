// The release pages in the record of a release: which page, in which state, leading to which commit, with which files. Told
// from what the run meant and what it saw, so that `slipway verify` can compare it with what the forge shows later.
import type { Sha256 } from "../domain/digest.ts";
import { catalogueName } from "../domain/plan/plan.ts";
import { effectsOf, type RunState } from "../domain/run/state.ts";
import { readData } from "../steps/forge-release/effects.ts";

export interface RecordedPage {
  /** Name of the forge. */
  readonly forge: string;
  readonly tag: string;
  /** Full id of the commit that the tag leads to. */
  readonly commit: string;
  readonly mark: string;
  /** As the run left it. */
  readonly state: "draft" | "published";
  readonly prerelease: boolean;
  /** Whether this run made the page; otherwise it published one that an earlier run made, whose files it does not know. */
  readonly made: boolean;
  readonly url?: string;
  readonly assets: readonly RecordedAsset[];
}

export interface RecordedAsset {
  readonly name: string;
  readonly sha256: Sha256;
  readonly sizeBytes: number;
  /** Whether the run saw it there; otherwise it was only going to be sent. */
  readonly seen: boolean;
}

interface PageEffect {
  readonly forge: string;
  readonly data: ReturnType<typeof readData>;
  readonly seen: boolean;
  readonly url: string | undefined;
}

/** One for each tag whose page was seen at the forge. */
export function pagesOf(state: RunState): readonly RecordedPage[] {
  const effects = state.plan.steps
    .filter((step) => catalogueName(step) === "forge-release")
    .flatMap((step) => effectsOf(state.steps.get(step.id)))
    .map(({ effect, evidence }): PageEffect => ({
      forge: effect.target,
      data: readData(effect),
      seen: evidence !== undefined,
      url: evidence?.url,
    }));
  return [...Map.groupBy(effects, ({ data }) => data.wanted.tag).values()].flatMap(pageOf);
}

function pageOf(effects: readonly PageEffect[]): readonly RecordedPage[] {
  const seen = effects.flatMap(({ data, ...rest }) => (data.kind === "asset" || !rest.seen ? [] : [{ ...rest, data }]));
  const last = seen.findLast(({ data }) => data.kind === "published") ?? seen.at(-1);
  if (last === undefined) return [];
  const { tag, commit, mark, prerelease } = last.data.wanted;
  const assets = effects.flatMap(({ data, seen: there }): readonly RecordedAsset[] =>
    data.kind === "asset" ? [{ name: data.name, sha256: data.sha256, sizeBytes: data.sizeBytes, seen: there }] : [],
  );
  return [
    {
      forge: last.forge,
      tag,
      commit,
      mark,
      state: last.data.kind,
      prerelease,
      made: effects.some(({ data }) => data.kind === "draft"),
      ...(last.url === undefined ? {} : { url: last.url }),
      assets,
    },
  ];
}
