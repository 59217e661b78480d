// What can be known of a tokenless login before it is tried, which preflight never does: whether anybody vouches for this run,
// whether the registry takes such identities, and whether there is a package yet that could trust one (DESIGN §2; trust §3).
import type { FallbackRule } from "../domain/configuration.ts";
import { gitlabVariable, type FoundIdentity } from "../domain/identity/source.ts";
import { membersOf } from "../domain/plan/members.ts";
import { catalogueName, type PlannedEnvironment, type PlannedRegistry, type PlannedStep } from "../domain/plan/plan.ts";
import { liveFallback } from "../domain/run/break-glass.ts";
import type { FindingFact } from "../domain/run/fact.ts";
import type { RunState } from "../domain/run/state.ts";
import { describePublisher, publisherOf } from "./trusted-login.ts";
import type { WorkshopParts } from "./workshop.ts";

interface Asked {
  readonly environment: PlannedEnvironment;
  readonly registry: PlannedRegistry;
  /** What an obstacle is while the gate before it is shut, or open. */
  readonly level: "warns" | "blocks";
}

/** Nothing is minted, and no identity is asked for. */
export async function findLogin(parts: WorkshopParts, state: RunState, asked: Asked): Promise<readonly FindingFact[]> {
  const { environment, registry, level } = asked;
  if (registry.credentials.kind !== "trusted-publishing") return [];
  const broken = brokenAt(parts, state, asked);
  if (broken !== undefined) return findFallback(parts, broken, asked);
  const opened = parts.preflightRegistries.open(registry);
  const { login } = opened;
  const where = `"${registry.name}" of environment "${environment.name}"`;
  if (login === undefined) {
    const message = `${where} is to be opened without a token, and this registry takes tokens only`;
    return [{ id: "PF-LOGIN-NOT-TAKEN", level: "blocks", message, hint: `Write \`credentials: { token: NAME }\` for "${registry.name}"` }];
  }
  const { identity } = parts.preflightRegistries;
  const firsts = await findFirsts(parts, state, asked);
  if (identity.kind === "none") return [noIdentity(state, asked, identity.why), ...firsts];
  const { provider } = identity.source;
  if (login.accepts.includes(provider)) return firsts;
  // Indexes of one's own may trust an issuer of one's own: that shows when it is tried.
  const isOwn = provider === "other" && registry.url !== undefined;
  const message = `${where} takes identities of ${login.accepts.join(" and ")}, and this run's comes from ${provider === "other" ? "another issuer" : provider}`;
  return [{ id: "PF-LOGIN-ISSUER", level: isOwn ? "cannot-be-tried" : level, message }, ...firsts];
}

/** The fallback token of a registry for which somebody broke the glass: for one try nothing else is asked for there (S1.11). */
function brokenAt({ world }: WorkshopParts, state: RunState, { environment, registry }: Asked): FallbackRule | undefined {
  const nowMs = world.clock.nowMs();
  const steps = state.plan.steps.filter((step) => step.environment === environment.name);
  const live = steps.map((step) => liveFallback(state, step, { registry: registry.name, nowMs }));
  return live.find((rule) => rule !== undefined);
}

async function findFallback({ world }: WorkshopParts, { variable }: FallbackRule, { registry }: Asked): Promise<readonly FindingFact[]> {
  const told = `BREAK-GLASS: "${registry.name}" is opened with the token in ${variable}, for one try of one step`;
  if (await world.secrets.has(variable)) return [{ id: "PF-BREAK-GLASS", level: "warns", message: told }];
  return [
    {
      id: "PF-CREDENTIAL-MISSING",
      level: "blocks",
      message: `${told}; it is not set`,
      hint: `Set ${variable}, ${variable}_FILE or ${variable}_FD`,
    },
  ];
}

/** A rehearsal has an identity of its own, and says what the real run would lack here. */
function noIdentity({ plan, mode }: RunState, { environment, registry, level }: Asked, why: string): FindingFact {
  const [package_] = namesFor(plan.packages, registry);
  const publisher = publisherOf(plan, package_ ?? "", environment.name);
  const trusted = publisher === undefined ? "" : `; it is to trust ${describePublisher(publisher)}`;
  return {
    id: "PF-IDENTITY-MISSING",
    level: mode === "rehearsal" ? "warns" : level,
    message: `No identity opens "${registry.name}" of environment "${environment.name}" without a token: ${why}${trusted}`,
    hint: "Two ways: let the CI job that is trusted publish, or give a token by policy: `credentials: { token: NAME }`",
  };
}

/** Crates and npm trust nobody for a package that they do not have; PyPI can be told beforehand (a pending publisher). */
async function findFirsts(parts: WorkshopParts, { plan }: RunState, { registry }: Asked): Promise<readonly FindingFact[]> {
  if (registry.credentials.kind !== "trusted-publishing" || (registry.ecosystem !== "crates" && registry.ecosystem !== "npm")) return [];
  const { first } = registry.credentials;
  const opened = parts.preflightRegistries.open(registry);
  const names = namesFor(plan.packages, registry);
  const asked = await Promise.all(names.map(async (name) => ({ name, versions: await opened.versions(name, parts.stop) })));
  const absent = asked.flatMap(({ name, versions }) => (versions.kind === "absent" ? [name] : []));
  if (absent.length === 0) return [];
  const some = absent.length > 3 ? `${absent.slice(0, 3).join(", ")} and ${absent.length - 3} more` : absent.join(", ");
  if (first === undefined) {
    const message = `"${registry.name}" knows no ${some}: it trusts nobody for a package before its first version, which needs a token`;
    return [
      { id: "PF-LOGIN-FIRST", level: "blocks", message, hint: "Write `credentials: { use: trusted-publishing, first: { token: NAME } }`" },
    ];
  }
  if (await parts.world.secrets.has(first.variable)) return [];
  const message = `"${registry.name}" knows no ${some}: the first version needs the token in ${first.variable}, which is not set`;
  return [{ id: "PF-LOGIN-FIRST", level: "blocks", message, hint: `Set ${first.variable}` }];
}

/** A statement is signed with the identity of the run: a step that signs needs somebody who vouches, as a tokenless login does. */
export function findSigner(
  { preflightRegistries: { identity } }: Pick<WorkshopParts, "preflightRegistries">,
  { mode }: Pick<RunState, "mode">,
  open: readonly PlannedStep[],
): readonly FindingFact[] {
  const why = signingFault(identity);
  if (why === undefined) return [];
  const signing = open.filter((step) => catalogueName(step) === "attest");
  return signing.map(({ id, optional }) => ({
    id: "PF-SIGN-IDENTITY",
    // A rehearsal signs with an identity of its own; a step that may fail stops nothing.
    level: mode === "rehearsal" || optional ? "warns" : "blocks",
    message: `Step "${id}" signs with the identity of the run, and there is none: ${why}`,
    hint: "Let a CI job sign, or make the step `optional: true`",
    step: id,
  }));
}

/** GitLab makes one identity for each audience that the job declares; the others are made for whoever asks, or are what they are. */
function signingFault(identity: FoundIdentity): string | undefined {
  if (identity.kind === "none") return identity.why;
  const { source } = identity;
  const wanted = gitlabVariable("sigstore");
  if (source.kind !== "gitlab" || source.variables.includes(wanted)) return undefined;
  return `the job declares no \`id_tokens: { ${wanted}: { aud: sigstore } }\``;
}

function namesFor(packages: RunState["plan"]["packages"], registry: PlannedRegistry): readonly string[] {
  return packages.filter((one) => one.ecosystem === registry.ecosystem).flatMap((one) => membersOf(one).map(({ name }) => name));
}
