// Versions by the thousand, for property tests and for the differential test against Python. Numbers are small on purpose:
// versions that differ in one place alone are what an order can get wrong.
import fc from "fast-check";

const number = fc.oneof(
  { weight: 8, arbitrary: fc.nat({ max: 3 }) },
  { weight: 2, arbitrary: fc.constantFrom(9, 10, 11, 100, 2026, 20261121, 20261121123059, Number.MAX_SAFE_INTEGER) },
);

/** Beyond what a float can hold: neighbours that a rounding comparison takes for equal. */
const large = fc.constantFrom("9007199254740992", "9007199254740993", "20261121123059123456", "20261121123059123457");

/** Decimal digits, now and then with zeros in front. */
const digits = fc.oneof(
  { weight: 30, arbitrary: fc.tuple(fc.constantFrom("", "", "", "", "0", "00"), number).map(([zeros, n]) => `${zeros}${n}`) },
  { weight: 1, arbitrary: large },
);

const separator = fc.constantFrom("", ".", "-", "_");

function cased(...words: readonly string[]): fc.Arbitrary<string> {
  return fc.constantFrom(...words.flatMap((word) => [word, word, word, word.toUpperCase(), word.charAt(0).toUpperCase() + word.slice(1)]));
}

function maybe(part: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc.oneof(fc.constant(""), part);
}

const release = fc.array(digits, { minLength: 1, maxLength: 5 }).map((numbers) => numbers.join("."));
const pre = fc
  .tuple(separator, cased("a", "alpha", "b", "beta", "c", "rc", "pre", "preview"), separator, maybe(digits))
  .map((parts) => parts.join(""));
const post = fc.oneof(
  digits.map((n) => `-${n}`),
  fc.tuple(separator, cased("post", "rev", "r"), separator, maybe(digits)).map((parts) => parts.join("")),
);
const dev = fc.tuple(separator, cased("dev"), separator, maybe(digits)).map((parts) => parts.join(""));
const segment = fc.oneof(
  fc.constantFrom("1", "01", "007", "10", "9", "a", "ABC", "ubuntu", "1e5", "0x10", "1a", "a1", "Infinity", "NaN", "b", "post1"),
  fc.constantFrom("123456789012345678901234567890", "123456789012345678901234567891", "g1234567"),
);
const local = fc
  .tuple(segment, fc.array(fc.tuple(fc.constantFrom(".", "-", "_"), segment), { maxLength: 3 }))
  .map(([first, more]) => `+${first}${more.flat().join("")}`);

/** Texts that PEP 440 accepts, in all its spellings. */
export const pep440Text: fc.Arbitrary<string> = fc
  .tuple(maybe(fc.constantFrom("v", "V")), maybe(digits.map((n) => `${n}!`)), release, maybe(pre), maybe(post), maybe(dev), maybe(local))
  .map((parts) => parts.join(""));

/** PEP 440 versions with exactly three numbers and at most one suffix, most of which SemVer can say. */
export const plainPep440Text: fc.Arbitrary<string> = fc
  .tuple(number, number, number, fc.constantFrom("", "a", "b", "rc", ".dev", ".post"), number)
  .map(([major, minor, patch, suffix, n]) => `${major}.${minor}.${patch}${suffix}${suffix === "" ? "" : n}`);

const identifier = fc.oneof(
  fc.constantFrom("alpha", "beta", "rc", "dev", "a", "b", "c", "pre", "preview", "post", "r", "rev", "nightly", "x", "-", "RC", "Alpha"),
  fc.constantFrom("rc1", "rc2", "rc10", "alpha1", "beta01", "post1", "r4", "rc-1", "1-rc", "0a", "dev3", "x-y"),
  number.map(String),
);
const usual = fc.tuple(fc.constantFrom("alpha", "beta", "rc", "dev"), number).map(([label, n]) => `${label}.${n}`);
const semverPre = fc.oneof(
  usual,
  fc.array(identifier, { minLength: 1, maxLength: 3 }).map((ids) => ids.join(".")),
);
const build = fc
  .array(fc.constantFrom("build", "5", "001", "g1234567", "-"), { minLength: 1, maxLength: 2 })
  .map((ids) => `+${ids.join(".")}`);

/** Texts that SemVer 2.0.0 accepts. */
export const semverText: fc.Arbitrary<string> = fc
  .tuple(
    number,
    number,
    number,
    maybe(semverPre.map((text) => `-${text}`)),
    fc.oneof({ weight: 4, arbitrary: fc.constant("") }, { weight: 1, arbitrary: build }),
  )
  .map(([major, minor, patch, prerelease, metadata]) => `${major}.${minor}.${patch}${prerelease}${metadata}`);

/** A text with one character put in, taken away or replaced: near enough to a version to fool a sloppy grammar. */
export function damaged(texts: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const odd = fc.constantFrom(
    "",
    "",
    ".",
    "-",
    "_",
    "+",
    "!",
    " ",
    "v",
    "0",
    "1",
    "a",
    "\n",
    "\t",
    "\u00a0",
    "\u0661",
    "\u017f",
    "\u212a",
    "\ufeff",
    "\u0085",
    "\u001c",
    "..",
    "*",
    "/",
  );
  return fc.tuple(texts, odd, fc.nat({ max: 40 }), fc.boolean()).map(([text, character, at, replaces]) => {
    const index = at % (text.length + 1);
    return `${text.slice(0, index)}${character}${text.slice(index + (replaces ? 1 : 0))}`;
  });
}
