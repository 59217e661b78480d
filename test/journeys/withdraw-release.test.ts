// A whole release over four kinds of registry and a forge is taken back: the page is a draft again, every tag that names the image goes,
// the dist-tags go back and the npm packages are deprecated, the crates yanked, the tag goes; PyPI has no call for it, and a person is
// told what to do there. The same command again sees what that person did, and finishes what a kill left half. What each registry
// holds is looked at here, at the servers.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import type { ReleaseRecord } from "../../src/app/record.ts";
import { rehearsalNpmCredential } from "../../src/registries/npm/credentials.ts";
import { rehearsalOciCredential } from "../../src/registries/oci/credentials.ts";
import { edit, makeBed, type Bed } from "../support/bed.ts";
import { fastClock } from "../support/fast-clock.ts";
import { fourProject, fourVersion, imageName, openFourPlace, type FourPlace } from "../support/four-registries.ts";
import { stateAt } from "../support/four-held.ts";
import { npmTarball, npmUploadOf } from "../support/npm.ts";
import { channelTo, imageUpload } from "../support/oci.ts";
import { never } from "../support/pypi.ts";
import { prebuiltName } from "../support/prebuilt-project.ts";

const tag = `v${fourVersion}`;
const reason = "reeds bend the wrong way";
const [core, app] = ["@slipway-reed/core", "@slipway-reed/app"] as const;
/** Points around what is sent when a release is taken back; raised with everything more that is. */
const pointsMin = 20;
let bed: Bed;
let guarded: Bed;
let folder: string;

before(() => {
  folder = mkdtempSync(path.join(tmpdir(), "slipway-withdraw-"));
  bed = bedOf("made", (text) => text);
  guarded = bedOf("guarded", (text) =>
    text
      .replace("environments:\n", "people: { managers: [bob] }\nenvironments:\n")
      .replace("token: NPM }", "token: NPM }, approvals: { required: 1, from: managers }"),
  );
});

function bedOf(name: string, change: (settings: string) => string): Bed {
  const made = makeBed({
    example: fourProject(path.join(folder, name)),
    tag,
    prepare: (project) => edit(project, "slipway.yaml", change),
  });
  const origin = path.join(folder, `${name}.git`);
  made.git("init", "--quiet", "--bare", "--initial-branch=main", origin);
  made.git("remote", "add", "origin", origin);
  return made;
}

after(() => {
  bed.remove();
  guarded.remove();
  rmSync(folder, { recursive: true, force: true });
});

/** Before the release one package had a version, and an image its own tag; after it somebody gave the new image two more tags. */
async function released(name: string, faults: Parameters<typeof openFourPlace>[0]["faults"] = {}): Promise<FourPlace> {
  bed.git("push", "--quiet", "--force", "origin", "main", tag);
  const place = await openFourPlace({ bed, folder: path.join(folder, name), clock: fastClock(40), faults });
  const earlier = { name: core, version: "0.9.0" };
  const npm = place.registry("npm");
  await npm.publish(npmUploadOf(folder, earlier, { bytes: npmTarball(earlier) }), rehearsalNpmCredential(), never);
  const images = place.registry("images");
  const old = imageUpload(path.join(folder, "images"), { package: imageName, version: "0.9.0" });
  await images.publish(old, rehearsalOciCredential(), never);
  await images.channels?.move(channelTo(old, "old"), rehearsalOciCredential(), never);
  const report = await place.run();
  assert.equal(report.exitCode, 0, report.sentence);
  const digest = (await stateAt(path.join(folder, name), "images"))?.repositories[imageName]?.tags[fourVersion]?.digest;
  assert.ok(digest !== undefined);
  for (const more of ["latest", "1.0"])
    await images.channels?.move(
      { package: imageName, name: more, version: fourVersion, registryDigest: digest },
      rehearsalOciCredential(),
      never,
    );
  return place;
}

interface Standing {
  /** Whether people see each page. */
  readonly pages: readonly ("seen" | "draft")[];
  readonly imageTags: readonly string[];
  readonly deprecated: readonly (string | undefined)[];
  /** Where `latest` of each package leads. */
  readonly latest: readonly (string | undefined)[];
  readonly yanked: readonly boolean[];
  readonly remoteTag: boolean;
}

async function standing(name: string, place: FourPlace): Promise<Standing> {
  const at = path.join(folder, name);
  const packages = (await stateAt(at, "npm"))?.packages ?? {};
  const crates = Object.values((await stateAt(at, "crates"))?.crates ?? {}).flatMap(({ versions }) => versions);
  return {
    pages: place.forge.state().releases.map(({ draft }) => (draft ? "draft" : "seen")),
    imageTags: Object.keys((await stateAt(at, "images"))?.repositories[imageName]?.tags ?? {}).toSorted(),
    deprecated: [core, app].map((one) => packages[one]?.versions[fourVersion]?.deprecated),
    latest: [core, app].map((one) => packages[one]?.tags["latest"]),
    yanked: crates.map(({ yanked }) => yanked),
    remoteTag: bed.git("ls-remote", "--tags", "origin", tag).trim() !== "",
  };
}

const whole: Standing = {
  pages: ["seen"],
  imageTags: ["1.0", fourVersion, "latest", "old"],
  deprecated: [undefined, undefined],
  latest: [fourVersion, fourVersion],
  yanked: [false, false],
  remoteTag: true,
};
/** The other package has no other version for `latest` to lead to. */
const gone: Standing = {
  pages: ["draft"],
  imageTags: ["old"],
  deprecated: [reason, reason],
  latest: ["0.9.0", fourVersion],
  yanked: [true, true],
  remoteTag: false,
};

test(
  "a whole release is taken back as far as each registry can, and the same command sees what a person did",
  { timeout: 180_000 },
  async () => {
    const place = await released("first");
    try {
      assert.deepEqual(await standing("first", place), whole);
      await assert.rejects(place.withdraw({ confirm: undefined, reason }), {
        code: "USAGE",
        hint: /--everything --reason .* --confirm 1\.0\.0/,
      });
      await assert.rejects(place.withdraw({ confirm: fourVersion, reason: undefined }), { code: "USAGE", message: /without a reason/ });
      assert.deepEqual(await standing("first", place), whole, "nothing is taken back before it is meant");

      const first = await place.withdraw({ confirm: fourVersion, reason });

      assert.deepEqual(await standing("first", place), gone);
      assert.equal(first.code, "DECISION_NEEDED", first.sentence);
      assert.match(first.sentence, /Yank slipway-example-reed 1\.0\.0|administrator/);
      assert.match(first.hint ?? "", /run the same command again/);

      await place.servers.pypi.owner.yank(prebuiltName, fourVersion, reason);
      const second = await place.withdraw({ confirm: fourVersion, reason });

      assert.equal(second.exitCode, 0, second.sentence);
      assert.equal(second.sentence, `${tag} is withdrawn`);
      assert.deepEqual(
        second.others.map(({ outcome }) => outcome).filter((outcome) => outcome !== "already-there" && outcome !== "published"),
        [],
      );
      assert.equal(second.run, first.run, "it is the same withdrawal");
      const record = JSON.parse(readFileSync(second.record ?? "", "utf8")) as ReleaseRecord;
      assert.equal(record.requester.name, "alice");
      assert.ok(JSON.stringify(record.plan.steps).includes(reason));
      assert.ok(record.steps.every(({ startedAt, endedAt }) => startedAt !== undefined && endedAt !== undefined));
      assert.ok(record.others.some(({ title, sends }) => title.startsWith(`"latest" of ${core} back to 0.9.0 at npm`) && sends === 1));
      const told = second.others.map(({ title }) => title).join("\n");
      for (const words of [
        /lock files that name it/,
        /can still be installed/,
        /whoever pins it/,
        /"latest" goes on leading to it, since no other/,
      ])
        assert.match(told, words);
      assert.deepEqual(await standing("first", place), gone);
    } finally {
      await place.close();
    }
  },
);

test("replies that are lost on the way take nothing back twice and leave nothing half", { timeout: 180_000 }, async () => {
  const place = await released("second", { crates: "lost-reply:yank*2", npm: "lost-reply:channel*1" });
  try {
    await place.servers.pypi.owner.yank(prebuiltName, fourVersion, reason);

    const report = await place.withdraw({ confirm: fourVersion, reason });

    assert.equal(report.exitCode, 0, report.sentence);
    assert.deepEqual(await standing("second", place), gone);
    assert.equal(await place.struck("crates", "lost-reply:yank"), 2);
  } finally {
    await place.close();
  }
});

test("another reason is refused while a withdrawal is under way, and without one it goes on", { timeout: 180_000 }, async () => {
  const place = await released("reasons");
  try {
    const first = await place.withdraw({ confirm: fourVersion, reason });
    assert.equal(first.code, "DECISION_NEEDED", first.sentence);
    await assert.rejects(place.withdraw({ confirm: fourVersion, reason: "another" }), {
      code: "USAGE",
      message: /was begun because of "reeds bend/,
    });
    await place.servers.pypi.owner.yank(prebuiltName, fourVersion, reason);

    const second = await place.withdraw({ confirm: fourVersion, reason: undefined });

    assert.equal(second.exitCode, 0, second.sentence);
  } finally {
    await place.close();
  }
});

test("what a registry does not do keeps nothing else public", { timeout: 180_000 }, async () => {
  const place = await released("refusing", { npm: "no-rights:channel*1" });
  try {
    await place.servers.pypi.owner.yank(prebuiltName, fourVersion, reason);

    const report = await place.withdraw({ confirm: fourVersion, reason });

    assert.notEqual(report.exitCode, 0, report.sentence);
    const { pages, imageTags, yanked, remoteTag } = await standing("refusing", place);
    assert.deepEqual(
      { pages, imageTags, yanked, remoteTag },
      { pages: ["draft"], imageTags: ["old"], yanked: [true, true], remoteTag: false },
    );
    for (let turn = 0; turn < 3; turn += 1) await place.withdraw({ confirm: fourVersion, reason });
    assert.deepEqual(await standing("refusing", place), gone);
  } finally {
    await place.close();
  }
});

test("where publishing asks somebody, taking back asks as well, and nothing happens before", { timeout: 180_000 }, async () => {
  guarded.git("push", "--quiet", "--force", "origin", "main", tag);
  const place = await openFourPlace({ bed: guarded, folder: path.join(folder, "asked"), clock: fastClock(40) });
  const remoteTag = (): boolean => guarded.git("ls-remote", "--tags", "origin", tag).trim() !== "";
  try {
    const first = await place.withdraw({ confirm: fourVersion, reason });
    assert.equal(first.code, "RUN_WAITING", first.sentence);
    assert.match(first.sentence, /gate "npm" waits for approval/);
    assert.equal(first.hint, `Look at what is asked, and consent, with \`slipway approve ${first.run}\`; then run the same command again`);
    assert.ok(remoteTag());
    const consent = { kind: "approve", gate: undefined, digest: await place.asked(first.run), note: undefined } as const;
    await assert.rejects(place.decide(first.run, { ...consent, by: "eve" }), { code: "POLICY_REFUSED" });
    await place.decide(first.run, { ...consent, by: "bob" });

    const second = await place.withdraw({ confirm: fourVersion, reason });

    assert.equal(second.exitCode, 0, second.sentence);
    assert.equal(second.run, first.run);
    assert.ok(!remoteTag());
    const record = JSON.parse(readFileSync(second.record ?? "", "utf8")) as ReleaseRecord;
    assert.deepEqual(record.approvals.map(({ gate, by }) => [gate, by]), [["npm", "bob"]]); // prettier-ignore
  } finally {
    await place.close();
  }
});

describe("killed around anything that is taken back, the same command finishes", () => {
  test("each thing is taken back, and nothing else", { timeout: 15 * 60_000 }, async (context) => {
    const log = path.join(folder, "points.log");
    const first = await released("counted");
    await first.servers.pypi.owner.yank(prebuiltName, fourVersion, reason);
    assert.equal(await first.withdrawInChild({ confirm: fourVersion, reason }, { SLIPWAY_CRASH_LOG: log }), null);
    assert.deepEqual(await standing("counted", first), gone);
    await first.close();
    const names = readFileSync(log, "utf8").trim().split("\n");
    const points = [...new Set(names.filter((name) => name.startsWith("effect/")))];
    context.diagnostic(`${points.length} crash points`);
    assert.ok(points.length >= pointsMin, `there are ${points.length} points, and there were ${pointsMin}`);
    // One point of each kind, one kind after another: the grid of a release has the rest of the engine.
    for (const point of points.filter((_name, index) => index % everyPoint === 0)) {
      const place = await released(point.replaceAll(/[^a-z0-9]/gi, "-"));
      try {
        await place.servers.pypi.owner.yank(prebuiltName, fourVersion, reason);
        assert.equal(await place.withdrawInChild({ confirm: fourVersion, reason }, { SLIPWAY_CRASH_AT: `${point}#1` }), "SIGKILL", point);

        const report = await place.withdraw({ confirm: fourVersion, reason: undefined });

        assert.equal(report.exitCode, 0, `${point}: ${report.sentence}`);
        assert.deepEqual(await standing(point.replaceAll(/[^a-z0-9]/gi, "-"), place), gone, point);
      } finally {
        await place.close();
      }
    }
  });
});

/** Prime to the three points of an effect, so that each kind of point is met. */
const everyPoint = 7;
