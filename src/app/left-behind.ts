// What a release that was given up leaves in the world and `slipway withdraw` can take back: its tags at the remote, its
// page at the forge, a draft among them, which nobody else sees and which stays for ever. Cancel removes nothing; it lists
// what is left (DESIGN §4).
import { catalogueName, type Plan } from "../domain/plan/plan.ts";
import { isFile } from "../domain/run/effect.ts";
import { effectsOf, type EffectState, type RunState } from "../domain/run/state.ts";
import { joinWords } from "../domain/words.ts";

export interface LeftBehind {
  /** At the remote, or perhaps there. */
  readonly tags: readonly string[];
  /** Tags of pages at the forge that others see, or perhaps see. */
  readonly pages: readonly string[];
  /** Tags of pages that are drafts. */
  readonly drafts: readonly string[];
  /** Takes all of it back. */
  readonly withdraw: string;
}

/** @returns undefined where nothing is left, or where something is where it has to stay and `withdraw` would refuse */
export function leftBehind(state: RunState): LeftBehind | undefined {
  if (state.mode === "rehearsal") return undefined;
  const all = state.plan.steps.flatMap((step) => {
    const name = catalogueName(step);
    return effectsOf(state.steps.get(step.id)).map((one) => ({ ...one, name }));
  });
  const there = all.filter(({ evidence, open }) => evidence !== undefined || open);
  if (there.some((one) => isFile(one.effect) && one.effect.reach === "irreversible")) return undefined;
  const tags = unique(there.filter(({ name }) => name === "push").flatMap(pushedTags));
  const kinds = there.filter(({ name }) => name === "forge-release").map(pageOf);
  const pages = unique(kinds.flatMap(({ kind, tag }) => (kind === "published" ? [tag] : [])));
  const drafts = unique(kinds.flatMap(({ tag }) => (pages.includes(tag) ? [] : [tag])));
  const named = unique([...tags, ...pages, ...drafts]);
  const withdraw = withdrawCommand(state.plan, named, pages.length + drafts.length > 0);
  return withdraw === undefined ? undefined : { tags, pages, drafts, withdraw };
}

function unique(names: readonly string[]): readonly string[] {
  return [...new Set(names)];
}

/** Read with care: the journal may be one of an older Slipway. */
function pushedTags({ effect }: Pick<EffectState, "effect">): readonly string[] {
  const { tags } = effect.data as { readonly tags?: readonly { readonly name?: string }[] };
  return (tags ?? []).flatMap(({ name }) => name ?? []);
}

function pageOf({ effect }: Pick<EffectState, "effect">): { readonly kind: string; readonly tag: string } {
  const { kind, wanted } = effect.data as { readonly kind?: string; readonly wanted?: { readonly tag?: string } };
  return { kind: kind ?? "", tag: wanted?.tag ?? "" };
}

function withdrawCommand({ packages }: Plan, named: readonly string[], withPage: boolean): string | undefined {
  const versions = named.flatMap((tag) => packages.find((one) => one.tag === tag)?.version ?? []);
  if (named.length === 0 || versions.length !== named.length) return undefined;
  return joinWords(["slipway", "withdraw", ...named, ...(withPage ? ["--page"] : []), "--confirm", versions.join(",")]);
}
