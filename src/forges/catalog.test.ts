import assert from "node:assert/strict";
import { test } from "node:test";
import { knownForges } from "../domain/known-services.ts";
import { createForge, forgeOfRemote } from "./catalog.ts";

const unused = (): never => assert.fail("no request is sent");
const ports = { clock: { nowMs: () => 0, sleep: async () => undefined }, http: { send: unused, fetch: unused, blocks: unused } };

test("a known forge has its addresses from one file, and one of one's own from where it is", () => {
  const [known] = knownForges;
  const github = createForge({ kind: "github", repository: "slip/demo" }, ports);
  const own = createForge({ kind: "gitea", url: "https://git.example:3000/forge/", repository: "slip/demo" }, ports);

  assert.deepEqual([github.name, github.kind, github.world], [known?.name, "github", "real"]);
  assert.equal(github.locate({ kind: "release", tag: "a/b c" }), `https://${known?.host ?? ""}/slip/demo/releases/tag/a%2Fb%20c`);
  assert.equal(own.name, "git.example:3000");
  assert.equal(own.locate({ kind: "pull-request", number: 7 }), "https://git.example:3000/forge/slip/demo/pulls/7");
  assert.equal(own.locate({ kind: "repository" }), "https://git.example:3000/forge/slip/demo");
});

test("addresses that are none, that hold credentials, or that are missing are refused", () => {
  const of = (url: string | undefined) => () =>
    createForge({ kind: "gitea", repository: "slip/demo", ...(url === undefined ? {} : { url }) }, ports);

  for (const url of [undefined, "ftp://h", "no address", "https://u:very-secret@h/", "https://h/?a=b"]) {
    assert.throws(
      of(url),
      (error: Error & { readonly code?: string }) => error.code === "CONFIG_INVALID" && !error.message.includes("very-secret"),
    );
  }
  assert.throws(() => createForge({ kind: "github", repository: "../x" }, ports), { code: "FORGE_NAME_INVALID" });
});

test("a git remote tells the forge, however it is written", () => {
  const host = knownForges[0]?.host ?? "";
  const expected = { kind: "github", host, url: `https://${host}`, repository: "slip/demo" };

  for (const remote of [
    `https://${host}/slip/demo.git`,
    `https://${host}/slip/demo`,
    `git@${host}:slip/demo.git`,
    `ssh://git@${host}/slip/demo.git`,
    `git+ssh://git@${host}/slip/demo`,
  ]) {
    assert.deepEqual(forgeOfRemote(remote), expected, remote);
  }
  assert.deepEqual(forgeOfRemote("http://127.0.0.1:3000/slip/demo.git"), {
    host: "127.0.0.1:3000",
    url: "http://127.0.0.1:3000",
    repository: "slip/demo",
  });
  assert.deepEqual(forgeOfRemote("ssh://git@forge.example:2222/slip/demo.git"), {
    host: "forge.example",
    url: "https://forge.example",
    repository: "slip/demo",
  });
  for (const remote of ["/srv/git/demo.git", "../demo", "file:///srv/demo.git", `https://${host}/demo`, `https://${host}/a/b/c`, ""]) {
    assert.equal(forgeOfRemote(remote), undefined, remote);
  }
});
