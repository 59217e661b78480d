// What a rehearsal learns about the real world while it hides it: versions of ours that exist on the index behind, and
// versions that the real run could not put there (DESIGN §6; issue: hidden, and reported as a finding).
import { canonicalCrateName, sameCrateVersion } from "../../../domain/crates/names.ts";
import { linesIn, type Line, type PassThrough } from "./pass-through.ts";
import type { RegistryState } from "./state.ts";

export interface RehearsalFinding {
  readonly id: "REHEARSAL-HIDDEN" | "REHEARSAL-TAKEN" | "REHEARSAL-UPSTREAM";
  /** `blocks`: the real run would be stopped by it. */
  readonly level: "fine" | "blocks" | "cannot-be-tried";
  readonly package: string;
  readonly message: string;
}

export async function findingsOf(
  state: RegistryState,
  ours: readonly string[],
  look: {
    readonly upstream: PassThrough | undefined;
    readonly signal: AbortSignal;
    /** Versions that the rehearsal does not hide. */
    isPassed(name: string, version: string): boolean;
  },
): Promise<readonly RehearsalFinding[]> {
  const { upstream, signal, isPassed } = look;
  if (upstream === undefined) return [];
  const found = await Promise.all(
    ours.map(async (name): Promise<readonly RehearsalFinding[]> => {
      const page = await upstream.page(name, signal);
      if (page.kind === "absent") return [];
      if (page.kind === "page")
        return findingsOfLines(
          state,
          name,
          linesIn(page.text).filter(({ vers }) => !isPassed(name, vers)),
        );
      const message = `Cannot tell which versions of "${name}" exist outside: ${page.why}`;
      return [{ id: "REHEARSAL-UPSTREAM", level: "cannot-be-tried", package: name, message }];
    }),
  );
  return found.flat();
}

/** Pure: compares what was uploaded here with what stands there. */
export function findingsOfLines(state: RegistryState, name: string, lines: readonly Line[]): readonly RehearsalFinding[] {
  if (lines.length === 0) return [];
  const message = `The rehearsal hides ${lines.length} existing versions of "${name}", so that nothing is built from them`;
  const hidden: RehearsalFinding = { id: "REHEARSAL-HIDDEN", level: "fine", package: name, message };
  const own = Object.values(state.received).filter(
    (file) => canonicalCrateName(file.package) === canonicalCrateName(name) && file.stored > 0,
  );
  const taken = own.flatMap((file): readonly RehearsalFinding[] => {
    const there = lines.find((line) => sameCrateVersion(line.vers, file.version));
    if (there === undefined || there.cksum === file.sha256) return [];
    const words = `The index behind the rehearsal already holds another ${name} ${there.vers} with sha256 ${there.cksum}: the real upload would be refused`;
    return [{ id: "REHEARSAL-TAKEN", level: "blocks", package: name, message: words }];
  });
  return [hidden, ...taken];
}
