// Diff before trust: what a release holds that git does not have stands in the question, is part of what is consented to, and where
// the rule says so asks for one person more.
import assert from "node:assert/strict";
import path from "node:path";
import { test, type TestContext } from "node:test";
import { makeBed, pointAt, readReport, startIndex, told, type Bed } from "../support/bed.ts";
import { prebuiltName, prebuiltProject, prebuiltTokens } from "../support/prebuilt-project.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

async function open(t: TestContext, moreWhen: string): Promise<Bed> {
  const index = await startIndex(path.join(temporaryFolder(t), "index"), { ours: [prebuiltName] });
  const { files } = prebuiltProject({
    top: "people: { maintainers: [alice, bob, carol] }\n",
    environments: `  pypi: { registry: pypi, credentials: { token: PYPI_TOKEN }, approvals: { required: 1, from: maintainers, more-when: [${moreWhen}] } }\n`,
    steps:
      '  build: { run: "true", produces: [{ kind: wheel, files: "built/*.whl" }, { kind: sdist, files: "built/*.tar.gz" }] }\n  pypi: { uses: publish, environment: pypi }\n',
  });
  const bed = makeBed({ tag: "v1.0.0", example: { files }, prepare: (project) => pointAt(project, { pypi: { url: index.uploadUrl } }) });
  t.after(async () => {
    await index.close();
    bed.remove();
  });
  return bed;
}

async function askedAt(bed: Bed): Promise<{ readonly text: string; readonly digest: string }> {
  const shown = await bed.slipway(["approve"]);
  const digest = /subject sha256:([0-9a-f]{64})/.exec(shown.stderr)?.[1];
  assert.ok(digest !== undefined, told(shown));
  return { text: shown.stderr, digest };
}

test("files that git does not have are told to whoever approves, and ask for a second person where the rule names them", async (t) => {
  const bed = await open(t, "untracked-file");
  const planned = await bed.slipway(["plan"]);
  assert.match(planned.stdout, /1 of maintainers approved, and one more where the release holds untracked-file/);
  const waiting = await bed.slipway(["run", "--no-wait", "--json"], prebuiltTokens);
  assert.equal(waiting.code, 3, told(waiting));

  const { text, digest } = await askedAt(bed);

  assert.match(text, /look untracked-file: slipway_example_reed-1\.0\.0-py3-none-any\.whl: ".*" is no file of the commit/);
  assert.match(text, /2 approvals are wanted instead of 1/);
  const known = await bed.slipway(["plan"]);
  assert.match(known.stdout, /As run \S+ built it, untracked-file: slipway_example_reed/, told(known));
  await bed.slipway(["approve", "--digest", digest, "--as", "bob"]);
  const one = await bed.slipway(["run", "--no-wait", "--json"], prebuiltTokens);
  assert.deepEqual([one.code, readReport(one).standing], [3, "waiting"], told(one));
  const again = await bed.slipway(["approve", "--digest", digest, "--as", "bob"]);
  const same = await bed.slipway(["run", "--no-wait", "--json"], prebuiltTokens);
  assert.equal(same.code, 3, `${told(again)}\nthe same person twice is one person`);
  await bed.slipway(["approve", "--digest", digest, "--as", "carol"]);
  const both = await bed.slipway(["run", "--no-wait", "--json"], prebuiltTokens);
  assert.equal(both.code, 0, told(both));
});

test("what the rule does not name is told all the same, and one approval is enough", async (t) => {
  const bed = await open(t, "size, new-dependency");
  await bed.slipway(["run", "--no-wait"], prebuiltTokens);

  const { text, digest } = await askedAt(bed);

  assert.match(text, /look untracked-file/);
  assert.doesNotMatch(text, /approvals are wanted/);
  await bed.slipway(["approve", "--digest", digest, "--as", "bob"]);
  const ended = await bed.slipway(["run", "--no-wait", "--json"], prebuiltTokens);
  assert.equal(ended.code, 0, told(ended));
});
