// How an open alarm holds publishing: a release is not begun, and a run that is under way sends nothing more to where it cannot
// be taken back, until a person has cleared the alarm. What takes versions back is not held.
import { SlipwayError } from "../../domain/error.ts";
import type { FindingFact } from "../../domain/run/fact.ts";
import { alarmSentence, alarmSteps, type Alarm } from "../../domain/watch.ts";
import type { World } from "../world.ts";
import { alarmsOf } from "./watch-file.ts";

/** Stable, by which scripts tell what holds. */
const findingIds = { "foreign-version": "WATCH-FOREIGN-VERSION", "no-provenance": "WATCH-NO-PROVENANCE" } as const;

/** @throws SlipwayError ALARM_OPEN with a finding for each alarm */
export async function refuseWhileAlarmed(world: Pick<World, "files">, projectFolder: string): Promise<void> {
  const alarms = await alarmsOf(world, projectFolder);
  const [first] = alarms;
  if (first === undefined) return;
  const more = alarms.length > 1 ? ` (and ${alarms.length - 1} more)` : "";
  throw new SlipwayError("ALARM_OPEN", `Cannot publish: an alarm is open: ${findingIds[first.kind]}: ${alarmSentence(first)}${more}`, {
    hint: alarmSteps(first).join("; then "),
    details: { findings: alarms.map(alarmFinding) },
  });
}

function alarmFinding(alarm: Alarm): FindingFact & { readonly alarm: string } {
  return {
    id: findingIds[alarm.kind],
    alarm: alarm.id,
    level: "blocks",
    message: alarmSentence(alarm),
    hint: alarmSteps(alarm).join("; then "),
  };
}

/** For whoever looks: what holds, a sentence each. */
export async function alarmNotices(world: Pick<World, "files">, projectFolder: string): Promise<readonly string[]> {
  const alarms = await alarmsOf(world, projectFolder);
  return alarms.map(
    (alarm) =>
      `Publishing is held: ${findingIds[alarm.kind]}: ${alarmSentence(alarm)}; clear it with \`slipway clear-alarm ${alarm.id} --reason …\``,
  );
}
