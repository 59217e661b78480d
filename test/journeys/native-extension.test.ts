// S1 by the real program against indexes and a forge on loopback, as far as it needs no compiler and no second Python: a trial
// from a branch reaches the test index and nothing more; the tag of the same version reaches it too, and PyPI after somebody
// else said what they saw there. All legs come from elsewhere (test/support/grid-native.ts); what maturin builds here and what
// Pythons 3.12 and 3.13 install is in test/acceptance/native-extension.
import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { edit, readReport, told } from "../support/bed.ts";
import {
  broughtBy,
  everyFile,
  nativeTag,
  nativeTokens,
  nativeTrial,
  nativeVersion,
  openNative,
  type NativeOptions,
  type NativePlace,
} from "../support/grid-native.ts";

async function open(context: TestContext, options: Partial<NativeOptions> = {}): Promise<NativePlace> {
  const place = await openNative({ version: nativeTrial, tagged: false, ...options });
  context.after(() => place.close());
  return place;
}

const at = (index: string, version: string): readonly string[] => everyFile(version).map((file) => `${index}/${file} ×1`);

test(
  "a trial ends at the test index; the tag of the same version reaches it too, and PyPI after a note",
  { timeout: 300_000 },
  async (context) => {
    const place = await open(context);
    const { bed } = place;
    assert.equal((await bed.slipway(["import", ...place.files, ...broughtBy])).code, 0);

    const trial = await bed.slipway(["run", "--json"], nativeTokens);

    assert.equal(trial.code, 0, told(trial));
    const untouched = `issue recorder ${nativeVersion} open`;
    assert.deepEqual([...(await place.held())].toSorted(), [...at("testpypi", nativeTrial), untouched].toSorted());

    bed.git("tag", "--annotate", nativeTag, "--message", nativeTag);
    assert.equal((await bed.slipway(["import", ...place.built(nativeVersion), ...broughtBy])).code, 0);
    const waiting = await bed.slipway(["run", "--json", "--no-wait"], nativeTokens);

    assert.deepEqual([waiting.code, readReport(waiting).code], [3, "RUN_WAITING"], told(waiting));
    const tried = [...at("testpypi", nativeTrial), ...at("testpypi", nativeVersion), untouched];
    assert.deepEqual([...(await place.held())].toSorted(), tried.toSorted());

    await approve(place);
    const released = await bed.slipway(["run", "--json"], nativeTokens);

    assert.equal(released.code, 0, told(released));
    const held = await place.held();
    for (const line of [...at("pypi", nativeVersion), `page ${nativeTag}`, `issue recorder ${nativeVersion} closed`])
      assert.ok(held.includes(line), `${line} is not in\n${held.join("\n")}`);
  },
);

/** Nobody approves their own release, nor without saying what they saw at the test index. */
async function approve({ bed }: NativePlace): Promise<void> {
  const subject = /subject sha256:([0-9a-f]{64})/.exec((await bed.slipway(["status"])).stdout)?.[1] ?? "";
  const said = ["approve", "--digest", subject];
  const refused: readonly (readonly [readonly string[], RegExp])[] = [
    [["--as", "bob"], /the note has to name the result at "testpypi"/],
    [["--as", "bob", "--note", "looks good"], /the note has to name the result at "testpypi"/],
    [["--as", "alice", "--note", "testpypi is fine"], /"alice" is not one of release-engineers/],
  ];
  for (const [words, message] of refused) {
    const ended = await bed.slipway([...said, ...words]);
    assert.equal(ended.code, 6, told(ended));
    assert.match(ended.stderr, message);
  }
  const approved = await bed.slipway([...said, "--as", "bob", "--note", "installed it from testpypi"]);
  assert.equal(approved.code, 0, told(approved));
}

for (const file of ["Cargo.toml", "pyproject.toml"]) {
  test(`another version in ${file} alone stops before anything is built`, async (context) => {
    const place = await open(context, {
      version: nativeVersion,
      tagged: true,
      prepare: (project) => edit(project, `recorder/${file}`, (text) => text.replace(/^version = "1\.4\.0"$/m, 'version = "1.4.1"')),
    });

    const ended = await place.bed.slipway(["run", "--json"], nativeTokens);

    assert.notEqual(ended.code, 0);
    assert.match(ended.stdout, /1\.4\.1/);
    assert.ok(ended.stdout.includes(file), told(ended));
    assert.doesNotMatch(ended.stdout, /"state":"(?:done|failed)"/, "no step was begun");
    assert.deepEqual(await place.held(), [`issue recorder ${nativeVersion} open`]);
  });
}
