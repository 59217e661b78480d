// Publishes the wheels of a folder to an index. `engine`: one publish step driven by the engine, as a run does it: journal
// in SQLite, survey, every file looked at, intended, sent, looked at again, verified. `client`: the sends alone, the
// pilot first and then ten at a time, as the engine limits them; that is what other uploaders do.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { firstHead } from "../../src/domain/run/head.ts";
import type { Artifact } from "../../src/domain/artifact.ts";
import { sha256 } from "../../src/domain/digest.ts";
import { createCredential } from "../../src/domain/credential.ts";
import { openHttp } from "../../src/platform/http.ts";
import { createRegistry } from "../../src/registries/catalog.ts";
import { publishStep } from "../../src/steps/publish/publish.ts";
import type { EffectPorts } from "../../src/steps/step.ts";
import { barePorts, driveBare } from "./support/drive-bare.ts";
import { benchPlan, plannedIndex, publishOf, work } from "./support/bench-plan.ts";
import { clock } from "./support/clock.ts";

const [mode, manifest = "", uploadUrl = "", indexUrl = "", state = ""] = process.argv.slice(2);

interface Manifest {
  readonly folder: string;
  readonly package: string;
  readonly version: string;
  readonly files: readonly { readonly name: string; readonly sizeBytes: number; readonly sha256: string }[];
}

const { folder, files, ...wheels } = JSON.parse(readFileSync(manifest, "utf8")) as Manifest;
const index = plannedIndex(uploadUrl, indexUrl);
const registry = createRegistry(index, { ...barePorts, http: openHttp({ userAgent: "slipway/bench" }) });
const artifacts = files.map((file): Artifact => ({
  kind: "wheel",
  package: "one",
  name: file.name,
  sizeBytes: file.sizeBytes,
  digest: sha256(file.sha256),
  maker: "wheels",
}));
const credential = createCredential("__token__", "pypi-bench-token");
const ports: EffectPorts = {
  ...barePorts,
  registry: () => registry,
  artifactFile: (artifact) => join(folder, artifact.name),
  open: () => Promise.resolve({ registry, credential, byIdentity: false }),
};
const publish = publishOf("wheel", "wheels");
const plan = benchPlan({ name: wheels.package, version: wheels.version, steps: [work("wheels", []), publish], registries: [index] });

async function byEngine(): Promise<boolean> {
  const before = [
    { kind: "step-started", step: "wheels", attempt: 1 },
    { kind: "step-done", step: "wheels", output: null, artifacts },
  ] as const;
  const ended = await driveBare({ plan, before, journal: join(state, "journal.sqlite"), stepOf: () => publishStep, ports });
  return (
    ended.closed?.result === "complete" &&
    [...(ended.steps.get("publish")?.effects?.values() ?? [])].every((effect) => effect.evidence?.sha256 !== undefined)
  );
}

async function byClient(): Promise<boolean> {
  const frozen = {
    plan,
    step: publish,
    input: {},
    leg: {},
    packages: plan.packages,
    artifacts,
    planDigest: sha256("0".repeat(64)),
    head: firstHead(plan.source),
    sinceMs: clock.nowMs(),
    ...environment(),
  };
  const [pilot, ...rest] = await publishStep.effects(frozen, ports);
  const left = rest.values();
  const send = async (effect: typeof pilot): Promise<boolean> =>
    effect === undefined || (await publishStep.perform(effect, { kind: "absent" }, ports)).kind === "sent";
  const turns = async (): Promise<boolean> => {
    for (const effect of left) if (!(await send(effect))) return false;
    return true;
  };
  return (await send(pilot)) && (await Promise.all(Array.from({ length: 10 }, turns))).every(Boolean);
}

function environment() {
  const [only] = plan.environments;
  return only === undefined ? {} : { environment: only };
}

const complete = mode === "engine" ? await byEngine() : await byClient();
console.log(complete ? `${files.length} files are published` : "not everything was published");
process.exitCode = complete ? 0 : 1;
