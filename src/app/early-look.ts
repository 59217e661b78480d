// The source is looked at while the rest of the program is loaded: git answers in the time that this takes, and a plan begins
// with the answer (reference/performance.md §13, rows 2 and 4).
import type { Git } from "../platform/ports.ts";

/**
 * @param folder where the first look is taken, now; later ones see what has become of it. What it throws is thrown by whoever
 * asks for it.
 */
export function withEarlyLook(git: Git, folder: string): Git {
  let early: ReturnType<Git["look"]> | undefined = git.look(folder);
  // A command that ends before it asks has its own reason.
  early.catch(() => undefined);
  return {
    ...git,
    look: (at) => {
      const first = at === folder ? early : undefined;
      early = undefined;
      return first ?? git.look(at);
    },
  };
}
