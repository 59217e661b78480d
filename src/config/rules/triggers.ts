// What starts a pipeline, what it is given, and whether its version can be found from that.
import type { PipelineConfiguration, Trigger, VersionRule } from "../../domain/configuration.ts";
import { faultOfCron } from "../cron.ts";
import { didYouMean } from "../explain.ts";
import { complain, complainAtKey, type Judging, namesAt, requireKnown } from "../judging.ts";
import { nearestWord } from "../nearest.ts";
import { foundText, type Path, pathText, quoted } from "../phrases.ts";
import { requireInput } from "../resolve/conditions.ts";
import { declaredUnder, type Judged, pathOfPipeline } from "./rule.ts";

export function judgeTriggers(judging: Judging, judged: Judged): void {
  for (const pipeline of judged.configuration.pipelines) {
    const path = pathOfPipeline(judged, pipeline.name);
    const at = [...path, "on"];
    if (pipeline.on.length === 0 && !judging.isFaulty(at)) {
      complainAtKey(judging, at, () => ({
        message: `Cannot start anything: ${pathText(at)} is empty`,
        hint: "Write `dispatch: {}`, or delete the line",
      }));
    }
    for (const trigger of pipeline.on) judgeTrigger(judging, judged, { pipeline, trigger, path: at });
    judgeVersion(judging, judged, { pipeline, path });
  }
}

interface TriggerAt {
  readonly pipeline: PipelineConfiguration;
  readonly trigger: Trigger;
  readonly path: Path;
}

function judgeTrigger(judging: Judging, judged: Judged, at: TriggerAt): void {
  if (at.trigger.kind === "tag") judgeTagTrigger(judging, judged, { packages: at.trigger.packages, path: [...at.path, "tag"] });
  if (at.trigger.kind === "schedule") judgeSchedule(judging, { ...at, trigger: at.trigger });
}

function judgeTagTrigger(
  judging: Judging,
  { configuration }: Judged,
  { packages, path }: { readonly packages: readonly string[]; readonly path: Path },
): void {
  const known = namesAt(judging, ["packages"]);
  const isList = packages.length > 1 || judging.tree.writtenAt(path)?.startsWith("[") === true;
  for (const [index, name] of packages.entries()) {
    const at = isList ? [...path, index] : path;
    if (!requireKnown(judging, at, { what: "package", name, known, from: declaredUnder("packages") })) continue;
    const found = configuration.packages.find((one) => one.id === name);
    if (found === undefined || found.tag !== undefined || judging.isFaulty(["packages", name, "tag"])) continue;
    complain(judging, at, () => ({
      message: `Cannot start by a tag of ${quoted(name)}: ${pathText(["packages", name])} has no "tag"`,
      hint: 'Add `tag: "v{version}"` to the package',
    }));
  }
}

type Schedule = Extract<Trigger, { readonly kind: "schedule" }>;

function judgeSchedule(judging: Judging, { pipeline, trigger, path }: TriggerAt & { readonly trigger: Schedule }): void {
  const at = [...path, "schedule", trigger.name];
  const cron = faultOfCron(trigger.cron);
  if (cron !== undefined) {
    complain(judging, [...at, "cron"], () => ({
      message: `Cannot read ${pathText([...at, "cron"])}: expected ${cron}, found ${quoted(trigger.cron)}`,
    }));
  }
  if (!isZone(trigger.zone)) {
    complain(judging, [...at, "zone"], () => ({
      message: `Cannot find the time zone ${quoted(trigger.zone)} that ${pathText([...at, "zone"])} names: expected a name such as "Europe/Berlin"`,
      hint: didYouMean(nearestWord(trigger.zone, Intl.supportedValuesOf("timeZone"))),
    }));
  }
  for (const [name, value] of Object.entries(trigger.inputs)) judgeInput(judging, pipeline, { name, value, path: [...at, "inputs", name] });
}

function isZone(zone: string): boolean {
  try {
    return /^[A-Za-z]/.test(zone) && new Intl.DateTimeFormat("en", { timeZone: zone }) instanceof Intl.DateTimeFormat;
  } catch {
    // This is how the platform says that it does not know a zone.
    return false;
  }
}

function judgeInput(
  judging: Judging,
  pipeline: PipelineConfiguration,
  given: { readonly name: string; readonly value: unknown; readonly path: Path },
): void {
  const { name, value, path } = given;
  requireInput(judging, name, { path, inputs: pipeline.inputs.map((input) => input.name) });
  const type = pipeline.inputs.find((input) => input.name === name)?.type;
  if (type === undefined || (type === "boolean") === (typeof value === "boolean")) return;
  complain(judging, path, () => ({
    message: `Cannot give ${foundText(value)} to the input ${quoted(name)}: expected ${type === "boolean" ? "true or false" : `text, since it is a ${type}`}`,
    hint: hintForInput(type, value),
  }));
}

function hintForInput(type: string, value: unknown): string {
  if (type === "boolean") return "Write true or false";
  return type === "version" ? "Write a version, or major, minor or patch" : `Quote it: "${String(value)}"`;
}

interface VersionAt {
  readonly pipeline: PipelineConfiguration;
  readonly path: Path;
}

function judgeVersion(judging: Judging, judged: Judged, { pipeline, path }: VersionAt): void {
  const rule = pipeline.version ?? judged.configuration.version;
  const at = pipeline.version === undefined ? ["version"] : [...path, "version"];
  if (rule.from === "tag") judgeFromTag(judging, judged, at);
  if (rule.from === "input") judgeFromInput(judging, { pipeline, path, at });
  judgePrerelease(judging, { pipeline, rule, at });
}

function judgeFromTag(judging: Judging, { configuration }: Judged, at: Path): void {
  const hasTag = configuration.packages.some((one) => one.tag !== undefined);
  if (hasTag || judging.isFaulty(["packages"])) return;
  complain(judging, [...at, "from"], () => ({
    message: `Cannot take the version from a tag as ${pathText([...at, "from"])} says: no package has a "tag"`,
    hint: 'Add `tag: "v{version}"` to the package',
  }));
}

function judgeFromInput(judging: Judging, { pipeline, path, at }: VersionAt & { readonly at: Path }): void {
  const from = [...at, "from"];
  const inputs = [...path, "inputs"];
  const input = pipeline.inputs.find((one) => one.type === "version");
  if (input === undefined && !judging.isFaulty(inputs)) {
    complain(judging, from, () => ({
      message: `Cannot take the version from an input as ${pathText(from)} says: ${pathText(inputs)} has none of type "version"`,
      hint: "Add `inputs: { version: version }`",
    }));
  }
  const silent = pipeline.on.find((trigger) => trigger.kind === "tag" || trigger.kind === "release-published");
  if (silent !== undefined) {
    complain(judging, from, () => ({
      message: `Cannot take the version from an input as ${pathText(from)} says: ${pathText([...path, "on", silent.kind])} starts the pipeline without inputs`,
      hint: "Write `version: { from: tag }`, or another pipeline for it",
    }));
  }
  for (const trigger of pipeline.on) {
    if (input === undefined || trigger.kind !== "schedule" || Object.hasOwn(trigger.inputs, input.name)) continue;
    const schedule = [...path, "on", "schedule", trigger.name];
    complainAtKey(judging, schedule, () => ({
      message: `Cannot find the version of a run that ${pathText(schedule)} starts: it gives no input ${quoted(input.name)}, and ${pathText(from)} takes it from there`,
      hint: `Add \`inputs: { ${input.name}: minor }\``,
    }));
  }
}

function judgePrerelease(
  judging: Judging,
  { pipeline, rule, at }: { readonly pipeline: PipelineConfiguration; readonly rule: VersionRule; readonly at: Path },
): void {
  const condition = rule.prerelease;
  if (condition?.kind !== "input") return;
  const path = [...at, "prerelease"];
  requireInput(judging, condition.name, { path, inputs: pipeline.inputs.map((input) => input.name) });
  const type = pipeline.inputs.find((input) => input.name === condition.name)?.type;
  if (type === undefined || type === "boolean") return;
  complain(judging, path, () => ({
    message: `Cannot use the input ${quoted(condition.name)} for ${pathText(path)}: expected a boolean, and it is a ${type}`,
  }));
}
