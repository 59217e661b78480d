// Which names Slipway takes for a tag: less than git does (git-check-ref-format(1)), so that a name is safe as an argument,
// in a path, in a message and in a shell line that a person pastes. Every tag that is made or believed passes here.

export type TagName = { readonly kind: "valid" } | { readonly kind: "invalid"; readonly reason: string };

/** Longest tag name, in characters (all of them ASCII). */
export const tagNameLengthMax = 255;

/** Longest part between "/": git writes `<part>.lock` beside it, and file systems stop at 255. */
const partLengthMax = 250;

const allowed = /^[A-Za-z0-9._/@+!-]+$/;

/** In order of reporting; each with what a person reads after "a tag name". */
const rules: readonly (readonly [broken: (name: string) => boolean, reason: string])[] = [
  [(name) => name === "", "cannot be empty"],
  [(name) => name.length > tagNameLengthMax, `has at most ${tagNameLengthMax} characters`],
  [(name) => !allowed.test(name), "has only letters, digits and . _ - + / @ ! (all ASCII)"],
  [(name) => name.startsWith("-"), 'cannot start with "-", which would make it an option'],
  [(name) => name.includes(".."), 'cannot contain "..", which git reads as a range'],
  [(name) => name === "@" || name.toUpperCase() === "HEAD", "cannot be a name that git uses for the current commit"],
  [(name) => name.split("/").includes(""), 'cannot start or end with "/" or contain "//"'],
  [(name) => name.split("/").some((part) => part.startsWith(".")), 'cannot have a part that starts with "."'],
  [(name) => name.split("/").some((part) => part.startsWith("-")), 'cannot have a part that starts with "-"'],
  [(name) => name.split("/").some((part) => part.toLowerCase().endsWith(".lock")), 'cannot have a part that ends with ".lock"'],
  [(name) => name.split("/").some((part) => part.length > partLengthMax), `has at most ${partLengthMax} characters between "/"`],
  [(name) => name.endsWith("."), 'cannot end with "."'],
  [(name) => /^refs(?:\/|$)/i.test(name), 'cannot start with "refs/", which names other refs'],
  [(name) => /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/i.test(name), "cannot look like an object id"],
];

/** Judges a tag name without `refs/tags/`. The first broken rule is the reason, to be read after "a tag name". */
export function checkTagName(name: string): TagName {
  const broken = rules.find(([isBroken]) => isBroken(name));
  return broken === undefined ? { kind: "valid" } : { kind: "invalid", reason: broken[1] };
}
