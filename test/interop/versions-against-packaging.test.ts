// Our PEP 440 against Python's own `packaging`, and every mapping between PEP 440 and SemVer against `packaging` on one
// side and node-semver on the other. A seed that found something belongs into a unit test beside the code.
// SLIPWAY_TEST_SEED repeats a run; SLIPWAY_TEST_PYTHON names another interpreter.
import assert from "node:assert/strict";
import { randomInt } from "node:crypto";
import { test, type TestContext } from "node:test";
import fc from "fast-check";
import nodeSemver from "semver";
import { sayInPep440, sayInSemver, type Refused } from "../../src/domain/version/logical.ts";
import { pep440 } from "../../src/domain/version/pep440.ts";
import { readVersion } from "../../src/domain/version/scheme.ts";
import { semver } from "../../src/domain/version/semver.ts";
import { askPackaging } from "../support/packaging-oracle.ts";
import { packagingRefused, packagingVersions, semverRefused, semverVersions } from "../support/version-lists.ts";
import { damaged, pep440Text, plainPep440Text, semverText } from "../support/version-arbitraries.ts";

const givenSeed = process.env["SLIPWAY_TEST_SEED"];
const seed = givenSeed === undefined || givenSeed === "" ? randomInt(2 ** 31) : Number(givenSeed);

/** Versions that `packaging`'s own tests hold, by kind: valid ones in order, odd spellings, and texts that are no version. */
const wellKnown = [
  "1.0.dev456",
  "1.0a1",
  "1.0a2.dev456",
  "1.0a12.dev456",
  "1.0a12",
  "1.0b1.dev456",
  "1.0b2",
  "1.0b2.post345.dev456",
  "1.0b2.post345",
  "1.0b2-346",
  "1.0c1.dev456",
  "1.0c1",
  "1.0rc2",
  "1.0c3",
  "1.0",
  "1.0.post456.dev34",
  "1.0.post456",
  "1.1.dev1",
  "1.2+123abc",
  "1.2+123abc456",
  "1.2+abc",
  "1.2+abc123",
  "1.2+abc123def",
  "1.2+1234.abc",
  "1.2+123456",
  "1.2.r32+123456",
  "1.2.rev33+123456",
  "1!1.0.dev456",
  "1!1.0",
  "1!1.2+123456",
  "1.0dev",
  "1.0.dev",
  "1.0dev1",
  "1.0-dev",
  "1.0-dev1",
  "1.0DEV",
  "1.0.DEV1",
  "1.0a",
  "1.0.a1",
  "1.0-A",
  "1.0ALPHA1",
  "1.0-BETA1",
  "1.0c",
  "1.0-RC",
  "1.0.preview4",
  "1.0post",
  "1.0.post1",
  "1.0-post",
  "1.0-5",
  "1.0-r5",
  "1.0-rev5",
  "1.0.POST.DEV",
  "1.0+AbC",
  "1.01",
  "1.0a05",
  "1.0b07",
  "1.0c056",
  "1.0rc09",
  "1.0.post000",
  "1.1.dev09000",
  "00!1.2",
  "0100!0.0",
  "v1.0",
  "   v1.0\t\n",
  "\u00a01.0\u2003",
  "0",
  "0.0",
  "1.0.0.0.0",
  "2012.4",
  "2026.11.21.0",
  "french toast",
  "1.0+a+",
  "1.0++",
  "1.0+_foobar",
  "1.0+foo&asd",
  "1.0+1+1",
  "1.",
  ".1",
  "",
  "v",
  "1.0-",
  "1.0a1b2",
  "1!",
  "!1",
  "1.0+",
  "1.0.dev.",
  "1..0",
  "1.0\u0661",
  "\u0661.0",
];

/** SemVer texts of reference/protocols §8.2, which Python turns into something else or refuses. */
const awkward = [
  "1.0.0-alpha.1",
  "1.0.0-beta.2",
  "1.0.0-rc.1",
  "1.0.0-alpha",
  "1.0.0-pre.1",
  "1.0.0-preview.2",
  "1.0.0-c1",
  "1.0.0-1",
  "1.0.0-0",
  "1.0.0-20261121",
  "1.0.0-post.1",
  "1.0.0-r4",
  "1.0.0-rev.3",
  "1.0.0-dev.3",
  "1.0.0+build.5",
  "1.0.0-nightly.5",
  "1.0.0-rc.1.2",
  "1.0.0-alpha.beta",
  "1.0.0-rc1",
  "1.0.0-RC.1",
  "1.0.0-rc.01a",
];

function draw<T>(context: TestContext, of: fc.Arbitrary<T>, count: number): readonly T[] {
  context.diagnostic(`seed ${seed} (repeat with SLIPWAY_TEST_SEED=${seed}), ${count} drawn`);
  return fc.sample(of, { seed, numRuns: count });
}

/** Pairs a list with itself, shifted: neighbours in a shuffled list, several times. */
function pairUp(texts: readonly string[], shifts: readonly number[]): readonly (readonly [string, string])[] {
  return shifts.flatMap((shift) => texts.map((text, index) => [text, texts[(index + shift) % texts.length] ?? text] as const));
}

function parsePep440(text: string) {
  const parsed = pep440.parse(text);
  return parsed.kind === "valid" ? parsed.version : undefined;
}

test("what is a PEP 440 version, its normal form, base and kind are as packaging says", (t) => {
  const texts = [
    ...new Set([
      ...wellKnown,
      ...awkward,
      ...draw(t, pep440Text, 3000),
      ...draw(t, damaged(pep440Text), 3000),
      ...draw(t, semverText, 1000),
    ]),
  ];

  const answers = askPackaging({ versions: texts }).versions;

  let valid = 0;
  for (const [index, text] of texts.entries()) {
    const version = parsePep440(text);
    const ours = version === undefined ? null : { normal: version.normal, base: version.base, prerelease: version.prerelease };
    assert.deepEqual(ours, answers[index], `${JSON.stringify(text)}, seed ${seed}`);
    valid += ours === null ? 0 : 1;
  }
  t.diagnostic(`${texts.length} texts, ${valid} of them versions`);
  assert.ok(valid > 3000 && texts.length - valid > 500);
});

test("PEP 440 versions are ordered as packaging orders them", (t) => {
  const valid = [...new Set([...wellKnown, ...draw(t, pep440Text, 2500)])].filter((text) => parsePep440(text) !== undefined);
  // Drawn neighbours differ in much; sorted neighbours differ in little.
  const sorted = valid.toSorted((one, other) => pep440.compare(readVersion(pep440, one), readVersion(pep440, other)));
  const pairs = [...pairUp(valid, [1, 41, 1009]), ...pairUp(sorted, [1, 2, 3, 4, 5])];

  const answers = askPackaging({ pairs }).pairs;

  for (const [index, [one, other]] of pairs.entries()) {
    const ours = pep440.compare(readVersion(pep440, one), readVersion(pep440, other));
    assert.equal(ours, answers[index], `${JSON.stringify(one)} against ${JSON.stringify(other)}, seed ${seed}`);
  }
  t.diagnostic(`${pairs.length} pairs, ${answers.filter((answer) => answer === 0).length} equal`);
  assert.ok(pairs.length > 10_000);
});

test("SemVer versions are taken and ordered as node-semver does", (t) => {
  const texts = [...new Set([...awkward, ...draw(t, semverText, 2500), ...draw(t, damaged(semverText), 2500)])];
  for (const text of texts) {
    const strict = nodeSemver.valid(text, { loose: false }) !== null && /^[0-9]/.test(text) && text === text.trim();
    // node-semver takes larger numbers after "-" and rounds them when it compares: two versions would be one.
    const rounded = nodeSemver.prerelease(text)?.some((id) => /^[0-9]+$/.test(`${id}`) && !Number.isSafeInteger(Number(id))) ?? false;
    assert.equal(semver.parse(text).kind === "valid", strict && !rounded, `${JSON.stringify(text)}, seed ${seed}`);
  }
  const valid = texts.filter((text) => semver.parse(text).kind === "valid");
  for (const [one, other] of pairUp(valid, [1, 2, 3, 7, 41, 199])) {
    const ours = semver.compare(readVersion(semver, one), readVersion(semver, other));
    assert.equal(ours, nodeSemver.compare(one, other), `${one} against ${other}, seed ${seed}`);
  }
  assert.ok(valid.length > 1500);
});

test("whatever is said in SemVer is one version for both sides, in the same order", (t) => {
  const texts = [...new Set(draw(t, fc.oneof(plainPep440Text, pep440Text), 4000))];
  const said = texts.flatMap((text) => {
    const version = parsePep440(text);
    const answer = version === undefined ? undefined : sayInSemver(version);
    return version === undefined || answer === undefined || answer.kind === "refused"
      ? []
      : [{ python: version.normal, other: answer.text, kind: answer.kind }];
  });

  // What Python reads in the SemVer text has to be the version it came from: builders do exactly that.
  const readBack = askPackaging({ versions: said.map(({ other }) => other) }).versions;
  for (const [index, { python, other }] of said.entries()) {
    assert.equal(nodeSemver.valid(other, { loose: false }), other, `${other} of ${python}, seed ${seed}`);
    assert.equal(readBack[index]?.normal, python, `${other}, seed ${seed}`);
  }

  assertSameOrder(said.filter(({ kind }) => kind === "said"));
  t.diagnostic(`${said.length} of ${texts.length} said, ${said.filter(({ kind }) => kind === "order-differs").length} of them dev`);
  assert.ok(said.length > 1000);
});

test("whatever is said in PEP 440 is one version for both sides, in the same order", (t) => {
  const texts = [...new Set([...awkward, ...draw(t, semverText, 4000)])];
  const answers = texts.map((text) => sayInPep440(readVersion(semver, text)));
  const readByPython = askPackaging({ versions: texts }).versions;

  const said: { python: string; other: string; kind: string }[] = [];
  for (const [index, other] of texts.entries()) {
    const answer = answers[index];
    const python = readByPython[index] ?? undefined;
    if (answer === undefined || answer.kind === "refused") continue;
    assert.equal(python?.normal, answer.text, `${other}, seed ${seed}`);
    said.push({ python: answer.text, other, kind: answer.kind });
  }
  // Two SemVer versions never become one Python version.
  assert.equal(new Set(said.map(({ python }) => python)).size, said.length, `seed ${seed}`);
  assertSameOrder(said.filter(({ kind }) => kind === "said"));
  t.diagnostic(`${said.length} of ${texts.length} said`);
  assert.ok(said.length > 500);
});

test("nothing is refused that could be said without loss", (t) => {
  const texts = [...new Set([...awkward, ...draw(t, semverText, 3000)])];
  const readByPython = askPackaging({ versions: texts }).versions;

  for (const [index, text] of texts.entries()) {
    const answer = sayInPep440(readVersion(semver, text));
    const python = readByPython[index] ?? undefined;
    if (answer.kind !== "refused" || python === undefined) continue;
    const back = sayInSemver(readVersion(pep440, python.normal));
    assert.ok(back.kind === "refused" || back.text !== text, `${text} is Python's ${python.normal}, seed ${seed}`);
  }
});

test("a dev version, said with a warning, is wrong only against alpha and beta of the same base", () => {
  const versions = ["0.9.0", "1.0.0.dev1", "1.0.0.dev2", "1.0.0.dev10", "1.0.0a1", "1.0.0b1", "1.0.0rc1", "1.0.0", "1.0.1.dev1", "1.0.1"];
  const inverted = new Set<string>();
  for (const one of versions) {
    for (const other of versions) {
      const [left, right] = [one, other].map((text) => sayInSemver(readVersion(pep440, text)));
      assert.ok(left !== undefined && right !== undefined && left.kind !== "refused" && right.kind !== "refused");
      const inPython = pep440.compare(readVersion(pep440, one), readVersion(pep440, other));
      if (nodeSemver.compare(left.text, right.text) !== inPython) inverted.add([one, other].toSorted().join(" "));
    }
  }

  const expected = ["1", "2", "10"].flatMap((n) => [`1.0.0.dev${n} 1.0.0a1`, `1.0.0.dev${n} 1.0.0b1`]);
  assert.deepEqual([...inverted].toSorted(), expected.toSorted());
});

test("every version of packaging's own tests is read as packaging reads it, and mapped there and back or refused with a reason", (t) => {
  const answers = askPackaging({ versions: [...packagingVersions, ...packagingRefused] }).versions;
  const said: string[] = [];
  for (const [index, text] of packagingVersions.entries()) {
    const version = readVersion(pep440, text);
    assert.equal(version.normal, answers[index]?.normal, JSON.stringify(text));
    const there = sayInSemver(version);
    if (there.kind === "refused") assertRefusal(there, text);
    else {
      assert.equal(nodeSemver.valid(there.text, { loose: false }), there.text, text);
      const back = sayInPep440(readVersion(semver, there.text));
      assert.ok(back.kind !== "refused" && back.text === version.normal, text);
      said.push(there.text);
    }
  }
  for (const [index, text] of packagingRefused.entries()) {
    assert.equal(answers[packagingVersions.length + index], null, text);
    assert.equal(parsePep440(text), undefined, text);
  }
  t.diagnostic(`${packagingVersions.length} versions, ${said.length} said in SemVer (${[...new Set(said)].join(" ")}), the others refused`);
  assert.ok(packagingVersions.length > 450 && said.length > 0);
});

test("every version of semver's own tests is mapped there and back or refused with a reason", (t) => {
  const readByPython = askPackaging({ versions: semverVersions }).versions;
  const said: string[] = [];
  for (const [index, text] of semverVersions.entries()) {
    const version = readVersion(semver, text);
    assert.equal(nodeSemver.valid(text, { loose: false })?.split("+")[0], version.normal.split("+")[0]);
    const there = sayInPep440(version);
    if (there.kind === "refused") assertRefusal(there, text);
    else {
      assert.equal(there.text, readByPython[index]?.normal, text);
      const back = sayInSemver(readVersion(pep440, there.text));
      assert.ok(back.kind !== "refused" && back.text === text, text);
      said.push(text);
    }
  }
  for (const text of semverRefused) assert.equal(semver.parse(text).kind, "invalid", text);
  t.diagnostic(`${semverVersions.length} versions, ${said.length} said in PEP 440, the others refused`);
  assert.ok(semverVersions.length > 110 && said.length > 20);
});

/** A refusal says why, and offers a version of the same scheme that both can say. */
function assertRefusal(refused: Refused, text: string): void {
  assert.equal(refused.problem.code, "VERSION_LOSSY", text);
  assert.match(refused.problem.message, /^Cannot say .+: .{10,}/s, text);
  const own = text !== "" && refused.problem.message.includes(" in SemVer: ") ? pep440 : semver;
  const other = own === pep440 ? sayInSemver(readVersion(pep440, refused.instead)) : sayInPep440(readVersion(semver, refused.instead));
  assert.ok(other.kind !== "refused", `${text}: instead ${refused.instead}`);
}

function assertSameOrder(said: readonly { readonly python: string; readonly other: string }[]): void {
  const sorted = said.toSorted((one, other) => nodeSemver.compare(one.other, other.other));
  const indexes = pairUp(
    sorted.map((_, index) => String(index)),
    [1, 2, 3, 7, 41, 199],
  ).map(([one, other]) => [sorted[Number(one)], sorted[Number(other)]] as const);
  const pairs = indexes.map(([one, other]) => [one?.python ?? "", other?.python ?? ""] as const);
  const answers = askPackaging({ pairs }).pairs;
  for (const [index, [one, other]] of indexes.entries()) {
    const inSemver = nodeSemver.compare(one?.other ?? "", other?.other ?? "");
    assert.equal(inSemver, answers[index], `${one?.python} = ${one?.other} against ${other?.python} = ${other?.other}, seed ${seed}`);
  }
}
