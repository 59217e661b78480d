// Which leg of the plan each file that was made elsewhere belongs to, and whether a leg gets all of its files: by the names,
// through the step that would have made them. Bytes are judged once they are frozen: by that step, or by one that follows.
import path from "node:path";
import { compareWithExpected, type ExpectedArtifact } from "../domain/artifact.ts";
import { SlipwayError } from "../domain/error.ts";
import { environmentOf, type Plan, type PlannedStep } from "../domain/plan/plan.ts";
import { isImportable, type ImportedLeg } from "../domain/run/imports.ts";
import type { ArtifactStore } from "../platform/ports.ts";
import type { ImportJudge, JudgedImport } from "../steps/step.ts";
import { builtIn } from "./built-in.ts";
import type { World } from "./world.ts";

/** Most files of one import. */
const filesMax = 500;

/** What a person offers. */
export interface Offered {
  /** Absolute paths. */
  readonly files: readonly string[];
  /** Id of a step, with its leg or without. */
  readonly step: string | undefined;
  readonly platform: string | undefined;
}

export interface ChosenFile extends Pick<ExpectedArtifact, "kind" | "package" | "platform"> {
  readonly name: string;
  /** Absolute path. */
  readonly file: string;
}

export interface ChosenLeg {
  readonly step: PlannedStep;
  readonly judge: ImportJudge;
  readonly files: readonly ChosenFile[];
}

interface Leg {
  readonly step: PlannedStep;
  readonly judge: ImportJudge;
}

/** @throws SlipwayError USAGE, NOT_YET, ARTIFACT_SET, ARTIFACT_INVALID, VERSION_MISMATCH with all problems */
export async function chooseLegs(plan: Plan, offered: Offered): Promise<readonly ChosenLeg[]> {
  const { files } = offered;
  if (files.length === 0) throw new SlipwayError("USAGE", "Cannot import: no file is named", { hint: "Name the files of a leg" });
  if (files.length > filesMax) throw new SlipwayError("USAGE", `Cannot import ${files.length} files at once: ${filesMax} is the most`);
  refuseTwins(files);
  const legs = await legsMeant(plan, offered);
  const judged = files.map((file) => chooseLeg(file, legs));
  const problems = judged.flatMap((one) => (one.kind === "problem" ? [one.error] : []));
  const taken = judged.flatMap((one) => (one.kind === "chosen" ? [one] : []));
  const chosen = legs.flatMap(({ step, judge }) => {
    const own = taken.filter((one) => one.step === step).map((one) => one.file);
    return own.length === 0 ? [] : [{ step, judge, files: own }];
  });
  // What is missing is worth telling only once nothing stands in a wrong place.
  throwAll(problems.length > 0 ? problems : chosen.flatMap(lackOf));
  return chosen;
}

/**
 * Freezes the files into a store, and looks at what was frozen: nobody can change that in between.
 * @throws SlipwayError ARTIFACT_INVALID with all problems, SOURCE_MISSING, STORAGE_FAILED
 */
export async function freezeLegs(
  world: Pick<World, "files" | "archives" | "images">,
  store: Pick<ArtifactStore, "put" | "file">,
  chosen: readonly ChosenLeg[],
): Promise<readonly ImportedLeg[]> {
  const legs: ImportedLeg[] = [];
  const problems: SlipwayError[] = [];
  for (const { step, judge, files } of chosen) {
    const artifacts: ImportedLeg["artifacts"][number][] = [];
    for (const { file, ...named } of files) {
      const frozen = await store.put(file);
      const why = await judge.look?.({ ...named, file: store.file(frozen.digest) }, world);
      if (why !== undefined) problems.push(refuseBytes(named.name, step, why));
      artifacts.push({ ...named, ...frozen, maker: step.id });
    }
    legs.push({ step: step.id, artifacts });
  }
  throwAll(problems);
  return legs;
}

function refuseBytes(name: string, { id }: PlannedStep, why: string): SlipwayError {
  return new SlipwayError("ARTIFACT_INVALID", `Cannot import "${name}" for "${id}": it ${why}`, {
    hint: "Bring in what was built for that platform, under the name that it was given there",
  });
}

function refuseTwins(files: readonly string[]): void {
  const names = files.map((file) => path.basename(file));
  const twin = names.find((name, index) => names.indexOf(name) !== index);
  if (twin !== undefined) throw new SlipwayError("USAGE", `Cannot import: two files are named "${twin}"`, { hint: "Name each file once" });
}

/** Legs that the words of a person leave; all of one platform where none is said. */
async function legsMeant(plan: Plan, { step: named, platform }: Offered): Promise<readonly Leg[]> {
  const all = plan.steps.filter(isImportable);
  if (all.length === 0) {
    throw new SlipwayError("USAGE", `Cannot import: no step of ${plan.release.title} is built for one platform`, {
      hint: "See `slipway plan`; what has no platform is built here",
    });
  }
  const meant = all.filter(
    ({ id, leg }) =>
      (named === undefined || id === named || id.startsWith(`${named}[`)) && (platform === undefined || leg?.["platform"] === platform),
  );
  if (meant.length === 0) {
    const said = [...(named === undefined ? [] : [`step "${named}"`]), ...(platform === undefined ? [] : [`platform "${platform}"`])];
    throw new SlipwayError("USAGE", `Cannot import: ${plan.release.title} has no leg of ${said.join(" and ")} that makes something`, {
      hint: `Legs: ${all.map(({ id }) => id).join(", ")}`,
    });
  }
  const legs = await Promise.all(meant.map((step) => legOf(plan, step)));
  const able = legs.filter((leg) => leg !== undefined);
  if (able.length > 0) return able;
  const [first] = meant;
  throw new SlipwayError(
    "NOT_YET",
    `Cannot import for "${first?.id}": this version takes no files of another machine for \`${first?.uses.split("@")[0]}\``,
    {
      hint: `Run the release on a machine that is ${first?.leg?.["platform"]}, or take the leg out of the matrix`,
    },
  );
}

async function legOf(plan: Plan, step: PlannedStep): Promise<Leg | undefined> {
  const environment = environmentOf(plan, step);
  const around = environment === undefined ? {} : { environment };
  const judge = await builtIn(step).imports?.({ input: step.input, leg: step.leg ?? {}, packages: plan.packages, ...around });
  return judge === undefined ? undefined : { step, judge };
}

type Chosen =
  | { readonly kind: "chosen"; readonly step: PlannedStep; readonly file: ChosenFile }
  | { readonly kind: "problem"; readonly error: SlipwayError };

function chooseLeg(file: string, legs: readonly Leg[]): Chosen {
  const name = path.basename(file);
  const judged = legs.map(({ step, judge }) => ({ step, judged: judge.judge(name) }));
  const [first, ...others] = judged.filter((one) => one.judged.kind === "taken");
  if (first?.judged.kind !== "taken") return { kind: "problem", error: explainRefusal(name, judged) };
  if (others.length === 0) return { kind: "chosen", step: first.step, file: { ...first.judged.artifact, name, file } };
  const ids = [first, ...others].map(({ step }) => `"${step.id}"`);
  const hint = `Import the files of one leg at a time, with --platform ${first.step.leg?.["platform"]} or --step`;
  return { kind: "problem", error: new SlipwayError("USAGE", `Cannot import "${name}": it fits ${ids.join(" and ")}`, { hint }) };
}

/** The legs that it came nearest to say best what is and what should be. */
function explainRefusal(name: string, all: readonly { readonly step: PlannedStep; readonly judged: JudgedImport }[]): SlipwayError {
  const refused = all.flatMap(({ step, judged }) => (judged.kind === "refused" ? [{ step, judged }] : []));
  const highest = Math.max(...refused.map(({ judged }) => judged.rank));
  const nearest = refused.filter(({ judged }) => judged.rank === highest);
  const whys = [...new Set(nearest.map(({ judged }) => judged.why))];
  const code = nearest[0]?.judged.code ?? "ARTIFACT_SET";
  const shown = whys.slice(0, whysMax).join("; it ");
  const more = whys.length > whysMax ? ` (and ${whys.length - whysMax} more legs do not take it)` : "";
  return new SlipwayError(code, `Cannot import "${name}": it ${shown}${more}`, {
    hint: `Legs that wait for files: ${all.map(({ step }) => step.id).join(", ")}`,
  });
}

const whysMax = 4;

/** A leg that gets files and not all of them, or more than it makes. */
function lackOf({ step, judge, files }: ChosenLeg): readonly SlipwayError[] {
  const missing = judge.missing(files.map(({ name }) => name)).map((what) => `missing: ${what}`);
  const deviations = [...compareWithExpected(step.makes, files), ...missing];
  if (deviations.length === 0) return [];
  const given = files.map(({ name }) => `"${name}"`).join(", ");
  return [
    new SlipwayError("ARTIFACT_SET", `Cannot import ${given} for "${step.id}": ${deviations.join("; ")}`, {
      hint: "Give all files of the leg, and no others, in one command",
    }),
  ];
}

function throwAll(problems: readonly SlipwayError[]): void {
  const [first] = problems;
  if (first === undefined) return;
  if (problems.length === 1) throw first;
  const { code, message, hint } = first;
  const all = problems.map((one) => ({ code: one.code, message: one.message, ...(one.hint === undefined ? {} : { hint: one.hint }) }));
  throw new SlipwayError(code, message, { ...(hint === undefined ? {} : { hint }), problems: all });
}
