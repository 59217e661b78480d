// The difference of two texts, line by line, for a person who decides whether one may replace the other.

export interface DiffLine {
  readonly sign: "+" | "-" | " ";
  readonly text: string;
}

/** Texts with more lines are told apart as a whole: the table below grows with the product of both. */
const linesMax = 2_000;

/** Lines that stay the same keep their order (longest common subsequence). */
export function diffLines(before: string, after: string): readonly DiffLine[] {
  const old = linesOf(before);
  const next = linesOf(after);
  if (old.length > linesMax || next.length > linesMax) {
    return [...old.map((text): DiffLine => ({ sign: "-", text })), ...next.map((text): DiffLine => ({ sign: "+", text }))];
  }
  const longest = commonLengths(old, next);
  const lines: DiffLine[] = [];
  let [a, b] = [0, 0];
  while (a < old.length || b < next.length) {
    if (a < old.length && b < next.length && old[a] === next[b]) {
      lines.push({ sign: " ", text: old[a] ?? "" });
      [a, b] = [a + 1, b + 1];
    } else if (b >= next.length || (a < old.length && (longest[a + 1]?.[b] ?? 0) >= (longest[a]?.[b + 1] ?? 0))) {
      lines.push({ sign: "-", text: old[a] ?? "" });
      a += 1;
    } else {
      lines.push({ sign: "+", text: next[b] ?? "" });
      b += 1;
    }
  }
  return lines;
}

/** Unchanged lines far from any change are left out; each gap is one line that counts them. */
export function foldDiff(
  lines: readonly DiffLine[],
  around: number,
): readonly (DiffLine | { readonly sign: "…"; readonly text: string })[] {
  const near = (index: number): boolean => lines.slice(Math.max(0, index - around), index + around + 1).some((line) => line.sign !== " ");
  const folded: (DiffLine | { readonly sign: "…"; readonly text: string })[] = [];
  let skipped = 0;
  const tell = (): void => {
    if (skipped > 0) folded.push({ sign: "…", text: `${skipped} unchanged` });
    skipped = 0;
  };
  for (const [index, line] of lines.entries()) {
    if (!near(index)) {
      skipped += 1;
      continue;
    }
    tell();
    folded.push(line);
  }
  tell();
  return folded;
}

function linesOf(text: string): readonly string[] {
  const lines = text.split("\n");
  return lines.at(-1) === "" ? lines.slice(0, -1) : lines;
}

/** Length of the longest common subsequence of what follows each pair of positions. */
function commonLengths(old: readonly string[], next: readonly string[]): readonly Uint16Array[] {
  const table = Array.from({ length: old.length + 1 }, () => new Uint16Array(next.length + 1));
  for (let a = old.length - 1; a >= 0; a -= 1) {
    const row = table[a];
    const below = table[a + 1];
    if (row === undefined || below === undefined) continue;
    for (let b = next.length - 1; b >= 0; b -= 1) {
      row[b] = old[a] === next[b] ? (below[b + 1] ?? 0) + 1 : Math.max(below[b] ?? 0, row[b + 1] ?? 0);
    }
  }
  return table;
}
