// Environments with short forms written out. The environment `forge` always exists, whether the file names it or not.
import type {
  ApprovalRule,
  CredentialRule,
  EnvironmentConfiguration,
  ForgeCredential,
  Placement,
  RegistryUse,
} from "../../domain/configuration.ts";
import { type Judging, namesAt } from "../judging.ts";
import type { WrittenCredentials, WrittenEnvironment, WrittenFile } from "../schema.ts";
import { defined } from "./defined.ts";
import { resolveDuration } from "./durations.ts";
import { members } from "./members.ts";

const forgeEnvironment = "forge";

export function resolveEnvironments(judging: Judging, written: WrittenFile): readonly EnvironmentConfiguration[] {
  const environments = members(written.environments).map(({ name, value }) => resolveEnvironment(judging, name, value));
  const isWritten = environments.some((environment) => environment.name === forgeEnvironment);
  return isWritten ? environments : [...environments, { name: forgeEnvironment, registries: [], secrets: [], variables: {} }];
}

function resolveEnvironment(judging: Judging, name: string, written: WrittenEnvironment): EnvironmentConfiguration {
  const { secrets, variables, gate, "trial-of": trialOf } = written;
  return {
    name,
    registries: resolveRegistries(judging, written),
    secrets: secrets ?? [],
    variables: variables ?? {},
    ...defined({
      forge: resolveForge(written.forge),
      approvals: resolveApprovals(judging, name, written.approvals),
      gate,
      place: resolvePlace(written.place),
      trialOf,
    }),
  };
}

function resolveRegistries(judging: Judging, written: WrittenEnvironment): readonly RegistryUse[] {
  // A file that gives a known name another address may lead anywhere: then only the file can say that it is a test index.
  const declared = namesAt(judging, ["registries"]);
  const known = judging.vocabulary.knownRegistries.filter(({ name, test }) => test && !declared.includes(name));
  const tests = new Set(known.map(({ name }) => name));
  const resolved = (registry: string, credentials: WrittenCredentials, test: boolean | undefined): RegistryUse => ({
    registry,
    credentials: resolveCredentials(credentials),
    test: test === true || tests.has(registry),
  });
  const several = members(written.registries).map(({ name, value }) => resolved(name, value.credentials, value.test));
  // Without credentials the rules complain; nothing is published with these.
  return written.registry === undefined ? several : [resolved(written.registry, written.credentials ?? "none", written.test), ...several];
}

function resolveCredentials(written: WrittenCredentials): CredentialRule {
  if (typeof written === "string") return { kind: written };
  if ("token" in written) return { kind: "token", ...resolveToken(written) };
  const { fallback, first } = written;
  const exception =
    fallback === undefined
      ? undefined
      : { ...resolveToken(fallback), by: fallback.by, uses: fallback.uses ?? 1, ...defined({ tell: fallback.tell }) };
  return { kind: "trusted-publishing", ...defined({ fallback: exception, first: first === undefined ? undefined : resolveToken(first) }) };
}

function resolveToken({ token, user }: { readonly token: string; readonly user?: string | undefined }): {
  readonly variable: string;
  readonly user?: string;
} {
  return { variable: token, ...defined({ user }) };
}

function resolveForge(written: WrittenEnvironment["forge"]): ForgeCredential | undefined {
  if (written?.["deploy-key"] !== undefined) return { kind: "deploy-key", variable: written["deploy-key"] };
  return written?.token === undefined ? undefined : { kind: "token", variable: written.token };
}

function resolveApprovals(judging: Judging, name: string, written: WrittenEnvironment["approvals"]): ApprovalRule | undefined {
  if (written === undefined) return undefined;
  const { required, from, not, note, within, standing, "more-when": moreWhen } = written;
  const withinMs = resolveDuration(judging, within, ["environments", name, "approvals", "within"]);
  return { required: required ?? 1, from, standing: standing ?? "refused", ...defined({ not, note, withinMs, moreWhen }) };
}

function resolvePlace(written: WrittenEnvironment["place"]): Placement | undefined {
  if (written === undefined || typeof written === "string") return written === undefined ? undefined : { in: written };
  return { in: written.in, ...defined({ start: written.start, handOver: written["hand-over"] }) };
}
