// A foreign version raises the alarm: somebody with another token publishes under our name, the watch tells it within ten minutes,
// nothing more of the project is published until a named person has cleared the alarm, and then the release goes on.
import assert from "node:assert/strict";
import path from "node:path";
import { writeFileSync, mkdirSync } from "node:fs";
import { test, type TestContext } from "node:test";
import { composeWorld } from "../../src/app/compose.ts";
import { clearedAlarmDocumentSchema, lookDocumentSchema } from "../../src/app/schemas-watch.ts";
import { watchRegistries, type Look } from "../../src/app/watch/watch-registries.ts";
import type { Clock } from "../../src/platform/ports.ts";
import { makeBed, pointAt, readReport, startIndex, told, type Bed, type Ended } from "../support/bed.ts";
import { describedAs, prebuiltName, prebuiltProject, prebuiltTokens } from "../support/prebuilt-project.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { checkJsonSchema, strictly } from "../support/json-schema.ts";
import { postUpload } from "../support/upload-form.ts";
import { wheel } from "../support/wheel.ts";

type Index = Awaited<ReturnType<typeof startIndex>>;

async function open(t: TestContext): Promise<{ readonly bed: Bed; readonly index: Index; readonly test: Index }> {
  const folder = temporaryFolder(t);
  const index = await startIndex(path.join(folder, "index"), { ours: [prebuiltName] });
  const test = await startIndex(path.join(folder, "test"), { ours: [prebuiltName] });
  const bed = makeBed({
    tag: "v1.0.0",
    example: { files: prebuiltProject().files },
    prepare: (project) => pointAt(project, { pypi: { url: index.uploadUrl }, testpypi: { url: test.uploadUrl } }),
  });
  t.after(async () => {
    await Promise.all([index.close(), test.close()]);
    bed.remove();
  });
  return { bed, index, test };
}

/** Somebody else publishes a version of our name; nothing of it went through Slipway. */
async function publishForeign(index: Index, version: string): Promise<void> {
  const of = describedAs(version);
  const authorization = `Basic ${Buffer.from("__token__:pypi-a-token-that-was-stolen").toString("base64")}`;
  const posted = await postUpload(index.uploadUrl, of, wheel(of), {
    authorization,
    fields: {
      metadata_version: "2.4",
      requires_python: of.requiresPython ?? "",
      description: of.description ?? "",
      description_content_type: of.descriptionContentType ?? "",
    },
  });
  assert.equal(posted.status, 200, `${posted.reason} ${posted.body}`);
}

function lookIn(ended: Ended): Look {
  return JSON.parse(ended.stdout.trim().split("\n").at(-1) ?? "") as Look;
}

function nextVersion(bed: Bed, version: string): void {
  const { files } = prebuiltProject({ version });
  for (const [name, content] of Object.entries(files)) {
    if (name === "slipway.yaml") continue;
    const file = path.join(bed.project, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, content);
  }
  for (const file of ["built/*1.0.0*"]) bed.git("rm", "--quiet", file);
  bed.git("add", "--all");
  bed.git("commit", "--quiet", "--message", version);
  bed.git("tag", "--annotate", `v${version}`, "--message", version);
}

test("a foreign version raises the alarm, holds publishing, and once a person has cleared it the release goes on", async (t) => {
  const { bed, index } = await open(t);
  const watch = () => bed.slipway(["watch-registries", "--once", "--json"]);

  const first = await watch();
  assert.equal(first.code, 0, told(first));
  assert.deepEqual(
    lookIn(first)
      .begun.map(({ registry, versions }) => [registry, versions])
      .toSorted(),
    [
      ["pypi", 0],
      ["testpypi", 0],
    ],
  );
  const released = await bed.slipway(["run", "--json"], prebuiltTokens);
  assert.equal(released.code, 0, told(released));
  const quiet = await watch();
  assert.deepEqual([quiet.code, lookIn(quiet).alarms], [0, []], "a version of this project's own run is no alarm");

  await publishForeign(index, "1.7.0");
  const alarmed = await watch();

  assert.equal(alarmed.code, 8, told(alarmed));
  assert.deepEqual(checkJsonSchema(strictly(lookDocumentSchema), lookIn(alarmed)), []);
  const [alarm, ...others] = lookIn(alarmed).alarms;
  assert.ok(alarm !== undefined && others.length === 0, told(alarmed));
  assert.deepEqual([alarm.kind, alarm.registry, alarm.version], ["foreign-version", "pypi", "1.7.0"]);

  nextVersion(bed, "1.0.1");
  const sentBefore = index.received().length;
  const refused = await bed.slipway(["run", "--json"], prebuiltTokens);
  assert.equal(refused.code, 6, told(refused));
  assert.match(refused.stdout + refused.stderr, /ALARM_OPEN.*|WATCH-FOREIGN-VERSION/);
  assert.match(refused.stderr, /WATCH-FOREIGN-VERSION.*1\.7\.0 at pypi/);
  assert.match(refused.stderr, /rotate every credential/);
  const planned = await bed.slipway(["plan"]);
  assert.match(planned.stdout, /Publishing is held: WATCH-FOREIGN-VERSION/, told(planned));
  const status = await bed.slipway(["status"]);
  assert.match(status.stdout, /Publishing is held: WATCH-FOREIGN-VERSION/, told(status));

  const unsaid = await bed.slipway(["clear-alarm", alarm.id]);
  assert.equal(unsaid.code, 2, told(unsaid));
  const cleared = await bed.slipway([
    "clear-alarm",
    alarm.id,
    "--reason",
    "Released by hand by bob; token rotated",
    "--as",
    "bob",
    "--json",
  ]);
  assert.equal(cleared.code, 0, told(cleared));
  assert.deepEqual(checkJsonSchema(strictly(clearedAlarmDocumentSchema), JSON.parse(cleared.stdout)), []);
  const after = await watch();
  assert.deepEqual([after.code, lookIn(after).alarms], [0, []], told(after));

  const goesOn = await bed.slipway(["run", "--json"], prebuiltTokens);
  assert.equal(goesOn.code, 0, told(goesOn));
  assert.equal(index.received().length, sentBefore + 2);
});

test("an alarm that is raised while a run waits holds what it would have sent, and the same run goes on after it", async (t) => {
  const { bed, index } = await open(t);
  await bed.slipway(["watch-registries", "--once"]);
  // The index of the tests takes its files; production refuses the first token, so that the run stays open.
  const stopped = await bed.slipway(["run", "--json"], { TESTPYPI_TOKEN: prebuiltTokens.TESTPYPI_TOKEN });
  assert.notEqual(stopped.code, 0, told(stopped));
  await publishForeign(index, "1.7.0");
  const alarmed = await bed.slipway(["watch-registries", "--once", "--json"]);
  const [alarm] = lookIn(alarmed).alarms;
  const sentBefore = index.received().length;

  const held = await bed.slipway(["run", "--json"], prebuiltTokens);

  assert.deepEqual([readReport(held).exitCode, readReport(held).code], [6, "ALARM_OPEN"], told(held));
  assert.equal(index.received().length, sentBefore, "nothing was sent while it held");
  await bed.slipway(["clear-alarm", alarm?.id ?? "", "--reason", "It was ours"]);
  const goesOn = await bed.slipway(["run", "--json"], prebuiltTokens);
  assert.equal(goesOn.code, 0, told(goesOn));
});

test("watched by the clock, a foreign version is told within ten minutes, and silence is told after thirty and is no alarm", async (t) => {
  const { bed, index } = await open(t);
  const startMs = Date.now();
  let nowMs = startMs;
  const interrupted = new AbortController();
  const clock: Clock = {
    nowMs: () => nowMs,
    // Time passes only here: what happens while the watch sleeps has happened when it wakes.
    sleep: async (ms) => {
      nowMs += ms;
      await act();
    },
  };
  const composed = composeWorld({
    env: { ...bed.env },
    folder: bed.project,
    stateRoot: bed.state,
    interrupted: interrupted.signal,
    log: { debug: () => {}, info: () => {}, warn: () => {} },
  });
  const looks: Look[] = [];
  let publishedMs: number | undefined;
  let closedMs: number | undefined;
  const act = async (): Promise<void> => {
    if (publishedMs === undefined && nowMs - startMs >= 60 * 60_000) {
      // The worst moment: right after a look.
      publishedMs = nowMs - 299_000;
      await publishForeign(index, "2.0.0");
    } else if (publishedMs !== undefined && closedMs === undefined && looks.at(-1)?.alarms.length === 1) {
      closedMs = nowMs;
      await index.close();
    }
    if (nowMs - startMs > 4 * 60 * 60_000) interrupted.abort(new Error("enough"));
  };

  await watchRegistries({ ...composed, clock }, { once: false, everyMs: 5 * 60_000, records: [], onLook: (look) => looks.push(look) });

  const alarmed = looks.find(({ alarms }) => alarms.length > 0);
  assert.ok(alarmed !== undefined && publishedMs !== undefined && closedMs !== undefined);
  assert.ok(Date.parse(alarmed.at) - publishedMs < 10 * 60_000, `it took ${(Date.parse(alarmed.at) - publishedMs) / 1000} s`);
  assert.equal(looks.at(-1)?.alarms.length, 1, "silence raises no alarm, and the open one stays");
  const silent = looks.filter(({ silent: all }) => all.some(({ registry }) => registry === "pypi"));
  const firstLong = silent.find(({ silent: all }) => all.some(({ long }) => long));
  const since = Date.parse(silent[0]?.silent[0]?.since ?? "");
  assert.ok(firstLong !== undefined && Date.parse(firstLong.at) - since >= 30 * 60_000);
  assert.ok(Date.parse(firstLong.at) - since <= 36 * 60_000);
  // Asked again soon at first, then as seldom as everything else: a registry that is down is not stormed.
  assert.ok(looks.length < (4 * 60) / 5 + 10, `${looks.length} looks in four hours`);
});
