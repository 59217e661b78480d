// Lines of `steps`: each is one thing - a step by `uses`, a step by `run`, or a group - and its keys are those of that.
import { complainAtKey, type Judging, namesAt } from "../judging.ts";
import { choices, type Path, pathText, quoted } from "../phrases.ts";
import { runOnlyKeys } from "../schema/steps.ts";
import { type Judged, pathOfPipeline, pipelinesMax, type Rule } from "./rule.ts";

export const judgeEntries: Rule = (judging, judged) => {
  judgePipelines(judging, judged);
  for (const pipeline of judged.configuration.pipelines) {
    const path = [...pathOfPipeline(judged, pipeline.name), "steps"];
    judgeSome(judging, path);
    for (const name of namesAt(judging, path)) judgeEntry(judging, [...path, name]);
  }
};

function judgePipelines(judging: Judging, { written, configuration }: Judged): void {
  if (configuration.pipelines.length > pipelinesMax) {
    complainAtKey(judging, ["pipelines"], () => ({
      message: `Cannot use ${configuration.pipelines.length} pipelines: expected at most ${pipelinesMax}`,
    }));
  }
  const hasSteps = namesAt(judging, []).includes("steps");
  const hasPipelines = namesAt(judging, []).includes("pipelines");
  if (!hasSteps && !hasPipelines) {
    complainAtKey(judging, [], () => ({
      message: 'Cannot find out what to do: the file has neither "steps" nor "pipelines"',
      hint: "Add `steps`; `slipway init` writes them",
    }));
  }
  if (written.pipelines === undefined) return;
  judgeSome(judging, ["pipelines"]);
  for (const key of ["steps", "on", "inputs"].filter((one) => namesAt(judging, []).includes(one))) {
    complainAtKey(judging, [key], () => ({
      message: `Cannot use "${key}" beside "pipelines": each pipeline has its own`,
      hint: `Move "${key}" into a pipeline`,
    }));
  }
}

function judgeSome(judging: Judging, path: Path): void {
  if (namesAt(judging, path).length > 0 || judging.isFaulty(path) || path.length === 0) return;
  if (!namesAt(judging, path.slice(0, -1)).includes(String(path.at(-1)))) return;
  complainAtKey(judging, path, () => ({
    message: `Cannot use ${pathText(path)} without a member: it is empty`,
    hint: "Add one, or delete the line",
  }));
}

const leading = ["run", "uses", "parallel", "steps"];

function judgeEntry(judging: Judging, path: Path): void {
  const keys = namesAt(judging, path);
  const leads = leading.filter((key) => keys.includes(key));
  judgeLeads(judging, path, { leads, known: leading });
  for (const group of leads.filter((key) => key === "parallel" || key === "steps")) {
    judgeSome(judging, [...path, group]);
    if (leads.length === 1) judgeGroupKeys(judging, path, group);
    for (const name of namesAt(judging, [...path, group])) judgeMember(judging, [...path, group, name]);
  }
  if (leads.length === 1) judgeKeys(judging, path, leads[0] ?? "");
}

function judgeMember(judging: Judging, path: Path): void {
  const keys = namesAt(judging, path);
  const known = ["run", "uses"];
  const leads = known.filter((key) => keys.includes(key));
  judgeLeads(judging, path, { leads, known });
  if (leads.length === 1) judgeKeys(judging, path, leads[0] ?? "");
}

function judgeLeads(
  judging: Judging,
  path: Path,
  { leads, known }: { readonly leads: readonly string[]; readonly known: readonly string[] },
): void {
  if (leads.length > 1) {
    complainAtKey(judging, [...path, leads[1] ?? ""], () => ({
      message: `Cannot use ${choices(leads, "and")} together in ${pathText(path)}: a line is one thing`,
      hint: "Write a line for each",
    }));
  }
  if (leads.length > 0 || judging.isFaulty(path)) return;
  complainAtKey(judging, path, () => ({
    message: `Cannot find out what ${pathText(path)} does: expected ${choices(known)}`,
    hint: "Add `run: COMMAND` or `uses: STEP`",
  }));
}

function judgeGroupKeys(judging: Judging, path: Path, group: string): void {
  for (const key of namesAt(judging, path)) {
    if (key === group || key === "when" || (!stepOnly.includes(key) && !runOnlyKeys.includes(key))) continue;
    complainAtKey(judging, [...path, key], () => ({
      message: `Cannot use ${quoted(key)} in ${pathText(path)}: a group has "when" only`,
      hint: `Move ${quoted(key)} to the steps inside`,
    }));
  }
}

const stepOnly: readonly string[] = ["with", "environment", "gate", "matrix", "timeout", "retry", "optional", "keep"];

function judgeKeys(judging: Judging, path: Path, lead: string): void {
  const keys = namesAt(judging, path);
  if (lead === "run" && keys.includes("with")) {
    complainAtKey(judging, [...path, "with"], () => ({
      message: `Cannot use "with" in ${pathText(path)}: it goes with "uses", and the step has "run"`,
      hint: 'Write the keys of "with" beside "run"',
    }));
  }
  if (lead !== "uses") return;
  for (const key of runOnlyKeys.filter((one) => keys.includes(one))) {
    complainAtKey(judging, [...path, key], () => ({
      message: `Cannot use ${quoted(key)} in ${pathText(path)}: it goes with "run", and the step has "uses"`,
      hint: `Move it into "with" if the step knows it, or delete the line`,
    }));
  }
}
