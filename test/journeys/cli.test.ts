// The command line, by the real program in real repositories: what it says to those who type and to those who script,
// and every exit status that can be reached without the outside world.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { after, before, describe, test, type TestContext } from "node:test";
import { checkJsonSchema, strictly } from "../support/json-schema.ts";
import { matchGolden } from "../support/golden.ts";
import { edit, makeBed, pointAt, readReport, repositoryRoot, startIndex, type Bed, type Ended } from "../support/bed.ts";
import { describedAs, handOn, prebuiltName, prebuiltProject, prebuiltTokens, type PrebuiltOptions } from "../support/prebuilt-project.ts";
import { sdist } from "../support/sdist.ts";
import { wheel, type WheelOf } from "../support/wheel.ts";
import type { ReleaseDiff } from "../../src/app/diff-release.ts";
import type { RehearsalPypi } from "../../src/registries/pypi/rehearsal/server.ts";
import {
  diagnosisDocumentSchema,
  diffDocumentSchema,
  initDocumentSchema,
  logsDocumentSchema,
  runsDocumentSchema,
  verificationDocumentSchema,
} from "../../src/app/schemas-look.ts";
import { errorSchema, planDocumentSchema, recordDocumentSchema, reportDocumentSchema } from "../../src/app/schemas.ts";
import { errorCatalog } from "../../src/domain/error-catalog.ts";

const source = { SLIPWAY_FROM_SOURCE: "1" };

/** One repository for all tests that change nothing of it: nothing listens where it publishes. */
let still: Bed;

const nowhere =
  'registries:\n  testpypi: { ecosystem: pypi, url: "http://127.0.0.1:9/legacy/" }\n  pypi: { ecosystem: pypi, url: "http://127.0.0.1:9/legacy/" }\n';

before(() => {
  still = makeBed({ example: { files: prebuiltProject({ top: nowhere }).files }, tag: "v1.0.0" });
});
after(() => still.remove());

function bedFor(context: TestContext, options: PrebuiltOptions & { readonly tag?: string } = {}): Bed {
  const bed = makeBed({
    example: { files: prebuiltProject({ top: nowhere, ...options }).files },
    ...(options.tag === undefined ? {} : { tag: options.tag }),
  });
  context.after(() => bed.remove());
  return bed;
}

interface OwnIndexes {
  readonly bed: Bed;
  readonly pypi: RehearsalPypi;
}

/** A bed whose two registries are indexes on loopback. */
async function withIndexes(context: TestContext, options: PrebuiltOptions & { readonly faults?: string } = {}): Promise<OwnIndexes> {
  const indexes = await Promise.all(
    ["testpypi", "pypi"].map((name) =>
      startIndex(path.join(still.folder, `${name}-${Math.random().toString(36).slice(2)}`), {
        ours: [prebuiltName],
        ...(name === "pypi" && options.faults !== undefined ? { faults: options.faults } : {}),
      }),
    ),
  );
  const [testpypi, pypi] = indexes;
  assert.ok(testpypi !== undefined && pypi !== undefined);
  const project = prebuiltProject(options);
  const bed = makeBed({
    example: { files: project.files },
    prepare: (folder) => pointAt(folder, { testpypi: { url: testpypi.uploadUrl }, pypi: { url: pypi.uploadUrl } }),
    tag: "v1.0.0",
  });
  context.after(async () => {
    await Promise.all(indexes.map((index) => index.close()));
    bed.remove();
  });
  return { bed, pypi };
}

interface Refusal {
  readonly schema: string;
  readonly code: keyof typeof errorCatalog;
  readonly message: string;
  readonly hint: string;
  readonly exitCode: number;
}

function refusal(ended: Ended): Refusal {
  const document = JSON.parse(ended.stdout) as Refusal;
  assert.deepEqual(checkJsonSchema(strictly(errorSchema), document), []);
  assert.equal(document.exitCode, ended.code);
  assert.equal(errorCatalog[document.code].exit, ended.code);
  return document;
}

const usage: readonly (readonly [string, readonly string[], RegExp, RegExp])[] = [
  ["no command", [], /no command is named/, /slipway --help/],
  ["an unknown command", ["reherse"], /unknown command 'reherse'/, /Did you mean rehearse\?/],
  ["an unknown option", ["run", "--mand"], /unknown option '--mand'/, /Did you mean --mend\?/],
  ["a missing word", ["retry"], /missing required argument 'step'/, /slipway --help/],
  ["a word too many", ["plan", "1.0.0", "2.0.0"], /too many arguments/, /slipway --help/],
  ["an option without its value", ["run", "--only"], /argument missing/, /slipway --help/],
  [
    "a kind of progress that is none",
    ["--progress", "purple", "plan"],
    /Cannot show progress as "purple"/,
    /auto, tty, plain, quiet, json/,
  ],
  ["an input without a value", ["plan", "--input", "all"], /Cannot read input "all"/, /--input name=value/],
  ["an attempt that is no number", ["logs", "--attempt", "1st"], /Cannot show attempt "1st"/, /./],
  ["a plan file that is not there", ["plan", "--against", "nowhere.json"], /there is no such file/, /--out FILE/],
  ["a plan file that is none", ["plan", "--against", "pyproject.toml"], /Cannot compare with "pyproject\.toml"/, /./],
  ["a shell that is none", ["completion", "tcsh"], /Cannot complete for "tcsh"/, /bash, zsh, fish/],
  ["steps that the plan does not have", ["run", "--only", "lint"], /the plan has no such step or group/, /Steps: build/],
  ["steps that act, as checks", ["run", "--only", "pypi"], /it acts on the world/, /./],
];
describe("a command line that is not understood", { concurrency: 2 }, () => {
  for (const [what, args, message, hint] of usage)
    test(`${what} is refused with 2, in words and as a document`, async () => {
      const [said, json] = await Promise.all([still.slipway(args, source), still.slipway(["--json", ...args], source)]);

      assert.equal(said.code, 2, said.stderr);
      assert.equal(said.stdout, "");
      assert.match(said.stderr, /^error\[USAGE\]: /);
      assert.match(said.stderr, message);
      assert.match(said.stderr.split("\nhint: ")[1] ?? "", hint);
      assert.match(refusal(json).message, message);
    });
});

test("help, version and completions are no faults, and go to standard output", async () => {
  for (const [args, text] of [
    [["--help"], /Usage: slipway/],
    [["run", "--help"], /--mend/],
    [["--version"], /^slipway [0-9]+\.[0-9]+\.[0-9]+\n$/],
    [["completion", "bash"], /complete -o default -F _slipway slipway/],
  ] as const) {
    const ended = await still.slipway(args, source);
    assert.equal(ended.code, 0, ended.stderr);
    assert.match(ended.stdout, text);
    assert.equal(ended.stderr, "");
  }
});

test("the completions that are printed are a script that bash reads", async () => {
  const { stdout } = await still.slipway(["completion", "bash"], source);

  execFileSync("bash", ["-n"], { input: stdout });
});

test("the shell is given verbs, flags, runs and steps", async () => {
  const words = async (...line: readonly string[]): Promise<readonly string[]> =>
    (await still.slipway(["__complete", "--", ...line], source)).stdout.trim().split("\n");

  assert.deepEqual(await words("reh"), ["rehearse"]);
  assert.ok((await words("plan", "--ag")).includes("--against"));
});

test("the plan is text with the line, the same in every run", async () => {
  const { code, stdout, stderr } = await still.slipway(["plan"], source);

  assert.equal(code, 0, stderr);
  assert.equal(stderr, "");
  matchGolden("plan/prebuilt.txt", withoutIds(stdout));
});

test("the plan of the example shows gates, candidate and hotfix in its text", async (context) => {
  const bed = makeBed({
    example: "tag-driven",
    prepare: (project) => edit(project, "pyproject.toml", (text) => text.replace(/^version = ".*"$/m, 'version = "0.2.0"')),
    tag: "v0.2.0",
  });
  context.after(() => bed.remove());

  const { stdout, stderr } = await bed.slipway(["plan", "--path", "hotfix", "--reason", "it burns"], source);

  assert.equal(stderr, "");
  matchGolden("plan/tag-driven-hotfix.txt", withoutIds(stdout));
});

/** Commits have times of their own. */
function withoutIds(text: string): string {
  return text
    .replace(/[0-9a-f]{64}/g, "<sha256>")
    .replace(/\b[0-9a-f]{10}\b/g, "<commit>")
    .replace(/127\.0\.0\.1:[0-9]+/g, "127.0.0.1:<port>");
}

test("the plan as a document fits its schema, and says its own digest", async () => {
  const { stdout } = await still.slipway(["plan", "--json"], source);

  const document = JSON.parse(stdout) as { readonly schema: string; readonly digest: string };
  assert.deepEqual(checkJsonSchema(strictly(planDocumentSchema), document), []);
  assert.equal(stdout.trimEnd().includes("\n"), false, "one line");
  assert.match((await still.slipway(["plan"], source)).stdout, new RegExp(document.digest));
});

test("the plan is the same from two folders, users, time zones and locales, and of every way to name the project", async (context) => {
  const other = path.join(still.folder, "änderer Ort");
  execFileSync("git", ["clone", "--quiet", still.project, other], { env: still.env });
  const home = path.join(still.folder, "other-home");
  mkdirSync(home);
  writeFileSync(
    path.join(home, ".gitconfig"),
    "[user]\n\tname = bob\n\temail = bob@example.org\n[core]\n\tautocrlf = true\n\tquotePath = false\n",
  );
  context.after(() => rmSync(other, { recursive: true }));
  const digest = async (args: readonly string[], env: Readonly<Record<string, string>>): Promise<string> => {
    const { stdout, stderr } = await still.slipway([...args, "plan", "--json"], { ...source, ...env });
    return (JSON.parse(stdout || `{"digest":${JSON.stringify(stderr)}}`) as { digest: string }).digest;
  };

  const digests = await Promise.all([
    digest([], {}),
    digest(["-C", other], { HOME: home }),
    digest(["-C", other], { TZ: "Pacific/Auckland", LC_ALL: "tr_TR.UTF-8", LANG: "tr_TR.UTF-8" }),
    digest(["-C", path.join(other, "built")], { TZ: "America/St_Johns", LC_ALL: "C", USER: "somebody" }),
  ]);

  assert.match(digests[0] ?? "", /^[0-9a-f]{64}$/);
  assert.equal(new Set(digests).size, 1, digests.join("\n"));
});

test("plan --against names the fields that changed, and --exit-code says that there are some", async (context) => {
  const bed = bedFor(context, { tag: "v1.0.0" });
  const file = path.join(bed.folder, "plan.json");
  assert.equal((await bed.slipway(["plan", "--out", file], source)).code, 0);

  const same = await bed.slipway(["plan", "--against", file, "--exit-code"], source);
  edit(bed.project, "slipway.yaml", (text) => text.replace("publish, environment: pypi }", "publish, environment: pypi, timeout: 5m }"));
  const changed = await bed.slipway(["plan", "--against", file, "--exit-code"], source);
  const document = JSON.parse((await bed.slipway(["plan", "--against", file, "--json"], source)).stdout) as {
    readonly changes: readonly { readonly field: string; readonly before?: string; readonly after?: string }[];
  };

  assert.equal(same.code, 0, same.stderr);
  assert.match(same.stdout, /\nThe plan is unchanged\.\n$/);
  assert.equal(changed.code, 9, changed.stderr);
  assert.match(changed.stdout, /\nChanged:\n {2}steps\.pypi\.timeoutMs: 3600000 → 300000\n$/);
  assert.deepEqual(
    document.changes.map((change) => change.field),
    ["steps.pypi.timeoutMs"],
  );
});

test("a run is waited for (3), shown, approved for exactly its bytes, and finished; its documents fit their schemas", async (context) => {
  const { bed } = await withIndexes(context, {
    top: "people: { maintainers: [alice, bob] }\n",
    environments:
      "  testpypi: { registry: testpypi, credentials: { token: TESTPYPI_TOKEN }, test: true }\n  pypi: { registry: pypi, credentials: { token: PYPI_TOKEN }, approvals: { required: 1, from: maintainers } }\n",
  });
  const env = { ...source, ...prebuiltTokens };

  const waiting = await bed.slipway(["run", "--no-wait", "--json"], env);

  assert.equal(waiting.code, 3, waiting.stderr);
  const report = readReport(waiting);
  assert.deepEqual(checkJsonSchema(strictly(reportDocumentSchema), report), []);
  assert.deepEqual([report.standing, report.code], ["waiting", "RUN_WAITING"]);
  const status = await bed.slipway(["status", "--json"], env);
  assert.equal(status.code, 3);
  assert.deepEqual(checkJsonSchema(strictly(reportDocumentSchema), JSON.parse(status.stdout)), []);
  const [, digest = ""] = /subject sha256:([0-9a-f]{64})/.exec((await bed.slipway(["status"], env)).stdout) ?? [];

  const blind = await bed.slipway(["approve"], env);
  const other = await bed.slipway(["approve", "--digest", "0".repeat(64), "--json"], env);
  const stranger = await bed.slipway(["approve", "--digest", digest, "--as", "mallory", "--json"], env);
  const given = await bed.slipway(["approve", "--digest", digest, "--note", "looked at it"], env);

  assert.equal(blind.code, 2);
  assert.match(blind.stderr, new RegExp(`sha256:${digest}`), "what is consented to is shown first");
  assert.equal(refusal(other).code, "POLICY_REFUSED");
  assert.match(refusal(stranger).message, /"mallory" is not one of maintainers/);
  assert.equal(given.code, 0, given.stderr);
  assert.match(given.stdout, /^Approved: reed 1\.0\.0 \(not authenticated/);

  const finished = await bed.slipway(["run", "--json"], env);

  assert.equal(finished.code, 0, finished.stderr);
  const done = readReport(finished);
  assert.deepEqual(checkJsonSchema(strictly(reportDocumentSchema), done), []);
  assert.deepEqual(
    done.files.map((file) => file.outcome),
    ["published", "published", "published", "published"],
  );
  assert.ok(done.files.every((file) => /^[0-9a-f]{64}$/.test(file.sha256)));
  assert.deepEqual(checkJsonSchema(strictly(recordDocumentSchema), JSON.parse(readFileSync(done.record ?? "", "utf8"))), []);
  const verified = await bed.slipway(["verify", "--json"], env);
  assert.equal(verified.code, 0, verified.stdout);
  assert.equal((await bed.slipway(["status"], env)).code, 0);
});

test("without a token the run ends with 4 before anything is built, and names the variable", async (context) => {
  const { bed, pypi } = await withIndexes(context);

  const ended = await bed.slipway(["run", "--json"], source);

  const report = readReport(ended);
  assert.deepEqual([ended.code, report.exitCode, report.code], [4, 4, "CREDENTIAL_MISSING"]);
  assert.match(report.sentence, /TESTPYPI_TOKEN is not set|PYPI_TOKEN is not set/);
  assert.match(ended.stderr, /Preflight/);
  assert.equal(pypi.received().length, 0);
});

test("a plan that changed under a run ends with 7 and the fields; --mend goes on", async (context) => {
  const { bed } = await withIndexes(context, { faults: "expired-token*20" });
  const env = { ...source, ...prebuiltTokens };
  const failed = await bed.slipway(["run", "--json"], env);
  assert.equal(failed.code, 4, failed.stderr);
  assert.equal(readReport(failed).code, "CREDENTIAL_REFUSED");
  assert.match(readReport(failed).sentence, /pypi/);
  edit(bed.project, "slipway.yaml", (text) => text.replace("publish, environment: pypi }", "publish, environment: pypi, timeout: 5m }"));

  const stale = await bed.slipway(["run", "--json"], env);

  const error = refusal(stale);
  assert.deepEqual([stale.code, error.code], [7, "PLAN_STALE"]);
  assert.match(error.message, /steps\.pypi\.timeoutMs: 3600000 → 300000/);
  assert.match(error.hint, /slipway run --mend/);
  assert.match(stale.stderr, /public now: .* at testpypi/);
});

test("a tag that was moved under a run is not named as the way back: its old commit is", async (context) => {
  const { bed } = await withIndexes(context, { faults: "expired-token*20" });
  const env = { ...source, ...prebuiltTokens };
  const old = bed.git("rev-parse", "--short=10", "HEAD").trim();
  assert.equal((await bed.slipway(["run"], env)).code, 4);
  writeFile(path.join(bed.project, "more.txt"), "more");
  bed.git("add", "--all");
  bed.git("commit", "--quiet", "--message", "two");
  bed.git("tag", "--force", "--annotate", "v1.0.0", "--message", "moved");

  const moved = await bed.slipway(["run"], env);

  assert.equal(moved.code, 7, moved.stderr);
  assert.match(moved.stderr, new RegExp(`hint: Check out ${old} again`));
  bed.git("checkout", "--quiet", old);
  bed.git("tag", "--force", "--annotate", "v1.0.0", "--message", "back");
  assert.equal((await bed.slipway(["run"], env)).code, 4, "goes on, to the registry that does not take the token");
});

test("a place for state that cannot be used is said by every command, and found by doctor", async (context) => {
  const bed = bedFor(context, { tag: "v1.0.0" });
  writeFile(path.join(bed.folder, "no-folder"), "");
  const elsewhere = ["--state", path.join(bed.folder, "no-folder", "state"), "--json"];
  for (const words of [["rehearse"], ["run"]])
    assert.equal(refusal(await bed.slipway([...words, ...elsewhere], source)).code, "STORAGE_FAILED");
  const { stdout, code } = await bed.slipway(["doctor", ...elsewhere], source);
  assert.equal(code, 8);
  assert.match(stdout, /"id":"DR-DISK-01","level":"blocks"/);
  assert.match(stdout, /"id":"DR-STATE-02","level":"blocks"/);
});

test("a credential file that cannot be read is named, instead of a variable that is not set", async (context) => {
  const { bed } = await withIndexes(context);

  const ended = await bed.slipway(["run"], { ...source, ...prebuiltTokens, PYPI_TOKEN: "", PYPI_TOKEN_FILE: "/nowhere/token" });

  assert.equal(ended.code, 4, ended.stderr);
  assert.match(ended.stdout, /No credential for "pypi" .*"\/nowhere\/token"/);
});

test("other bytes under our name end the run with 6 and say whose; verify finds them too", async (context) => {
  const { bed } = await withIndexes(context, { faults: "stranger" });

  const ended = await bed.slipway(["run", "--json"], { ...source, ...prebuiltTokens });

  const report = readReport(ended);
  assert.deepEqual([ended.code, report.code], [6, "REGISTRY_CONFLICT"]);
  assert.match(report.sentence, /"pypi"/);
});

test("a failed step ends with 1, shows its output, and logs finds it", async (context) => {
  const bed = bedFor(context, {
    tag: "v1.0.0",
    steps: `  tests: { run: "sh -c 'echo the reason; exit 3'" }\n${handOn}  pypi: { uses: publish, environment: pypi }\n`,
  });

  const ended = await bed.slipway(["rehearse"], source);

  assert.equal(ended.code, 1);
  assert.match(ended.stdout, /^error\[STEP_FAILED\]: Step "tests" failed: /);
  assert.match(ended.stdout, /public now: nothing; this was a rehearsal/);
  assert.match(ended.stdout, /the reason/);
  assert.doesNotMatch(ended.stdout, /Nothing found/, "what did not come to its end cannot say that nothing more would be found");
  const logs = await bed.slipway(["logs", "--failed"], source);
  assert.equal(logs.code, 0, logs.stderr);
  assert.match(logs.stdout, /the reason/);
  const only = await bed.slipway(["run", "--only", "tests", "--json"], source);
  assert.equal(only.code, 1);
  assert.deepEqual(
    readReport(only).steps.map((step) => [step.id, step.state]),
    [["tests", "failed"]],
  );
});

test("checks that ran by themselves do not read like a release", async (context) => {
  const bed = bedFor(context, {
    tag: "v1.0.0",
    steps: `  tests: { run: "true" }\n${handOn}  pypi: { uses: publish, environment: pypi }\n`,
  });
  const only = await bed.slipway(["run", "--only", "tests"], source);
  assert.equal(only.code, 0, only.stderr);
  assert.match(only.stdout, /^tests: done; nothing was released$/m);
  assert.doesNotMatch(only.stdout, /complete/);
});

test("what doctor finds ends with 8, each finding with an id", async () => {
  const ended = await still.slipway(["doctor", "--json"], source);
  const one = await still.slipway(["doctor", "--only", "DR-TOOL-01", "--json"], source);

  assert.equal(ended.code, 8);
  const { schema, findings } = JSON.parse(ended.stdout) as {
    readonly schema: string;
    readonly findings: readonly { readonly id: string; readonly level: string }[];
  };
  assert.equal(schema, "slipway-diagnosis/1");
  assert.ok(findings.some((finding) => finding.id === "DR-CRED-02" && finding.level === "warns"));
  assert.ok(findings.every((finding) => /^DR-[A-Z]+-[0-9]{2}$/.test(finding.id)));
  assert.equal(one.code, 0, one.stdout);
});

test("diff tells what the next release changes for those who install it, and what git does not have", async (context) => {
  const { bed } = await withIndexes(context);
  const env = { ...source, ...prebuiltTokens };
  const released = await bed.slipway(["run", "--json"], env);
  assert.equal(released.code, 0, released.stderr);
  const next: WheelOf = { ...describedAs("1.1.0"), requires: ["slipway-example-tide>=0.2"] };
  const added = wheel({ ...next, files: { "reed_extra.pth": "import os\n" } });
  const { files } = prebuiltProject({ version: "1.1.0", built: [added, sdist(next)] });
  rmSync(path.join(bed.project, "built"), { recursive: true });
  for (const [name, content] of Object.entries(files)) if (name !== "slipway.yaml") writeFile(path.join(bed.project, name), content);
  bed.git("add", "--all");
  bed.git("commit", "--quiet", "--message", "1.1.0");
  const rehearsed = await bed.slipway(["rehearse", "--json"], env);
  assert.equal(rehearsed.code, 0, rehearsed.stderr + rehearsed.stdout);
  const rehearsal = readReport(rehearsed);
  assert.deepEqual(checkJsonSchema(strictly(reportDocumentSchema), rehearsal), []);
  assert.deepEqual(checkJsonSchema(strictly(recordDocumentSchema), JSON.parse(readFileSync(rehearsal.record ?? "", "utf8"))), []);

  const said = await bed.slipway(["diff"], env);
  const stat = await bed.slipway(["diff", "--stat", "--package", "reed"], env);
  const json = await bed.slipway(["diff", "--json"], env);
  const other = await bed.slipway(["diff", "--package", "weed", "--json"], env);

  assert.equal(said.code, 0, said.stderr);
  assert.match(said.stdout, /^reed 1\.1\.0 {2}rehearsal /);
  assert.match(said.stdout, /look install-script: new or changed since 1\.0\.0, and runs by itself: reed_extra\.pth/);
  assert.match(said.stdout, /\+ requires slipway-example-tide>=0\.2/);
  assert.match(said.stdout, /against 1\.0\.0 at pypi: /);
  assert.match(said.stdout, /against git: [0-9]+ files? that git does not have/);
  assert.doesNotMatch(stat.stdout, /^ {4}\+ reed_extra/m);
  const document = JSON.parse(json.stdout) as ReleaseDiff;
  assert.equal(document.schema, "slipway-diff/1");
  assert.deepEqual(checkJsonSchema(strictly(diffDocumentSchema), document), []);
  const looks = [
    [verificationDocumentSchema, ["verify", "1.0.0"]],
    [diagnosisDocumentSchema, ["doctor"]],
    [runsDocumentSchema, ["status", "--list"]],
    [logsDocumentSchema, ["logs"]],
    [initDocumentSchema, ["init", "--print"]],
  ] as const;
  for (const [schema, words] of looks) {
    const { stdout } = await bed.slipway([...words, "--json"], env);
    assert.deepEqual(checkJsonSchema(strictly(schema), JSON.parse(stdout)), [], words.join(" "));
  }
  assert.deepEqual(
    document.artifacts.map((one) => [one.kind, one.published.kind]),
    [
      ["wheel", "compared"],
      ["sdist", "compared"],
    ],
  );
  assert.equal(refusal(other).code, "USAGE");
});

function writeFile(file: string, content: string | Uint8Array): void {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, content);
}

const withoutRuns: readonly (readonly [string, readonly string[]])[] = [
  ["status", ["status"]],
  ["watch", ["watch"]],
  ["logs", ["logs"]],
  ["approve", ["approve"]],
  ["reject", ["reject"]],
  ["retry", ["retry", "build"]],
  ["acknowledge", ["acknowledge", "look"]],
  ["cancel", ["cancel"]],
  ["verify", ["verify"]],
  ["diff", ["diff"]],
  ["plan --against last", ["plan", "--against", "last"]],
];
describe("where there is no run", { concurrency: 2 }, () => {
  for (const [what, args] of withoutRuns)
    test(`${what} without any run says so, with what to type next`, async () => {
      const ended = await still.slipway(["--json", ...args], { ...source, XDG_STATE_HOME: path.join(still.folder, "empty") });

      const error = refusal(ended);
      assert.deepEqual([ended.code, error.code], [2, "RUN_UNKNOWN"]);
      assert.match(error.hint, /slipway rehearse/);
    });
});

for (const [signal, code] of [
  ["SIGINT", 130],
  ["SIGTERM", 143],
] as const) {
  test(`${signal} ends what is under way, says that the state is safe, and exits with ${code}`, async (context) => {
    const bed = bedFor(context, {
      tag: "v1.0.0",
      steps: `  slow: { run: sleep 60 }\n${handOn}  pypi: { uses: publish, environment: pypi }\n`,
    });
    const started = bed.start(["rehearse", "--json", "-v"], source);
    const begun = waitFor(() => started.stderr().includes("Starting slow"));
    await begun;

    started.kill(signal);
    const ended = await started.ended;

    assert.equal(ended.code, code, ended.stderr);
    const report = readReport(ended);
    assert.deepEqual([report.standing, report.exitCode], ["interrupted", code]);
    assert.match(ended.stderr, /Stopping after what is under way/);
  });
}

async function waitFor(holds: () => boolean): Promise<void> {
  for (let tries = 0; tries < 600; tries += 1) {
    if (holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error("It did not come to that within 30 s");
}

/** What a terminal of so many columns shows of a command, by script(1). */
function onTerminal(args: readonly string[], columns: number, env: Readonly<Record<string, string>> = {}): string {
  const words = [process.execPath, path.join(repositoryRoot, "bin", "slipway.js"), ...args]
    .map((word) => `'${word.replaceAll("'", "'\\''")}'`)
    .join(" ");
  return execFileSync("script", ["--quiet", "--return", "--command", `stty cols ${columns}; ${words}`, "/dev/null"], {
    cwd: still.project,
    env: { ...still.env, ...source, TERM: "xterm-256color", ...env },
    encoding: "utf8",
  }).replaceAll("\r\n", "\n");
}

const colors = /\u001b\[[0-9;]*m/g;

test("on a terminal the plan has colours, with NO_COLOR the same words without", () => {
  const colored = onTerminal(["plan"], 100);
  const plain = onTerminal(["plan"], 100, { NO_COLOR: "1" });

  assert.match(colored, colors);
  assert.doesNotMatch(plain, /\u001b/);
  assert.equal(colored.replace(colors, ""), plain);
});

test("on a terminal of 60 columns nothing that is redrawn is wider, and finished lines stay", (context) => {
  const bed = bedFor(context, { tag: "v1.0.0" });

  const screen = onTerminal(["-C", bed.project, "--state", bed.state, "run", "--only", "build"], 60, { NO_COLOR: "1" });

  const redrawn = screen.split("\n").filter((line) => /^\s+… /.test(line));
  assert.ok(
    redrawn.every((line) => line.length < 60),
    screen,
  );
  assert.match(screen, /Done build {2}/);
  assert.match(screen, /build: done; nothing was released/);
});

test("hostile text in messages, names and commit authors never reaches a terminal as it is", async (context) => {
  const evil = "\u001b]0;owned\u0007\u202e";
  const bed = bedFor(context, {
    tag: "v1.0.0",
    steps: `  tests: { run: "sh -c 'printf \\"\\\\033[2J\\\\033]0;owned\\\\007\\\\342\\\\200\\\\256evil\\"; exit 1'" }\n${handOn}  pypi: { uses: publish, environment: pypi }\n`,
  });
  bed.git("config", "user.name", `eve ${evil}`);
  writeFileSync(path.join(bed.project, `dirty ${evil}`), "");
  const failed = await bed.slipway(["rehearse", "-vv"], source);
  const usageError = await bed.slipway([`${evil}plan`], source);
  const json = await bed.slipway(["rehearse", "--json", "--progress", "json"], source);
  const missing = await bed.slipway(["-C", path.join(bed.folder, evil), "plan"], source);

  for (const ended of [failed, usageError, json, missing]) {
    const text = ended.stdout + ended.stderr;
    assert.notEqual(ended.code, 0);
    assert.doesNotMatch(text, /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202e]/);
  }
  assert.match(failed.stdout + failed.stderr, /evil/);
});
