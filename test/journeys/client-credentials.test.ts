// `credentials: client` by the real program: what a person's own client has opens the index that the line is for, is named by its file
// wherever the run tells of it, and stands in nothing that the run leaves behind.
import assert from "node:assert/strict";
import { chmodSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { makeBed, pointAt, readReport, startIndex, told } from "../support/bed.ts";
import { handOn, prebuiltName, prebuiltProject } from "../support/prebuilt-project.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const secret = "pypi-token-of-a-person-at-a-laptop";

test("a release is opened with what the .pypirc of the person has, and waits for it where there is none", async (t) => {
  const index = await startIndex(path.join(temporaryFolder(t), "index"), { ours: [prebuiltName] });
  const { files } = prebuiltProject({
    environments: "  pypi: { registry: pypi, credentials: client }\n",
    steps: `${handOn}  pypi: { uses: publish, environment: pypi }\n`,
  });
  const bed = makeBed({ tag: "v1.0.0", example: { files }, prepare: (project) => pointAt(project, { pypi: { url: index.uploadUrl } }) });
  t.after(async () => {
    bed.remove();
    await index.close();
  });
  const pypirc = path.join(bed.env["HOME"] ?? "", ".pypirc");

  const without = await bed.slipway(["run", "--json"]);
  assert.equal(readReport(without).code, "CREDENTIAL_MISSING", told(without));
  writeFileSync(pypirc, `[elsewhere]\nrepository = ${index.uploadUrl}\npassword = ${secret}\n`);
  chmodSync(pypirc, 0o600);
  const ended = await bed.slipway(["run", "--json", "-vv"]);

  assert.equal(ended.code, 0, told(ended));
  assert.equal(index.received().length, 2);
  const { credentials } = readReport(ended) as { readonly credentials?: readonly { readonly how: unknown }[] };
  assert.deepEqual(
    credentials?.map(({ how }) => how),
    [{ kind: "client", file: pypirc }],
  );
  const kept = readdirSync(bed.state, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const everything = kept.map((entry) => readFileSync(path.join(entry.parentPath, entry.name), "latin1")).join("\n");
  assert.ok(everything.includes(pypirc), "the search looks where something is");
  assert.equal(`${everything}${told(ended)}`.includes(secret), false);
});
