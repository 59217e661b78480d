import assert from "node:assert/strict";
import { test } from "node:test";
import { scriptedHttp } from "../../../test/support/scripted-http.ts";
import { fakeClock } from "../../../test/support/ports.ts";
import { githubForge } from "./client.ts";

const signal = new AbortController().signal;

/** A GitHub that answers these documents by path below the repository, and 404 for any other. */
function settingsWith(documents: Readonly<Record<string, unknown>>) {
  const { http, asked } = scriptedHttp((url) => {
    const at = url.pathname.replace("/repos/slip/demo/", "");
    return Object.hasOwn(documents, at) ? { status: 200, body: documents[at] } : { status: 404, body: { message: "Not Found" } };
  });
  const roots = { apiUrl: "http://127.0.0.1", uploadUrl: "http://127.0.0.1", webUrl: "http://127.0.0.1" };
  const forge = githubForge({ ...roots, name: "github", repository: "slip/demo", world: "real", settleMs: 0, clock: fakeClock(), http });
  return { settings: forge.settings, asked };
}

const rules = { "rules/branches/main": [{ type: "pull_request" }, { type: "deletion" }, { type: "pull_request" }] };

test("protections: rules of the branch and active rulesets of tags are named, each once", async () => {
  const tags = [
    { name: "releases", target: "tag", enforcement: "active" },
    { name: "tried", target: "tag", enforcement: "evaluate" },
    { name: "branches", target: "branch", enforcement: "active" },
  ];
  const { settings, asked } = settingsWith({ "branches/main": { protected: true }, ...rules, rulesets: tags });

  assert.deepEqual(await settings.protections("main", { signal }), {
    kind: "found",
    found: { branch: ["pull_request", "deletion"], tags: ["releases"] },
  });
  assert.equal(
    asked.some(({ headers }) => "authorization" in headers),
    false,
  );
});

test("protections: a branch that is protected in the older way has no rules, and is protected all the same", async () => {
  const { settings } = settingsWith({ "branches/main": { protected: true }, "rules/branches/main": [], rulesets: [] });

  assert.deepEqual(await settings.protections("main", { signal }), { kind: "found", found: { branch: ["protected"], tags: [] } });
});

test("protections: rules that are not shown are unknown, never none", async () => {
  const branch = { "branches/main": { protected: false } };

  assert.equal((await settingsWith(branch).settings.protections("main", { signal })).kind, "unknown");
  assert.equal(
    (await settingsWith({ ...branch, ...rules, rulesets: { message: "no list" } }).settings.protections("main", { signal })).kind,
    "unknown",
  );
  assert.equal((await settingsWith({}).settings.protections("main", { signal })).kind, "absent");
});
