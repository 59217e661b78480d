// `slipway rehearse`: tomorrow's release today, with nothing public.
import path from "node:path";
import { rehearse } from "../../../app/rehearse.ts";
import { askedFor, endedBy, printJson, type Context, type ReleaseOptions } from "../context.ts";
import { createProgress } from "../progress.ts";
import { showReport, showWouldStop } from "../show-report.ts";
import { safe } from "../terminal.ts";

export interface RehearseOptions extends ReleaseOptions {
  readonly faults?: string;
  readonly keep?: boolean;
  readonly files?: string;
  readonly import?: readonly string[];
  readonly platform?: string;
}

export async function rehearseCommand(context: Context, version: string | undefined, options: RehearseOptions): Promise<number> {
  const { world, terminal } = context;
  const asked = await askedFor(context, version, { ...options, mayAssumeTag: true });
  const progress = createProgress(terminal, () => world.clock.nowMs());
  const rehearsed = await rehearse(world, {
    asked,
    observer: progress,
    faults: options.faults,
    keep: options.keep === true,
    filesFolder: options.files === undefined ? undefined : path.resolve(options.files),
    imports: (options.import ?? []).map((file) => path.resolve(world.folder, file)),
    importPlatform: options.platform,
  }).finally(() => progress.end());
  const { wouldStop, notices, record, folder } = rehearsed;
  const report = endedBy(rehearsed.report, world);
  if (terminal.json) {
    printJson(terminal, { ...report, wouldStop, notices, record, folder });
  } else {
    terminal.out(showReport(report, terminal));
    // Whoever did not come to the end cannot say that nothing more would be found.
    if (report.exitCode === 0 || wouldStop.length > 0) terminal.out(showWouldStop(wouldStop, terminal));
    for (const notice of notices) terminal.out(`${terminal.style("yellow", "note")} ${safe(notice)}\n`);
    if (record !== undefined) terminal.out(`record  ${safe(record)}\n`);
    if (report.exitCode !== 0) terminal.out(`logs    ${safe(folder)}\n`);
  }
  return report.exitCode;
}
