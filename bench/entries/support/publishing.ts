// One publish step over files that lie ready, with the product's own client of a registry.
import { join } from "node:path";
import type { Artifact, ArtifactKind } from "../../../src/domain/artifact.ts";
import { createCredential } from "../../../src/domain/credential.ts";
import { sha256 } from "../../../src/domain/digest.ts";
import type { Effect } from "../../../src/domain/run/effect.ts";
import { firstHead } from "../../../src/domain/run/head.ts";
import { openHttp } from "../../../src/platform/http.ts";
import { createRegistry } from "../../../src/registries/catalog.ts";
import { npmRegistry } from "../../../src/registries/npm/client.ts";
import { publishStep } from "../../../src/steps/publish/publish.ts";
import type { EffectPorts, Frozen } from "../../../src/steps/step.ts";
import type { Released } from "../../data/released.ts";
import { benchPlan, plannedRegistry, publishOf, work } from "./bench-plan.ts";
import { clock } from "./clock.ts";
import { barePorts, driveBare } from "./drive-bare.ts";

export interface ToPublish {
  readonly ecosystem: "npm" | "crates";
  /** Root of the registry; of crates that of the index. */
  readonly url: string;
  /** Default: a real registry, as whose one of a rehearsal is never taken. */
  readonly world?: "rehearsal";
  /** Default: one that nobody looks at. */
  readonly token?: string;
  readonly released: Released;
}

const kinds = { npm: "npm-tarball", crates: "crate" } as const satisfies Record<ToPublish["ecosystem"], ArtifactKind>;
const maker = "build";

/** As long as the product waits before it believes that something is absent, where nothing stands before the server. */
const settleMs = 250;

function prepared({ ecosystem, url, world, token = "bench-token", released }: ToPublish) {
  const planned = plannedRegistry(ecosystem, url);
  const http = openHttp({ userAgent: "slipway/bench" });
  const registry =
    world === undefined
      ? createRegistry(planned, { ...barePorts, http })
      : npmRegistry({ name: planned.name, registryUrl: url, world, settleMs, clock, http });
  const credential = createCredential("", token);
  const files = new Map(released.files.map((one) => [one.name, one.file]));
  const ports: EffectPorts = {
    ...barePorts,
    registry: () => registry,
    artifactFile: ({ name }) => files.get(name) ?? "",
    open: () => Promise.resolve({ registry, credential, byIdentity: false }),
  };
  const artifacts = released.files.map((one): Artifact => ({ ...one, kind: kinds[ecosystem], digest: sha256(one.sha256), maker }));
  const publish = publishOf(kinds[ecosystem], maker);
  const { packages } = released;
  const version = packages[0]?.version ?? "";
  const plan = benchPlan({ name: "bench", version, packages, steps: [work(maker, []), publish], registries: [planned] });
  return { ports, artifacts, publish, plan };
}

/**
 * As a run does it: journal in SQLite, survey, every file looked at, intended, sent, looked at again, verified.
 * @returns whether all of it is verified
 */
export async function publishByEngine(what: ToPublish, state: string): Promise<boolean> {
  const { ports, artifacts, plan } = prepared(what);
  const before = [
    { kind: "step-started", step: maker, attempt: 1 },
    { kind: "step-done", step: maker, output: null, artifacts },
  ] as const;
  const ended = await driveBare({ plan, before, journal: join(state, "journal.sqlite"), stepOf: () => publishStep, ports });
  const effects = [...(ended.steps.get("publish")?.effects?.values() ?? [])];
  return ended.closed?.result === "complete" && effects.length === artifacts.length && effects.every((one) => one.evidence !== undefined);
}

/** The sends alone, each after what it needs, ten at a time, as the engine limits them. @returns whether all were taken */
export async function publishByClient(what: ToPublish): Promise<boolean> {
  const { ports, artifacts, plan, publish } = prepared(what);
  const [environment] = plan.environments;
  const frozen: Frozen<object> = {
    plan,
    step: publish,
    input: {},
    leg: {},
    packages: plan.packages,
    artifacts,
    planDigest: sha256("0".repeat(64)),
    head: firstHead(plan.source),
    sinceMs: clock.nowMs(),
    ...(environment === undefined ? {} : { environment }),
  };
  return await sendAll(await publishStep.effects(frozen, ports), ports);
}

const sendsAtOnce = 10;

async function sendAll(effects: readonly Effect[], ports: EffectPorts): Promise<boolean> {
  const sent = new Set<string>();
  const underWay = new Map<string, Promise<{ readonly key: string; readonly taken: boolean }>>();
  while (sent.size < effects.length) {
    for (const effect of effects) {
      const { key, after } = effect;
      const mayGo = !sent.has(key) && !underWay.has(key) && underWay.size < sendsAtOnce && after.every((one) => sent.has(one));
      if (!mayGo) continue;
      const sending = publishStep.perform(effect, { kind: "absent" }, ports);
      underWay.set(key, sending.then(({ kind }) => ({ key, taken: kind === "sent" }))); // prettier-ignore
    }
    const { key, taken } = await Promise.race(underWay.values());
    if (!taken) return false;
    underWay.delete(key);
    sent.add(key);
  }
  return true;
}
