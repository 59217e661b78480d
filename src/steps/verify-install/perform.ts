// Performs `verify-install`: for each source in turn, waits until the index shows our bytes, installs as a user would,
// tries what the file says, and removes everything. Lag of an index means later, until `within` is over; a finding is
// never tried again (language.md, step table).
import { join } from "node:path";
import type { Artifact } from "../../domain/artifact.ts";
import type { JsonObject } from "../../domain/configuration.ts";
import { explainNoPlace } from "../../domain/platform.ts";
import type { ReadRegistry } from "../../registries/registry.ts";
import type { Frozen, Worked, WorkPorts } from "../step.ts";
import { chooseClient, openBench, withSettings, type Bench, type Client, type Failed } from "./bench.ts";
import { artifactsSource, packagesOf, sourcesOf, withinMsOf, type VerifyInstallInput } from "./input.ts";
import { installOwnFiles, toRecord, type OwnFile } from "./install.ts";
import { nameOf, noFit, offerFiles, pickOwnFile, type Source } from "./own-file.ts";
import { tryInstalled } from "./trial.ts";
import { makeEnvironment } from "./virtual-environment.ts";

/** Shortest and longest time between two looks at an index that lags. */
const againShortestMs = 1_000;
const againLongestMs = 60_000;

type Waiting = { readonly kind: "waiting"; readonly why: string };

export async function performVerifyInstall(frozen: Frozen<VerifyInstallInput>, ports: WorkPorts): Promise<Worked> {
  const deadlineMs = ports.clock.nowMs() + frozen.step.timeoutMs;
  const noPlace = explainNoPlace(frozen.leg["platform"], ports.host);
  if (noPlace !== undefined) return { kind: "failed", code: "NO_PLACE", ...noPlace };
  const chosen = await chooseClient(frozen.leg["python"], ports);
  if (chosen.kind === "missing") return { kind: "failed", code: "TOOL_MISSING", message: chosen.message, hint: chosen.hint };
  const trials: JsonObject[] = [];
  for (const [index, name] of sourcesOf(frozen.input).entries()) {
    const source: Source = name === artifactsSource ? { kind: "artifacts" } : { kind: "registry", registry: ports.registry(name) };
    const around = { ports, client: chosen.client, deadlineMs, folder: join(ports.scratchFolder, `trial-${index + 1}`) };
    const verified = await verifyFrom(source, frozen, around);
    if (verified.kind === "waiting") return againOrNever(verified.why, frozen, ports);
    if (verified.kind === "failed") return verified;
    trials.push(verified.record);
  }
  return { kind: "done", output: { trials }, artifacts: [] };
}

interface Around {
  readonly ports: WorkPorts;
  readonly client: Client;
  readonly deadlineMs: number;
  readonly folder: string;
}

type Verified = { readonly kind: "verified"; readonly record: JsonObject } | Waiting | Failed;

async function verifyFrom(source: Source, frozen: Frozen<VerifyInstallInput>, around: Around): Promise<Verified> {
  const { ports, folder } = around;
  const visible = source.kind === "registry" ? await areVisible(source.registry, frozen, ports) : undefined;
  if (visible !== undefined) return visible;
  try {
    return await tryFrom(source, frozen, await openBench(around, folder));
  } finally {
    await ports.files.remove(folder);
  }
}

/** Looks at every file of ours before anything is installed: other bytes under our name end it here. */
async function areVisible(
  registry: ReadRegistry,
  frozen: Frozen<VerifyInstallInput>,
  ports: WorkPorts,
): Promise<Waiting | Failed | undefined> {
  for (const one of packagesOf(frozen)) {
    for (const artifact of filesOf(one.id, frozen)) {
      const { name, digest, sizeBytes } = artifact;
      const seen = await registry.observe({ package: one.name, version: one.version, name, sha256: digest, sizeBytes }, ports.signal);
      if (seen.kind === "conflict")
        return { kind: "failed", code: "REGISTRY_CONFLICT", message: `Cannot verify the installation: ${seen.theirs}` };
      if (seen.kind === "absent") return { kind: "waiting", why: `${registry.name} does not show "${name}" yet` };
      if (seen.kind === "pending" || seen.kind === "unknown")
        return { kind: "waiting", why: `${registry.name} does not show "${name}" yet: ${seen.why}` };
      if (seen.kind === "damaged") return { kind: "waiting", why: `${registry.name} shows "${name}" damaged: ${seen.how}` };
    }
  }
  return undefined;
}

async function tryFrom(source: Source, frozen: Frozen<VerifyInstallInput>, bare: Bench): Promise<Verified> {
  bare.ports.print(`Installing from ${nameOf(source)}`);
  const environment = await makeEnvironment(frozen.leg["python"], bare);
  if (environment.kind === "failed") return environment;
  const bench = await withSettings(bare);
  const own = await pickAll(source, frozen, bench);
  if (own.kind !== "own") return own;
  const installed = await installOwnFiles(own.files, bench);
  if (installed.kind === "failed") return installed;
  const tried = await tryInstalled(frozen, bench);
  if (tried.kind === "failed") return tried;
  const record = {
    from: nameOf(source),
    client: bench.client.kind,
    host: bench.ports.host,
    python: environment.python,
    files: own.files.map((one) => one.name),
    installed: toRecord(installed.distributions),
    commands: tried.commands,
  };
  return { kind: "verified", record };
}

async function pickAll(
  source: Source,
  frozen: Frozen<VerifyInstallInput>,
  bench: Bench,
): Promise<{ readonly kind: "own"; readonly files: readonly OwnFile[] } | Waiting | Failed> {
  const packages = packagesOf(frozen);
  const folder = await offerFiles(
    packages.flatMap((one) => filesOf(one.id, frozen)),
    bench,
  );
  const files: OwnFile[] = [];
  for (const one of packages) {
    const picked = await pickOwnFile({ one, artifacts: filesOf(one.id, frozen), folder, source }, bench);
    if (picked.kind === "failed") return picked;
    if (picked.kind === "no-fit") return noFit(one, picked.why, bench.ports.host);
    if (picked.kind === "nothing") return { kind: "waiting", why: picked.why };
    files.push({ one, file: picked.file, name: picked.artifact.name, source: nameOf(source) });
  }
  if (files.length > 0) return { kind: "own", files };
  return { kind: "failed", code: "ARTIFACT_SET", message: "Cannot verify the installation: the release has no Python package to install" };
}

function filesOf(id: string, frozen: Frozen<VerifyInstallInput>): readonly Artifact[] {
  return frozen.artifacts.filter((artifact) => artifact.package === id && (artifact.kind === "wheel" || artifact.kind === "sdist"));
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
