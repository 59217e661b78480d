// `slipway next`: what would be released now, and why. It ends with 0 whether something would be or not.
import { nextRelease } from "../../../app/next-release.ts";
import { printJson, type Context } from "../context.ts";
import { showNext } from "../show-next.ts";

export interface NextOptions {
  readonly pipeline?: string;
  readonly package?: readonly string[];
}

export async function nextCommand({ world, terminal }: Context, options: NextOptions): Promise<number> {
  const next = await nextRelease(world, { pipeline: options.pipeline, packages: options.package ?? [] });
  if (terminal.json) printJson(terminal, next);
  else terminal.out(showNext(next, terminal));
  return 0;
}
