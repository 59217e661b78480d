// Globs over paths with `/`: `*` and `?` stay inside one part, `**` as a part of its own crosses parts. It exists so
// that `produces`, `keep` and `for` mean the same on every machine: no shell and no file system takes part.
// As in a shell, a part that starts with a dot is met only by a pattern part that does.

/** Tells whether a path (relative, `/` between parts) is one that the glob means. */
export type Glob = (path: string) => boolean;

export type ReadGlob = { readonly kind: "glob"; readonly matches: Glob } | { readonly kind: "invalid"; readonly why: string };

/** Longest pattern in characters and in parts; with it the work per path is bounded. */
export const globLengthMax = 1000;
export const globPartsMax = 50;

/**
 * Reads a glob.
 * @returns `invalid` for a pattern that is empty or too long, leaves the folder (`/…`, `..`), or has an empty part.
 * @example readGlob("dist/*.whl") // matches dist/demo-1.0-py3-none-any.whl, not dist/old/demo.whl
 */
export function readGlob(pattern: string): ReadGlob {
  const parts = pattern.replace(/^\.\//, "").split("/");
  const why = faultOf(pattern, parts);
  if (why !== undefined) return { kind: "invalid", why };
  const matchers = parts.map((part) => (part === "**" ? "any-depth" : partMatcher(part)));
  return { kind: "glob", matches: (path) => matchesParts(matchers, path.split("/")) };
}

/** Whether any path of a folder could match, so that a walk may leave the folder out. Cheap and on the safe side. */
export function mayLieIn(pattern: string, folder: string): boolean {
  const parts = pattern.replace(/^\.\//, "").split("/");
  const folders = folder === "" ? [] : folder.split("/");
  for (const [index, name] of folders.entries()) {
    const part = parts[index];
    if (part === "**") return true;
    // The last part of a pattern names files, which no folder is.
    if (part === undefined || index === parts.length - 1 || !partMatcher(part)(name)) return false;
  }
  return true;
}

type PartMatcher = "any-depth" | ((name: string) => boolean);

function faultOf(pattern: string, parts: readonly string[]): string | undefined {
  if (pattern === "") return "it is empty";
  if (pattern.length > globLengthMax || parts.length > globPartsMax) return "it is too long";
  if (pattern.startsWith("/")) return "it starts outside of the repository";
  if (pattern.includes("\\")) return 'it has a backslash; parts are separated by "/"';
  if (parts.includes("..")) return 'it leaves the repository with ".."';
  if (parts.includes("") || parts.includes(".")) return "it has a part without a name";
  return undefined;
}

function matchesParts(matchers: readonly PartMatcher[], names: readonly string[]): boolean {
  return matchesSequence(names, matchers, {
    isStar: (matcher) => matcher === "any-depth",
    fits: (matcher, name) => matcher !== "any-depth" && matcher(name),
    swallows: (name) => !name.startsWith("."),
  });
}

function partMatcher(pattern: string): (name: string) => boolean {
  const wanted = [...pattern];
  return (name) => {
    if (name.startsWith(".") && !pattern.startsWith(".")) return false;
    return matchesSequence([...name], wanted, {
      isStar: (character) => character === "*",
      fits: (character, found) => character === "?" || character === found,
      swallows: () => true,
    });
  };
}

/**
 * Greedy, with the last star as the only point of return: that is enough, because a star that gave way earlier could
 * only have swallowed more. So the work is at most items times pattern, whatever a pattern looks like.
 */
function matchesSequence<Item, Wanted>(
  items: readonly Item[],
  pattern: readonly Wanted[],
  rules: { isStar(wanted: Wanted): boolean; fits(wanted: Wanted, item: Item): boolean; swallows(item: Item): boolean },
): boolean {
  let at = 0;
  let next = 0;
  let star: { readonly next: number; at: number } | undefined;
  while (at < items.length) {
    const wanted = pattern[next];
    const item = items[at] as Item;
    if (wanted !== undefined && rules.isStar(wanted)) {
      next += 1;
      star = { next, at };
    } else if (wanted !== undefined && rules.fits(wanted, item)) {
      at += 1;
      next += 1;
    } else {
      const swallowed = star === undefined ? undefined : items[star.at];
      if (star === undefined || swallowed === undefined || !rules.swallows(swallowed)) return false;
      star.at += 1;
      at = star.at;
      next = star.next;
    }
  }
  return pattern.slice(next).every((wanted) => rules.isStar(wanted));
}
