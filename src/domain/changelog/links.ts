// The link definitions with which many changelogs end (`[1.2.0]: …/compare/v1.1.1...v1.2.0`): a new version gets one made
// after the newest of the file, and that of the unreleased changes begins at the new tag. A file without them gets none.
import type { Definition } from "./markdown.ts";
import { normalizeLabel } from "./markdown.ts";
import type { Edit } from "./edit.ts";
import type { Changelog, VersionSection } from "./read.ts";

export interface NewVersion {
  /** As the heading writes it. */
  readonly written: string;
  /** Its release tag, where that is known. */
  readonly tag?: string | undefined;
}

/** @param before the section that the new one is put next to, whose link is the pattern */
export function linkEdits(changelog: Changelog, before: VersionSection | undefined, added: NewVersion): readonly Edit[] {
  const { definitions, eol, text } = changelog.markdown;
  if (definitions.some((one) => normalizeLabel(one.label) === normalizeLabel(added.written))) return [];
  const open = definitions.find((one) => /^(?:unreleased|upcoming|next|dev)$/i.test(one.label.trim()));
  const pattern = before === undefined ? undefined : definitionOf(definitions, before);
  const address = addressOf({ open, pattern, before, added });
  if (address === undefined) return [];
  const label = labelLike(pattern, before, added);
  const place = open ?? pattern;
  if (place === undefined) return [];
  const line = `[${label}]: ${address.added}${eol}`;
  const at = place === open ? place.next : place.start;
  // The last line of a file may have no end.
  const lead = at === text.length && !text.endsWith("\n") ? eol : "";
  const renewed =
    open === undefined || address.open === undefined
      ? []
      : [{ start: open.addressStart, end: open.addressStart + open.address.length, text: address.open }];
  return [...renewed, { start: at, end: at, text: lead === "" ? line : `${lead}${line.trimEnd()}` }];
}

interface Around {
  readonly open: Definition | undefined;
  readonly pattern: Definition | undefined;
  readonly before: VersionSection | undefined;
  readonly added: NewVersion;
}

function addressOf({ open, pattern, before, added }: Around): { readonly added: string; readonly open?: string } | undefined {
  const compared = open === undefined ? undefined : comparisonOf(open.address);
  if (compared !== undefined) return afterUnreleased(compared, before, added);
  if (pattern === undefined || before === undefined) return undefined;
  const own = comparisonOf(pattern.address);
  if (own === undefined) return retold(pattern.address, before, added);
  const tag = tagLike(own.to, before, added);
  return tag === undefined ? undefined : { added: `${own.head}${own.to}${own.dots}${tag}${own.tail}` };
}

/** `compare/v1.1.1...HEAD` becomes `compare/v1.1.1...v1.2.0` for the version and `compare/v1.2.0...HEAD` for what follows. */
function afterUnreleased(
  open: Comparison,
  before: VersionSection | undefined,
  added: NewVersion,
): { readonly added: string; readonly open: string } | undefined {
  // Bitbucket writes the newer side first.
  const turned = /^(?:HEAD|main|master|dev|develop|trunk)$/i.test(open.from);
  const [old, tip] = turned ? [open.to, open.from] : [open.from, open.to];
  const tag = tagLike(old, before, added);
  if (tag === undefined) return undefined;
  const join = (older: string, newer: string): string =>
    `${open.head}${turned ? newer : older}${open.dots}${turned ? older : newer}${open.tail}`;
  return { added: join(old, tag), open: join(tag, tip) };
}

/** A link to the tag itself: the same with the other version. */
function retold(address: string, before: VersionSection, added: NewVersion): { readonly added: string } | undefined {
  const at = address.lastIndexOf(before.said.written);
  if (at === -1) return undefined;
  return { added: `${address.slice(0, at)}${added.written}${address.slice(at + before.said.written.length)}` };
}

interface Comparison {
  /** Up to and with `compare/`. */
  readonly head: string;
  readonly from: string;
  readonly dots: string;
  readonly to: string;
  readonly tail: string;
}

function comparisonOf(address: string): Comparison | undefined {
  const match = /^(.{0,500}\/compare\/)([^?#]+?)(\.{2,3})([^?#.][^?#]*)([?#].*)?$/.exec(address);
  const [, head, from, dots, to, tail] = match ?? [];
  if (head === undefined || from === undefined || dots === undefined || to === undefined) return undefined;
  return { head, from, dots, to, tail: tail ?? "" };
}

/** The new version's tag: the one that is known, or the older tag with the other version. */
function tagLike(old: string, before: VersionSection | undefined, added: NewVersion): string | undefined {
  const at = before === undefined ? -1 : old.lastIndexOf(before.said.written);
  if (added.tag !== undefined) return added.tag;
  if (before === undefined || at === -1) return undefined;
  return `${old.slice(0, at)}${added.written}${old.slice(at + before.said.written.length)}`;
}

function definitionOf(definitions: readonly Definition[], section: VersionSection): Definition | undefined {
  const labels = new Set([section.said.written, `v${section.said.written}`].map(normalizeLabel));
  return definitions.find((one) => labels.has(normalizeLabel(one.label)));
}

function labelLike(pattern: Definition | undefined, before: VersionSection | undefined, added: NewVersion): string {
  const text = before?.heading.text ?? "";
  const bracketed = /^\[v/i.test(text) || /^v/i.test(pattern?.label ?? "");
  return bracketed ? `v${added.written}` : added.written;
}
