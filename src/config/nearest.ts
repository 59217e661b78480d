// "Did you mean": the known word nearest to a mistaken one, so that a typing error costs a glance and not a search.

const wordMax = 64;
const knownMax = 2_000;

/**
 * The nearest known word: the same but for case or `_`, one that begins alike, or one few typing errors away.
 * @returns `undefined` when nothing is near enough to be worth proposing.
 */
export function nearestWord(word: string, known: Iterable<string>): string | undefined {
  if (word.length === 0 || word.length > wordMax) return undefined;
  const wanted = plain(word);
  let best: { readonly word: string; readonly distance: number } | undefined;
  for (const candidate of [...known].slice(0, knownMax)) {
    const distance = distanceTo(wanted, plain(candidate));
    if (distance <= allowed(wanted, candidate) && (best === undefined || distance < best.distance)) best = { word: candidate, distance };
  }
  return best?.word;
}

function plain(word: string): string {
  return word.toLowerCase().replaceAll("_", "-").slice(0, wordMax);
}

/** Of two letters one may be wrong, of four two, of eight three. */
function allowed(wanted: string, candidate: string): number {
  return Math.min(4, Math.round(Math.min(wanted.length, candidate.length) * 0.4));
}

/** A word that only goes on counts as one error: `trusted` for `trusted-publishing`, `tagged` for `tag`. */
function distanceTo(wanted: string, candidate: string): number {
  const isCutShort = wanted.length >= 3 && candidate.startsWith(wanted);
  const goesOn = candidate.length >= 3 && wanted.startsWith(candidate) && wanted.length - candidate.length <= 3;
  return (isCutShort || goesOn) && wanted !== candidate ? 1 : editDistance(wanted, candidate);
}

/** Insertions, deletions, replacements and swaps of neighbours (optimal string alignment), one row at a time. */
function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const replaced = at(row, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swaps = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const swapped = swaps ? at(before, j - 2) + 1 : Infinity;
      next.push(Math.min(replaced, swapped, at(row, j) + 1, at(next, j - 1) + 1));
    }
    before = row;
    row = next;
  }
  return at(row, b.length);
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Infinity;
}
