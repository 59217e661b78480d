// Versions that a registry holds unseen until they are let out. `stage` puts every package there, above the line; `publish` lets
// out what is held, and sends plainly what the registry cannot hold. Which of the two it is for a package is settled when the
// step lists its effects, and is journaled: what a person sends back afterwards is never published behind their back.
import { z } from "zod";
import { SlipwayError } from "../../../domain/error.ts";
import { membersOf } from "../../../domain/plan/members.ts";
import { ancestors } from "../../../domain/plan/order.ts";
import { catalogueName, environmentOf, type Plan, type PlannedRegistry, type PlannedStep } from "../../../domain/plan/plan.ts";
import type { Effect, Observation } from "../../../domain/run/effect.ts";
import type { Staged } from "../../../registries/registry.ts";
import type { Finding, Frozen, Planned, ReadPorts } from "../../step.ts";
import { fromEffect, type PublishedFile } from "./published-file.ts";

const stagedData = z.object({ form: z.literal("staged"), file: z.record(z.string(), z.unknown()) });

/** @returns the file that is to be held; undefined for an effect that is no such thing */
export function stagedOf(effect: Pick<Effect, "key" | "data">): PublishedFile | undefined {
  const read = stagedData.safeParse(effect.data);
  return read.success ? fromEffect({ key: effect.key, data: read.data.file as Effect["data"] }) : undefined;
}

/**
 * Every file as what `stage` makes of it: held, and seen by nobody before the file itself is there.
 * @param demanded the configuration names the registry: what it cannot hold stops the step
 * @throws SlipwayError POLICY_REFUSED for what cannot be held and is demanded; STEP_FAILED where the registry does not say
 */
export async function toStage(files: readonly Effect[], demanded: boolean, ports: ReadPorts): Promise<readonly Effect[]> {
  const able: Effect[] = [];
  for (const file of files) {
    const look = await lookAt(fromEffect(file), ports);
    if (look.kind !== "never") able.push(file);
    else if (demanded) throw refusal(file, look.why);
    else ports.log.info(`${file.title} is not staged: ${look.why}; \`publish\` sends it`);
  }
  const keys = new Set(able.map(({ key }) => key));
  return able.map((file) => ({
    ...file,
    key: stagedKey(file.key),
    title: `${fromEffect(file).publication.name} staged at ${file.target}`,
    after: file.after.filter((key) => keys.has(key)).map(stagedKey),
    reach: "reversible",
    shownBy: file.key,
    data: { form: "staged", file: file.data },
  }));
}

function stagedKey(key: string): string {
  return `staged/${key}`;
}

function refusal(file: Effect, why: string): SlipwayError {
  return new SlipwayError("POLICY_REFUSED", `Cannot stage ${fromEffect(file).publication.name}: ${why}`, {
    hint: `Leave \`to:\` out of \`stage\`: then \`publish\` sends what "${file.target}" cannot hold`,
  });
}

/**
 * The files that `publish` sends, each marked that is to be let out instead. Where only a person lets them out, none waits for
 * another: they are asked for all of them at once.
 * @throws SlipwayError STEP_FAILED where the registry does not say what it holds
 */
export async function lettingOut(
  files: readonly Effect[],
  at: { readonly registry: PlannedRegistry; readonly frozen: Pick<Frozen<unknown>, "plan" | "step">; readonly ports: ReadPorts },
): Promise<readonly Effect[]> {
  const { registry, frozen, ports } = at;
  if (registry.ecosystem !== "npm" || !isStagedAbove(frozen.plan, frozen.step, registry.name)) return files;
  const looks = new Map<string, Staged>();
  for (const file of files) looks.set(file.key, await lookAt(fromEffect(file), ports));
  const isForPerson = (key: string): boolean => {
    const look = looks.get(key);
    return look?.kind === "held" && look.byPerson !== undefined;
  };
  return files.map((file) => {
    if (looks.get(file.key)?.kind === "never") return file;
    const after = isForPerson(file.key) ? file.after.filter((key) => !isForPerson(key)) : file.after;
    return { ...file, after, data: { ...file.data, staged: true } };
  });
}

function isStagedAbove(plan: Plan, step: PlannedStep, registry: string): boolean {
  const above = ancestors(plan.steps, [step.id]);
  return plan.steps.some((one) => above.has(one.id) && catalogueName(one) === "stage" && stagesAt(plan, one).includes(registry));
}

function stagesAt(plan: Plan, step: PlannedStep): readonly string[] {
  const there = environmentOf(plan, step)?.registries.map(({ name }) => name) ?? [];
  const { to } = step.input as { readonly to?: string | readonly string[] };
  return to === undefined ? there : there.filter((name) => [to].flat().includes(name));
}

async function lookAt({ registry, publication }: PublishedFile, ports: ReadPorts): Promise<Staged> {
  const look: Staged = (await ports.staged(registry, publication)) ?? { kind: "never", why: `"${registry}" has no staging` };
  if (look.kind !== "unknown") return look;
  throw new SlipwayError("STEP_FAILED", `Cannot tell whether "${registry}" holds ${publication.name}: ${look.why}`, {
    hint: "Look at the network and at what the credential may do, then run the same command again",
  });
}

/** Whether our bytes are held: then what `stage` is for is there. What was let out was held. */
export async function observeHeld(file: PublishedFile, ports: ReadPorts): Promise<Observation> {
  const look = await ports.staged(file.registry, file.publication);
  if (look === undefined) return { kind: "unknown", why: `"${file.registry}" has no staging any more` };
  if (look.kind === "held") return { kind: "present", evidence: look.evidence };
  return look.kind === "never" ? { kind: "unknown", why: look.why } : look;
}

/** Looks come this far apart while neither of the two shows the version: one is just becoming the other, or it was sent back. */
const betweenMs = 2_000;
const forPersonMs = 15_000;

/** Whether it was let out. As long as it is held it is absent, and sending is letting it out; or a person is waited for. */
export async function observeLetOut(file: PublishedFile, ports: ReadPorts): Promise<Observation> {
  const { registry, publication } = file;
  const look = await ports.staged(registry, publication);
  const what = `${publication.package} ${publication.version}`;
  if (look === undefined || look.kind === "never" || look.kind === "absent") {
    const why = `${what} is neither staged at "${registry}" any more nor public: somebody may have sent it back`;
    return { kind: "pending", againMs: betweenMs, why };
  }
  if (look.kind !== "held") return look;
  if (look.byPerson === undefined) return { kind: "absent" };
  const why = `${what} is staged at "${registry}" and waits for a person: ${look.byPerson}`;
  return { kind: "pending", againMs: forPersonMs, forPerson: true, why };
}

/** Before the run: packages that the registry does not have cannot be held there. Known without a credential. */
export async function preflightStaging(
  planned: Planned<unknown>,
  at: { readonly registries: readonly PlannedRegistry[]; readonly demanded: boolean },
  ports: ReadPorts,
): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  for (const registry of at.registries.filter(({ ecosystem }) => ecosystem === "npm")) {
    for (const { name } of planned.packages.filter((one) => one.ecosystem === "npm").flatMap(membersOf)) {
      const versions = await ports.registry(registry.name).versions(name, ports.signal);
      if (versions.kind !== "absent") continue;
      findings.push({
        id: "PF-STAGE",
        level: at.demanded ? "blocks" : "warns",
        message: `"${name}" is new at ${registry.name}, which stages only packages that it has`,
        hint: at.demanded ? "Leave `to:` out of `stage`: then `publish` sends it" : "`publish` sends it, once its gate is open",
      });
    }
  }
  return findings;
}
