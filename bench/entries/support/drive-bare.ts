// Drives a plan with the product's engine, journal and fold, in a workshop that has no checkout and no logs: what is left
// is what the engine itself costs.
import { hash } from "node:crypto";
import { sha256, type Sha256OfText } from "../../../src/domain/digest.ts";
import { SlipwayError } from "../../../src/domain/error.ts";
import { digestPlan, type Plan, type PlannedStep } from "../../../src/domain/plan/plan.ts";
import type { Fact } from "../../../src/domain/run/fact.ts";
import { fold, type RunState } from "../../../src/domain/run/state.ts";
import { drive } from "../../../src/engine/driver.ts";
import { createEmbeddedRuntime } from "../../../src/engine/embedded.ts";
import { openSqliteJournal } from "../../../src/engine/journal/sqlite.ts";
import type { Workshop } from "../../../src/engine/performer.ts";
import { createArchives } from "../../../src/platform/archives/archives.ts";
import { createImageArchives } from "../../../src/platform/archives/image-archive.ts";
import { arrivals } from "../../../src/platform/event-loop.ts";
import { createExec } from "../../../src/platform/exec.ts";
import { createFiles } from "../../../src/platform/files.ts";
import { createRedactor } from "../../../src/platform/redactor.ts";
import type { EffectPorts, Step, WorkPorts } from "../../../src/steps/step.ts";
import { clock } from "./clock.ts";

export interface Bare {
  readonly plan: Plan;
  /** Facts after the first, before the run is driven. */
  readonly before: readonly Fact[];
  /** Path of the journal; a new file. */
  readonly journal: string;
  readonly stepOf: (planned: PlannedStep) => Step;
  readonly ports: EffectPorts;
}

const by = { name: "bench", authenticated: false };
const crashPoints = { reach: () => undefined };
/** As `slipway run` limits itself (app/drive-run.ts). */
const limits = { work: 4, perTarget: 10 };
const sha256OfText: Sha256OfText = (text) => sha256(hash("sha256", text));
export const run = "01BENCH0000000000000000000";

export async function driveBare(bare: Bare): Promise<RunState> {
  const journal = openSqliteJournal(bare.journal, crashPoints);
  const opened: Fact = { kind: "run-opened", run, mode: "run", plan: bare.plan, planDigest: digestPlan(bare.plan, sha256OfText), by };
  const first: readonly Fact[] = [opened, { kind: "run-driven", by, tool: "slipway bench" }, ...bare.before];
  const state = fold(journal.append(run, first, { atMs: clock.nowMs(), answered: [] }));
  const interrupted = new AbortController().signal;
  const runtime = createEmbeddedRuntime(
    {
      run,
      journal,
      clock,
      workshop: workshopOf(bare),
      sha256OfText,
      membersOf: () => undefined,
      interrupted,
      arrivals,
      onRecorded: () => undefined,
      onMove: () => undefined,
    },
    state,
  );
  await drive(state, runtime, { limits, waitForPeople: false, interrupted });
  journal.close();
  return state;
}

function workshopOf({ stepOf, ports }: Bare): Workshop {
  return {
    nowMs: () => clock.nowMs(),
    crashPoints,
    stepOf,
    preflight: () => Promise.resolve({ passed: true, findings: [] }),
    readPorts: () => Promise.resolve(ports),
    effectPorts: () => Promise.resolve(ports),
    workPorts: () =>
      Promise.resolve({
        ports: { ...ports, workFolder: "/", scratchFolder: "/", userFolder: "/", print: () => undefined } satisfies WorkPorts,
        close: () => Promise.resolve(),
      }),
    freeze: () => refuse("freeze"),
    advance: () => Promise.resolve(undefined),
    lookAtSource: () => Promise.resolve({ kind: "same" }),
    bind: () => refuse("bind"),
  };
}

/** The ports of a step that asks for nothing but the clock; the rest is there and refuses, or is not opened. */
export const barePorts: EffectPorts = {
  clock,
  exec: createExec(createRedactor()),
  files: createFiles(),
  archives: createArchives(),
  images: createImageArchives(),
  log: { debug: () => undefined, info: () => undefined, warn: () => undefined },
  signal: new AbortController().signal,
  host: "linux-x86_64",
  sourceFolder: "/",
  env: {},
  toolboxPython: () => refuse("toolbox"),
  registry: () => refuse("registry"),
  staged: () => refuse("staged"),
  remoteRef: () => refuse("remoteRef"),
  forge: () => refuse("forge"),
  remote: () => refuse("remote"),
  artifactFile: () => refuse("artifactFile"),
  open: () => refuse("open"),
};

function refuse(what: string): never {
  throw new SlipwayError("INTERNAL_ASSERTION", `Cannot use "${what}" in the bench`);
}
