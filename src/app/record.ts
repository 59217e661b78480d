// The record of a release: what was planned, from which source, which bytes, who consented, and what each registry
// showed when it was read back. One JSON document that stands on its own, signed by whoever can vouch for it, or plainly by nobody.
import path from "node:path";
import type { Artifact } from "../domain/artifact.ts";
import type { Json } from "../domain/configuration.ts";
import type { Plan } from "../domain/plan/plan.ts";
import { whyNoMatter, type BuildComparison } from "../domain/run/build-comparison.ts";
import type { RecordFacts } from "../domain/attestation/record-statement.ts";
import type { Seal } from "../domain/attestation/seal.ts";
import { subjectsOf } from "../domain/attestation/statement.ts";
import { isSha256 } from "../domain/digest.ts";
import { isFile, type Effect, type Evidence } from "../domain/run/effect.ts";
import type { Head } from "../domain/run/head.ts";
import { effectsOf, type KnownApproval, type RunState } from "../domain/run/state.ts";
import { credentialUses, type CredentialUses } from "./incidents.ts";
import { pagesOf, type RecordedPage } from "./record-pages.ts";
import type { ProjectFolders } from "./run-folder.ts";
import type { SealingParts } from "./sealing.ts";
import type { World } from "./world.ts";

export const recordSchema = "slipway-record/1";

export interface ReleaseRecord extends CredentialUses {
  readonly schema: typeof recordSchema;
  /** By what it is signed: `attestation` has it. */
  readonly signature: Seal["kind"];
  readonly attestation?: Seal;
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
  /** Files that an earlier run or rehearsal of the same commit built too, and how the two builds differ. Absent: there are none. */
  readonly builds?: readonly RecordedBuild[];
  /** Artifacts that were made elsewhere, and who says that they are of this commit. Absent: none were. */
  readonly imports?: readonly RecordedImport[];
  readonly evidence: readonly RecordedEvidence[];
  /** What the run made of the source: its own last commit, and its tags. Absent: it released the pinned commit as it was. */
  readonly head?: Pick<Head, "commit" | "tags">;
  /** All else that was done to the world: branches and tags, releases, issues. */
  readonly others: readonly RecordedOther[];
  /** The release pages with their files, as the run left them; absent in records that were written before they told it. */
  readonly pages?: readonly RecordedPage[];
  readonly steps: readonly {
    readonly id: string;
    readonly state: string;
    readonly startedAt: string | undefined;
    readonly endedAt: string | undefined;
    readonly output: unknown;
  }[];
}

export interface RecordedBuild extends BuildComparison {
  readonly step: string;
  readonly same: boolean;
  /** Why it is no matter that they differ; absent where they do not. */
  readonly why?: string;
}

export interface RecordedImport {
  readonly step: string;
  readonly by: string;
  /** Something proves the name; on a laptop nothing does. */
  readonly authenticated: boolean;
  readonly reason: string;
  readonly files: readonly { readonly name: string; readonly sha256: string; readonly sizeBytes: number }[];
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

export interface RecordedOther {
  readonly step: string;
  readonly target: string;
  readonly title: string;
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
    ...buildsOf(state),
    ...importsOf(state),
    ...credentialUses(state),
    evidence: evidenceOf(state),
    ...headOf(state),
    others: othersOf(state),
    pages: pagesOf(state),
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

/** How what this run built stands to earlier builds of the same commit, in the order of the plan. */
function comparedBuilds(state: RunState): readonly RecordedBuild[] {
  return state.plan.steps.flatMap(({ id }) =>
    (state.steps.get(id)?.compared ?? []).map((one): RecordedBuild => {
      const same = one.sha256 === one.earlier.sha256;
      return { step: id, ...one, same, ...(same ? {} : { why: whyNoMatter }) };
    }),
  );
}

/** The same as a member of a document, absent where there is nothing to tell. */
export function buildsOf(state: RunState): Pick<ReleaseRecord, "builds"> {
  const builds = comparedBuilds(state);
  return builds.length === 0 ? {} : { builds };
}

function importsOf(state: RunState): Pick<ReleaseRecord, "imports"> {
  const imports = state.plan.steps.flatMap(({ id }): readonly RecordedImport[] => {
    const imported = state.steps.get(id)?.imported;
    if (imported === undefined) return [];
    const { by, reason, artifacts } = imported;
    const files = artifacts.map(({ name, digest, sizeBytes }) => ({ name, sha256: digest, sizeBytes }));
    return [{ step: id, by: by.name, authenticated: by.authenticated, reason, files }];
  });
  return imports.length === 0 ? {} : { imports };
}

function headOf({ head, plan }: RunState): Pick<ReleaseRecord, "head"> {
  const { commit, tags } = head;
  return commit === plan.source.commit && tags.length === 0 ? {} : { head: { commit, tags } };
}

function isAtRegistry(plan: Plan, effect: Effect): boolean {
  return isFile(effect) && plan.environments.some(({ registries }) => registries.some(({ name }) => name === effect.target));
}

function othersOf(state: RunState): readonly RecordedOther[] {
  return state.plan.steps.flatMap((step) =>
    effectsOf(state.steps.get(step.id)).flatMap(({ effect, evidence, sends }) =>
      evidence === undefined || isAtRegistry(state.plan, effect)
        ? []
        : [{ step: step.id, target: effect.target, title: effect.title, sends, evidence }],
    ),
  );
}

function evidenceOf(state: RunState): readonly RecordedEvidence[] {
  const { plan } = state;
  return plan.steps.flatMap((step) =>
    [...(state.steps.get(step.id)?.effects?.values() ?? [])].flatMap(({ effect, evidence, sends }) => {
      if (evidence === undefined || !isAtRegistry(plan, effect)) return [];
      const data = effect.data as unknown as Pick<RecordedEvidence, "package" | "version" | "name" | "sha256" | "sizeBytes">;
      const { package: packageName, version, name, sha256, sizeBytes } = data;
      return [{ step: step.id, registry: effect.target, package: packageName, version, name, sha256, sizeBytes, sends, evidence }];
    }),
  );
}

function time(ms: number | undefined): string | undefined {
  return ms === undefined ? undefined : new Date(ms).toISOString();
}

/** What the statement of a record says of it in clear: a reader asks who consented, and to which places it went. */
export function recordFacts(record: ReleaseRecord): RecordFacts {
  const { title, planDigest, source, head, artifacts, evidence, approvals, run, mode, plan } = record;
  const images = evidence.flatMap((one) => {
    const digest = one.evidence.details?.["registryDigest"];
    const hex = typeof digest === "string" ? digest.replace(/^sha256:/, "") : "";
    return isSha256(hex) ? [{ name: `${one.package}:${one.version}`, digest: hex }] : [];
  });
  const subjects = subjectsOf([...artifacts.map(({ name, digest }) => ({ name, digest })), ...images]);
  const registries = plan.environments.flatMap((one) =>
    one.registries.map(({ name, credentials }) => ({ environment: one.name, name, credentials: credentials.kind })),
  );
  const consents = approvals.map(({ gate, by, authenticated, subjectDigest }) => ({ gate, by, authenticated, subject: subjectDigest }));
  // As they were opened where it was told, else as the plan meant it.
  const more = { run, mode, registries, approvals: consents, ...opened(record) };
  return { title, planDigest, commit: head?.commit ?? source.commit, subjects, more };
}

function opened({ credentials }: ReleaseRecord): { readonly opened?: readonly Json[] } {
  if (credentials === undefined) return {};
  return { opened: credentials.map(({ step, registry, how, by }) => ({ step, registry, how, by })) };
}

/** Where the record of a run is kept. */
export function recordFile({ root }: Pick<ProjectFolders, "root">, run: string): string {
  return path.join(root, "runs", run, "record.json");
}

/** Writes the record beside the run's logs, signed by whoever can. @returns its path */
export async function writeRecord(
  world: World,
  folders: Pick<ProjectFolders, "root">,
  { state, sealing }: { readonly state: RunState; readonly sealing: SealingParts },
): Promise<string> {
  const file = recordFile(folders, state.run);
  await world.files.makeFolder(path.dirname(file));
  const made = makeRecord(state, `slipway ${world.version}`);
  const { createSealer } = await import("./sealing.ts");
  const attestation = await createSealer(world, sealing).seal({ record: made, facts: recordFacts(made) });
  const record: ReleaseRecord = { ...made, signature: attestation.kind, attestation };
  await world.files.writeText(file, `${JSON.stringify(record, null, 2)}\n`);
  return file;
}
