// The step `run`: commands of the project, in a throw-away copy of the head. It has no effect outside of the copy and is
// begun again after a lost worker, never after failing unless `retry` says so (DESIGN §2).
import type { ExpectedArtifact } from "../../domain/artifact.ts";
import { SlipwayError } from "../../domain/error.ts";
import { hostsFor } from "../../domain/platform.ts";
import type { Requirements, Use, WorkStep } from "../step.ts";
import { describeCommands } from "./command-line.ts";
import { runInput, type Produced, type RunInput } from "./input.ts";
import { preflightRun, programsOf } from "./preflight.ts";
import { matchesMax } from "./produces.ts";

export const runStep: WorkStep<RunInput> = {
  name: "run",
  revision: 1,
  kind: "work",
  zone: "project",
  summary: "Runs commands of the project in a throw-away copy, without a shell unless one is asked for.",
  input: runInput,
  timeoutMs: 30 * 60_000,
  takes: () => [],
  makes: (use) => (use.input.produces ?? []).map((line) => expected(line, use)),
  asks: (use): Requirements => ({ programs: programsOf(use.input), toolbox: false, platforms: platformsOf(use) }),
  describe: (use) => describeCommands(use.input),
  // A rehearsal would do for real what these commands do outside of the copy: better no plan than that.
  notYet: ({ input }) => (input.effect === undefined && input.look === undefined ? undefined : "`effect` and `look` of `run`"),
  preflight: preflightRun,
  // Loaded when it is needed: a plan performs nothing.
  perform: async (frozen, ports) => (await import("./perform.ts")).performRun(frozen, ports),
};

/** @throws SlipwayError PLAN_INVALID when the package of the files cannot be told. */
function expected(line: Produced, use: Use<RunInput>): ExpectedArtifact {
  const ids = use.packages.map((one) => one.id);
  const id = line.package ?? (ids.length === 1 ? ids[0] : undefined);
  if (id === undefined || !ids.includes(id)) {
    const what = id === undefined ? "there are several packages and none is named" : `there is no package "${id}"`;
    throw new SlipwayError("PLAN_INVALID", `Cannot plan what "run" produces: ${what}`, {
      hint: `Write "package:" with one of ${ids.join(", ")}`,
    });
  }
  const platform = use.leg["platform"];
  return { kind: line.kind, package: id, countMin: 1, countMax: matchesMax, ...(platform === undefined ? {} : { platform }) };
}

function platformsOf(use: Use<RunInput>): readonly string[] {
  const platform = use.leg["platform"];
  return platform === undefined ? [] : hostsFor(platform);
}
