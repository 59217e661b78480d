// What can be known about a `run` step before anything starts: which programs have to be there (the application looks
// for what a step asks for), whether the leg has a place, and whether it wants something that this version cannot do.
import { explainNoPlace, mayBeElsewhere } from "../../domain/platform.ts";
import { entrancePrograms, findEntrance } from "../entrance.ts";
import type { Finding, Planned, ReadPorts } from "../step.ts";
import { writtenCommands } from "./command-line.ts";
import type { RunInput } from "./input.ts";

export async function preflightRun(planned: Planned<RunInput>, ports: ReadPorts): Promise<readonly Finding[]> {
  const noPlace = explainNoPlace(planned.leg["platform"], ports.host);
  if (noPlace !== undefined)
    return [{ id: "PF-NO-PLACE", level: mayBeElsewhere(planned.leg["platform"]) ? "warns" : "blocks", ...noPlace }];
  return [...notYet(planned), ...(await findEntrance(planned.input.in, ports))];
}

/** Programs that have to be on the PATH before the first command; paths in the copy may be made by the commands. */
export function programsOf(input: RunInput): readonly string[] {
  // Inside an environment the PATH is another one: only the way in can be looked for from here.
  if (input.in !== undefined) return entrancePrograms(input.in);
  return [...new Set(writtenCommands(input).map((words) => words[0] ?? ""))].filter(isName);
}

function isName(program: string): boolean {
  return program !== "" && !program.includes("/");
}

function notYet(planned: Planned<RunInput>): readonly Finding[] {
  const { input, environment } = planned;
  const unsupported = [
    ...(input.effect === undefined ? [] : ['"effect:"']),
    ...(input.look === undefined ? [] : ['"look:"']),
    ...(environment === undefined || environment.secrets.length === 0 ? [] : [`secrets (of environment "${environment.name}")`]),
  ];
  return unsupported.map((what) => ({
    id: "PF-NOT-YET",
    level: "blocks",
    message: `Cannot run this step: this version does not do ${what} of \`run\` yet`,
    hint: "Leave it out of slipway.yaml for now, or do that part by hand",
  }));
}
