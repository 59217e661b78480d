import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { joinWords } from "../domain/words.ts";
import { readCommand } from "./words.ts";

for (const [text, words] of [
  ["just test", ["just", "test"]],
  ["pytest -k 'not slow' --cov=src", ["pytest", "-k", "not slow", "--cov=src"]],
  ["find . -name '*.py' -exec rm '{}' ';'", ["find", ".", "-name", "*.py", "-exec", "rm", "{}", ";"]],
  ['python -c "import sys; print(1 > 0)"', ["python", "-c", "import sys; print(1 > 0)"]],
  ["echo '$HOME' \\$HOME \"\\$HOME\"", ["echo", "$HOME", "$HOME", "$HOME"]],
  ["cargo run --features=a --env A=b", ["cargo", "run", "--features=a", "--env", "A=b"]],
  ["cargo test \\\n  --workspace\n", ["cargo", "test", "--workspace"]],
  ["\n python -c 'a\nb'\n\n", ["python", "-c", "a\nb"]],
  ["grep 'a|b' x&&y", ["grep", "a|b", "x&&y"]],
] as const) {
  test(`readCommand() takes ${text} as it stands`, () => {
    assert.deepEqual(readCommand(text), { kind: "command", words });
  });
}

for (const [text, index] of [
  ["a && b", 2],
  ["a | b", 2],
  ["a; b", 1],
  ["a ; b", 2],
  ["a > out", 2],
  ["a\nb", 1],
  ["just a\n  just b\n", 6],
  ["a 2>&1", 2],
  ["a &", 2],
  ["a $HOME", 2],
  ['a "${HOME}"', 3],
  ["a $(date)", 2],
  ["a `date`", 2],
  ["A=b c", 0],
  ["'a' && b", 4],
  ["say 'x", 4],
  ["x \\", 2],
  [" \n", 0],
] as const) {
  test(`readCommand() refuses ${JSON.stringify(text)} at character ${index}`, () => {
    const read = readCommand(text);

    assert.equal(read.kind, "refused");
    assert(read.kind === "refused");
    assert.equal(read.index, index);
  });
}

test("readCommand() reads back every list of words that joinWords() writes", () => {
  fc.assert(
    fc.property(fc.array(fc.string({ minLength: 1, unit: "binary" }), { minLength: 1, maxLength: 8 }), (words) => {
      const read = readCommand(joinWords(words));

      // A first word such as A=b stays refused: its program would be named like a variable.
      if (/^[A-Za-z_]\w*=/.test(joinWords(words))) return;
      assert.deepEqual(read, { kind: "command", words });
    }),
    { numRuns: 150 },
  );
});
