// Whom an index let in for the newest version of a package: the one thing of a trusted publisher that is public. Where it is another
// job than slipway.yaml means, the index may not have been told yet, or was told something else (protocols §3.1).
import type { DoctorFinding } from "../../domain/doctor/finding.ts";
import { compareVersions, schemeOf } from "../../domain/version/catalog.ts";
import type { ShownPublisher } from "../../registries/registry.ts";
import { trustedRepository, type TrustedRepository } from "../publishers.ts";
import { isTokenless, type Around, type FindingMaker, type Place } from "./around.ts";

/** Packages that one index is asked about: three questions each. */
const namesMax = 5;

export const lastPublisherFindings: FindingMaker = async (around) => {
  const places = around.places.filter(
    (place) => isTokenless(place) && place.pipelines.length > 0 && place.opened?.attestations !== undefined,
  );
  if (places.length === 0) return [];
  const repository = await trustedRepository(around);
  if ("why" in repository) return [];
  const asked = places.flatMap((place) => place.names.slice(0, namesMax).map((name) => lastFinding(around, { place, name, repository })));
  return (await Promise.all(asked)).filter((one) => one !== undefined);
};

interface Asked {
  readonly place: Place;
  readonly name: string;
  readonly repository: TrustedRepository;
}

async function lastFinding(around: Around, { place, name, repository }: Asked): Promise<DoctorFinding | undefined> {
  const { registry, environment, pipelines } = place;
  const last = await lastPublisher(around, place, name);
  if (last === undefined) return undefined;
  const { shown, version, file } = last;
  const id = "DR-PUB-10";
  const evidence = `the index's own word on ${file}`;
  const who = `"${registry.name}" let in ${wordsOf(shown)} for ${name} ${version}`;
  const workflows = repository.provider === "github" ? pipelines.map((pipeline) => `${pipeline}.yml`) : [shown.workflow];
  const differing = differencesOf(shown, { ...repository, workflows, environment });
  if (differing.length === 0) return { id, level: "fine", message: `${who}, as slipway.yaml means`, evidence };
  return {
    id,
    level: "warns",
    message: `${who}, and slipway.yaml means another ${differing.join(", ")}`,
    evidence,
    hint: "Enter the values of `slipway doctor --publishers` at the index, and take away those of before",
  };
}

type Last = { readonly shown: ShownPublisher; readonly version: string; readonly file: string };

/** Undefined where the index does not know the package, shows nothing, or does not answer: none of that is a fault. */
async function lastPublisher({ signal }: Around, { opened, registry }: Place, name: string): Promise<Last | undefined> {
  const versions = await opened?.versions(name, signal);
  if (versions?.kind !== "listed") return undefined;
  // Indexes have versions from before there was an order of them.
  const ordered = versions.versions.filter((one) => schemeOf(registry.ecosystem).parse(one).kind === "valid");
  const version = ordered.toSorted((one, other) => compareVersions(registry.ecosystem, one, other)).at(-1);
  if (version === undefined) return undefined;
  const survey = await opened?.survey(name, version, signal);
  const file = survey?.kind === "listed" ? survey.files[0]?.name : undefined;
  if (file === undefined) return undefined;
  const attested = await opened?.attestations?.({ package: name, version, name: file }, signal);
  const shown = attested?.kind === "served" ? attested.publishers?.[0] : undefined;
  return shown === undefined ? undefined : { shown, version, file };
}

interface Meant extends Pick<TrustedRepository, "provider" | "repository"> {
  readonly workflows: readonly string[];
  readonly environment: string;
}

function differencesOf(shown: ShownPublisher, meant: Meant): readonly string[] {
  const same = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();
  return [
    ...(shown.provider === meant.provider ? [] : ["forge"]),
    ...(same(shown.repository, meant.repository) ? [] : [`repository ("${meant.repository}")`]),
    ...(meant.workflows.includes(shown.workflow) ? [] : [`workflow ("${meant.workflows.join('" or "')}")`]),
    // Without one the index was told none, and lets in the job whatever its environment.
    ...(shown.environment === undefined || same(shown.environment, meant.environment) ? [] : [`environment ("${meant.environment}")`]),
  ];
}

function wordsOf({ repository, workflow, environment }: ShownPublisher): string {
  return `repository "${repository}", workflow "${workflow}", ${environment === undefined ? "whatever its environment" : `environment "${environment}"`},`;
}
