// `slipway watch-registries` and `clear-alarm`: versions that nobody of this project published, and a person's word about them.
import path from "node:path";
import { clearOne, watchRegistries, type Look } from "../../../app/watch/watch-registries.ts";
import { readDuration } from "../../../config/duration.ts";
import { SlipwayError } from "../../../domain/error.ts";
import { alarmSentence, alarmSteps } from "../../../domain/watch.ts";
import { printJson, type Context } from "../context.ts";
import { safe, type Terminal } from "../terminal.ts";
import { plural } from "../words.ts";

export interface WatchRegistriesOptions {
  readonly every: string;
  readonly once?: boolean;
  readonly record: readonly string[];
}

/** @returns the status of the last look: 8 with an open alarm. @throws SlipwayError USAGE */
export async function watchRegistriesCommand({ world, terminal }: Context, options: WatchRegistriesOptions): Promise<number> {
  const everyMs = readDuration(options.every);
  if (everyMs === undefined)
    throw new SlipwayError("USAGE", `Cannot look every "${options.every}"`, {
      hint: "Write a whole number of seconds or minutes, such as 5m",
    });
  const last = await watchRegistries(world, {
    once: options.once === true,
    everyMs,
    records: options.record.map((file) => path.resolve(world.folder, file)),
    onLook: (look) => (terminal.json ? printJson(terminal, look) : terminal.out(showLook(look, terminal))),
  });
  const signal: unknown = world.interrupted.reason instanceof Error ? world.interrupted.reason.cause : undefined;
  return options.once !== true && typeof signal === "number" ? signal : last.exitCode;
}

/** One line where nothing is to be told; each alarm with what to do when it is new, in a line while it stays open. */
function showLook(look: Look, terminal: Pick<Terminal, "style">): string {
  const state = look.alarms.length === 0 ? "nothing foreign" : plural(look.alarms.length, "open alarm");
  const lines = [`${look.at}  ${plural(look.watched, "package")} at registries, ${state}`];
  for (const { registry, package: name, versions } of look.begun)
    lines.push(`  begun ${safe(name)} at ${safe(registry)}: ${plural(versions, "version")} there now, taken as known`);
  for (const alarm of look.alarms) {
    lines.push(`  ${terminal.style("red", "alarm")} ${safe(alarmSentence(alarm))}`);
    if (look.raised.includes(alarm.id)) lines.push(...alarmSteps(alarm).map((step) => `    - ${safe(step)}`));
  }
  if (look.alarms.length > 0) lines.push("  Publishing of this project is held until every alarm is cleared.");
  for (const { registry, package: name, since, why, long } of look.silent) {
    const word = long ? terminal.style("yellow", "silent for long") : "no answer";
    lines.push(`  ${word} ${safe(name)} at ${safe(registry)} since ${since}: ${safe(why)}`);
  }
  return `${lines.join("\n")}\n`;
}

export async function clearAlarmCommand(
  { world, terminal }: Context,
  id: string,
  options: { readonly reason?: string; readonly as?: string },
): Promise<number> {
  const { alarm, open } = await clearOne(world, { id, reason: options.reason, by: options.as });
  if (terminal.json) {
    printJson(terminal, { schema: "slipway-cleared-alarm/1", alarm, open });
    return 0;
  }
  const unproven = alarm.cleared?.authenticated === true ? "" : " (not authenticated: on this machine nothing proves who you are)";
  const next = open === 0 ? "Publishing goes on with the next `slipway run`." : `Publishing stays held: ${plural(open, "alarm")} more.`;
  terminal.out(`Cleared by ${safe(alarm.cleared?.by ?? "")}${unproven}: ${safe(alarmSentence(alarm))}\n${next}\n`);
  return 0;
}
