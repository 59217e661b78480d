// How cargo writes a version requirement that somebody wrote by hand: the publish request and the index carry that form.
// Sources: the `semver` crate's grammar of requirements as the Cargo Book describes it ("Specifying dependencies").

const comparator = /^(\^|~|=|>=|<=|>|<)?\s*(\d+)(?:\.(\d+|[*xX])(?:\.(\d+|[*xX])(?:-([0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]+)?)?)?$/;

/**
 * The requirement as cargo sends it: `1.0` becomes `^1.0`, `>= 1,<2` becomes `>=1, <2`. What is no requirement comes back as it
 * is: cargo would not have packaged it.
 */
export function sentRequirement(written: string): string {
  const text = written.trim();
  if (/^[*xX]$/.test(text)) return "*";
  const parts = text.split(",").map((part) => part.trim());
  if (parts.at(-1) === "") parts.pop();
  const sent = parts.map(sentComparator);
  return sent.includes(undefined) ? written : sent.join(", ");
}

function sentComparator(part: string): string | undefined {
  const match = comparator.exec(part);
  if (match === null) return undefined;
  const [, operator, major = "", minor, patch, pre] = match;
  const wild = isWild(minor) || isWild(patch);
  const numbers = [major, minor, patch].filter((one) => one !== undefined && !isWild(one)).map((one) => String(BigInt(one ?? "0")));
  const version = `${numbers.join(".")}${pre === undefined ? "" : `-${pre}`}`;
  // A wildcard after an operator says no more than the operator does.
  if (wild) return operator === undefined ? `${version}.*` : `${operator}${version}`;
  return `${operator ?? "^"}${version}`;
}

function isWild(part: string | undefined): boolean {
  return part === "*" || part === "x" || part === "X";
}
