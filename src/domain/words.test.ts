import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { joinWords, splitWords } from "./words.ts";

const cases: readonly (readonly [string, readonly string[]])[] = [
  ["", []],
  ["  \t\n ", []],
  ["just test", ["just", "test"]],
  ["  just\t test\n", ["just", "test"]],
  ["cargo clippy --workspace -- -D warnings", ["cargo", "clippy", "--workspace", "--", "-D", "warnings"]],
  ["python -c 'print(\"a b\")'", ["python", "-c", 'print("a b")']],
  [`say "two words" ''`, ["say", "two words", ""]],
  [String.raw`say "a \"quoted\" \\ \$HOME \n"`, ["say", String.raw`a "quoted" \ $HOME \n`]],
  [String.raw`say a\ b \'`, ["say", "a b", "'"]],
  [`one'two'"three"four`, ["onetwothreefour"]],
  ["a \\\n  b", ["a", "b"]],
  ["a\\\nb", ["ab"]],
  ["echo $HOME *.py && rm > x | y ~", ["echo", "$HOME", "*.py", "&&", "rm", ">", "x", "|", "y", "~"]],
];

for (const [text, words] of cases) {
  test(`splitWords() reads ${JSON.stringify(text)} as ${words.length} words`, () => {
    assert.deepEqual(splitWords(text), { kind: "words", words });
  });
}

test("splitWords() names the column of a quote that is never closed", () => {
  assert.deepEqual(splitWords("say 'this"), { kind: "unbalanced", column: 5 });
  assert.deepEqual(splitWords('a "b" "c'), { kind: "unbalanced", column: 7 });
  assert.deepEqual(splitWords('a "b\\"'), { kind: "unbalanced", column: 3 });
});

test("splitWords() names the column of a backslash with nothing after it", () => {
  assert.deepEqual(splitWords("a b\\"), { kind: "unbalanced", column: 4 });
});

test("joinWords() writes what splitWords() reads back, whatever the words are", () => {
  fc.assert(
    fc.property(fc.array(fc.string(), { maxLength: 6 }), (words) => {
      assert.deepEqual(splitWords(joinWords(words)), { kind: "words", words });
    }),
  );
});

test("joinWords() leaves plain words as they are", () => {
  assert.equal(joinWords(["uv", "run", "pytest", "--cov=src", "a b"]), "uv run pytest --cov=src 'a b'");
});
