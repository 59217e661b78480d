// The record of a release: what was planned, from which source, which bytes, who consented, and what each registry
// showed when it was read back. One JSON document that stands on its own; unsigned in this version, and it says so.
import path from "node:path";
import type { Artifact } from "../domain/artifact.ts";
import type { Plan } from "../domain/plan/plan.ts";
import type { KnownApproval, RunState } from "../domain/run/state.ts";
import type { Evidence } from "../domain/run/effect.ts";
import type { ProjectFolders } from "./run-folder.ts";
import type { World } from "./world.ts";

export const recordSchema = "slipway-record/1";

export interface ReleaseRecord {
  readonly schema: typeof recordSchema;
  readonly signature: "unsigned";
  readonly tool: string;
  readonly run: string;
  readonly mode: string;
  readonly title: string;
  readonly openedAt: string;
  readonly closedAt: string | undefined;
  readonly requester: { readonly name: string; readonly authenticated: boolean };
  readonly plan: Plan;
  readonly planDigest: string;
  readonly source: Plan["source"];
  readonly artifacts: readonly Artifact[];
  /** `authenticated`: something proves the name; on a laptop nothing does. */
  readonly approvals: readonly ({ readonly gate: string; readonly subjectDigest: string } & KnownApproval)[];
  readonly acknowledgements: readonly {
    readonly step: string;
    readonly text: string;
    readonly binding: string;
    readonly by: string;
    readonly authenticated: boolean;
    readonly note?: string;
  }[];
  readonly evidence: readonly RecordedEvidence[];
  readonly steps: readonly {
    readonly id: string;
    readonly state: string;
    readonly startedAt: string | undefined;
    readonly endedAt: string | undefined;
    readonly output: unknown;
  }[];
}

export interface RecordedEvidence {
  readonly step: string;
  readonly registry: string;
  readonly package: string;
  readonly version: string;
  readonly name: string;
  readonly sha256: string;
  readonly sizeBytes: number;
  /** How often it was sent until it was seen. */
  readonly sends: number;
  readonly evidence: Evidence;
}

export function makeRecord(state: RunState, tool: string): ReleaseRecord {
  const { plan } = state;
  return {
    schema: recordSchema,
    signature: "unsigned",
    tool,
    run: state.run,
    mode: state.mode,
    title: plan.release.title,
    openedAt: time(state.openedAtMs) ?? "",
    closedAt: time(state.closed?.atMs),
    requester: state.requester,
    plan,
    planDigest: state.planDigest,
    source: plan.source,
    artifacts: plan.steps.flatMap((step) => state.steps.get(step.id)?.artifacts ?? []),
    approvals: approvalsOf(state),
    acknowledgements: acknowledgementsOf(state),
    evidence: evidenceOf(state),
    steps: plan.steps.map(({ id }) => {
      const step = state.steps.get(id);
      return {
        id,
        state: step?.phase ?? "pending",
        startedAt: time(step?.startedAtMs),
        endedAt: time(step?.endedAtMs),
        output: step?.output ?? null,
      };
    }),
  };
}

function approvalsOf(state: RunState): ReleaseRecord["approvals"] {
  return [...state.gates].flatMap(([gate, { subject, approvals }]) =>
    subject === undefined ? [] : approvals.map((approval) => ({ gate, subjectDigest: subject.digest, ...approval })),
  );
}

function acknowledgementsOf(state: RunState): ReleaseRecord["acknowledgements"] {
  return [...state.steps.values()].flatMap(({ id, question, answer }) => {
    if (question === undefined || answer === undefined) return [];
    const note = answer.note === undefined ? {} : { note: answer.note };
    return [
      { step: id, text: question.text, binding: question.binding, by: answer.by.name, authenticated: answer.by.authenticated, ...note },
    ];
  });
}

function evidenceOf(state: RunState): readonly RecordedEvidence[] {
  return state.plan.steps.flatMap((step) =>
    [...(state.steps.get(step.id)?.effects?.values() ?? [])].flatMap(({ effect, evidence, sends }) => {
      if (evidence === undefined) return [];
      const data = effect.data as unknown as Pick<RecordedEvidence, "package" | "version" | "name" | "sha256" | "sizeBytes">;
      const { package: packageName, version, name, sha256, sizeBytes } = data;
      return [{ step: step.id, registry: effect.target, package: packageName, version, name, sha256, sizeBytes, sends, evidence }];
    }),
  );
}

function time(ms: number | undefined): string | undefined {
  return ms === undefined ? undefined : new Date(ms).toISOString();
}

/** Writes the record beside the run's logs. @returns its path */
export async function writeRecord(world: World, folders: Pick<ProjectFolders, "root">, state: RunState): Promise<string> {
  const folder = path.join(folders.root, "runs", state.run);
  await world.files.makeFolder(folder);
  const file = path.join(folder, "record.json");
  await world.files.writeText(file, `${JSON.stringify(makeRecord(state, `slipway ${world.version}`), null, 2)}\n`);
  return file;
}
