// First names: packages that a registry does not have yet. Crates and npm trust nobody for them; a Python index can be told beforehand,
// for 30 days, and keeps the name free for everybody meanwhile (protocols §2.1, §4.5, §5.3).
import type { DoctorFinding } from "../../domain/doctor/finding.ts";
import { looksAtOnce, sideBySide } from "../../steps/shared/publishing/side-by-side.ts";
import { isTokenless, someOf, whereOf, type Around, type FindingMaker, type Place } from "./around.ts";

export interface NameStandings {
  readonly known: readonly string[];
  readonly absent: readonly string[];
  /** It did not tell, or was not asked. */
  readonly unknown: readonly string[];
}

/** Names that one registry is asked for; more would take longer than a person waits. */
const namesMax = 60;

const asked = new WeakMap<Around, Map<string, Promise<NameStandings>>>();

/** Asked once for all findings. */
export function standingOf(around: Around, place: Place): Promise<NameStandings> {
  const known = asked.get(around) ?? new Map<string, Promise<NameStandings>>();
  asked.set(around, known);
  const standings = known.get(place.registry.name) ?? ask(around, place);
  known.set(place.registry.name, standings);
  return standings;
}

async function ask({ signal }: Around, { opened, names }: Place): Promise<NameStandings> {
  if (opened === undefined) return { known: [], absent: [], unknown: names };
  const told = await sideBySide(names.slice(0, namesMax), looksAtOnce, async (name) => ({
    name,
    kind: (await opened.versions(name, signal)).kind,
  }));
  const of = (kind: (typeof told)[number]["kind"]): readonly string[] => told.filter((one) => one.kind === kind).map(({ name }) => name);
  return { known: of("listed"), absent: of("absent"), unknown: [...of("unknown"), ...names.slice(namesMax)] };
}

export const firstNameFindings: FindingMaker = async (around) => {
  const found = await Promise.all(around.places.filter(isTokenless).map((place) => firstFinding(around, place)));
  return found.filter((one) => one !== undefined);
};

async function firstFinding(around: Around, place: Place): Promise<DoctorFinding | undefined> {
  const { registry, opened, names } = place;
  if (names.length === 0 || opened?.login === undefined) return undefined;
  const isPending = registry.ecosystem === "pypi";
  if (!isPending && registry.ecosystem !== "crates" && registry.ecosystem !== "npm") return undefined;
  const { absent, unknown } = await standingOf(around, place);
  const id = isPending ? "DR-FIRST-02" : "DR-FIRST-01";
  const evidence = `"${registry.name}" was asked for ${someOf(names)}`;
  if (absent.length > 0) return isPending ? pendingFinding(place, absent, evidence) : tokenFinding(around, { place, absent, evidence });
  if (unknown.length > 0)
    return { id, level: "cannot-be-tried", message: `Whether "${registry.name}" knows ${someOf(unknown)}: it did not tell`, evidence };
  return { id, level: "fine", message: `"${registry.name}" knows ${someOf(names)}`, evidence };
}

/** Nobody can see whether a pending publisher is there, so that this is no fault of anybody; what it cannot do has to be known. */
function pendingFinding({ registry }: Place, absent: readonly string[], evidence: string): DoctorFinding {
  return {
    id: "DR-FIRST-02",
    level: "cannot-be-tried",
    message: `"${registry.name}" knows no ${someOf(absent)}: the first version needs a pending publisher, which lapses after 30 days and reserves no name`,
    evidence,
    hint: "Enter it shortly before the release: `slipway doctor --publishers` tells the values",
  };
}

interface FirstToken {
  readonly place: Place;
  readonly absent: readonly string[];
  readonly evidence: string;
}

async function tokenFinding({ world }: Around, { place, absent, evidence }: FirstToken): Promise<DoctorFinding> {
  const id = "DR-FIRST-01";
  const { registry } = place;
  const rule = registry.credentials.kind === "trusted-publishing" ? registry.credentials.first : undefined;
  const missing = `${whereOf(place)} knows no ${someOf(absent)}, and trusts nobody for a package before its first version`;
  if (rule === undefined)
    return {
      id,
      level: "blocks",
      message: missing,
      evidence,
      hint: "Write `credentials: { use: trusted-publishing, first: { token: NAME } }`, and set NAME for the first release",
    };
  if (!(await world.secrets.has(rule.variable)))
    return {
      id,
      level: "warns",
      message: `${missing}: ${rule.variable} is not set`,
      evidence,
      hint: `Set ${rule.variable} for the first release`,
    };
  return { id, level: "fine", message: `${missing}: ${rule.variable} is set for it`, evidence };
}
