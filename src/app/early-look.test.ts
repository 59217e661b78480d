import assert from "node:assert/strict";
import { test } from "node:test";
import type { Git, SourceLook } from "../platform/ports.ts";
import { withEarlyLook } from "./early-look.ts";

/** A repository whose commit is the number of the look. */
function counting(): { readonly git: Git; looks(): number } {
  let looks = 0;
  const look = async (folder: string): Promise<SourceLook> => {
    looks += 1;
    if (folder === "/none") throw new Error("no repository");
    return { root: folder, commit: String(looks), epochSeconds: 0, tagsHere: [], dirty: [], shallow: false, person: "" };
  };
  return { git: { look } as unknown as Git, looks: () => looks };
}

test("the first look is taken at once and asked for once; later ones see what has become of the source", async () => {
  const { git, looks } = counting();

  const early = withEarlyLook(git, "/project");

  assert.equal(looks(), 1);
  assert.equal((await early.look("/project")).commit, "1");
  assert.equal((await early.look("/project")).commit, "2");
});

test("a look at another folder is another look, and what was seen before it is not told any more", async () => {
  const { git } = counting();
  const early = withEarlyLook(git, "/project");

  assert.equal((await early.look("/other")).root, "/other");
  assert.equal((await early.look("/project")).commit, "3");
});

test("what the early look throws is thrown by whoever asks for it, and by nobody else", async () => {
  const { git } = counting();

  const early = withEarlyLook(git, "/none");
  await new Promise((resolve) => void setImmediate(resolve));

  await assert.rejects(early.look("/none"), /no repository/);
});
