// Break-glass in the report of a run: told before anything else, in every report that there is of the run (systems S1.11).
import type { Report } from "../../app/report.ts";
import { safe, type Terminal } from "./terminal.ts";

type Reported = NonNullable<Report["incidents"]>[number];

/** @returns nothing where no glass was broken */
export function showIncidents({ incidents = [] }: Pick<Report, "incidents">, { style }: Pick<Terminal, "style">): string {
  return incidents.map((incident) => `${style("red", "BREAK-GLASS")}: ${words(incident)}\n`).join("");
}

function words({ step, registry, variable, by, authenticated, reason, at, told, closed }: Reported): string {
  const who = `${safe(by)}${authenticated ? "" : " (not authenticated)"}`;
  const what = `step "${safe(step)}" was allowed one try at "${safe(registry)}" with the token in ${variable}`;
  const tracker = told === undefined ? "" : `; told at ${safe(told)}`;
  const open = `\n  \`slipway doctor\` stays red until: slipway break-glass ${safe(registry)} --close --reason "…"`;
  const end = closed === undefined ? open : `\n  closed by ${safe(closed.by)}: ${safe(closed.reason)}`;
  return `${what}\n  by ${who}, ${at.slice(0, 16)}Z: ${safe(reason)}${tracker}${end}`;
}
