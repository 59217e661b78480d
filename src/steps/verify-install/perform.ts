// Performs `verify-install`: for each source in turn, waits until the index shows our bytes, installs as a user would,
// tries what the file says, and removes everything. Lag of an index means later, until `within` is over; a finding is
// never tried again (language.md, step table).
import { join } from "node:path";
import type { JsonObject } from "../../domain/configuration.ts";
import { membersOf } from "../../domain/plan/members.ts";
import type { PlannedPackage } from "../../domain/plan/plan.ts";
import { explainNoPlace } from "../../domain/platform.ts";
import type { Publication, ReadRegistry } from "../../registries/registry.ts";
import type { Frozen, Worked, WorkPorts } from "../step.ts";
import { openBench, type Failed } from "./bench.ts";
import { installableOf, installingOf } from "./ecosystems.ts";
import { artifactsSource, filesOf, installable, packagesOf, sourcesOf, withinMsOf, type VerifyInstallInput } from "./input.ts";
import { nameOf, type Installing, type Source, type Trial, type Waiting } from "./installing.ts";
import { memberFileName } from "./own-members.ts";
import { tryInstalled } from "./trial.ts";

/** Shortest and longest time between two looks at an index that lags. */
const againShortestMs = 1_000;
const againLongestMs = 60_000;

export async function performVerifyInstall(frozen: Frozen<VerifyInstallInput>, ports: WorkPorts): Promise<Worked> {
  const deadlineMs = ports.clock.nowMs() + frozen.step.timeoutMs;
  const noPlace = explainNoPlace(frozen.leg["platform"], ports.host);
  if (noPlace !== undefined) return { kind: "failed", code: "NO_PLACE", ...noPlace };
  const wanted = trialsOf(frozen, ports);
  if (wanted.kind === "failed") return wanted;
  const trials: JsonObject[] = [];
  for (const [index, one] of wanted.trials.entries()) {
    const verified = await verify(one, { ports, deadlineMs, folder: join(ports.scratchFolder, `trial-${index + 1}`) });
    if (verified.kind === "waiting") return againOrNever(verified.why, frozen, ports);
    if (verified.kind === "failed") return verified;
    trials.push(verified.record);
  }
  return { kind: "done", output: { trials }, artifacts: [] };
}

interface WantedTrial extends Trial {
  readonly installing: Installing;
}

/** In the order of the sources; of the frozen files one for each ecosystem. */
function trialsOf(
  frozen: Frozen<VerifyInstallInput>,
  ports: WorkPorts,
): { readonly kind: "wanted"; readonly trials: readonly WantedTrial[] } | Failed {
  const trials: WantedTrial[] = [];
  for (const name of sourcesOf(frozen.input)) {
    const source = sourceOf(name, frozen, ports);
    const ecosystems =
      source.kind === "artifacts" ? installable : [installableOf(source.registry.ecosystem)].filter((one) => one !== undefined);
    const found = ecosystems.flatMap((ecosystem): readonly WantedTrial[] => {
      const [packages, installing] = [packagesOf(frozen, ecosystem), installingOf(ecosystem)];
      const isAble = source.kind === "registry" || installing.notFromFiles === undefined;
      if (!isAble && packages.length > 0) ports.print(`Left out: ${installing.notFromFiles}`);
      return packages.length === 0 || !isAble ? [] : [{ frozen, source, packages, installing }];
    });
    if (found.length === 0) return nothingToInstall(source);
    trials.push(...found);
  }
  return { kind: "wanted", trials };
}

function sourceOf(name: string, { plan }: Frozen<VerifyInstallInput>, ports: WorkPorts): Source {
  if (name === artifactsSource) return { kind: "artifacts" };
  const planned = plan.environments.flatMap(({ registries }) => registries).find((one) => one.name === name);
  return { kind: "registry", registry: ports.registry(name), ...(planned === undefined ? {} : { planned }) };
}

function nothingToInstall(source: Source): Failed {
  const message = `Cannot verify the installation: the release has nothing that can be installed from ${nameOf(source)}`;
  return { kind: "failed", code: "ARTIFACT_SET", message };
}

type Verified = { readonly kind: "verified"; readonly record: JsonObject } | Waiting | Failed;

interface Around {
  readonly ports: WorkPorts;
  readonly deadlineMs: number;
  readonly folder: string;
}

async function verify(trial: WantedTrial, around: Around): Promise<Verified> {
  const { ports, folder } = around;
  const { source } = trial;
  const visible = source.kind === "registry" ? await areVisible(source.registry, trial, ports) : undefined;
  if (visible !== undefined) return visible;
  try {
    return await tryFrom(trial, around);
  } finally {
    await ports.files.remove(folder);
  }
}

/** Looks at every file of ours before anything is installed: other bytes under our name end it here. */
async function areVisible(registry: ReadRegistry, { frozen, packages }: Trial, ports: WorkPorts): Promise<Waiting | Failed | undefined> {
  for (const publication of packages.flatMap((one) => publicationsOf(one, frozen))) {
    const { name } = publication;
    const seen = await registry.observe(publication, ports.signal);
    if (seen.kind === "conflict")
      return { kind: "failed", code: "REGISTRY_CONFLICT", message: `Cannot verify the installation: ${seen.theirs}` };
    if (seen.kind === "absent") return { kind: "waiting", why: `${registry.name} does not show "${name}" yet` };
    if (seen.kind === "pending" || seen.kind === "unknown")
      return { kind: "waiting", why: `${registry.name} does not show "${name}" yet: ${seen.why}` };
    if (seen.kind === "damaged") return { kind: "waiting", why: `${registry.name} shows "${name}" damaged: ${seen.how}` };
  }
  return undefined;
}

/** Each file under the name that its member has at a registry: of a workspace, every package is named for itself. */
function publicationsOf(one: PlannedPackage, { artifacts }: Frozen<VerifyInstallInput>): readonly Publication[] {
  const members = membersOf(one);
  return filesOf(one, artifacts).map(({ name, digest, sizeBytes }) => {
    const member = members.find((each) => memberFileName(each) === name);
    return { package: member?.name ?? one.name, version: one.version, name, sha256: digest, sizeBytes };
  });
}

async function tryFrom(trial: WantedTrial, { ports, deadlineMs, folder }: Around): Promise<Verified> {
  const bench = await openBench({ ports, env: ports.env, folder, deadlineMs });
  ports.print(`Installing from ${nameOf(trial.source)}`);
  const installed = await trial.installing.install(trial, bench);
  if (installed.kind !== "installed") return installed;
  const tried = await tryInstalled(trial, installed, bench);
  if (tried.kind === "failed") return tried;
  return { kind: "verified", record: { from: nameOf(trial.source), ...installed.record, commands: tried.commands } };
}

/** `within` counts from the step's start, whatever process looked; the waits grow with what was waited already. */
function againOrNever(why: string, frozen: Frozen<VerifyInstallInput>, ports: WorkPorts): Worked {
  const nowMs = ports.clock.nowMs();
  const untilMs = frozen.sinceMs + withinMsOf(frozen.input);
  if (nowMs < untilMs) {
    const waitMs = Math.min(againLongestMs, Math.max(againShortestMs, Math.floor((nowMs - frozen.sinceMs) / 2)));
    return { kind: "later", atMs: Math.min(untilMs, nowMs + waitMs), why };
  }
  const waited = Math.round((nowMs - frozen.sinceMs) / 1000);
  return {
    kind: "failed",
    code: "TIMED_OUT",
    message: `Cannot verify the installation: after ${waited} s, ${why}`,
    hint: "Look at the index, then run the same command again; `within:` gives a slow index more time",
  };
}
