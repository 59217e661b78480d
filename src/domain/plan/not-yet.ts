// What the language has and this version does not do yet: said before anything is planned around it.
import type { Configuration } from "../configuration.ts";
import type { Problem } from "../error.ts";
import type { AssembleRequest } from "./assemble.ts";
import { writesVersion } from "./writes-version.ts";

type Path = readonly (string | number)[];
type Asked = readonly [isAsked: boolean, what: string, path: Path];

/** One problem for each thing that the file asks for and that would be passed over. */
export function refuseNotYet(request: AssembleRequest): readonly Problem[] {
  const asked = [...askedOfAll(request), ...askedOfEnvironments(request)];
  return asked.flatMap(([isAsked, what, path]) => (isAsked ? [notYet(request.configuration, what, path)] : []));
}

function askedOfAll({ configuration, pipeline, trigger, source }: AssembleRequest): readonly Asked[] {
  const rule = pipeline.version ?? configuration.version;
  const isUntagged =
    trigger !== "tag" && source.tag === undefined && rule.untagged !== undefined && rule.from !== "input" && rule.from !== "commits";
  const by = rule.from === "tag" ? "where the version comes from the tag" : "where no `bump` step writes the version";
  return [
    [configuration.source.moved === "restart", "`source.moved: restart`", ["source", "moved"]],
    [isUntagged && (rule.from === "tag" || !writesVersion(pipeline)), `\`version.untagged\` ${by}`, ["version", "untagged"]],
    [configuration.logs !== undefined, "`logs`", ["logs"]],
  ];
}

function askedOfEnvironments(request: AssembleRequest): readonly Asked[] {
  return usedEnvironments(request).flatMap(({ name, place, approvals }): readonly Asked[] => [
    // Whoever wrote where a step is performed does not want it performed here.
    [place !== undefined && place.in !== "here", `\`place: ${place?.in}\` of environment "${name}"`, ["environments", name, "place"]],
    [approvals?.withinMs !== undefined, `\`approvals.within\` of environment "${name}"`, ["environments", name, "approvals", "within"]],
  ]);
}

function usedEnvironments(request: AssembleRequest): Configuration["environments"] {
  const steps = request.pipeline.entries.flatMap((entry) => (entry.kind === "step" ? [entry.step] : entry.steps));
  const used = new Set(steps.flatMap((step) => [step.environment, step.gate]));
  return request.configuration.environments.filter((environment) => used.has(environment.name));
}

/** What the plan says about one thing that it cannot do yet. */
export function notYet(configuration: Configuration, what: string, path: Path): Problem {
  const place = configuration.places(path);
  const message = `Cannot plan ${what}: this version of Slipway does not do it yet`;
  return { code: "NOT_YET", message, hint: "Leave it out of slipway.yaml for now", ...(place === undefined ? {} : { place }) };
}
