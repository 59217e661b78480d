import assert from "node:assert/strict";
import { test } from "node:test";
import type { PackageHistory } from "./history.ts";
import { nextFromCommits, type CommitsAskFor } from "./next-from-commits.ts";
import { pep440 } from "./pep440.ts";
import { readVersion } from "./scheme.ts";

function ask(parts: {
  readonly final?: string;
  readonly newest?: string;
  readonly written?: string;
  readonly messages: readonly string[];
}): CommitsAskFor {
  const release = (version: string | undefined) =>
    version === undefined ? undefined : { tag: `v${version}`, commit: version, version: readVersion(pep440, version) };
  const history: Pick<PackageHistory, "newest" | "final" | "commits"> = {
    newest: release(parts.newest ?? parts.final),
    final: release(parts.final),
    commits: parts.messages.map((message) => ({ commit: message, parents: [], message, paths: [] })),
  };
  const written = parts.written === undefined ? undefined : readVersion(pep440, parts.written);
  return nextFromCommits({ scheme: pep440, written, history });
}

const cases: readonly (readonly [string, Parameters<typeof ask>[0], string])[] = [
  ["a fix", { final: "1.2.3", messages: ["fix: hole"] }, "1.2.4"],
  ["a feature among fixes", { final: "1.2.3", messages: ["fix: hole", "feat: parser", "words"] }, "1.3.0"],
  ["a breaking change", { final: "1.2.3", messages: ["feat!: parser"] }, "2.0.0"],
  ["a breaking change below 1.0", { final: "0.2.3", messages: ["fix: x\n\nBREAKING CHANGE: y"] }, "0.3.0"],
  ["candidates of what the commits ask for", { final: "1.2.3", newest: "1.3.0rc2", messages: ["feat: parser"] }, "1.3.0"],
  ["more than the candidates were for", { final: "1.2.3", newest: "1.2.4rc1", messages: ["feat: parser"] }, "1.3.0"],
  ["candidates of a first release", { newest: "0.1.0rc1", messages: [] }, "0.1.0"],
  ["a manifest that waits for the same version", { final: "1.2.3", written: "1.3.0.dev0", messages: ["feat: x"] }, "1.3.0"],
];
for (const [what, parts, version] of cases) {
  test(`the next version follows from ${what}`, () => {
    const asked = ask(parts);

    assert.equal(asked.kind, "next");
    assert.equal(asked.kind === "next" && asked.version, version);
  });
}

test("a first release is what the manifest says; without one a person has to begin", () => {
  assert.deepEqual(ask({ written: "0.1.0", messages: ["feat: all"] }), { kind: "first", version: "0.1.0" });
  assert.equal(ask({ messages: ["feat: all"] }).kind, "refused");
});

test("nothing to release is an answer with its reason", () => {
  const why = (messages: readonly string[]): string => {
    const asked = ask({ final: "1.0.0", messages });
    return asked.kind === "nothing" ? asked.why : asked.kind;
  };

  assert.equal(why([]), "no commit came");
  assert.equal(why(["docs: words"]), "the one commit asks for no release");
  assert.equal(
    why(["docs: words", "words", "more"]),
    "none of the 3 commits asks for a release (2 of them do not follow Conventional Commits)",
  );
});

test("a manifest that is ahead of what the commits ask for is not set back", () => {
  const asked = ask({ final: "1.2.3", written: "2.0.0", messages: ["fix: x"] });

  assert.equal(asked.kind === "refused" && asked.problem.code, "VERSION_ORDER");
  assert.match(asked.kind === "refused" ? asked.problem.message : "", /"1\.2\.4".*since "v1\.2\.3".*says "2\.0\.0"/);
});
