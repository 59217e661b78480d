// The step `verify-install`: installs the release as a user would, into a clean environment, and tries it (S1.5, S5.5,
// S5.11, S5.13). The own package comes from the source under test alone, everything else from the default index alone.
import { hostsFor } from "../../domain/platform.ts";
import type { PlannedPackage } from "../../domain/plan/plan.ts";
import type { Use, WorkStep } from "../step.ts";
import {
  artifactsSource,
  ecosystemsOf,
  kindsOf,
  packagesOf,
  registriesOf,
  sourcesOf,
  verifyInstallInput,
  type VerifyInstallInput,
} from "./input.ts";

export const verifyInstallStep: WorkStep<VerifyInstallInput> = {
  name: "verify-install",
  revision: 1,
  kind: "work",
  zone: "project",
  summary: "Installs the release into a clean environment, its dependencies from the usual index, and tries it.",
  input: verifyInstallInput,
  timeoutMs: 30 * 60_000,
  takes: (use) => [{ kinds: ecosystemsOf(use).flatMap(kindsOf), packages: triedOf(use).map((one) => one.id) }],
  makes: () => [],
  reads: ({ input }) => registriesOf(input),
  // Which client there is, and which Python, is for preflight to look at.
  asks: ({ leg }) => ({ programs: [], toolbox: false, platforms: leg["platform"] === undefined ? [] : hostsFor(leg["platform"]) }),
  describe,
  // Loaded when they are needed: a plan asks what a step takes and makes, and performs nothing.
  preflight: async (planned, ports) => (await import("./preflight.ts")).preflightVerifyInstall(planned, ports),
  perform: async (frozen, ports) => (await import("./perform.ts")).performVerifyInstall(frozen, ports),
};

function triedOf(use: Use<VerifyInstallInput>): readonly PlannedPackage[] {
  return ecosystemsOf(use).flatMap((ecosystem) => packagesOf(use, ecosystem));
}

function describe(use: Use<VerifyInstallInput>): string {
  const names = triedOf(use).map((one) => (one.members === undefined ? one.name : `${one.members.length} packages of ${one.name}`));
  const sources = sourcesOf(use.input).map((source) => (source === artifactsSource ? "the built files" : source));
  const python = use.leg["python"] === undefined ? "" : ` with Python ${use.leg["python"]}`;
  const place = use.leg["platform"] === undefined ? "" : ` on ${use.leg["platform"]}`;
  return `install ${names.join(", ")} from ${sources.join(" and ")}${python}${place} and try it`;
}
