// One look at everything that is watched: reads the registries, and says what is foreign, what lacks its provenance, and which
// registries were silent. Concludes nothing durable: `domain/watch` does.
import type { Seen, WatchedTarget } from "../../domain/watch.ts";
import { normalizeName } from "../../domain/pypi/names.ts";
import { schemeOf } from "../../domain/version/catalog.ts";
import type { ListedFile, ReadRegistry } from "../../registries/registry.ts";
import type { Registries } from "../registries.ts";
import { isSameVersion, type KnownVersion } from "./known.ts";
import type { PageRecords } from "./page-records.ts";
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
  /** Records on release pages that name a version; asked only for what nobody here knows. */
  readonly pages: PageRecords;
  /** Whether an alarm tells of the version already. */
  isTold(target: Target, version: string): boolean;
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
        (one.registry ?? registry.name) === registry.name &&
        isSameName(ecosystem, one.package, name) &&
        isSameVersion(ecosystem, one.version, version),
    );
  const ours = fresh.filter(own);
  const others = fresh.filter((version) => !ours.includes(version) && !looking.isTold(target, version));
  const judged = await judgeForeign(registry, looking, { target, versions: others, signal });
  const all = [...ours, ...judged.ours];
  const proofs = target.wantsProvenance ? await lookAtProvenance(registry, { target, versions: all, signal }) : { settled: all, found: [] };
  return { kind: "answered", settled: proofs.settled, found: [...judged.found, ...proofs.found] };
}

/** At a registry of images other names than versions move: they are no new versions. */
function isVersion(ecosystem: Target["ecosystem"], text: string): boolean {
  return ecosystem !== "oci" || schemeOf("oci").parse(text).kind === "valid";
}

function isSameName(ecosystem: Target["ecosystem"], one: string, other: string): boolean {
  return one === other || (ecosystem === "pypi" && normalizeName(one) === normalizeName(other));
}

interface Asking {
  readonly target: Target;
  readonly versions: readonly string[];
  readonly signal: AbortSignal;
}

type Found = Extract<Seen, { kind: "answered" }>["found"];

/** Versions that no run here sent: another machine's, if the page of the release says so with these very bytes; else foreign. */
async function judgeForeign(
  registry: ReadRegistry,
  { pages }: Pick<Looking, "pages">,
  { target, versions, signal }: Asking,
): Promise<{ readonly ours: readonly string[]; readonly found: Found }> {
  const found: Found[number][] = [];
  const ours: string[] = [];
  for (const version of versions) {
    // When it came, and whose it is, is worth a question, and the alarm does not wait for the answer.
    const survey =
      found.length < provenancesMax ? await registry.survey(target.package, version, signal).catch(() => undefined) : undefined;
    const files = survey?.kind === "listed" ? survey.files : [];
    const recorded = await onPages(pages, target, { version, files });
    if (recorded === "ours") {
      ours.push(version);
      continue;
    }
    const [since] = files.flatMap(({ uploadedAt }) => uploadedAt ?? []).toSorted();
    const proof = files.some(({ attested }) => attested === true) ? ", with provenance" : "";
    const when = since === undefined ? "" : `, uploaded at ${since}`;
    const other = recorded === "other-bytes" ? "; the record on its release page names other bytes" : "";
    const what = `no run and no record of this project knows this version${when}${proof}${other}`;
    found.push({ kind: "foreign-version", version, what, page: registry.locate({ package: target.package, version }) });
  }
  return { ours, found };
}

async function onPages(
  pages: PageRecords,
  { package: name, ecosystem }: Target,
  { version, files }: { readonly version: string; readonly files: readonly ListedFile[] },
): Promise<"ours" | "other-bytes" | "none"> {
  const records = (await pages.naming(version)).filter(({ packages }) =>
    packages.some((one) => isSameName(ecosystem, one.name, name) && isSameVersion(ecosystem, one.version, version)),
  );
  if (records.length === 0) return "none";
  const digests = new Set<string>(records.flatMap(({ artifacts }) => artifacts.map(({ sha256 }) => sha256)));
  // An index that tells no digests leaves the bytes to `slipway verify`.
  return files.every(({ sha256 }) => sha256 === undefined || digests.has(sha256)) ? "ours" : "other-bytes";
}

async function lookAtProvenance(
  registry: ReadRegistry,
  { target: { package: name }, versions, signal }: Asking,
): Promise<{ settled: readonly string[]; found: Found }> {
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
