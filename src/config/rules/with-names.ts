// Names inside `with` that only the rest of the file can judge: registries, people and pipelines. The steps' own schemas
// see one step at a time, so these few are known here.
import type { Json, StepConfiguration } from "../../domain/configuration.ts";
import { complain, type Judging, namesAt, type Naming, requireKnown } from "../judging.ts";
import { type Path, pathText, quoted } from "../phrases.ts";
import { requirePeople } from "./environments.ts";
import { declaredUnder, type Judged, registryNames } from "./rule.ts";

export function judgeNamesInWith(judging: Judging, judged: Judged, step: StepConfiguration): void {
  const check = byStep[step.uses];
  check?.(judging, judged, step);
}

type Check = (judging: Judging, judged: Judged, step: StepConfiguration) => void;

const byStep: Readonly<Record<string, Check | undefined>> = {
  publish: judgeTo,
  stage: judgeTo,
  "verify-install": judgeFrom,
  acknowledge: judgeAcknowledge,
  dispatch: judgeDispatch,
};

/** One name, or a list of them; anything else is the schema's to refuse. */
function requireNames(judging: Judging, at: { readonly value: Json | undefined; readonly path: Path }, naming: Omit<Naming, "name">): void {
  if (typeof at.value === "string") requireKnown(judging, at.path, { ...naming, name: at.value });
  if (!Array.isArray(at.value)) return;
  for (const [index, name] of at.value.entries()) {
    if (typeof name === "string") requireKnown(judging, [...at.path, index], { ...naming, name });
  }
}

function judgeTo(judging: Judging, { configuration }: Judged, step: StepConfiguration): void {
  const environment = configuration.environments.find((one) => one.name === step.environment);
  if (environment === undefined || environment.registries.length === 0 || judging.isFaulty(["environments", environment.name])) return;
  const known = environment.registries.map((use) => use.registry);
  requireNames(
    judging,
    { value: step.with.to, path: [...step.path, "with", "to"] },
    { what: "registry", known, from: `in the environment "${environment.name}"` },
  );
}

function judgeFrom(judging: Judging, _judged: Judged, step: StepConfiguration): void {
  const known = [...registryNames(judging), "artifacts"];
  requireNames(
    judging,
    { value: step.with.from, path: [...step.path, "with", "from"] },
    { what: "registry", known, from: `${declaredUnder("registries")} or known by name` },
  );
}

function judgeAcknowledge(judging: Judging, _judged: Judged, step: StepConfiguration): void {
  if (typeof step.with.from === "string") requirePeople(judging, step.with.from, [...step.path, "with", "from"]);
}

function judgeDispatch(judging: Judging, { configuration }: Judged, step: StepConfiguration): void {
  const { pipeline } = step.with;
  const path = [...step.path, "with", "pipeline"];
  if (typeof pipeline !== "string") return;
  const known = [...new Set([...namesAt(judging, ["pipelines"]), ...configuration.pipelines.map((one) => one.name)])];
  if (!requireKnown(judging, path, { what: "pipeline", name: pipeline, known, from: "in the file" })) return;
  const target = configuration.pipelines.find((one) => one.name === pipeline);
  const at = ["pipelines", pipeline, "on"];
  if (target === undefined || target.on.some((trigger) => trigger.kind === "dispatch") || judging.isFaulty(at)) return;
  complain(judging, path, () => ({
    message: `Cannot dispatch ${quoted(pipeline)} as ${pathText(path)} says: ${pathText(at)} has no "dispatch"`,
    hint: `Add \`dispatch: {}\` to ${pathText(at)}`,
  }));
}
