// The half-release drill: one release over an index of Python packages, a crate registry, an npm registry, an image registry
// and a forge. Each in turn refuses, stalls, loses the reply or holds other bytes, at each file of the release; afterwards
// one command finishes it, or names the one decision. What came of each stands in docs/reference/half-release.md, which this
// test makes and holds against what happens (issue "It must show", half-release drill).
//
// The use case, the engine, the journal, git, our clients and the servers are the real ones, in this process; the clock runs
// faster and the clients' time-outs are short, because hours of waiting are not what is tried.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import type { Report } from "../../src/app/report.ts";
import { makeBed, repositoryRoot, type Bed } from "../support/bed.ts";
import { fastClock } from "../support/fast-clock.ts";
import { matchFile } from "../support/golden.ts";
import { fourProject, fourVersion, openFourPlace, type FourPlace, type RegistryName } from "../support/four-registries.ts";

const speed = 40;
/** The clients' own, in real time; what is silent is so for longer than that. */
const timeouts = { connectMs: 2_000, answerMs: 700, wholeMs: 1_500 };
const silenceMs = 3_000;
/** Cases side by side: they wait more than they work. */
const lanes = 4;
/** The same command at most so often. */
const commandsMax = 4;

const behaviours = ["refuses", "stalls", "loses the reply", "holds other bytes"] as const;
type Behaviour = (typeof behaviours)[number];

interface Target {
  readonly at: RegistryName | "forge";
  /** What is struck, for people. */
  readonly thing: string;
  /** The calls before it of the same kind, which are late by a moment; nobody notices. */
  readonly before: number;
  readonly call: string;
  /** Fault that makes each behaviour, with how often it strikes where that is not once; absent: nothing there can behave so. */
  readonly faults: Readonly<Partial<Record<Behaviour, string>>>;
}

const usual = { refuses: "expired-token", stalls: "timeout-before", "loses the reply": "lost-reply", "holds other bytes": "stranger" };
const ofFiles = { ...usual } as const;
/** A token that is not known is exchanged for another once. Images are named by their digest: other bytes under their name are half of a blob's. A tag may lead to somebody else's. */
const ofImages = { refuses: "expired-token*2", stalls: "timeout-before", "loses the reply": "lost-reply" };
const ofPages = { refuses: "no-permission", stalls: "timeout-before", "loses the reply": "lost-reply" };

const targets: readonly Target[] = [
  { at: "forge", thing: "draft of the release page", before: 0, call: "create-release", faults: ofPages },
  { at: "forge", thing: "wheel on the page", before: 0, call: "upload-asset", faults: { ...ofPages, "holds other bytes": "short-asset" } },
  { at: "forge", thing: "sdist on the page", before: 1, call: "upload-asset", faults: { ...ofPages, "holds other bytes": "short-asset" } },
  {
    at: "images",
    thing: "blobs of the first image",
    before: 0,
    call: "upload",
    faults: { ...ofImages, "holds other bytes": "partial-kept" },
  },
  { at: "images", thing: "first image", before: 0, call: "manifest", faults: ofImages },
  { at: "images", thing: "second image", before: 1, call: "manifest", faults: ofImages },
  { at: "images", thing: "list of both", before: 2, call: "manifest", faults: ofImages },
  { at: "crates", thing: "first crate", before: 0, call: "upload", faults: ofFiles },
  { at: "crates", thing: "crate that needs it", before: 1, call: "upload", faults: ofFiles },
  { at: "npm", thing: "first package", before: 0, call: "upload", faults: { ...ofFiles, refuses: "no-rights" } },
  { at: "npm", thing: "package that needs it", before: 1, call: "upload", faults: { ...ofFiles, refuses: "no-rights" } },
  { at: "pypi", thing: "wheel", before: 0, call: "upload", faults: ofFiles },
  { at: "pypi", thing: "sdist", before: 1, call: "upload", faults: ofFiles },
  {
    at: "images",
    thing: "tag",
    before: 0,
    call: "tag",
    faults: { ...ofImages, refuses: "immutable-tag", "holds other bytes": "stranger" },
  },
  { at: "forge", thing: "publishing of the page", before: 0, call: "edit-release", faults: ofPages },
];

interface Case {
  readonly target: Target;
  readonly behaviour: Behaviour;
  readonly fault: string;
  readonly count: number;
}

const cases: readonly Case[] = targets.flatMap((target) =>
  behaviours.flatMap((behaviour) => {
    const [fault, count = "1"] = target.faults[behaviour]?.split("*") ?? [];
    return fault === undefined ? [] : [{ target, behaviour, fault, count: Number(count) }];
  }),
);

let bed: Bed;
let made: string;

before(() => {
  made = mkdtempSync(path.join(tmpdir(), "slipway-four-"));
  bed = makeBed({ example: fourProject(made), tag: `v${fourVersion}` });
});

after(() => {
  bed.remove();
  rmSync(made, { recursive: true, force: true });
});

test(
  "each registry × each fault × each file ends complete, or at one decision that is named",
  { timeout: 10 * 60_000 },
  async (context) => {
    const waiting = [...cases];
    const cells = new Map<Case, string>();
    const failures: string[] = [];
    await Promise.all(
      Array.from({ length: lanes }, async () => {
        for (let one = waiting.shift(); one !== undefined; one = waiting.shift()) {
          const row = `${one.target.at}, ${one.target.thing}, ${one.behaviour}`;
          const cell = await tryCase(one).catch((error: unknown) => {
            failures.push(`${row}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
            return "FAILED";
          });
          context.diagnostic(`${row}: ${cell}`);
          cells.set(one, cell);
        }
      }),
    );
    assert.deepEqual(failures, []);
    context.diagnostic(`${cases.length} cases`);
    matchFile(path.join(repositoryRoot, "docs", "reference", "half-release.md"), page(cells));
  },
);

/** @returns what became of it, in words @throws when something was green and wrong, or never ended */
async function tryCase(one: Case): Promise<string> {
  const { target } = one;
  const place = await openFourPlace({
    bed,
    folder: mkdtempSync(path.join(tmpdir(), "slipway-half-")),
    clock: fastClock(speed),
    timeouts,
    faults: { [target.at]: faultsOf(one) },
  });
  try {
    const stops: string[] = [];
    for (let commands = 1; commands <= commandsMax; commands += 1) {
      const report = await place.run();
      await checkHonest(report, place);
      if (report.exitCode === 0) {
        assert.ok((await place.struck(target.at, `${one.fault}:${target.call}`)) > 0, "the fault never struck");
        assert.ok(
          one.behaviour !== "holds other bytes" || target.call !== "upload" || one.fault !== "stranger",
          "a stranger went unnoticed",
        );
        return stops.length === 0 ? "the command finishes it by itself" : `${stops.join("; ")}; the same command finishes it`;
      }
      if (report.exitCode === 6) {
        assert.equal(report.code, "REGISTRY_CONFLICT");
        assert.equal(one.fault, "stranger", `stopped at a decision without other bytes: ${report.sentence}`);
        await checkNothingAfter(report, place);
        assert.match(report.sentence, /holds? (?:another|something else|other)|leads/, report.sentence);
        assert.ok(report.hint !== undefined, "the decision is named");
        return `stops with 6 (REGISTRY_CONFLICT) and one decision: ${decisionWords(report.hint)}`;
      }
      assert.ok([1, 4, 5].includes(report.exitCode), `ended with ${report.exitCode}: ${report.sentence}`);
      stops.push(`stops with ${report.exitCode} (${report.code ?? report.standing})`);
    }
    throw new Error(`it does not end: ${stops.join(" ")}`);
  } finally {
    await place.close();
  }
}

/** What the report asks for, without what is of this run alone. */
function decisionWords(hint: string): string {
  return hint.replace(/http:\/\/127\.0\.0\.1:\d+\S*/g, "ADDRESS").replaceAll("|", "\\|");
}

/** In the words of `--faults`. */
function faultsOf({ target, fault, count }: Case): string {
  const { call, before: earlier, at } = target;
  const late = at === "forge" ? "slow" : "slow-index";
  const before = earlier === 0 ? [] : [`${late}:${call}*${earlier}=1ms`];
  return [...before, `${fault}:${call}*${count}${fault === "timeout-before" ? `=${silenceMs * speed}ms` : ""}`].join(",");
}

/** What holds after every command, whatever lied: what is said to be public is so, and nothing was kept twice. */
async function checkHonest(report: Report, place: FourPlace): Promise<void> {
  for (const { name, stored } of place.received()) assert.ok(stored <= 1, `${name} was kept ${stored} times`);
  for (const file of report.files) {
    if (file.registry === "forge") continue;
    const there = await place.held(file.registry as RegistryName, file.name);
    if (file.outcome === "published" || file.outcome === "already-there")
      assert.equal(there, file.sha256, `${file.name} is said to be at ${file.registry}, which has other bytes, or none`);
    else if (there !== undefined) assert.ok(["unknown", "conflict"].includes(file.outcome), `${file.name} is at ${file.registry}`);
  }
  if (report.exitCode !== 0) return;
  assert.equal(report.files.filter(({ outcome }) => outcome === "published" || outcome === "already-there").length, report.files.length);
  assert.equal(report.files.length, 14);
  const { releases } = place.forge.state();
  assert.equal(releases.length, 1, "there is one page");
  assert.equal(releases[0]?.draft, false);
  for (const asset of releases[0]?.assets ?? [])
    assert.ok(report.files.some(({ name, sha256 }) => name === asset.name && sha256 === asset.sha256));
  assert.equal(releases[0]?.assets.length, 2);
  assert.equal(await place.tagged(), true, "the tag leads to our images");
}

/** Where a decision is wanted, nothing below it was sent. */
async function checkNothingAfter(report: Report, place: FourPlace): Promise<void> {
  const stopped = report.steps.findIndex(({ state }) => state !== "done");
  const later = report.steps.slice(stopped + 1);
  assert.ok(
    later.every(({ state }) => state !== "done"),
    "a step below the conflict was done",
  );
  assert.notEqual(place.forge.state().releases[0]?.draft, false, "the page was published all the same");
}

function page(cells: ReadonlyMap<Case, string>): string {
  const named: Readonly<Record<string, string>> = { crates: "crates", npm: "npm", pypi: "PyPI", images: "OCI", forge: "forge" };
  const rows = targets.map((target) => {
    const cell = (behaviour: Behaviour): string => {
      const found = cases.find((one) => one.target === target && one.behaviour === behaviour);
      return found === undefined ? "–" : (cells.get(found) ?? "");
    };
    return `| ${[named[target.at] ?? "", target.thing, ...behaviours.map(cell)].join(" | ")} |`;
  });
  return `# When a release stops halfway

<!-- Made by test/journeys/half-release.test.ts; \`SLIPWAY_UPDATE_GOLDEN=1\` writes it anew. -->

One release over five places: a draft of the release page with wheel and sdist, two images and the list that joins them, two
crates, two npm packages, wheel and sdist, a tag, and the page made public. In each row one of them is struck, once. "The command"
is \`slipway run\`. Nothing was ever kept twice, and what the report called public was so.

| place | what is struck | ${behaviours.join(" | ")} |
| --- | --- | ${behaviours.map(() => "---").join(" | ")} |
${rows.join("\n")}

Each row is tried in the order in which the release sends. At a decision nothing more is sent: the steps below it have not begun.
Somebody else's bytes stay where they are until a person decides, \`slipway status\` names them.
`;
}
