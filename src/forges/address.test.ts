import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { address, refSegments, repositoryName } from "./address.ts";

test("names are encoded one by one, and queries too", () => {
  assert.equal(address("https://forge.example/api/", ["repos", "o", "r", "releases", 7]), "https://forge.example/api/repos/o/r/releases/7");
  assert.equal(address("https://forge.example", ["tags", "a/b?c#d%2e"]), "https://forge.example/tags/a%2Fb%3Fc%23d%252e");
  assert.equal(
    address("https://forge.example", ["a"], { name: "x&y=z #1", page: 2 }),
    "https://forge.example/a?name=x%26y%3Dz+%231&page=2",
  );
  assert.deepEqual(refSegments("tags", "release/v1.0"), ["tags", "release", "v1.0"]);
});

test("no name leads out of its place: whatever it holds, it is refused or comes back as it was", () => {
  const name = fc.oneof(
    fc.string({ unit: "binary", maxLength: 20 }),
    fc.constantFrom(".", "..", "../..", "%2e%2e", "..%2f", "//evil", "\\..\\", "@", ":"),
  );
  fc.assert(
    fc.property(name, (segment) => {
      let made: string;
      try {
        made = address("https://forge.example/api", ["repos", segment, "end"]);
      } catch (error) {
        return error instanceof Error && "code" in error && error.code === "FORGE_NAME_INVALID";
      }
      const url = new URL(made);
      const parts = url.pathname.split("/");
      return (
        url.origin === "https://forge.example" && url.search === "" && parts.length === 5 && decodeURIComponent(parts[3] ?? "") === segment
      );
    }),
    { numRuns: 500 },
  );
});

test("a repository is an owner and a name, and nothing that could be more", () => {
  assert.deepEqual(repositoryName("slip-way/demo.js"), { owner: "slip-way", name: "demo.js" });
  for (const text of [
    "",
    "demo",
    "a/b/c",
    "../demo",
    "a/..",
    "a/.",
    "a/b.git",
    "a b/c",
    "-rf/x",
    "a/b\n",
    "a/b?x",
    `${"a".repeat(101)}/b`,
  ]) {
    assert.throws(() => repositoryName(text), { code: "FORGE_NAME_INVALID" }, text);
  }
});
