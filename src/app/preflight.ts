// Everything that can be looked at before the first effect, in one report: tools, credentials, versions, limits,
// windows, rules. Read only; no token is minted or used, only looked for.
import { missingSections, requiredChangelogs } from "../domain/changelog/told.ts";
import { SlipwayError } from "../domain/error.ts";
import {
  catalogueName,
  environmentOf,
  type Plan,
  type PlannedEnvironment,
  type PlannedRegistry,
  type PlannedStep,
} from "../domain/plan/plan.ts";
import type { FindingFact } from "../domain/run/fact.ts";
import { isGateOpen } from "../domain/run/gates.ts";
import type { RunState } from "../domain/run/state.ts";
import type { Finding, Planned, ReadPorts, Use } from "../steps/step.ts";
import { forgeRuleOf } from "./forges.ts";
import { findLogin, findSigner } from "./preflight-login.ts";
import { describeRule } from "./registries.ts";
import { judgeClock } from "./release-clock.ts";
import { stops } from "./stopping.ts";
import { builtIn } from "./built-in.ts";
import type { WorkshopParts } from "./workshop.ts";

/** Steps that are still to be done are looked at; those that are done need nothing any more. */
export async function runPreflight(
  parts: WorkshopParts,
  state: RunState,
  portsFor: (step: PlannedStep) => Promise<ReadPorts>,
): Promise<{ readonly passed: boolean; readonly findings: readonly FindingFact[] }> {
  // What was made elsewhere needs no tools here, and no place.
  const open = state.plan.steps.filter(({ id }) => state.steps.get(id)?.phase !== "done" && state.steps.get(id)?.imported === undefined);
  const begun = [...state.steps.values()].some((step) => [...(step.effects?.values() ?? [])].some((effect) => effect.sends > 0));
  const perStep = await Promise.all(open.map(async (step) => preflightStep(parts, { planned: step, begun }, await portsFor(step))));
  const findings = [...(await generalFindings(parts, state, open)), ...perStep.flat()];
  const unique = [...new Map(findings.map((finding) => [`${finding.id}\n${finding.message}`, finding])).values()];
  return { passed: !unique.some((finding) => stops(state.mode, finding)), findings: unique };
}

async function preflightStep(
  parts: WorkshopParts,
  what: { readonly planned: PlannedStep; readonly begun: boolean },
  ports: ReadPorts,
): Promise<readonly FindingFact[]> {
  const { planned, begun } = what;
  const step = builtIn(planned);
  const use: Planned<unknown> = { plan: parts.plan, step: planned, begun, ...useOf(parts.plan, planned) };
  const wants = step.asks(use);
  const programs = await Promise.all(wants.programs.map((program) => findProgram(program, planned, ports)));
  const toolbox = wants.toolbox ? await findToolbox(planned, ports) : [];
  const identity = wants.identity === true && parts.identity === "" ? [noIdentity(planned)] : [];
  const own = await step.preflight(use, ports);
  return [...programs.flat(), ...toolbox, ...identity, ...own.map((finding) => ({ step: planned.id, ...withoutUndefined(finding) }))];
}

function useOf(plan: Plan, planned: PlannedStep): Use<unknown> {
  const environment = environmentOf(plan, planned);
  const around = environment === undefined ? {} : { environment };
  return { input: planned.input, leg: planned.leg ?? {}, packages: plan.packages, ...around };
}

function withoutUndefined(finding: Finding): FindingFact {
  const { id, level, message, hint } = finding;
  return { id, level, message, ...(hint === undefined ? {} : { hint }) };
}

async function findProgram(program: string, planned: PlannedStep, ports: ReadPorts): Promise<readonly FindingFact[]> {
  const found = await ports.exec.find(program, ports.env["PATH"] ?? "");
  if (found !== undefined) return [];
  const message = `Program "${program}", which step "${planned.id}" runs, is not on the PATH`;
  return [{ id: "PF-TOOL-MISSING", level: "blocks", message, hint: `Install ${program}`, step: planned.id }];
}

function noIdentity(planned: PlannedStep): FindingFact {
  return {
    id: "PF-IDENTITY",
    level: "blocks",
    message: `Step "${planned.id}" makes a commit or tag, and git does not know in whose name`,
    hint: 'Tell it: git config --global user.name "Your Name" && git config --global user.email you@example.org',
    step: planned.id,
  };
}

async function findToolbox(planned: PlannedStep, ports: ReadPorts): Promise<readonly FindingFact[]> {
  try {
    await ports.toolboxPython();
    return [];
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return [
      {
        id: "PF-TOOLBOX",
        level: "blocks",
        message,
        hint: "Install Python 3.9 or newer, with access to its package index",
        step: planned.id,
      },
    ];
  }
}

async function generalFindings(parts: WorkshopParts, state: RunState, open: readonly PlannedStep[]): Promise<readonly FindingFact[]> {
  const environments = state.plan.environments.filter((environment) => open.some((step) => step.environment === environment.name));
  const credentials = await Promise.all(environments.map((environment) => findCredentials(parts, state, environment)));
  const clock = await judgeClock(parts, state, open);
  return [
    ...credentials.flat(),
    ...findSigner(parts, state, open),
    ...(await findForge(parts, state, open)),
    ...(await findChangelogs(parts, state)),
    ...clock,
    ...findPeople(parts, state, open),
    ...findCandidate(parts),
    ...findConfiguration(parts),
    ...(await findSpace(parts)),
  ];
}

async function findCredentials(parts: WorkshopParts, state: RunState, environment: PlannedEnvironment): Promise<readonly FindingFact[]> {
  const isWaiting = environment.gate !== undefined && !isGateOpen(state, environment.gate);
  // Before a gate, the run can be worked on up to it; with none, or an open one, everything would be for nothing.
  const level = isWaiting ? "warns" : "blocks";
  const findings = await Promise.all(
    environment.registries.map(async (registry): Promise<FindingFact | undefined> => {
      const rule = registry.credentials;
      if (rule.kind === "none") return undefined;
      if (rule.kind === "forge" && registry.ecosystem === "oci") return findForgeToken(parts, state, { registry, level });
      if (rule.kind === "trusted-publishing") return undefined;
      if (rule.kind === "client") return findClient(parts, registry, level);
      if (rule.kind !== "token") {
        const message = `Environment "${environment.name}" publishes to "${registry.name}" with ${describeRule(rule)}, which this version of Slipway does not do yet`;
        return {
          id: "PF-CREDENTIAL-NOT-YET",
          level: "blocks",
          message,
          hint: `For now: \`credentials: { token: ${environment.name.toUpperCase().replaceAll("-", "_")}_TOKEN }\``,
        };
      }
      const where = `"${registry.name}" of environment "${environment.name}"`;
      const fault = await credentialFault(parts, registry, rule.variable);
      if (fault === undefined) return undefined;
      if (fault.kind === "missing") {
        return {
          id: "PF-CREDENTIAL-MISSING",
          level,
          message: `No credential for ${where}: ${fault.why ?? `${rule.variable} is not set`}`,
          hint: `Set ${rule.variable}, ${rule.variable}_FILE or ${rule.variable}_FD`,
        };
      }
      return {
        id: "PF-CREDENTIAL-INVALID",
        level,
        message: `The credential for ${where} cannot be used: ${fault.why}`,
        hint: `Set ${rule.variable} to another`,
      };
    }),
  );
  const logins = await Promise.all(environment.registries.map((registry) => findLogin(parts, state, { environment, registry, level })));
  return [...findings.filter((finding) => finding !== undefined), ...logins.flat()];
}

/** Read as for an upload, and not used; from then on the redactor knows it. */
async function findClient(parts: WorkshopParts, registry: PlannedRegistry, level: "warns" | "blocks"): Promise<FindingFact | undefined> {
  try {
    await parts.preflightRegistries.credential(registry, { package: "", publisher: undefined, signal: parts.stop });
    return undefined;
  } catch (error) {
    if (!(error instanceof SlipwayError)) throw error;
    return { id: "PF-CREDENTIAL-MISSING", level, message: error.message, ...(error.hint === undefined ? {} : { hint: error.hint }) };
  }
}

/** A registry of images takes the token of the forge that it belongs to. */
async function findForgeToken(
  { preflightForges }: WorkshopParts,
  { plan }: RunState,
  { registry, level }: { readonly registry: PlannedRegistry; readonly level: "warns" | "blocks" },
): Promise<FindingFact | undefined> {
  const { there, variables } = await preflightForges.has(plan.forge ?? { kind: "github", repository: registry.name }, undefined);
  if (there) return undefined;
  return {
    id: "PF-CREDENTIAL-MISSING",
    level,
    message: `No credential for "${registry.name}", which takes the forge's token: ${variables} is not set`,
    hint: `Set ${variables}`,
  };
}

/** A changelog that has to tell the version, and that no step of the plan writes. */
async function findChangelogs({ world, folders }: WorkshopParts, { plan, head }: RunState): Promise<readonly FindingFact[]> {
  const files = requiredChangelogs(plan);
  const texts = await Promise.all(files.map(async (file) => [file, await world.git.show(folders.clone, head.commit, file)] as const));
  const found = new Map(texts.flatMap(([file, text]) => (text === undefined ? [] : [[file, text]])));
  return missingSections(plan, found).map(({ message, hint }) => ({ id: "PF-CHANGELOG", level: "blocks", message, hint }));
}

/** Steps that ask the forge, or act on it, need a token of it; whether it may do what they want, only the forge knows. */
async function findForge(parts: WorkshopParts, { plan }: RunState, open: readonly PlannedStep[]): Promise<readonly FindingFact[]> {
  const { forge } = plan;
  if (forge === undefined) return [];
  // Files that are at hand are not asked for at the forge.
  const atHand = (step: PlannedStep): boolean => parts.filesFolder !== undefined && catalogueName(step) === "fetch-release";
  const asking = open.filter((step) => builtIn(step).usesForge?.(useOf(plan, step)) === true && !atHand(step));
  const rules = [...new Map(asking.map((step) => [JSON.stringify(forgeRuleOf(plan, step) ?? null), step])).values()];
  const found = await Promise.all(
    rules.map(async (step) => ({ step, ...(await parts.preflightForges.has(forge, forgeRuleOf(plan, step))) })),
  );
  return found.flatMap(({ step, there, variables }): readonly FindingFact[] =>
    there
      ? []
      : [
          {
            id: "PF-CREDENTIAL-MISSING",
            // What is only read may be there for everybody to see.
            level: step.kind === "acting" ? "blocks" : "warns",
            message: `No credential for ${forge.repository} at the forge, which step "${step.id}" needs: ${variables} is not set`,
            hint: `Set ${variables}, or name another variable: \`environments: { forge: { forge: { token: NAME } } }\``,
          },
        ],
  );
}

type CredentialFault = { readonly kind: "missing"; readonly why: string | undefined } | { readonly kind: "invalid"; readonly why: string };

/** Opened as for an upload, and not used: what can be told of it here is told before anything is built. */
async function credentialFault(parts: WorkshopParts, registry: PlannedRegistry, variable: string): Promise<CredentialFault | undefined> {
  try {
    await parts.preflightRegistries.credential(registry, { package: "", publisher: undefined, signal: parts.stop });
    return undefined;
  } catch (error) {
    // Whoever named a file or descriptor is told what is wrong with it, not that a variable is not set.
    const isNamed = ["_FILE", "_FD"].some((ending) => (parts.world.env[`${variable}${ending}`] ?? "") !== "");
    if (error instanceof SlipwayError && error.code === "CREDENTIAL_MISSING")
      return { kind: "missing", why: isNamed ? error.message : undefined };
    if (error instanceof SlipwayError) return { kind: "invalid", why: error.message };
    throw error;
  }
}

/** A gate that nobody can open from here is told before anything is done for it, not by a wait for ever (DESIGN §2). */
function findPeople(parts: WorkshopParts, state: RunState, open: readonly PlannedStep[]): readonly FindingFact[] {
  const gates = new Set(open.flatMap((step) => step.gate ?? []));
  return state.plan.environments.flatMap(({ gate, approvals }): readonly FindingFact[] => {
    if (gate === undefined || approvals === undefined || !gates.has(gate) || parts.membersOf(approvals.from) !== undefined) return [];
    const message = `Gate "${gate}" takes approvals from "${approvals.from}", and this version of Slipway cannot tell who belongs to it`;
    return [
      {
        id: "PF-PEOPLE",
        level: "blocks",
        message,
        hint: `Name its people in slipway.yaml: \`people: { ${approvals.from}: [alice, bob] }\``,
      },
    ];
  });
}

function findCandidate(parts: WorkshopParts): readonly FindingFact[] {
  if (parts.plan.release.candidate !== "tried" || parts.candidateTried()) return [];
  const message = `No candidate of ${parts.plan.release.title} was released and tried successfully, and the file wants one (\`version.candidate: tried\`)`;
  const paths = "take a declared path with --path and a reason";
  return [{ id: "PF-CANDIDATE", level: "blocks", message, hint: `Release a candidate first (rc1), or ${paths}` }];
}

function findConfiguration(parts: WorkshopParts): readonly FindingFact[] {
  if (parts.configurationIs === "committed") return [];
  const message = "slipway.yaml differs from the commit that is released";
  // What was begun under the commit's own file is bound to it: the mend cannot stand there, and its difference was shown.
  if (parts.configurationIs === "mended")
    return [{ id: "PF-CONFIG-UNCOMMITTED", level: "warns", message: `${message}, as the mend wants it` }];
  return [
    { id: "PF-CONFIG-UNCOMMITTED", level: "blocks", message, hint: "Commit slipway.yaml, so that the release can be told from its source" },
  ];
}

/** Room for a clone, builds and a virtual environment; less than this fails in the middle. */
const freeBytesMin = 200 * 1024 * 1024;

async function findSpace(parts: WorkshopParts): Promise<readonly FindingFact[]> {
  const free = await parts.world.files.freeBytes(parts.folders.root);
  if (free >= freeBytesMin) return [];
  const message = `Only ${Math.floor(free / 1024 / 1024)} MiB are free in "${parts.folders.root}", and a run wants ${freeBytesMin / 1024 / 1024} MiB`;
  return [{ id: "PF-SPACE", level: "blocks", message, hint: "Make room, or move the state with --state" }];
}
