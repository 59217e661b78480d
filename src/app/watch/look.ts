// One look at everything that is watched: reads the registries, and says what is foreign, what lacks its provenance, and which
// registries were silent. Concludes nothing durable: `domain/watch` does.
import type { Seen, WatchedTarget } from "../../domain/watch.ts";
import { normalizeName } from "../../domain/pypi/names.ts";
import { schemeOf } from "../../domain/version/catalog.ts";
import type { ReadRegistry } from "../../registries/registry.ts";
import type { Registries } from "../registries.ts";
import { isSameVersion, type KnownVersion } from "./known.ts";
import type { Target } from "./targets.ts";
import type { World } from "../world.ts";

/** How long one answer may take; a look at all of them ends within minutes. */
const answerMs = 20_000;
/** Packages that are looked at side by side. */
const sideBySide = 8;
/** Versions of one package whose provenance is asked for in one look. */
const provenancesMax = 200;

export interface Looking {
  readonly targets: readonly Target[];
  readonly registries: Pick<Registries, "open">;
  /** Versions of this project; asked after a registry has answered, so that what a run sent meanwhile is among them. */
  known(): readonly KnownVersion[];
  /** What is known of a target already. */
  before(target: Target): WatchedTarget | undefined;
}

export async function lookAtAll(world: Pick<World, "deadline" | "interrupted">, looking: Looking): Promise<readonly Seen[]> {
  const seen: Seen[] = [];
  const waiting = [...looking.targets];
  const worker = async (): Promise<void> => {
    for (let target = waiting.shift(); target !== undefined && !world.interrupted.aborted; target = waiting.shift())
      seen.push(await lookAt(world, looking, target));
  };
  await Promise.all(Array.from({ length: Math.min(sideBySide, waiting.length) }, worker));
  return seen;
}

async function lookAt(world: Pick<World, "deadline" | "interrupted">, looking: Looking, target: Target): Promise<Seen> {
  const name = { registry: target.registry.name, package: target.package };
  try {
    const signal = AbortSignal.any([world.interrupted, world.deadline(answerMs)]);
    return { ...name, ...(await judge(looking, target, signal)) };
  } catch (error) {
    return { ...name, kind: "silent", why: error instanceof Error ? error.message : String(error) };
  }
}

type Judged = { [K in Seen["kind"]]: Omit<Extract<Seen, { kind: K }>, "registry" | "package"> }[Seen["kind"]];

async function judge(looking: Looking, target: Target, signal: AbortSignal): Promise<Judged> {
  const { package: name, ecosystem } = target;
  const registry = looking.registries.open(target.registry);
  const answer = await registry.versions(name, signal);
  if (answer.kind === "unknown") return { kind: "silent", why: answer.why };
  const listed = answer.kind === "listed" ? answer.versions.filter((version) => isVersion(ecosystem, version)) : [];
  const before = looking.before(target);
  // What is there when the watch begins is what it begins with.
  if (before?.settled === undefined) return { kind: "answered", settled: listed, found: [] };
  const settled = new Set(before.settled);
  const fresh = listed.filter((version) => !settled.has(version));
  const known = fresh.length === 0 ? [] : looking.known();
  const own = (version: string): boolean =>
    known.some(
      (one) =>
        (one.registry ?? registry.name) === registry.name && isSameName(ecosystem, one.package, name) && isSameVersion(ecosystem, one.version, version),
    );
  const ours = fresh.filter(own);
  const foreign = fresh.filter((version) => !ours.includes(version));
  const proofs = target.wantsProvenance ? await lookAtProvenance(registry, { name, versions: ours, signal }) : { settled: ours, found: [] };
  return { kind: "answered", settled: proofs.settled, found: [...(await foreignOnes(registry, { name, versions: foreign, signal })), ...proofs.found] };
}

/** At a registry of images other names than versions move: they are no new versions. */
function isVersion(ecosystem: Target["ecosystem"], text: string): boolean {
  return ecosystem !== "oci" || schemeOf("oci").parse(text).kind === "valid";
}

function isSameName(ecosystem: Target["ecosystem"], one: string, other: string): boolean {
  return one === other || (ecosystem === "pypi" && normalizeName(one) === normalizeName(other));
}

interface Asking {
  readonly name: string;
  readonly versions: readonly string[];
  readonly signal: AbortSignal;
}

type Found = Extract<Seen, { kind: "answered" }>["found"];

async function foreignOnes(registry: ReadRegistry, { name, versions, signal }: Asking): Promise<Found> {
  const found: Found[number][] = [];
  for (const version of versions) {
    // When it came is worth a question, and the alarm does not wait for the answer.
    const survey = found.length < provenancesMax ? await registry.survey(name, version, signal).catch(() => undefined) : undefined;
    const files = survey?.kind === "listed" ? survey.files : [];
    const [since] = files.flatMap(({ uploadedAt }) => uploadedAt ?? []).toSorted();
    const proof = files.some(({ attested }) => attested === true) ? ", with provenance" : "";
    const when = since === undefined ? "" : `, uploaded at ${since}`;
    const what = `no run and no record of this project knows this version${when}${proof}`;
    found.push({ kind: "foreign-version", version, what, page: registry.locate({ package: name, version }) });
  }
  return found;
}

async function lookAtProvenance(registry: ReadRegistry, { name, versions, signal }: Asking): Promise<{ settled: readonly string[]; found: Found }> {
  const settled: string[] = [];
  const found: Found[number][] = [];
  for (const version of versions.slice(0, provenancesMax)) {
    const survey = await registry.survey(name, version, signal);
    if (survey.kind !== "listed") continue;
    const without = survey.files.filter(({ attested }) => attested !== true).map((file) => file.name);
    if (without.length === 0) settled.push(version);
    else {
      const what = `${without.slice(0, 5).join(", ")}${without.length > 5 ? ", …" : ""} has no provenance there, and slipway.yaml publishes with it`;
      found.push({ kind: "no-provenance", version, what, page: registry.locate({ package: name, version }) });
    }
  }
  return { settled, found };
}
