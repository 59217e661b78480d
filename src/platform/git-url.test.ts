import assert from "node:assert/strict";
import { test } from "node:test";
import { withoutUserInformation } from "./git-url.ts";

test("user information is taken out of every URL of a text", () => {
  const text = "fatal: 'https://ann:secret@example.org/a.git' and git+ssh://git@example.org/b, not a@b";

  assert.equal(withoutUserInformation(text), "fatal: 'https://example.org/a.git' and git+ssh://example.org/b, not a@b");
});

for (const [what, text] of [
  ["one long word", "x".repeat(1_000_000)],
  ["a thousand beginnings", "a://".repeat(100_000)],
  ["signs without an end", `https://${"@".repeat(500_000)}`],
] as const) {
  test(`a server's text of ${what} is read in a moment`, () => {
    const startedMs = performance.now();

    withoutUserInformation(text);

    assert.ok(performance.now() - startedMs < 1_000);
  });
}
