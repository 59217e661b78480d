// Row 6, artifact checks: 200 wheels with every digest of RECORD verified, with Markdown and with reStructuredText, and
// one wheel of 200 MiB.
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { largeWheel, wheelsOfMany, wheelsOfOne } from "../data/wheels.ts";
import type { Side } from "../measure.ts";
import { installAll, pythonPeers } from "../peers.ts";
import { node, python, scratch } from "../places.ts";
import { entry } from "../product.ts";
import { atMost, mebibytes, times, type Bar, type Comparison, type Prepared, type Row } from "../row.ts";

export const checkRow: Row = { name: "check", title: "6 · Check 200 wheels, every RECORD digest verified", prepare };

const count = 200;
/** Slipway's toolbox, made once before anything is measured, as on a user's machine. */
export const toolboxCache = join(scratch, "toolbox-cache");

async function prepare(): Promise<Prepared> {
  const missing = installAll(pythonPeers);
  const of = async (kind: "markdown" | "restructured") => ({ one: await wheelsOfOne(count, kind), many: await wheelsOfMany(count, kind) });
  const [markdown, restructured, large] = [await of("markdown"), await of("restructured"), await largeWheel(200)];
  // The first use makes the toolbox.
  execFileSync(node, [entry("check"), markdown.one, toolboxCache], { stdio: ["ignore", "ignore", "pipe"] });
  const twice: readonly Bar[] = [times("must", "slipway", "twine", 0.2)];
  const plain: readonly Bar[] = [times("must", "slipway", "twine", 0.6), times("must", "slipway", "unzip -tq each", 0.7)];
  return {
    comparisons: [
      compare("200 wheels of one release, Markdown", markdown.one, plain),
      compare("200 packages, 200 Markdown texts", markdown.many, plain),
      compare("200 wheels of one release, reST", restructured.one, twice),
      { ...compare("200 packages, 200 reST texts", restructured.many, twice), rounds: 3 },
      compareLarge(large),
    ],
    notes: [
      "Slipway's side is the code of the step `check-artifacts`, with a sha256 of each file as it has when the store froze it. Twine does not verify RECORD. Descriptions are rendered by the same readme_renderer on both sides.",
      "Slipway renders each distinct text once. The wheels of one release share theirs; the row with a text for each package shows what is left when nothing is shared.",
    ],
    missing,
  };
}

function sidesOf(folder: string, files: string): readonly Side[] {
  return [
    { name: "twine", command: ["sh", "-c", `${python("twine")} check --strict ${files}`], cwd: folder },
    { name: "slipway", command: [node, entry("check"), files === "*.whl" ? folder : join(folder, files), toolboxCache], cwd: folder },
    { name: "unzip -tq each", command: ["sh", "-c", `for one in ${files}; do unzip -tq "$one" || exit 1; done`], cwd: folder },
    { name: "openssl sha256", command: ["sh", "-c", `openssl dgst -sha256 ${files}`], cwd: folder },
  ];
}

function compare(title: string, folder: string, bars: readonly Bar[]): Comparison {
  return { title, sides: sidesOf(folder, "*.whl"), bars };
}

function compareLarge(file: string): Comparison {
  const at = file.lastIndexOf("/");
  return {
    title: "one wheel of 200 MiB",
    sides: sidesOf(file.slice(0, at), file.slice(at + 1)),
    bars: [
      times("must", "slipway", "twine", 1),
      atMost("must", "slipway", 110, { quantity: "peakMiB", unit: mebibytes }),
      times("reach", "slipway", "openssl sha256", 3),
    ],
  };
}
