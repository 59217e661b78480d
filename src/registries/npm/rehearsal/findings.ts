// What a rehearsal learns about the real world while it hides it: versions of ours that exist at the registry behind, and
// versions that the real run could not put there (DESIGN §6: hidden, and reported as a finding).
import type { JsonObject } from "../../../domain/configuration.ts";
import { mediaTypes, type WireVersion } from "../wire.ts";
import type { PassThrough } from "./pass-through.ts";
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
  ours: Iterable<string>,
  look: { readonly upstream: PassThrough | undefined; readonly signal: AbortSignal },
): Promise<readonly RehearsalFinding[]> {
  const { upstream, signal } = look;
  if (upstream === undefined) return [];
  const found: RehearsalFinding[] = [];
  // One after the other: a release has hundreds of packages, and the registry behind is somebody else's.
  for (const name of ours) {
    const looked = await upstream.document(name, mediaTypes.json, signal);
    if (looked.kind === "document") found.push(...findingsOfDocument(state, name, looked.document));
    if (looked.kind !== "failed") continue;
    const message = `Cannot tell which versions of "${name}" exist outside: ${looked.why}`;
    found.push({ id: "REHEARSAL-UPSTREAM", level: "cannot-be-tried", package: name, message });
  }
  return found;
}

/** Pure: compares what was published here with what stands there. */
export function findingsOfDocument(state: RegistryState, name: string, document: JsonObject): readonly RehearsalFinding[] {
  const versions = (document["versions"] ?? {}) as Readonly<Record<string, WireVersion>>;
  const count = Object.keys(versions).length;
  if (count === 0) return [];
  const message = `The rehearsal hides ${count} existing versions of "${name}", so that nothing is installed from them`;
  const hidden = { id: "REHEARSAL-HIDDEN", level: "fine", package: name, message } as const;
  const taken = Object.values(state.packages[name]?.versions ?? {}).flatMap(({ version, integrity, stranger }) => {
    const there = versions[version];
    if (stranger === true || there === undefined || there.dist?.integrity === integrity) return [];
    const digest = there.dist?.integrity === undefined ? "" : ` with ${there.dist.integrity}`;
    const message = `The registry behind the rehearsal already holds another ${name} ${version}${digest}: the real upload would be refused`;
    return [{ id: "REHEARSAL-TAKEN", level: "blocks", package: name, message } as const];
  });
  return [hidden, ...taken];
}
