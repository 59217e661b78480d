// What people say to a run from a second shell, by the real program: cancelled while any step runs, it says what is public,
// and that is so; at a gate nothing opens it but the consent that its rule wants, given to exactly these bytes.
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, test, type TestContext } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { ReleaseRecord } from "../../src/app/record.ts";
import type { RehearsalPypi } from "../../src/registries/pypi/rehearsal/server.ts";
import { makeBed, pointAt, readReport, startIndex, told, type Bed, type Ended, type JsonReport } from "../support/bed.ts";
import { handOn, prebuiltName, prebuiltProject, prebuiltTokens, type PrebuiltOptions } from "../support/prebuilt-project.ts";

const names = ["testpypi", "pypi"] as const;

interface Place {
  readonly bed: Bed;
  /** Steps that wait go on when a file of their name is here. */
  readonly doors: string;
  readonly indexes: Record<(typeof names)[number], RehearsalPypi>;
}

interface PlaceOptions extends PrebuiltOptions {
  readonly faults?: Partial<Record<(typeof names)[number], string>>;
}

async function open(context: TestContext, options: PlaceOptions): Promise<Place> {
  const doors = mkdtempSync(path.join(tmpdir(), "slipway-people-"));
  const indexAt = (name: (typeof names)[number]): Promise<RehearsalPypi> => {
    const faults = options.faults?.[name];
    return startIndex(path.join(doors, "index", name), { ours: [prebuiltName], ...(faults === undefined ? {} : { faults }) });
  };
  const indexes = { testpypi: await indexAt("testpypi"), pypi: await indexAt("pypi") };
  const bed = makeBed({
    example: prebuiltProject({ top: "people: { maintainers: [alice, bob] }\n", ...options }),
    tag: "v1.0.0",
    prepare: (project) => {
      pointAt(project, { testpypi: { url: indexes.testpypi.uploadUrl }, pypi: { url: indexes.pypi.uploadUrl } });
      writeFileSync(path.join(project, "wait.py"), waiting(doors));
    },
  });
  context.after(async () => {
    for (const name of names) await indexes[name].close();
    bed.remove();
    rmSync(doors, { recursive: true, force: true });
  });
  return { bed, doors, indexes };
}

/** A step that takes as long as its door is shut, and not for ever. */
function waiting(doors: string): string {
  return `import os, sys, time\nfor _ in range(1200):\n    if os.path.exists(os.path.join(${JSON.stringify(doors)}, sys.argv[1])):\n        sys.exit(0)\n    time.sleep(0.05)\nsys.exit("the door stayed shut")\n`;
}

function openDoors(place: Place, which: readonly string[]): void {
  mkdirSync(place.doors, { recursive: true });
  for (const door of which) writeFileSync(path.join(place.doors, door), "");
}

/** What the indexes hold, as `registry/name`. */
function held(place: Place): readonly string[] {
  return names
    .flatMap((name) => place.indexes[name].received().flatMap((file) => (file.stored > 0 ? [`${name}/${file.name}`] : [])))
    .toSorted();
}

function saidPublic(report: JsonReport): readonly string[] {
  return report.files
    .filter((file) => ["published", "already-there"].includes(file.outcome))
    .map((file) => `${file.registry}/${file.name}`)
    .toSorted();
}

async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 400; tries += 1) {
    if (await holds()) return;
    await sleep(50);
  }
  assert.fail(`it never came to this: ${what}`);
}

const stateOf = async (bed: Bed, step: string): Promise<string | undefined> => {
  const status = await bed.slipway(["status", "--json"]);
  return status.stdout === "" || status.code === 2
    ? undefined
    : (JSON.parse(status.stdout) as JsonReport).steps?.find((one) => one.id === step)?.state;
};

const slowSteps = `  before: { run: python3 wait.py before }
${handOn}  testpypi: { uses: publish, environment: testpypi }
  between: { run: python3 wait.py between }
  pypi: { uses: publish, environment: pypi }
  afterwards: { run: python3 wait.py afterwards }
`;

/** Each place at which somebody may cancel: what is under way then, and how many files are public in the end. */
const cancels = [
  { at: "before", doors: [], public: 0 },
  { at: "testpypi", doors: ["before"], faults: { testpypi: "slow-loris:upload*1=6000ms" }, public: 1 },
  { at: "between", doors: ["before"], public: 2 },
  { at: "pypi", doors: ["before", "between"], faults: { pypi: "slow-loris:upload*1=6000ms" }, public: 3 },
  { at: "pypi", doors: ["before", "between"], faults: { pypi: "timeout-after:upload*1=6000ms" }, public: 3 },
  { at: "afterwards", doors: ["before", "between"], public: 4 },
] as const;

// Two at a time, for two cores: each waits more than it works.
describe("cancelled while a step runs, a run ends at once, says what is public, and may be begun again", { concurrency: 2 }, () => {
  for (const one of cancels) {
    const fault = "faults" in one ? ` (${Object.values(one.faults).join(", ")})` : "";
    test(`at "${one.at}"${fault}: ${one.public} files are public`, { timeout: 120_000 }, async (context) => {
      const place = await open(context, { steps: slowSteps, ...("faults" in one ? { faults: one.faults } : {}) });
      const { bed } = place;
      openDoors(place, one.doors);
      const run = bed.start(["run", "--json"], prebuiltTokens);
      const isPublishing = one.at === "testpypi" || one.at === "pypi";
      if (isPublishing) await until(`a file is taken in at ${one.at}`, () => place.indexes[one.at].received().length > 0);
      else await until(`${one.at} runs`, async () => (await stateOf(bed, one.at)) === "running");

      const cancel = await bed.slipway(["cancel", "--reason", "wrong day"]);
      const askedMs = Date.now();
      const ended = await run.ended;

      assert.equal(cancel.code, 0, told(cancel));
      checkWords(cancel, place, isPublishing ? one.at : undefined);
      assert.equal(ended.code, 1, told(ended));
      const report = readReport(ended);
      assert.deepEqual([report.standing, report.code], ["cancelled", "RUN_CANCELLED"]);
      assert.ok(Date.now() - askedMs < 15_000, "it took too long to end");
      assert.deepEqual(saidPublic(report), held(place));
      assert.equal(held(place).length, one.public);

      // What was cancelled may be begun again: with the bytes that are public, each taken in once.
      openDoors(place, ["before", "between", "afterwards"]);
      const again = await bed.slipway(["run", "--json"], prebuiltTokens);
      assert.equal(again.code, 0, told(again));
      assert.equal(held(place).length, 4);
      for (const name of names) for (const file of place.indexes[name].received()) assert.equal(file.stored, 1);
    });
  }
});

/** The second shell says what is public at that moment: never more than is there, and what is being sent is not passed over in silence. */
function checkWords(cancel: Ended, place: Place, publishing: string | undefined): void {
  const [, words = ""] = /^public now: (.*)$/m.exec(cancel.stdout) ?? [];
  assert.notEqual(words, "", told(cancel));
  for (const file of held(place)) {
    const [registry = "", name = ""] = file.split("/");
    if (registry === publishing)
      assert.match(
        cancel.stdout,
        new RegExp(`${name.replaceAll(".", "\\.")} at ${registry}`),
        `${file} is on its way, and nothing is said of it`,
      );
    else assert.ok(words.includes(`${name} at ${registry}`), `${file} is public, and is not named: ${words}`);
  }
  if (held(place).length === 0) assert.match(words, /^nothing of this release/);
}

const gated = {
  environments:
    "  testpypi: { registry: testpypi, credentials: { token: TESTPYPI_TOKEN }, test: true }\n  pypi: { registry: pypi, credentials: { token: PYPI_TOKEN }, approvals: { required: 1, from: maintainers, not: requester, note: required } }\n",
};

async function subjectOf(bed: Bed): Promise<string> {
  const status = await bed.slipway(["status"]);
  const [, digest = ""] = /subject sha256:([0-9a-f]{64})/.exec(status.stdout) ?? [];
  assert.notEqual(digest, "", told(status));
  return digest;
}

test("a gate opens for consent as its rule wants it, and for nothing else", { timeout: 120_000 }, async (context) => {
  const place = await open(context, gated);
  const { bed } = place;
  const waited = await bed.slipway(["run", "--no-wait", "--json"], prebuiltTokens);
  assert.equal(waited.code, 3, told(waited));
  assert.equal(readReport(waited).code, "RUN_WAITING");
  const digest = await subjectOf(bed);

  const refusals: readonly (readonly [RegExp, readonly string[]])[] = [
    [/the rule wants a note/, ["--digest", digest, "--as", "bob"]],
    [/the rule wants a note/, ["--digest", digest, "--as", "bob", "--note", "  "]],
    [/"alice" asked for this release/, ["--digest", digest, "--note", "looks good"]],
    [/"mallory" is not one of maintainers/, ["--digest", digest, "--as", "mallory", "--note", "looks good"]],
    [/asks for consent to/, ["--digest", `${"0".repeat(63)}1`, "--as", "bob", "--note", "looks good"]],
    [/asks for consent to/, ["--digest", digest.slice(0, 6), "--as", "bob", "--note", "looks good"]],
  ];
  for (const [why, words] of refusals) {
    const refused = await bed.slipway(["approve", ...words]);
    assert.equal(refused.code, 6, told(refused));
    assert.match(refused.stderr, why);
  }
  const still = await bed.slipway(["run", "--no-wait", "--json"], prebuiltTokens);
  assert.equal(still.code, 3, told(still));
  assert.equal(place.indexes.pypi.received().length, 0);

  const approved = await bed.slipway(["approve", "--digest", digest, "--as", "bob", "--note", "tried it from testpypi"]);
  assert.equal(approved.code, 0, told(approved));
  assert.match(approved.stdout, /not authenticated/);
  const finished = await bed.slipway(["run", "--no-wait", "--json"], prebuiltTokens);

  assert.equal(finished.code, 0, told(finished));
  assert.equal(held(place).length, 4);
  const record = JSON.parse(readFileSync(readReport(finished).record ?? "", "utf8")) as ReleaseRecord;
  assert.deepEqual(
    record.approvals.map(({ gate, subjectDigest, by, note }) => [gate, subjectDigest, by, note]),
    [["pypi", digest, "bob", "tried it from testpypi"]],
  );
});

test("a run that waits goes on as soon as somebody approves from a second shell", { timeout: 120_000 }, async (context) => {
  const place = await open(context, gated);
  const { bed } = place;
  const run = bed.start(["run", "--json"], prebuiltTokens);
  await until("the gate asks", async () => /subject sha256:/.test((await bed.slipway(["status"])).stdout));

  const approved = await bed.slipway(["approve", "--digest", await subjectOf(bed), "--as", "bob", "--note", "tried it"]);
  const ended = await run.ended;

  assert.equal(approved.code, 0, told(approved));
  assert.equal(ended.code, 0, told(ended));
  assert.equal(held(place).length, 4);
});

test(
  "a rejection ends the run that waits with 6, says by whom and why, and nothing below the gate is sent",
  { timeout: 120_000 },
  async (context) => {
    const place = await open(context, gated);
    const { bed } = place;
    const run = bed.start(["run", "--json"], prebuiltTokens);
    await until("the gate asks", async () => /subject sha256:/.test((await bed.slipway(["status"])).stdout));

    const rejected = await bed.slipway(["reject", "--digest", await subjectOf(bed), "--as", "bob", "--reason", "the changelog is missing"]);
    const ended = await run.ended;

    assert.equal(rejected.code, 0, told(rejected));
    assert.equal(ended.code, 6, told(ended));
    assert.match(readReport(ended).sentence, /Rejected at gate "pypi" by bob: the changelog is missing/);
    assert.equal(place.indexes.pypi.received().length, 0);
  },
);

test("a run that nobody drives is over with its rejection, and the next one asks again", { timeout: 120_000 }, async (context) => {
  const place = await open(context, gated);
  const { bed } = place;
  await bed.slipway(["run", "--no-wait", "--json"], prebuiltTokens);
  const digest = await subjectOf(bed);

  const wrong = await bed.slipway(["reject", "--digest", "f".repeat(64), "--as", "bob", "--reason", "no"]);
  const rejected = await bed.slipway(["reject", "--digest", digest, "--as", "bob", "--reason", "the changelog is missing"]);
  const status = await bed.slipway(["status", "--json"]);
  const again = await bed.slipway(["run", "--no-wait", "--json"], prebuiltTokens);

  assert.equal(wrong.code, 6, told(wrong));
  assert.equal(rejected.code, 0, told(rejected));
  assert.match(rejected.stdout, /The run is over/);
  assert.equal(status.code, 6, told(status));
  assert.match(readReport(status).sentence, /Rejected at gate "pypi" by bob: the changelog is missing/);
  assert.equal(again.code, 3, told(again));
  assert.notEqual(readReport(again).run, readReport(status).run);
  assert.equal(place.indexes.pypi.received().length, 0);
  for (const file of place.indexes.testpypi.received()) assert.equal(file.stored, 1);
});
