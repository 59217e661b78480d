// Time that runs out: the 14 days in which PyPI takes files of a version, the 30 days that a review may wait, and the 15 or 30 minutes
// that a minted token lives, against what the registries' rate limits take (trust §1.6; protocols §1.2 row 13, §2.1, §4.1, §4.5).
import type { DoctorFinding } from "../../domain/doctor/finding.ts";
import type { IdentitySource } from "../../domain/identity/source.ts";
import { paceRegistry } from "../../domain/pacing.ts";
import type { PlannedMember } from "../../domain/plan/plan.ts";
import type { RunState } from "../../domain/run/state.ts";
import { openRuns, unfinishedRun } from "../open-runs.ts";
import { judgeWindow, windowMs } from "../release-clock.ts";
import { trustedRepository } from "../publishers.ts";
import { isTokenless, whereOf, type Around, type FindingMaker, type Place } from "./around.ts";
import { standingOf } from "./first-names.ts";

const dayMs = 24 * 60 * 60 * 1000;

// --- 14 and 30 days: of a run that is not finished ----------------------------------------------------

export const runWindowFindings: FindingMaker = async (around) => {
  const run = openRun(around);
  if (run === undefined || run.mode === "rehearsal") return [];
  return [...(await fileWindows(around, run)), ...reviewWindow(around, run)];
};

/** Undefined also where the journal cannot be read: that has a finding of its own. */
function openRun({ world, project }: Around): RunState | undefined {
  let journal;
  try {
    ({ journal } = openRuns(world, project));
    return unfinishedRun(journal);
  } catch {
    return undefined;
  } finally {
    journal?.close();
  }
}

async function fileWindows({ world, places, signal }: Around, { plan }: RunState): Promise<readonly DoctorFinding[]> {
  const indexes = [...new Map(places.filter(isWindowed).map((place) => [place.registry.name, place])).values()];
  const wanted = indexes.flatMap((place) => plan.packages.filter(({ ecosystem }) => ecosystem === "pypi").map((one) => ({ place, one })));
  const found = await Promise.all(
    wanted.map(async ({ place, one }): Promise<DoctorFinding | undefined> => {
      const survey = await place.opened?.survey(one.name, one.version, signal);
      if (survey?.kind !== "listed") return undefined;
      const times = survey.files.map(({ uploadedAt }) => Date.parse(uploadedAt ?? "")).filter((ms) => !Number.isNaN(ms));
      if (times.length === 0) return undefined;
      return fileWindow(Math.min(...times), world.clock.nowMs(), { registry: place.registry.name, title: `${one.name} ${one.version}` });
    }),
  );
  return found.filter((one) => one !== undefined);
}

/** The window is PyPI's; a registry that slipway.yaml declares has rules of its own. */
function isWindowed({ registry, opened }: Place): boolean {
  return registry.ecosystem === "pypi" && registry.url === undefined && opened !== undefined;
}

function fileWindow(
  firstMs: number,
  nowMs: number,
  { registry, title }: { readonly registry: string; readonly title: string },
): DoctorFinding {
  const id = "DR-WINDOW-01";
  const verdict = judgeWindow(firstMs, nowMs);
  const ends = new Date(firstMs + windowMs).toISOString().slice(0, 16).replace("T", " ");
  const evidence = `first file at "${registry}": ${new Date(firstMs).toISOString()}`;
  if (verdict.kind === "closed") {
    const message = `"${registry}" takes no more files for ${title}, which is not finished: its 14 days ended ${ends} UTC`;
    return { id, level: "blocks", message, evidence, hint: "Release what is missing under the next version" };
  }
  const message = `"${registry}" takes files for ${title} until ${ends} UTC, 14 days after its first`;
  if (verdict.kind === "open") return { id, level: "fine", message, evidence };
  return { id, level: "warns", message, evidence, hint: "Finish the release soon" };
}

/** A job that waits for a review fails after 30 days, and with it what it would have published. */
function reviewWindow({ world, project }: Around, { openedAtMs, plan }: RunState): readonly DoctorFinding[] {
  const waiting = project.configuration.environments.filter(
    ({ name, approvals, place }) =>
      approvals !== undefined && place?.in === "github-actions" && plan.environments.some((one) => one.name === name),
  );
  if (waiting.length === 0) return [];
  const ageMs = world.clock.nowMs() - openedAtMs;
  const id = "DR-WINDOW-02";
  const names = waiting.map(({ name }) => `"${name}"`).join(" and ");
  const evidence = `${plan.release.title} was begun ${new Date(openedAtMs).toISOString()}`;
  const days = Math.floor(ageMs / dayMs);
  const message = `${plan.release.title} is ${days} days old, and a job that waits for a review of ${names} fails after 30 days`;
  if (days < 15) return [{ id, level: "fine", message, evidence }];
  return [{ id, level: "warns", message, evidence, hint: "Review it, or give it up with `slipway cancel`" }];
}

// --- 15 and 30 minutes: of a minted token ---------------------------------------------------------

type Renewal = "renewed" | "once" | "unknown";

export const tokenLifeFindings: FindingMaker = async (around) => {
  const places = around.places.filter(
    (place) => isTokenless(place) && place.opened?.login?.lifetimeMs !== undefined && place.names.length > 0,
  );
  if (places.length === 0) return [];
  const renewal = await renewalOf(around);
  return Promise.all(places.map((place) => lifeFinding(around, place, renewal)));
};

/** GitHub's runner makes identities as often as it is asked; elsewhere a job is given one, and registries take each once. */
async function renewalOf(around: Around): Promise<Renewal> {
  const { identity } = await around.world.realRegistries();
  if (identity.kind === "found") return renewals[identity.source.kind];
  const repository = await trustedRepository(around);
  if ("why" in repository) return "unknown";
  return repository.provider === "github" ? "renewed" : "once";
}

const renewals: Readonly<Record<IdentitySource["kind"], Renewal>> = { "github-actions": "renewed", gitlab: "once", variable: "once" };

async function lifeFinding(around: Around, place: Place, renewal: Renewal): Promise<DoctorFinding> {
  const id = "DR-WINDOW-03";
  const lifeMinutes = Math.round((place.opened?.login?.lifetimeMs ?? 0) / 60_000);
  const { atLeastMs, limit } = await pacedTime(around, place);
  const takes = Math.ceil(atLeastMs / 60_000);
  const evidence = takes === 0 ? "no rate limit that is known takes time" : `${place.registry.name}: ${limit}`;
  const life = `What opens ${whereOf(place)} lives ${lifeMinutes} min`;
  const isLonger = takes >= lifeMinutes;
  if (!isLonger && renewal === "once")
    return {
      id,
      level: "fine",
      message: `${life} and cannot be renewed in a job that is given one identity: all has to be sent by then`,
      evidence,
    };
  if (!isLonger) return { id, level: "fine", message: `${life}, and is renewed where the job can ask again`, evidence };
  if (renewal === "renewed")
    return { id, level: "fine", message: `${life}, and the registry's limits alone take ${takes} min: it is renewed on the way`, evidence };
  const hint = "Publish from a job of GitHub, which can ask again, or fewer packages at once";
  if (renewal === "unknown")
    return {
      id,
      level: "cannot-be-tried",
      message: `${life}, and the registry's limits alone take ${takes} min: whether it can be renewed is not known`,
      evidence,
      hint,
    };
  return {
    id,
    level: "blocks",
    message: `${life}, the registry's limits alone take ${takes} min, and a job that is given one identity cannot renew it`,
    evidence,
    hint,
  };
}

/** What is minted is not slowed down; first versions are, since they need a person's token, and what follows them waits. */
async function pacedTime(around: Around, place: Place): Promise<{ readonly atLeastMs: number; readonly limit: string }> {
  const { registry } = place;
  const first = registry.credentials.kind === "trusted-publishing" ? registry.credentials.first : undefined;
  if (first === undefined) return { atLeastMs: 0, limit: "" };
  const { absent } = await standingOf(around, place);
  const isNew = new Set(absent);
  const members = around.packages
    .filter(({ ecosystem }) => ecosystem === registry.ecosystem)
    .flatMap((one): readonly Pick<PlannedMember, "name" | "needs">[] => one.members ?? [one])
    .filter(({ name }) => isNew.has(name));
  const paced = paceRegistry({ ...registry, credentials: { kind: "token", ...first } }, members, () => "new");
  return { atLeastMs: paced?.atLeastMs ?? 0, limit: paced?.limit ?? "" };
}
