import assert from "node:assert/strict";
import { test } from "node:test";
import { sha256 } from "../../domain/digest.ts";
import type { ListedFile } from "../registry.ts";
import type { LookedUp } from "./look-up.ts";
import { judgeBytes, judgeFile, surveyOf, versionsOf } from "./observe.ts";

const ours = sha256("a".repeat(64));
const theirs = sha256("b".repeat(64));
const wanted = { package: "Slip.Demo", version: "1.0", name: "slip_demo-1.0.tar.gz", sha256: ours, sizeBytes: 10 };
const file: ListedFile = { name: wanted.name, url: "https://localhost/f", sha256: ours, sizeBytes: 10, uploadedAt: "2026-11-21T00:00:00Z" };

function listed(files: readonly ListedFile[], status?: string): LookedUp {
  return { kind: "page", page: { files, ...(status === undefined ? {} : { status }) }, serial: "7" };
}

test("judgeFile() says present only of our own bytes, with what was read back", () => {
  assert.deepEqual(judgeFile(listed([{ ...file, yanked: "bad" }]), wanted, "staging"), {
    kind: "present",
    evidence: {
      how: "sha256 read back from the index",
      url: "https://localhost/f",
      sha256: ours,
      sizeBytes: 10,
      details: { uploadedAt: "2026-11-21T00:00:00Z", yanked: "bad", serial: "7" },
    },
  });
});

test("judgeFile() names a stranger's file with its time and digest", () => {
  const judged = judgeFile(listed([{ ...file, sha256: theirs }]), wanted, "staging");
  assert.equal(
    judged.kind === "conflict" && judged.theirs,
    `"staging" holds another "slip_demo-1.0.tar.gz", uploaded at 2026-11-21T00:00:00Z, with sha256 ${theirs}`,
  );
});

test("judgeFile() sees a conflict behind a file of ours that is listed twice", () => {
  assert.equal(judgeFile(listed([file, { ...file, sha256: theirs }]), wanted, "staging").kind, "conflict");
});

test("judgeFile() asks for the bytes where there is no digest, and knows absent from unknown", () => {
  const { sha256: _gone, ...without } = file;
  assert.deepEqual(judgeFile(listed([without]), wanted, "staging"), { kind: "compare", file: without });
  assert.deepEqual(judgeFile(listed([]), wanted, "staging"), { kind: "absent" });
  assert.deepEqual(judgeFile({ kind: "absent" }, wanted, "staging"), { kind: "absent" });
  assert.deepEqual(judgeFile({ kind: "unknown", why: "x" }, wanted, "staging"), { kind: "unknown", why: "x" });
  assert.equal(judgeFile(listed([], "quarantined"), wanted, "staging").kind, "unknown");
});

test("judgeBytes() compares what was downloaded and says how", () => {
  const same = judgeBytes(file, wanted, { sha256: ours, sizeBytes: 10, registry: "staging" });
  assert.match(same.kind === "present" ? same.evidence.how : "", /^downloaded and digested/);
  assert.equal(judgeBytes(file, wanted, { sha256: theirs, sizeBytes: 10, registry: "staging" }).kind, "conflict");
});

test("surveyOf() lists the files of a version by their names, whatever its spelling", () => {
  const names = [
    "slip_demo-1.0.0-py3-none-any.whl",
    "Slip.Demo-1.0.tar.gz",
    "slip-demo-1.0.zip",
    "slip_demo-1.0.1.tar.gz",
    "slip_demo_more-1.0.tar.gz",
    "slip_demo-1.0-py3.egg",
  ];
  const looked = listed(names.map((name) => ({ name, url: "https://localhost/" })));

  const survey = surveyOf(looked, "slip-demo", "1");

  assert.deepEqual(survey.kind === "listed" && survey.files.map((one) => one.name), names.slice(0, 3));
  assert.deepEqual(surveyOf(looked, "slip-demo", "2"), { kind: "absent", package: "exists" });
  assert.deepEqual(surveyOf({ kind: "absent" }, "slip-demo", "2"), { kind: "absent", package: "absent" });
  assert.equal(surveyOf(listed([], "quarantined"), "slip-demo", "1").kind, "unknown");
});

test("versionsOf() joins the index's own list with the names of the files", () => {
  const looked: LookedUp = { kind: "page", page: { files: [{ name: "demo-1.0rc1-py3-none-any.whl", url: "x" }, { name: "demo-2.0.tar.gz", url: "x" }, { name: "demo-odd.tar.gz", url: "x" }], versions: ["2.0", "3.0"] } }; // prettier-ignore
  assert.deepEqual(versionsOf(looked, "demo"), { kind: "listed", versions: ["2.0", "3.0", "1.0rc1"] });
});
