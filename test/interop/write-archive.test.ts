// Archives that Slipway writes, as Python's own readers see them, and as Slipway reads them again.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { createArchives } from "../../src/platform/archives/archives.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { runTool } from "../support/test-tools.ts";

const listing = `
import sys, tarfile, zipfile
name = sys.argv[1]
if name.endswith(".zip"):
    with zipfile.ZipFile(name) as archive:
        assert archive.testzip() is None
        for one in archive.infolist():
            print(one.filename, oct(one.external_attr >> 16), one.date_time, archive.read(one)[:20])
else:
    with tarfile.open(name) as archive:
        for one in archive:
            print(one.name, oct(one.mode), one.mtime, one.uid, one.gid, repr(one.uname), archive.extractfile(one).read()[:20])
`;

const shown = {
  "tar.gz":
    "LICENSE 0o644 1700000000 0 0 '' b'Nobody owns this.'\nbin/tool 0o755 1700000000 0 0 '' b'aaaaaaaaaaaaaaaaaaaa'\nempty 0o644 1700000000 0 0 '' b''\n",
  zip: "LICENSE 0o100644 (2023, 11, 14, 22, 13, 20) b'Nobody owns this.'\nbin/tool 0o100755 (2023, 11, 14, 22, 13, 20) b'aaaaaaaaaaaaaaaaaaaa'\nempty 0o100644 (2023, 11, 14, 22, 13, 20) b''\n",
};

for (const format of ["tar.gz", "zip"] as const) {
  test(`a ${format} that is written has the same bytes twice, and Python reads modes, times and bytes`, async (t) => {
    const folder = temporaryFolder(t);
    const archives = createArchives();
    const file = (name: string, text: string): string => {
      writeFileSync(join(folder, name), text);
      return join(folder, name);
    };
    const members = [
      { path: "bin/tool", file: file("tool", "a".repeat(100_000)), executable: true },
      { path: "LICENSE", file: file("license", "Nobody owns this."), executable: false },
      { path: "empty", file: file("empty", ""), executable: false },
    ];
    const [one, other] = [join(folder, `one.${format}`), join(folder, `other.${format}`)];

    await archives.write({ format, to: one, epochSeconds: 1_700_000_000, members });
    await archives.write({ format, to: other, epochSeconds: 1_700_000_000, members: members.toReversed() });

    assert.ok(readFileSync(one).equals(readFileSync(other)));
    const ended = await runTool("python3", ["-c", listing, one]);
    assert.equal(ended.output, shown[format]);
    const opened = await (format === "zip" ? archives.openZip(one) : archives.openTarGz(one));
    assert.deepEqual(opened.kind === "opened" && [opened.archive.faults, opened.archive.members.map((member) => member.path)], [
      [],
      ["LICENSE", "bin/tool", "empty"],
    ]);
  });
}

test("an archive is not written over another file, nor with a path that leads out of it, nor with one name twice", async (t) => {
  const folder = temporaryFolder(t);
  const archives = createArchives();
  const file = join(folder, "file");
  writeFileSync(file, "x");
  const write = (to: string, ...paths: readonly string[]): Promise<void> =>
    archives.write({ format: "zip", to, epochSeconds: 0, members: paths.map((path) => ({ path, file, executable: false })) });

  await assert.rejects(write(file, "a"), { code: "STORAGE_FAILED" });
  await assert.rejects(write(join(folder, "new.zip"), "../a"), { code: "ARTIFACT_INVALID" });
  await assert.rejects(write(join(folder, "new.zip"), "a", "a"), { code: "ARTIFACT_INVALID" });
  await write(join(folder, "new.zip"), "a");
});
