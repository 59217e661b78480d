// Builds distributions that lie, each in one way, checks all of them in one go, as a release would be, and tells per case
// what was found. For the corpus of `check-artifacts`.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { before, describe, it } from "node:test";
import type { PlannedDistribution } from "../../src/steps/check-artifacts/distribution.ts";
import type { ArtifactFinding } from "../../src/steps/check-artifacts/finding.ts";
import { checkFiles, distributionOf, writeAll } from "./check-ports.ts";
import { sdist, type SdistOf } from "./sdist.ts";
import { wheel, type BuiltFile, type WheelOf } from "./wheel.ts";

export interface CheckCase {
  readonly what: string;
  /** Ids and messages that have to be found, and no other id; empty: nothing may be found. */
  readonly found: readonly (readonly [id: string, message: RegExp])[];
  /** What is found are warnings. */
  readonly warns?: boolean;
  readonly built: (name: string) => Pick<BuiltFile, "name" | "bytes">;
  readonly planned?: Partial<PlannedDistribution> | undefined;
}

/** File name in place of the right one. */
interface Renamed {
  readonly rename?: string;
}

export type WheelParts = Partial<WheelOf> &
  Renamed & { readonly planned?: Partial<PlannedDistribution>; readonly withoutContentType?: boolean };

const good = { version: "1.0", description: "# Hello\n", descriptionContentType: "text/markdown", requiresPython: ">=3.9" } as const;

export function aWheel(
  what: string,
  found: CheckCase["found"],
  parts: (name: string) => WheelParts = () => ({}),
  warns = false,
): CheckCase {
  const built = (name: string) => {
    const { rename, planned: _planned, withoutContentType, ...rest } = parts(name);
    const { descriptionContentType, ...others } = good;
    const made = wheel({ name, ...others, ...(withoutContentType === true ? {} : { descriptionContentType }), ...rest });
    return rename === undefined ? made : { ...made, name: rename };
  };
  return { what, found, warns, built, planned: parts("demo").planned };
}

export type SdistParts = Partial<SdistOf> & Renamed;

export function anSdist(
  what: string,
  found: CheckCase["found"],
  parts: (name: string) => SdistParts = () => ({}),
  warns = false,
): CheckCase {
  const built = (name: string) => {
    const { rename, ...rest } = parts(name);
    const made = sdist({ name, ...good, metadataVersion: "2.4", ...rest });
    return rename === undefined ? made : { ...made, name: rename };
  };
  return { what, found, warns, built };
}

/** One test for each case; all distributions are checked together before the first. */
export function describeCases(title: string, cases: readonly CheckCase[]): void {
  describe(title, () => {
    let findings: readonly (readonly ArtifactFinding[])[] = [];

    before(async () => {
      findings = await checkAll(cases);
    });

    for (const [index, one] of cases.entries()) {
      it(one.found.length === 0 ? `finds nothing in ${one.what}` : `finds ${one.what}`, () => assertFound(one, findings[index] ?? []));
    }
  });
}

async function checkAll(cases: readonly CheckCase[]): Promise<readonly (readonly ArtifactFinding[])[]> {
  const folder = mkdtempSync(join(tmpdir(), "slipway-check-"));
  try {
    const files = writeAll(
      folder,
      cases.map((one, index) => one.built(`case${index}`)),
    );
    const distributions = files.map((file, index) => {
      const name = `case${index}`;
      return distributionOf(file, { planned: { id: name, name, version: "1.0", ...cases[index]?.planned } });
    });
    return (await checkFiles(distributions)).map((one) => one.findings);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function assertFound(one: CheckCase, all: readonly ArtifactFinding[]): void {
  const said = all.map((finding) => `${finding.level} ${finding.id}: ${finding.message}`).join("\n");
  const level = one.warns === true ? "warning" : "error";
  for (const [id, message] of one.found) {
    assert.ok(
      all.some((finding) => finding.id === id && message.test(finding.message) && finding.level === level),
      `${level} ${id} ${message} is not among:\n${said}`,
    );
  }
  const expected = new Set(one.found.map(([id]) => id));
  assert.deepEqual(
    all.filter((finding) => !expected.has(finding.id)),
    [],
    "something else was found too",
  );
}
