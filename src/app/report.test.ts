import assert from "node:assert/strict";
import { test } from "node:test";
import { anArtifact, anEnvironment, aPlannedStep } from "../../test/support/ports.ts";
import {
  anActingStep,
  anEffect,
  ann,
  clear,
  done,
  failed,
  intended,
  listed,
  observed,
  passed,
  planOf,
  replied,
  sha256OfText,
  started,
  stateOf,
  verified,
  type Told,
} from "../../test/support/runs.ts";
import { errorCatalog } from "../domain/error-catalog.ts";
import type { Fact, RunMode } from "../domain/run/fact.ts";
import type { Drove } from "../engine/driver.ts";
import { publicNow, report, type FileOutcome, type Report } from "./report.ts";

const key = "pypi/demo.whl";
const effect = anEffect({ key, data: { name: "demo.whl", sha256: "ab".repeat(32), sizeBytes: 5 } });
const acting = anActingStep({ id: "pypi", environment: "pypi", gate: "pypi" });
const plan = planOf([aPlannedStep({ id: "build" }), acting], {
  environments: [anEnvironment({ gate: "pypi", approvals: { required: 1, from: "maintainers", standing: "refused" } })],
});
const begun: readonly Fact[] = [passed, started("build"), done("build"), started("pypi"), listed("pypi", [effect]), clear("pypi")];
const inPypi = (fact: Fact): Fact => ("step" in fact && fact.step === "publish" ? { ...fact, step: "pypi" } : fact);

function reported(drove: Drove, facts: readonly Fact[], mode: RunMode = "run"): Report {
  const told = facts.map((fact, index): Told => [index, inPypi(fact)]);
  return report(stateOf(plan, told, mode), drove);
}

test("a rehearsal that left legs out is partial, and names one with the way out", () => {
  const { standing, exitCode, code, sentence } = reported(
    { kind: "closed", result: "complete" },
    [passed, started("build"), failed("build", "NO_PLACE"), { kind: "run-closed", result: "complete" }],
    "rehearsal",
  );
  assert.deepEqual([standing, exitCode, code], ["partial", 3, "NO_PLACE"]);
  assert.match(sentence, /^demo 1\.0\.0 was rehearsed in part, without a leg that has no place on this machine: "build" needs /);
});

test("a rehearsal with nothing to publish names the steps that were not tried, and does not say that all is well", () => {
  const build = aPlannedStep({ id: "build", makes: [{ kind: "wheel", package: "demo", countMin: 1, countMax: 1 }] });
  const publishing = { ...acting, waitsFor: ["build"], takes: [{ kinds: ["wheel"] }] } as const;
  const facts = [passed, started("build"), failed("build", "NO_PLACE"), { kind: "run-closed", result: "complete" }] as const;
  const state = stateOf(
    { ...plan, ...planOf([build, publishing]), environments: plan.environments },
    facts.map((fact, index): Told => [index, fact]),
    "rehearsal",
  );

  const told = report(state, { kind: "closed", result: "complete" });

  assert.deepEqual([told.standing, told.exitCode, told.code], ["partial", 3, "NO_PLACE"]);
  assert.match(
    told.sentence,
    /without a leg that has no place on this machine: "build" needs .*; "pypi" was not tried, since nothing was made for it$/,
  );
  assert.deepEqual(told.steps.at(-1), {
    id: "pypi",
    state: "not-tried",
    message: "Nothing was made for it: what would make it has no place on this machine",
  });
});

test("legs that were left out name the machines that can do them, and one command that brings in the files of all", () => {
  const made = { kind: "binary", package: "demo", countMin: 1, countMax: 1 } as const;
  const leg = (platform: string) => aPlannedStep({ id: `build[platform=${platform}]`, leg: { platform }, makes: [{ ...made, platform }] });
  const [mac, windows] = [leg("macos-universal2"), leg("windows-amd64")];
  const facts = [mac, windows].flatMap(({ id }): readonly Fact[] => [started(id), failed(id, "NO_PLACE")]);
  const all = [passed, ...facts, { kind: "run-closed", result: "complete" } as const].map((fact, index): Told => [index, fact]);

  const told = report(stateOf(planOf([mac, windows]), all, "rehearsal"), { kind: "closed", result: "complete" });

  assert.equal(
    told.sentence,
    'demo 1.0.0 was rehearsed in part, without 2 legs that have no place on this machine: "build[platform=macos-universal2]" needs macos-x86_64 or macos-aarch64, "build[platform=windows-amd64]" needs windows-x86_64',
  );
  assert.match(told.hint ?? "", /`slipway rehearse --import FILE\.\.\.`$/);
  assert.deepEqual(
    told.steps.map(({ state, needs }) => [state, needs]),
    [
      ["left-out", ["macos-x86_64", "macos-aarch64"]],
      ["left-out", ["windows-x86_64"]],
    ],
  );
});

test("an optional leg without a place is left out of a run that is complete, and one that is not waits", () => {
  const installs = aPlannedStep({ id: "installs[platform=macos]", leg: { platform: "macos" }, optional: true });
  const facts: readonly Fact[] = [
    passed,
    started(installs.id),
    failed(installs.id, "NO_PLACE"),
    { kind: "run-closed", result: "complete" },
  ];
  const told = facts.map((fact, index): Told => [index, fact]);

  const complete = report(stateOf(planOf([installs]), told, "run"), { kind: "closed", result: "complete" });
  const waiting = report(stateOf(planOf([{ ...installs, optional: false }]), told.slice(0, 3), "run"), {
    kind: "failed",
    steps: [installs.id],
  });

  assert.deepEqual([complete.exitCode, complete.steps.map(({ state }) => state)], [0, ["left-out"]]);
  assert.deepEqual([waiting.exitCode, waiting.steps.map(({ state }) => state)], [3, ["waiting"]]);
});

test("a publish that failed does not send people to a log that it has not written", () => {
  const { code, hint } = reported({ kind: "failed", steps: ["pypi"] }, [...begun, failed("pypi")]);
  assert.deepEqual([code, hint], ["STEP_FAILED", errorCatalog.RUN_FAILED.next]);
});

test("a publish that was refused for its credential is told with the exit status for credentials", () => {
  const { code, exitCode, hint } = reported({ kind: "failed", steps: ["pypi"] }, [...begun, failed("pypi", "CREDENTIAL_REFUSED")]);
  assert.deepEqual([code, exitCode, hint], ["CREDENTIAL_REFUSED", 4, errorCatalog.CREDENTIAL_REFUSED.next]);
});

test("a run that only lacks a machine waits; one with something broken says that first", () => {
  const lacks = [passed, started("build"), failed("build", "NO_PLACE")];
  const waiting = reported({ kind: "failed", steps: ["build"] }, lacks);
  assert.deepEqual([waiting.standing, waiting.exitCode, waiting.code], ["waiting", 3, "NO_PLACE"]);
  const broken = reported({ kind: "failed", steps: ["build", "pypi"] }, [...lacks, started("pypi"), failed("pypi")]);
  assert.deepEqual([broken.standing, broken.exitCode, broken.code], ["failed", 1, "STEP_FAILED"]);
});

const closed = (result: "complete" | "cancelled" | "rejected" | "superseded"): Fact => ({ kind: "run-closed", result });
const subject = {
  planDigest: sha256OfText("p"),
  commit: "c",
  title: "demo 1.0.0",
  artifacts: [anArtifact("wheel", "demo.whl")],
  targets: ["pypi"],
};
const digest = sha256OfText("subject");
const frozen: Fact = { kind: "subject-frozen", gate: "pypi", subject, digest };
const blocked = (id: string): Fact => ({
  kind: "preflight-reported",
  passed: false,
  findings: [
    { id: "PF-A", level: "warns", message: "hm" },
    { id, level: "blocks", message: "no", hint: "do" },
    { id: "PF-B", level: "blocks", message: "no" },
  ],
});

const unmerged = { kind: "pending", againMs: 1, why: "merge http://forge/pull/1", forPerson: true } as const;

test("report() tells what somebody elsewhere is asked for as waiting, with what to do then", () => {
  const facts: readonly Fact[] = [...begun, observed(key, unmerged)];

  const told = reported({ kind: "waiting", gates: [], questions: [], elsewhere: ["pypi"] }, facts);

  assert.match(told.hint ?? "", /the same command again/);
  assert.deepEqual(
    [...told.files, ...told.others].map(({ outcome, why }) => [outcome, why]),
    [["waiting", unmerged.why]],
  );
});

const ends: readonly (readonly [
  string,
  Drove,
  readonly Fact[],
  { readonly code: string | undefined; readonly exit: number; readonly sentence: RegExp },
])[] = [
  [
    "complete",
    { kind: "closed", result: "complete" },
    [...begun, closed("complete")],
    { code: undefined, exit: 0, sentence: /^demo 1\.0\.0 is complete$/ },
  ],
  ["superseded", { kind: "closed", result: "superseded" }, [closed("superseded")], { code: undefined, exit: 0, sentence: /Another run/ }],
  [
    "cancelled",
    { kind: "closed", result: "cancelled" },
    [{ kind: "cancel-asked", by: ann }, closed("cancelled")],
    { code: "RUN_CANCELLED", exit: 1, sentence: /^Cancelled by ann$/ },
  ],
  [
    "rejected",
    { kind: "closed", result: "rejected" },
    [frozen, { kind: "gate-rejected", gate: "pypi", digest, by: ann, reason: "no" }, closed("rejected")],
    { code: "POLICY_REFUSED", exit: 6, sentence: /^Rejected at gate "pypi" by ann: no$/ },
  ],
  [
    "waiting at a gate",
    { kind: "waiting", gates: ["pypi"], questions: [] },
    [frozen],
    { code: "RUN_WAITING", exit: 3, sentence: new RegExp(`^gate "pypi" waits for approval of ${digest.slice(0, 12)}$`) },
  ],
  [
    "waiting for somebody elsewhere",
    { kind: "waiting", gates: [], questions: [], elsewhere: ["pypi"] },
    [...begun, observed(key, unmerged)],
    { code: "RUN_WAITING", exit: 3, sentence: /^step "pypi" waits: merge http:\/\/forge\/pull\/1$/ },
  ],
  [
    "failed",
    { kind: "failed", steps: ["build"] },
    [passed, started("build"), failed("build")],
    { code: "STEP_FAILED", exit: 1, sentence: /^Step "build" failed: it failed$/ },
  ],
  [
    "blocked by a credential",
    { kind: "blocked" },
    [blocked("PF-CREDENTIAL-MISSING")],
    { code: "CREDENTIAL_MISSING", exit: 4, sentence: /^no \(and 1 more\)$/ },
  ],
  ["blocked by an untried candidate", { kind: "blocked" }, [blocked("PF-CANDIDATE")], { code: "POLICY_REFUSED", exit: 6, sentence: /^no/ }],
  [
    "blocked by a stranger's files",
    { kind: "blocked" },
    [blocked("PF-STRANGERS")],
    { code: "REGISTRY_CONFLICT", exit: 6, sentence: /^no \(and 1 more\)$/ },
  ],
  ["blocked by a wish for later", { kind: "blocked" }, [blocked("PF-NOT-YET")], { code: "NOT_YET", exit: 2, sentence: /^no/ }],
  [
    "blocked by a login that is not there yet",
    { kind: "blocked" },
    [blocked("PF-CREDENTIAL-NOT-YET")],
    { code: "NOT_YET", exit: 2, sentence: /^no/ },
  ],
  ["blocked otherwise", { kind: "blocked" }, [blocked("PF-TOOL-MISSING")], { code: "PREFLIGHT_BLOCKED", exit: 1, sentence: /^no/ }],
  [
    "moved",
    { kind: "moved" },
    [{ kind: "source-moved", what: "tag v1", from: "a".repeat(40), to: "b".repeat(40) }],
    { code: "SOURCE_MOVED", exit: 7, sentence: /^tag v1 moved from aaaaaaaaaa to bbbbbbbbbb$/ },
  ],
  ["interrupted", { kind: "interrupted" }, begun, { code: undefined, exit: 130, sentence: /the state is safe/ }],
  [
    "unresolved",
    { kind: "unresolved", steps: ["pypi"] },
    [...begun, intended(key)],
    { code: "RUN_INCOMPLETE", exit: 5, sentence: /^It is not known what became of "pypi\/demo\.whl"$/ },
  ],
  [
    "a conflict of bytes",
    { kind: "conflict", step: "pypi" },
    [...begun, observed(key, { kind: "conflict", theirs: "sha256:ff" })],
    { code: "REGISTRY_CONFLICT", exit: 6, sentence: /^"pypi" holds other bytes: sha256:ff$/ },
  ],
  [
    "a stranger's file",
    { kind: "conflict", step: "pypi" },
    [
      ...begun.slice(0, -1),
      {
        kind: "targets-surveyed",
        step: "pypi",
        surveyed: { kind: "strangers", strangers: [{ target: "pypi", name: "evil.whl", uploadedAt: "2026-01-01" }] },
      },
    ],
    {
      code: "REGISTRY_CONFLICT",
      exit: 6,
      sentence: /^"pypi" holds "evil\.whl" under our version, uploaded 2026-01-01, and it is none of our files$/,
    },
  ],
];
for (const [what, drove, facts, { code, exit, sentence }] of ends) {
  test(`a run that is ${what} is told with its code, its exit status and what to do`, () => {
    const told = reported(drove, facts);

    assert.deepEqual([told.code, told.exitCode], [code, exit]);
    assert.match(told.sentence, sentence);
    assert.equal(told.exitCode === 0, told.hint === undefined);
  });
}

test("a rehearsal is stopped by what stops rehearsals, whatever else would stop the real run", () => {
  const findings = [
    { id: "PF-CREDENTIAL-MISSING", level: "blocks", message: "no token" },
    { id: "PF-TOOL-MISSING", level: "blocks", message: "no pytest" },
  ] as const;
  const facts: readonly Fact[] = [{ kind: "preflight-reported", passed: false, findings }];

  const told = reported({ kind: "blocked" }, facts, "rehearsal");

  assert.deepEqual([told.code, told.exitCode, told.sentence], ["PREFLIGHT_BLOCKED", 1, "no pytest"]);
  assert.equal(reported({ kind: "blocked" }, facts).sentence, "no token (and 1 more)");
});

test("a stranger's files are told before anything else that preflight found", () => {
  const findings = [
    { id: "PF-CREDENTIAL-MISSING", level: "blocks", message: "no token" },
    { id: "PF-STRANGERS", level: "blocks", message: "theirs", hint: "look" },
  ] as const;

  const told = reported({ kind: "blocked" }, [{ kind: "preflight-reported", passed: false, findings }]);

  assert.deepEqual([told.code, told.exitCode, told.sentence, told.hint], ["REGISTRY_CONFLICT", 6, "theirs (and 1 more)", "look"]);
});

test("every code that a report can have has the exit status of the catalogue", () => {
  for (const [, drove, facts] of ends) {
    const told = reported(drove, facts);
    if (told.code !== undefined) assert.equal(told.exitCode, errorCatalog[told.code].exit);
  }
});

const outcomes: readonly (readonly [string, readonly Fact[], FileOutcome])[] = [
  ["that was not looked at", [], "not-published"],
  ["that was sent, without a word since", [intended(key)], "unknown"],
  ["whose reply was lost", [intended(key), replied(key, { kind: "unknown", why: "lost" })], "unknown"],
  ["that was sent and read back", [intended(key), replied(key, { kind: "sent", warnings: [] }), verified(key)], "published"],
  ["that was there before", [observed(key, { kind: "present", evidence: { how: "seen" } }), verified(key)], "already-there"],
  ["that was refused", [intended(key), replied(key, { kind: "refused", why: "bad" })], "failed"],
  ["of which others are there", [observed(key, { kind: "conflict", theirs: "ff" })], "conflict"],
];
for (const [what, facts, outcome] of outcomes) {
  test(`a file ${what} is ${outcome}`, () => {
    const { files } = reported({ kind: "working" }, [...begun, ...facts]);

    assert.deepEqual(
      files.map((file) => [file.registry, file.name, file.sizeBytes, file.outcome]),
      [["pypi", "demo.whl", 5, outcome]],
    );
    assert.equal(publicNow(files).length, outcome === "published" || outcome === "already-there" ? 1 : 0);
  });
}

test("steps are told in plan order, with why they failed or wait", () => {
  const told = reported({ kind: "failed", steps: ["build"] }, [
    passed,
    started("build"),
    { kind: "step-failed", step: "build", code: "STEP_FAILED", message: "no", hint: "mend" },
  ]);

  assert.deepEqual(told.steps, [
    { id: "build", state: "failed", message: "no", hint: "mend" },
    { id: "pypi", state: "pending" },
  ]);
  const later = reported({ kind: "working" }, [
    passed,
    started("build"),
    { kind: "step-later", step: "build", atMs: 9, why: "index lags" },
  ]);
  assert.deepEqual(later.steps[0], { id: "build", state: "waiting", message: "index lags" });
});

test("a draft is hidden until the page that shows it was seen", () => {
  const draft = anEffect({ key: "draft", shownBy: "page", data: { kind: "draft" } });
  const page = anEffect({ key: "page", data: { kind: "published" } });
  const facts: readonly Fact[] = [passed, started("build"), done("build"), started("pypi"), listed("pypi", [draft, page]), clear("pypi")];
  const shown = (more: readonly Fact[]): readonly (boolean | undefined)[] =>
    reported({ kind: "working" }, [...facts, ...more]).others.map(({ hidden }) => hidden);

  assert.deepEqual(shown([verified("draft")]), [true, undefined]);
  assert.deepEqual(shown([verified("draft"), verified("page")]), [undefined, undefined]);
});

test("whether what a draft holds can be seen is unknown while it is unknown whether the page is", () => {
  const draft = anEffect({ key: "draft", shownBy: "page", data: { kind: "draft" } });
  const page = anEffect({ key: "page", data: { kind: "published" } });
  const facts: readonly Fact[] = [passed, started("build"), done("build"), started("pypi"), listed("pypi", [draft, page]), clear("pypi")];

  const { others } = reported({ kind: "working" }, [...facts, verified("draft"), intended("page")]);

  assert.deepEqual(
    others.map(({ outcome, hidden }) => [outcome, hidden]),
    [
      ["unknown", undefined],
      ["unknown", undefined],
    ],
  );
  assert.match(others[0]?.why ?? "", /nothing says yet whether others see it/);
});
