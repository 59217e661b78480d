// Pushes by the real program against a real remote that loses replies, refuses, or moves at the worst moment: the release
// ends complete or at one named decision, with one commit and one tag, and nothing is forced. Branch and tag go out in one
// push here; a push of the branch alone, with its pull request, is tried in pull-request.test.ts.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { test, type TestContext } from "node:test";
import { told } from "../support/bed.ts";
import { prebuiltName } from "../support/prebuilt-project.ts";
import { openPlace, pageOf, prebuiltExample, releaseTokens, repositoryOf, somebodyElse, type Place } from "../support/two-pipelines.ts";

async function open(context: TestContext): Promise<Place> {
  const place = await openPlace({ files: prebuiltExample("1.1.0", "one push"), ours: prebuiltName, isolated: true });
  context.after(() => place.close());
  return place;
}

/** A git before the real one, which does something around each push; `$REAL` is the real one, `$ONCE` is true the first time. */
function gitThat(place: Place, around: string): Readonly<Record<string, string>> {
  const bin = path.join(place.bed.folder, "git-before");
  mkdirSync(bin);
  const real = execFileSync("which", ["git"], { encoding: "utf8" }).trim();
  const script = `#!/bin/sh
REAL='${real}'
HERE='${bin}'
push=no
for word in "$@"; do [ "$word" = push ] && push=yes; done
[ $push = yes ] || exec "$REAL" "$@"
echo push >> "$HERE/pushes"
ONCE=false; [ -e "$HERE/once" ] || { ONCE=true; touch "$HERE/once"; }
${around}
exec "$REAL" "$@"
`;
  writeFileSync(path.join(bin, "git"), script, { mode: 0o755 });
  return { ...releaseTokens, PATH: `${bin}:${place.bed.env["PATH"] ?? ""}` };
}

function pushes(place: Place): number {
  const log = path.join(place.bed.folder, "git-before", "pushes");
  return existsSync(log) ? readFileSync(log, "utf8").trim().split("\n").length : 0;
}

function hook(place: Place, name: string, script: string): void {
  writeFileSync(path.join(place.origin, "hooks", name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
}

function wholeOnce(place: Place, commits = 2): void {
  assert.equal(place.remote("rev-list", "--count", "main"), String(commits));
  assert.equal(
    place
      .remote("log", "--format=%s", "main")
      .split("\n")
      .filter((one) => one === "Release 1.1.0").length,
    1,
  );
  assert.equal(place.remote("for-each-ref", "--format=%(refname) %(objecttype)", "refs/tags"), "refs/tags/v1.1.0 tag");
  assert.equal(pageOf(place, "v1.1.0").draft, false);
  assert.equal(place.forge().state().runs.length, 1);
}

test("a push whose reply was lost is seen at the remote, and is not sent again", async (context) => {
  const place = await open(context);
  const before = repositoryOf(place);
  const lost = `$ONCE && { "$REAL" "$@" >/dev/null 2>&1; echo 'fatal: the remote end hung up unexpectedly' >&2; exit 128; }`;

  const ended = await place.release("1.1.0", { env: gitThat(place, lost) });

  assert.equal(ended.code, 0, told(ended));
  assert.equal(pushes(place), 1);
  wholeOnce(place);
  assert.equal(repositoryOf(place), before);
});

test("a push that never reached the remote is sent again", async (context) => {
  const place = await open(context);
  const cut = `$ONCE && { echo 'fatal: unable to access: Could not resolve host' >&2; exit 128; }`;

  const ended = await place.release("1.1.0", { env: gitThat(place, cut) });

  assert.equal(ended.code, 0, told(ended));
  assert.equal(pushes(place), 2);
  wholeOnce(place);
});

test("a git that is killed in the middle of a push leaves nothing in doubt for long", async (context) => {
  const place = await open(context);

  const ended = await place.release("1.1.0", { env: gitThat(place, `$ONCE && { "$REAL" "$@" >/dev/null 2>&1; kill -9 $$; }`) });

  assert.equal(ended.code, 0, told(ended));
  assert.equal(pushes(place), 1);
  wholeOnce(place);
});

test("a remote that took the push and fails after it does not make it fail", async (context) => {
  const place = await open(context);
  hook(place, "post-receive", "echo 'the mirror is down' >&2\nkill -9 $PPID\nexit 1");

  const ended = await place.release("1.1.0");

  assert.equal(ended.code, 0, told(ended));
  wholeOnce(place);
});

test("a remote that dies between taking the push and saying so is looked at again", async (context) => {
  const place = await open(context);
  const died = path.join(place.bed.folder, "died");
  hook(place, "reference-transaction", `[ "$1" = committed ] && [ ! -e '${died}' ] && touch '${died}' && kill -9 $PPID\nexit 0`);

  const ended = await place.release("1.1.0");

  assert.equal(existsSync(died), true, "it died");
  assert.equal(ended.code, 0, told(ended));
  wholeOnce(place);
});

test("a remote that does not say what became of a ref has refused nothing", async (context) => {
  const place = await open(context);
  const silent = `"$REAL" "$@" >/dev/null 2>&1; printf '!\\trefs/heads/main:refs/heads/main\\t[remote failure] (remote failed to report status)\\nDone\\n'; exit 1`;

  const ended = await place.release("1.1.0", { env: gitThat(place, `$ONCE && { ${silent}; }`) });

  assert.equal(ended.code, 0, told(ended));
  assert.equal(pushes(place), 1);
  wholeOnce(place);
});

test("a rule of the remote that refuses the push is told in its words, and nothing else is done; once it is gone the same command goes on", async (context) => {
  const place = await open(context);
  const before = repositoryOf(place);
  hook(place, "pre-receive", "printf 'GH006: Protected branch update failed\\033[31m for main\\n' >&2\nexit 1");

  const refused = await place.release("1.1.0");

  assert.equal(refused.code, 1, told(refused));
  assert.match(told(refused), /GH006: Protected branch update failed/);
  assert.doesNotMatch(told(refused), /\u001b/);
  assert.equal(place.remote("rev-list", "--count", "main"), "1");
  assert.equal(place.remote("tag", "--list"), "");
  assert.deepEqual(place.forge().state().releases, []);
  assert.equal(repositoryOf(place), before);

  hook(place, "pre-receive", "exit 0");
  const ended = await place.release("1.1.0");
  assert.equal(ended.code, 0, told(ended));
  wholeOnce(place);
});

test("a remote that takes tags and refuses the branch gets neither", async (context) => {
  const place = await open(context);
  hook(place, "update", `case "$1" in refs/heads/*) echo 'no pushes to branches' >&2; exit 1;; esac`);

  const refused = await place.release("1.1.0");

  assert.equal(refused.code, 1, told(refused));
  assert.match(told(refused), /no pushes to branches/);
  assert.equal(place.remote("tag", "--list"), "");
  assert.equal(place.remote("rev-list", "--count", "main"), "1");
});

test("a branch that somebody moves between the last look and the push is not overwritten", async (context) => {
  const place = await open(context);
  const mallory = somebodyElse(place);
  const commit = `git -C '${mallory.folder}' -c user.name=m -c user.email=m@example.org commit --quiet --allow-empty --message theirs`;
  const moves = `$ONCE && { (unset $("$REAL" rev-parse --local-env-vars); for v in $(env | grep -o '^GIT_[A-Z_0-9]*'); do unset $v; done; ${commit.replace(/^git/, '"$REAL"')}; "$REAL" -C '${mallory.folder}' push --quiet origin HEAD:main) >&2; }`;

  const ended = await place.release("1.1.0", { env: gitThat(place, moves) });

  assert.equal(ended.code, 6, told(ended));
  assert.match(told(ended), /branch main/);
  assert.equal(place.remote("log", "--format=%s", "main"), "theirs\none");
  assert.equal(place.remote("tag", "--list"), "");
  assert.deepEqual(place.forge().state().releases, []);
});

test("a tag that somebody else pushes under our name stops the release before the branch is moved", async (context) => {
  const place = await open(context);
  const moves = `$ONCE && "$REAL" --git-dir '${place.origin}' -c user.name=m -c user.email=m@example.org tag v1.1.0 main >&2`;

  const ended = await place.release("1.1.0", { env: gitThat(place, moves) });

  assert.equal(ended.code, 6, told(ended));
  assert.match(told(ended), /tag v1\.1\.0 leads to/);
  assert.equal(place.remote("rev-list", "--count", "main"), "1");
  assert.equal(place.remote("cat-file", "-t", "v1.1.0"), "commit");
});

test("a remote that is gone for the run's first push is waited for, and told", async (context) => {
  const place = await open(context);
  const away = `$ONCE && { mv '${place.origin}' '${place.origin}.away'; "$REAL" "$@"; code=$?; mv '${place.origin}.away' '${place.origin}'; exit $code; }`;

  const ended = await place.release("1.1.0", { env: gitThat(place, away) });

  assert.equal(ended.code, 0, told(ended));
  wholeOnce(place);
});
