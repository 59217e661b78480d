// What the rehearsal index says of archives that lie, with the real reader of archives behind its hooks (protocols §1.4).
import assert from "node:assert/strict";
import { test } from "node:test";
import { createArchives } from "../../src/platform/archives/archives.ts";
import { archiveHooks } from "../../src/registries/pypi/rehearsal/archive-hooks.ts";
import { startIndex } from "../support/pypi.ts";
import { sdist, type SdistLies } from "../support/sdist.ts";
import { postUpload } from "../support/upload-form.ts";
import { wheel, type WheelLies } from "../support/wheel.ts";

const demo = { name: "Slip.Demo", version: "1.0" };
const info = "slip_demo-1.0.dist-info";

const wheels: readonly (readonly [string, WheelLies, RegExp])[] = [
  ["no WHEEL", { without: ["WHEEL"] }, /^Invalid distribution file\. WHEEL not found at slip_demo-1\.0\.dist-info\/WHEEL$/],
  ["no RECORD", { without: ["RECORD"] }, /^Wheel 'slip_demo-1\.0-py3-none-any\.whl' does not contain the required RECORD file: slip_demo-1\.0\.dist-info\/RECORD$/],
  ["no METADATA", { without: ["METADATA"] }, /^Wheel 'slip_demo-1\.0-py3-none-any\.whl' does not contain the required METADATA file: /],
  ["a .dist-info of another name", { distInfo: "other-1.0" }, /^Invalid distribution file\. WHEEL not found at /],
  ["a data descriptor", { members: { [`${info}/WHEEL`]: { kind: "data-descriptor" } } }, /^Invalid distribution file\. ZIP archive not accepted: /],
  ["another name in the local header", { members: { "slip_demo/__init__.py": { kind: "local-name", name: "slip_demo/__evil__.py" } } }, /^Invalid distribution file\. ZIP archive not accepted: /],
  ["a member twice", { extraMembers: [{ path: "slip_demo/__init__.py", content: "evil" }] }, /^Invalid distribution file\. ZIP archive not accepted: /],
  ["bytes after the end", { zip: { trailing: Buffer.from("more") } }, /^Invalid distribution file\. /],
]; // prettier-ignore

const sdists: readonly (readonly [string, SdistLies, RegExp])[] = [
  ["no PKG-INFO", { withoutPkgInfo: true }, /^Invalid distribution file\. PKG-INFO not found at slip_demo-1\.0\/PKG-INFO$/],
  ["two top folders", { extraMembers: [{ path: "elsewhere/file", content: "x" }] }, /^Invalid distribution file\. Incorrect number of top-level directories in sdist$/],
]; // prettier-ignore

async function start(t: Parameters<typeof startIndex>[0]) {
  return await startIndex(t, { ours: ["slip-demo"], hooks: archiveHooks(createArchives()) });
}

for (const [title, lies, reason] of wheels) {
  test(`a wheel with ${title} is refused`, async (t) => {
    const server = await start(t);
    const answer = await postUpload(server.uploadUrl, demo, wheel({ ...demo, lies }));
    assert.equal(answer.status, 400);
    assert.match(answer.reason, reason);
  });
}

for (const [title, lies, reason] of sdists) {
  test(`an sdist with ${title} is refused`, async (t) => {
    const server = await start(t);
    const answer = await postUpload(server.uploadUrl, demo, sdist({ ...demo, lies }));
    assert.equal(answer.status, 400);
    assert.match(answer.reason, reason);
  });
}

test("true archives are taken, with their licence files, entry points and metadata", async (t) => {
  const server = await start(t);
  const licensed = wheel({ ...demo, scripts: ["slip-demo = slip_demo:main"], files: { [`${info}/licenses/LICENSE`]: "MIT\n" } });
  const source = sdist({ ...demo, files: { LICENSE: "MIT\n" } });

  const answers = [
    await postUpload(server.uploadUrl, demo, licensed, { fields: { license_file: "GONE" } }),
    await postUpload(server.uploadUrl, demo, wheel({ ...demo, scripts: ["no name and no object"] })),
    await postUpload(server.uploadUrl, demo, licensed, { fields: { license_file: "LICENSE" } }),
    await postUpload(server.uploadUrl, demo, source, { fields: { license_file: "GONE" } }),
    await postUpload(server.uploadUrl, demo, source, { fields: { license_file: "LICENSE" } }),
  ].map((answer) => [answer.status, answer.reason]);

  assert.deepEqual(answers, [
    [400, `License-File GONE does not exist in distribution file ${licensed.name} at ${info}/licenses/GONE`],
    [400, `Wheel '${licensed.name}' has invalid entry points defined in the entry_points.txt file`],
    [200, "OK"],
    [400, `License-File GONE does not exist in distribution file ${source.name} at slip_demo-1.0/GONE`],
    [200, "OK"],
  ]);
  const page = (await (
    await fetch(`${server.indexUrl}slip-demo/`, { headers: { accept: "application/vnd.pypi.simple.v1+json" } })
  ).json()) as { files: { url: string }[] };
  assert.equal(await (await fetch(`${page.files[0]?.url}.metadata`)).text(), licensed.metadata);
});
