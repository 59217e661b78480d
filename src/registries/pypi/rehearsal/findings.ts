// What a rehearsal learns about the real world while it hides it: releases of ours that exist on the index behind, and
// files that the real run could not put there (DESIGN §6; issue: hidden, and reported as a finding).
import type { WirePage } from "../wire.ts";
import type { PassThrough } from "./pass-through.ts";
import type { IndexState } from "./state.ts";

export interface RehearsalFinding {
  readonly id: "REHEARSAL-HIDDEN" | "REHEARSAL-TAKEN" | "REHEARSAL-UPSTREAM";
  /** `blocks`: the real run would be stopped by it. */
  readonly level: "fine" | "blocks" | "cannot-be-tried";
  /** Normalised name. */
  readonly package: string;
  readonly message: string;
}

export async function findingsOf(
  state: IndexState,
  ours: Iterable<string>,
  look: { readonly upstream: PassThrough | undefined; readonly signal: AbortSignal },
): Promise<readonly RehearsalFinding[]> {
  const { upstream, signal } = look;
  if (upstream === undefined) return [];
  const found = await Promise.all(
    [...ours].map(async (name) => {
      const page = await upstream.page(name, signal);
      if (page.kind === "absent") return [];
      if (page.kind === "failed")
        return [
          {
            id: "REHEARSAL-UPSTREAM",
            level: "cannot-be-tried",
            package: name,
            message: `Cannot tell which files of "${name}" exist outside: ${page.why}`,
          } as const,
        ];
      return findingsOfPage(state, name, page.page);
    }),
  );
  return found.flat();
}

/** Pure: compares what was uploaded here with what stands there. */
export function findingsOfPage(state: IndexState, name: string, page: WirePage): readonly RehearsalFinding[] {
  if (page.files.length === 0) return [];
  const hidden: RehearsalFinding = {
    id: "REHEARSAL-HIDDEN",
    level: "fine",
    package: name,
    message: `The rehearsal hides ${page.files.length} existing files of "${name}", so that nothing is installed from them`,
  };
  const taken = Object.values(state.received).filter((file) => file.project === name && file.stored > 0).flatMap((file) => {
    const there = page.files.find((one) => one.filename === file.name);
    if (there === undefined || there.hashes["sha256"] === file.sha256) return [];
    const digest = there.hashes["sha256"] === undefined ? "" : ` with sha256 ${there.hashes["sha256"]}`;
    const message = `The index behind the rehearsal already holds another "${file.name}"${digest}: the real upload would be refused`;
    return [{ id: "REHEARSAL-TAKEN", level: "blocks", package: name, message } as const];
  }); // prettier-ignore
  return [hidden, ...taken];
}
