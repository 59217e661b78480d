// `slipway withdraw`: takes mistaken tags back, as long as nothing of its release has to stay; or a whole release, as far as each
// registry can.
import { withdrawTag } from "../../../app/withdraw-tag.ts";
import { endedBy, printJson, type Context } from "../context.ts";
import { createProgress } from "../progress.ts";
import { showReport } from "../show-report.ts";
import { safe } from "../terminal.ts";

export interface WithdrawOptions {
  readonly confirm?: string;
  readonly page?: boolean;
  readonly everything?: boolean;
  readonly reason?: string;
}

export async function withdrawCommand(context: Context, tags: readonly string[], options: WithdrawOptions): Promise<number> {
  const { world, terminal } = context;
  const progress = createProgress(terminal, () => world.clock.nowMs());
  const withdrawing = {
    tags,
    confirm: options.confirm,
    page: options.page === true,
    everything: options.everything === true,
    reason: options.reason,
    observer: progress,
  };
  const ended = await withdrawTag(world, withdrawing).finally(() => progress.end());
  const report = endedBy(ended, world);
  if (terminal.json) printJson(terminal, report);
  else {
    const record = report.record === undefined ? "" : `record  ${safe(report.record)}\n`;
    terminal.out(
      `${showReport(report, terminal)}${record}${report.exitCode === 0 && report.hint !== undefined ? `${safe(report.hint)}\n` : ""}`,
    );
  }
  return report.exitCode;
}
