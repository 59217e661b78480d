// The Files port and the artifact store against a real file system.
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  realpathSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { sha256 } from "../../../src/domain/digest.ts";
import { createFiles } from "../../../src/platform/files.ts";
import { createArtifactStore } from "../../../src/platform/store.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const files = createFiles();
const platform = join(dirname(fileURLToPath(import.meta.url)), "../../../src/platform");

test("readText() refuses a pipe instead of waiting for somebody to write to it", { timeout: 5_000 }, async (t) => {
  const pipe = join(temporaryFolder(t), "pipe");
  execFileSync("mkfifo", [pipe]);
  await assert.rejects(files.readTextIfThere(pipe), /it is a pipe and should be a file/);
});

test("writeText() makes the folder, replaces whole files, keeps their mode and leaves nothing beside them", async (t) => {
  const folder = temporaryFolder(t);
  const file = join(folder, "a", "b", "c.txt");

  await files.writeText(file, "erste\n");
  chmodSync(file, 0o640);
  await files.writeText(file, "zweite\n");

  assert.equal(await files.readText(file), "zweite\n");
  assert.equal(statSync(file).mode & 0o777, 0o640);
  assert.deepEqual(readdirSync(dirname(file)), ["c.txt"]);
});

test("overwrite() replaces the text of a file in place, and neither makes a file nor follows a link", async (t) => {
  const folder = temporaryFolder(t);
  const file = join(folder, "a.txt");
  writeFileSync(file, "a long text\n", { mode: 0o640 });
  symlinkSync(file, join(folder, "link"));
  const before = statSync(file);

  await files.overwrite(file, "short\n");

  assert.equal(await files.readText(file), "short\n");
  assert.deepEqual([statSync(file).ino, statSync(file).mode], [before.ino, before.mode]);
  await assert.rejects(files.overwrite(join(folder, "link"), "x"), { code: "STORAGE_FAILED" });
  await assert.rejects(files.overwrite(join(folder, "none"), "x"), { code: "STORAGE_FAILED" });
  assert.deepEqual([readdirSync(folder), await files.readText(file)], [["a.txt", "link"], "short\n"]);
});

test("writeText() syncs the file before it is renamed and the folder after it", (t) => {
  const folder = temporaryFolder(t);
  const program = `import fs from "node:fs/promises"; import { syncBuiltinESMExports } from "node:module";
    const [files, folder] = process.argv.slice(1); const names = new Map(); const say = (what, path) => console.log(what, path.replace(folder, "").replace(/[0-9a-f]{12}/, "N"));
    const { open, rename, mkdir } = fs;
    fs.open = async (path, ...rest) => { const handle = await open(path, ...rest); names.set(handle, path); return handle; };
    fs.rename = (from, to) => (say("rename", from), rename(from, to)); fs.mkdir = (path, ...rest) => (say("mkdir", path), mkdir(path, ...rest));
    const probe = await open("/"); const prototype = Object.getPrototypeOf(probe); await probe.close();
    const { sync } = prototype; prototype.sync = function () { say("fsync", names.get(this)); return sync.call(this); };
    syncBuiltinESMExports();
    await (await import(files)).createFiles().writeText(folder + "/new/x", "text");`;

  const calls = execFileSync(process.execPath, ["--input-type=module", "-e", program, join(platform, "files.ts"), folder], {
    encoding: "utf8",
  });

  assert.deepEqual(
    calls
      .trim()
      .split("\n")
      .map((line) => line.trim()),
    ["mkdir /new", "fsync", "fsync /new/.x.N.tmp", "rename /new/.x.N.tmp", "fsync /new"],
  );
});

test("readText() refuses what is missing, too large or not UTF-8, and names it", async (t) => {
  const folder = temporaryFolder(t);
  writeFileSync(join(folder, "latin1"), Buffer.from([0x67, 0x72, 0xfc, 0x6e]));
  writeFileSync(join(folder, "large"), "");
  truncateSync(join(folder, "large"), 65 * 1024 * 1024);

  await assert.rejects(files.readText(join(folder, "none")), { code: "FILE_UNREADABLE", message: /none": it is not there/ });
  await assert.rejects(files.readText(join(folder, "latin1")), { code: "FILE_UNREADABLE", message: /should be UTF-8/ });
  await assert.rejects(files.readText(join(folder, "large")), { code: "FILE_UNREADABLE", message: /68157440 bytes/ });
  await assert.rejects(files.readText(folder), { code: "FILE_UNREADABLE", message: /EISDIR/ });
  assert.equal(await files.readTextIfThere(join(folder, "none")), undefined);
  assert.equal(await files.readTextIfThere(join(folder, "latin1", "below")), undefined);
});

test("realPath() follows links to where they lead, and takes one that leads nowhere for nothing", async (t) => {
  const folder = realpathSync(temporaryFolder(t));
  mkdirSync(join(folder, "deep"));
  writeFileSync(join(folder, "deep", "file"), "");
  symlinkSync("deep", join(folder, "to-folder"));
  symlinkSync("to-folder/file", join(folder, "to-file"));
  symlinkSync("nowhere", join(folder, "dangling"));
  symlinkSync("loop", join(folder, "loop"));

  assert.equal(await files.realPath(join(folder, "to-file")), join(folder, "deep", "file"));
  assert.equal(await files.realPath(join(folder, "deep", "file")), join(folder, "deep", "file"));
  assert.equal(await files.realPath(join(folder, "dangling")), undefined);
  await assert.rejects(files.realPath(join(folder, "loop")), { code: "FILE_UNREADABLE" });
});

test("info() looks at the path itself, list() sorts by code unit and takes a missing folder for an empty one", async (t) => {
  const folder = temporaryFolder(t);
  for (const name of ["b", "a", "Z", "ä", "10", "9"]) writeFileSync(join(folder, name), "12345");
  symlinkSync("nowhere", join(folder, "link"));
  mkdirSync(join(folder, "folder"));
  execFileSync("sh", ["-c", 'mkfifo "$0"', join(folder, "pipe")]);

  assert.deepEqual(await files.list(folder), ["10", "9", "Z", "a", "b", "folder", "link", "pipe", "ä"]);
  assert.deepEqual(await files.list(join(folder, "none")), []);
  await assert.rejects(files.list(join(folder, "a")), { code: "FILE_UNREADABLE" });
  const kinds = await Promise.all(
    ["a", "folder", "link", "pipe", "none"].map(async (name) => (await files.info(join(folder, name)))?.kind),
  );
  assert.deepEqual(kinds, ["file", "folder", "link", "other", undefined]);
  assert.equal((await files.info(join(folder, "a")))?.sizeBytes, 5);
});

test("copy() keeps mode and bytes, and tells a missing source from a full target", async (t) => {
  const folder = temporaryFolder(t);
  writeFileSync(join(folder, "tool"), "x", { mode: 0o755 });

  await files.copy(join(folder, "tool"), join(folder, "to", "tool"));

  assert.equal(statSync(join(folder, "to", "tool")).mode & 0o777, 0o755);
  await assert.rejects(files.copy(join(folder, "none"), join(folder, "x")), { code: "FILE_UNREADABLE" });
  await assert.rejects(files.copy(join(folder, "tool"), join(folder, "tool", "below")), { code: "STORAGE_FAILED", message: /E[A-Z]+/ });
});

test("remove() takes folders and what is not there", async (t) => {
  const folder = temporaryFolder(t);
  mkdirSync(join(folder, "a", "b"), { recursive: true });
  writeFileSync(join(folder, "a", "b", "c"), "");

  await files.remove(join(folder, "a"));
  await files.remove(join(folder, "a"));

  assert.deepEqual(readdirSync(folder), []);
});

test("remove() takes read-only folders of a user who is not root", (t) => {
  const folder = temporaryFolder(t);
  chmodSync(folder, 0o777);
  const program = `import { createFiles } from "./files.ts"; import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
    const folder = process.argv[1] + "/cache"; mkdirSync(folder + "/module", { recursive: true }); writeFileSync(folder + "/module/file", ""); chmodSync(folder + "/module", 0o555); chmodSync(folder, 0o555);
    await createFiles().remove(folder);`;
  const asNobody = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};

  // As another user the sources may be out of reach: the program is handed over as one bundle of few files.
  for (const name of ["files.ts", "small-file.ts", "atomic-file.ts", "storage-error.ts", "ports.ts"]) {
    writeFileSync(join(folder, name), readFileSync(join(platform, name), "utf8").replaceAll("../domain/", "./"), { mode: 0o644 });
  }
  for (const name of ["error.ts", "error-catalog.ts", "digest.ts"])
    writeFileSync(join(folder, name), readFileSync(join(platform, "../domain", name)), { mode: 0o644 });
  const node = join(folder, "node");
  writeFileSync(node, readFileSync(process.execPath), { mode: 0o755 });
  const end = spawnSync(node, ["--input-type=module-typescript", "-e", program, folder], { cwd: folder, encoding: "utf8", ...asNobody });

  assert.equal(end.status, 0, end.stderr);
  assert.ok(!existsSync(join(folder, "cache")));
});

test("digest() streams: memory does not grow with the file", async (t) => {
  const folder = temporaryFolder(t);
  const file = join(folder, "large");
  writeFileSync(file, "start");
  truncateSync(file, 300 * 1024 * 1024);
  const before = process.memoryUsage().rss;

  const { sha256: digest, sizeBytes } = await files.digest(file);

  assert.equal(sizeBytes, 300 * 1024 * 1024);
  assert.equal(digest, execFileSync("sh", ["-c", 'sha256sum < "$0"', file], { encoding: "utf8" }).slice(0, 64));
  assert.ok(process.memoryUsage().rss - before < 60 * 1024 * 1024);
});

test("freeBytes() answers for a folder that is not there yet", async (t) => {
  const folder = temporaryFolder(t);

  const free = await files.freeBytes(join(folder, "a", "b"));

  assert.ok(free > 0 && Math.abs(free - (await files.freeBytes(folder))) < 1024 ** 3);
});

test("put() freezes bytes under their digest, read only, twice being harmless", async (t) => {
  const folder = temporaryFolder(t);
  const store = createArtifactStore(join(folder, "store"));
  const file = join(folder, "demo.whl");
  writeFileSync(file, "wheel bytes");
  const digest = sha256(createHash("sha256").update("wheel bytes").digest("hex"));

  const [first, second] = await Promise.all([store.put(file), store.put(file)]);
  writeFileSync(file, "changed later");

  assert.deepEqual(first, { digest, sizeBytes: 11 });
  assert.deepEqual(second, first);
  assert.equal(store.file(digest), join(folder, "store", "sha256", digest.slice(0, 2), digest.slice(2)));
  assert.equal(readFileSync(store.file(digest), "utf8"), "wheel bytes");
  assert.equal(statSync(store.file(digest)).mode & 0o777, 0o444);
  assert.deepEqual(readdirSync(join(folder, "store", "tmp")), []);
  assert.deepEqual([await store.has(digest), await store.has(sha256("0".repeat(64)))], [true, false]);
});

test("verify() tells intact, damaged and absent apart; put() mends what lost bytes", async (t) => {
  const folder = temporaryFolder(t);
  const store = createArtifactStore(join(folder, "store"));
  const file = join(folder, "demo.whl");
  writeFileSync(file, "wheel bytes");
  const { digest } = await store.put(file);
  const seen = [await store.verify(digest), await store.verify(sha256("0".repeat(64)))];
  chmodSync(store.file(digest), 0o644);
  writeFileSync(store.file(digest), "whee");
  seen.push(await store.verify(digest));
  await store.put(file);
  seen.push(await store.verify(digest));

  assert.deepEqual(seen, [
    { kind: "intact", sizeBytes: 11 },
    { kind: "absent" },
    { kind: "damaged", found: createHash("sha256").update("whee").digest("hex"), sizeBytes: 4 },
    { kind: "intact", sizeBytes: 11 },
  ]);
});

test("put() refuses links, folders and devices, and what is not there", async (t) => {
  const folder = temporaryFolder(t);
  const store = createArtifactStore(join(folder, "store"));
  symlinkSync("/etc/passwd", join(folder, "link"));
  execFileSync("sh", ["-c", 'mkfifo "$0"', join(folder, "pipe")]);

  for (const name of ["link", "pipe", "."]) await assert.rejects(store.put(join(folder, name)), { code: "ARTIFACT_INVALID" }, name);
  await assert.rejects(store.put(join(folder, "none")), { code: "FILE_UNREADABLE" });
});

test("put() removes what a process that died long ago left half copied, and nothing younger", async (t) => {
  const folder = temporaryFolder(t);
  const file = join(folder, "a");
  writeFileSync(file, "a");
  mkdirSync(join(folder, "store", "tmp"), { recursive: true });
  for (const name of ["old", "young"]) writeFileSync(join(folder, "store", "tmp", name), "");
  utimesSync(join(folder, "store", "tmp", "old"), 1, 1);

  await createArtifactStore(join(folder, "store")).put(file);

  assert.deepEqual(readdirSync(join(folder, "store", "tmp")), ["young"]);
});

test("a full disk, a read-only disk and a place that is no folder are STORAGE_FAILED, and leave no half artifact", (t) => {
  const folder = temporaryFolder(t);
  mkdirSync(join(folder, "small"));
  writeFileSync(join(folder, "artifact"), "x".repeat(300_000));
  writeFileSync(join(folder, "plain"), "");
  const program = `import { createArtifactStore } from ${JSON.stringify(join(platform, "store.ts"))}; import { createFiles } from ${JSON.stringify(join(platform, "files.ts"))};
    const [folder, place] = process.argv.slice(1); const tell = async (work) => console.log(await work.then(() => "done", (error) => [error.code, error.message.split("answered ")[1], error.hint.split(",")[0]].join(" | ")));
    await tell(createArtifactStore(folder + place + "/store").put(folder + "/artifact")); await tell(createFiles().writeText(folder + place + "/text", "x".repeat(300000)));`;
  const node = `"${process.execPath}" --input-type=module-typescript -e "$0" "$1" "$2" && find "$1/small" -type f`;
  const run = (before: string, place: string): string => {
    const args = ["-c", `${before} && ${node}`, program, folder, place];
    return before.startsWith("mount")
      ? execFileSync("sh", ["-c", 'unshare --mount --map-root-user sh "$@"', "sh", ...args], { encoding: "utf8" })
      : execFileSync("sh", args, { encoding: "utf8" });
  };

  // Where mounts are not permitted (a plain container), a limit on file sizes stands for the full disk.
  const mounts = spawnSync("sh", ["-c", "unshare --mount --map-root-user true"]).status === 0;
  const full = mounts ? run('mount -t tmpfs -o size=200k tmpfs "$1/small"', "/small") : run("trap '' XFSZ; ulimit -f 200", "/small");
  const readOnly = mounts ? run('mount -t tmpfs -o ro tmpfs "$1/small"', "/small") : "";
  const noFolder = run("true", "/plain");

  assert.match(full, /^(STORAGE_FAILED \| (ENOSPC \| Make room on that disk|EFBIG \| .*)\n){2}$/);
  assert.match(readOnly, mounts ? /^(STORAGE_FAILED \| EROFS \| Make the disk writable\n){2}$/ : /^$/);
  assert.match(noFolder, /^(STORAGE_FAILED \| (ENOTDIR|EEXIST) \| .*\n){2}$/);
});
