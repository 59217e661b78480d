// A whole release over four kinds of registry and a forge is taken back: the page goes, the images lose their tag, the npm packages are
// deprecated, the crates yanked, the tag goes; PyPI has no call for it, and a person is told what to do there. The same command
// again sees what that person did. What each registry holds is looked at here, at the servers.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { makeBed, type Bed } from "../support/bed.ts";
import { fastClock } from "../support/fast-clock.ts";
import { fourProject, fourVersion, imageName, openFourPlace, type FourPlace } from "../support/four-registries.ts";
import { stateAt, tagAt } from "../support/four-held.ts";
import { prebuiltName } from "../support/prebuilt-project.ts";

const tag = `v${fourVersion}`;
const reason = "reeds bend the wrong way";
let bed: Bed;
let folder: string;

before(() => {
  folder = mkdtempSync(path.join(tmpdir(), "slipway-withdraw-"));
  bed = makeBed({ example: fourProject(path.join(folder, "made")), tag });
  const origin = path.join(folder, "origin.git");
  bed.git("init", "--quiet", "--bare", "--initial-branch=main", origin);
  bed.git("remote", "add", "origin", origin);
});

after(() => {
  bed.remove();
  rmSync(folder, { recursive: true, force: true });
});

async function released(name: string, faults: Parameters<typeof openFourPlace>[0]["faults"] = {}): Promise<FourPlace> {
  bed.git("push", "--quiet", "--force", "origin", "main", tag);
  const place = await openFourPlace({ bed, folder: path.join(folder, name), clock: fastClock(40), faults });
  const report = await place.run();
  assert.equal(report.exitCode, 0, report.sentence);
  return place;
}

interface Standing {
  readonly page: number;
  readonly imageTag: boolean;
  readonly deprecated: readonly (string | undefined)[];
  readonly yanked: readonly boolean[];
  readonly remoteTag: boolean;
}

async function standing(name: string, place: FourPlace): Promise<Standing> {
  const at = path.join(folder, name);
  const npm = Object.values((await stateAt(at, "npm"))?.packages ?? {}).flatMap(({ versions }) => Object.values(versions));
  const crates = Object.values((await stateAt(at, "crates"))?.crates ?? {}).flatMap(({ versions }) => versions);
  return {
    page: place.forge.state().releases.length,
    imageTag: (await tagAt(at, imageName, fourVersion)) !== undefined,
    deprecated: npm.map(({ deprecated }) => deprecated),
    yanked: crates.map(({ yanked }) => yanked),
    remoteTag: bed.git("ls-remote", "--tags", "origin", tag).trim() !== "",
  };
}

const whole: Standing = { page: 1, imageTag: true, deprecated: [undefined, undefined], yanked: [false, false], remoteTag: true };
const gone: Standing = { page: 0, imageTag: false, deprecated: [reason, reason], yanked: [true, true], remoteTag: false };

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
        second.others.map(({ outcome }) => outcome).filter((outcome) => outcome !== "already-there"),
        [],
      );
      const told = second.others.map(({ title }) => title).join("\n");
      for (const words of [/lock files that name it/, /can still be installed/, /whoever pins it/]) assert.match(told, words);
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
