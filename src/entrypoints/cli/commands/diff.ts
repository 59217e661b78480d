// `slipway diff`: what a release would change for those who install it.
import { diffRelease } from "../../../app/diff-release.ts";
import { printJson, type Context } from "../context.ts";
import { showDiff } from "../show-diff.ts";

export interface DiffOptions {
  /** Counts only. */
  readonly stat?: boolean;
  readonly package?: string;
}

/** @returns 0, whatever the difference is @throws SlipwayError RUN_UNKNOWN, USAGE */
export async function diffCommand({ world, terminal }: Context, run: string | undefined, options: DiffOptions): Promise<number> {
  const diff = await diffRelease(world, { run, package: options.package });
  if (terminal.json) printJson(terminal, diff);
  else terminal.out(showDiff(diff, { stat: options.stat === true }, terminal));
  return 0;
}
