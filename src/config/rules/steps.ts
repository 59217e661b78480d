// Single steps: that the catalogue has them, that `with` is what they take, and that they stand in an environment which
// fits. No code of the project runs where a credential for publishing can be had (DESIGN §1.6).
import type { Json, StepConfiguration } from "../../domain/configuration.ts";
import { didYouMean, draftOfFault } from "../explain.ts";
import type { Fault } from "../faults.ts";
import { complain, complainAtKey, type Judging, namesAt, requireKnown } from "../judging.ts";
import { nearestWord } from "../nearest.ts";
import { choices, type Path, pathText, quoted } from "../phrases.ts";
import type { StepWord } from "../vocabulary.ts";
import { requireGate } from "./environments.ts";
import { allSteps, declaredUnder, environmentNames, type Judged } from "./rule.ts";
import { judgeNamesInWith } from "./with-names.ts";

export function judgeSteps(judging: Judging, judged: Judged): void {
  for (const step of allSteps(judged)) {
    const word = judging.vocabulary.steps.get(step.uses);
    if (word === undefined) judgeUnknown(judging, step);
    else judgeWith(judging, step, word);
    judgeEnvironment(judging, judged, { step, word });
    if (step.gate !== undefined) requireGate(judging, step.gate, [...step.path, "gate"]);
    judgeMatrix(judging, step);
    judgeNamesInWith(judging, judged, step);
  }
}

function judgeUnknown(judging: Judging, step: StepConfiguration): void {
  if (isRun(judging, step)) return;
  const known = [...judging.vocabulary.steps.keys()];
  const path = [...step.path, "uses"];
  complain(judging, path, () => {
    const near = nearestWord(step.uses, known);
    return {
      message: `Cannot find the step ${quoted(step.uses)} that ${pathText(path)} names`,
      hint: didYouMean(near) ?? `Use one of ${known.toSorted().join(", ")}`,
    };
  });
}

/** Written with `run:`, and not as `uses: run`. */
function isRun(judging: Judging, step: StepConfiguration): boolean {
  return step.uses === "run" && namesAt(judging, step.path).includes("run");
}

function judgeWith(judging: Judging, step: StepConfiguration, word: StepWord): void {
  if (step.uses === "run" && !isRun(judging, step)) {
    complain(judging, [...step.path, "uses"], () => ({
      message: `Cannot use "run" as the step of ${pathText(step.path)}: it has a key of its own`,
      hint: "Write `run: COMMAND`",
    }));
    return;
  }
  if (!word.available || hasEmptyCommand(step)) return;
  const faults = judging.vocabulary
    .faultsOf(word.input, step.with, [...step.path, "with"])
    .map((fault) => (isRun(judging, step) ? besideRun(step.path, fault) : fault));
  for (const fault of faults.filter(({ path }) => !judging.isFaulty(path))) {
    judging.refused.add(JSON.stringify(fault.path));
    judging.drafts.push(draftOfFault(judging.tree, fault));
  }
}

/** A command that could not be read has been complained about. */
function hasEmptyCommand(step: StepConfiguration): boolean {
  const { commands, look } = step.with;
  const all: readonly (Json | undefined)[] = [...(isList(commands) ? commands : []), look];
  return all.some((words) => Array.isArray(words) && words.length === 0);
}

function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

/** The input of `run` is written beside `run`, not below `with`. */
function besideRun(path: Path, fault: Fault): Fault {
  const [key, ...rest] = fault.path.slice(path.length + 1);
  if (key === undefined) return { ...fault, path: [...path, "run"] };
  return key === "commands" || key === "script" ? { ...fault, path: [...path, "run"] } : { ...fault, path: [...path, key, ...rest] };
}

interface StepAt {
  readonly step: StepConfiguration;
  readonly word: StepWord | undefined;
}

/** Steps that can do nothing without a registry. */
const needsRegistry: ReadonlySet<string> = new Set(["publish", "stage"]);

function judgeEnvironment(judging: Judging, { configuration }: Judged, { step, word }: StepAt): void {
  const path = [...step.path, "environment"];
  if (step.environment === undefined) {
    if (needsRegistry.has(step.uses) && !judging.isFaulty(path))
      needRegistry(
        judging,
        step,
        configuration.environments.filter((one) => one.registries.length > 0).map((one) => one.name),
      );
    return;
  }
  const isKnown = requireKnown(judging, path, {
    what: "environment",
    name: step.environment,
    known: environmentNames(judging),
    from: declaredUnder("environments"),
  });
  const environment = configuration.environments.find((one) => one.name === step.environment);
  if (!isKnown || environment === undefined || judging.isFaulty(["environments", step.environment])) return;
  const { name, registries } = environment;
  if (registries.length === 0 && needsRegistry.has(step.uses)) {
    complain(judging, path, () => ({
      message: `Cannot ${step.uses} in ${pathText(step.path)}: its environment ${quoted(name)} has no registry`,
      hint: `Add \`registry\` to ${pathText(["environments", name])}, or name another environment`,
    }));
  }
  if (registries.length === 0 || word === undefined || word.kind === "acting") return;
  const who = isRun(judging, step) ? "commands of the project" : `the step "${step.uses}"`;
  complain(judging, path, () => ({
    message: `Cannot give ${who} in ${pathText(step.path)} the environment ${quoted(name)}: it opens ${choices(
      registries.map((use) => use.registry),
      "and",
    )}, and only steps that publish may stand where that can be done`,
    hint: "Name an environment without registries, or delete the line",
  }));
}

function needRegistry(judging: Judging, step: StepConfiguration, names: readonly string[]): void {
  complainAtKey(judging, step.path, () => ({
    message: `Cannot ${step.uses} in ${pathText(step.path)}: "environment" is missing, and it names the registry`,
    hint:
      names.length === 0
        ? "Add `environments: { NAME: { registry: …, credentials: … } }` and name it"
        : `Add \`environment: ${names[0] ?? ""}\``,
  }));
}

const legsMax = 256;

function judgeMatrix(judging: Judging, step: StepConfiguration): void {
  const path = [...step.path, "matrix"];
  const axes = Object.entries(step.matrix ?? {});
  if (step.matrix !== undefined && axes.length === 0 && !judging.isFaulty(path)) {
    complainAtKey(judging, path, () => ({
      message: `Cannot make legs from ${pathText(path)}: it is empty`,
      hint: "Add `platform: [...]`, or delete the line",
    }));
  }
  const legs = axes.reduce((product, [, values]) => product * values.length, 1);
  if (legs > legsMax)
    complainAtKey(judging, path, () => ({ message: `Cannot make ${legs} legs from ${pathText(path)}: expected at most ${legsMax}` }));
  for (const [axis, values] of axes) {
    for (const [index, value] of values.entries()) {
      if (values.indexOf(value) === index) continue;
      complain(judging, [...path, axis, index], () => ({
        message: `Cannot make two equal legs: ${quoted(value)} stands twice in ${pathText([...path, axis])}`,
        hint: "Keep one of the two",
      }));
    }
  }
}
