// `slipway run`: begins the release, or goes on with it. The same command after any crash.
import path from "node:path";
import { runRelease } from "../../../app/run-release.ts";
import { runOnly } from "../../../app/run-only.ts";
import { SlipwayError } from "../../../domain/error.ts";
import { askedFor, endedBy, printJson, type Context, type ReleaseOptions } from "../context.ts";
import { createProgress } from "../progress.ts";
import { showReport } from "../show-report.ts";
import { safe } from "../terminal.ts";

export interface RunOptions extends ReleaseOptions {
  /** Commander's form of `--no-wait`. */
  readonly wait: boolean;
  readonly mend?: boolean;
  readonly only?: string;
  readonly trial?: boolean;
  readonly files?: string;
  readonly signKey?: string;
}

/** @throws SlipwayError NOT_YET for a trial, and what the use cases throw */
export async function runCommand(context: Context, version: string | undefined, options: RunOptions): Promise<number> {
  if (options.trial === true) {
    throw new SlipwayError("NOT_YET", "Cannot run with --trial: this version of Slipway does not end a run at a test index", {
      hint: "Try the release with `slipway rehearse`, or tag a candidate",
    });
  }
  const { world, terminal } = context;
  const progress = createProgress(terminal, () => world.clock.nowMs());
  try {
    if (options.only !== undefined) {
      const asked = await askedFor(context, version, { ...options, mayAssumeTag: true });
      const ended = endedBy(await runOnly(world, { asked, only: options.only, observer: progress }), world);
      progress.end();
      if (terminal.json) printJson(terminal, ended);
      else terminal.out(showReport(ended, terminal));
      return ended.exitCode;
    }
    const asked = await askedFor(context, version, { ...options, mayAssumeTag: false });
    const { record, ...ended } = await runRelease(world, {
      asked,
      observer: progress,
      waitForPeople: options.wait,
      mend: options.mend === true,
      filesFolder: options.files === undefined ? undefined : path.resolve(options.files),
      signKey: options.signKey === undefined ? undefined : path.resolve(world.folder, options.signKey),
    });
    const report = endedBy(ended.report, world);
    progress.end();
    if (terminal.json) printJson(terminal, { ...report, record });
    else terminal.out(`${showReport(report, terminal)}${record === undefined ? "" : `record  ${safe(record)}\n`}`);
    return report.exitCode;
  } finally {
    progress.end();
  }
}
