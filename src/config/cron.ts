// Cron lines as POSIX crontab(5) has them, with steps (`*/15`): five fields of numbers, no names and no nicknames.

const fields: readonly { readonly name: string; readonly least: number; readonly most: number }[] = [
  { name: "minute", least: 0, most: 59 },
  { name: "hour", least: 0, most: 23 },
  { name: "day of the month", least: 1, most: 31 },
  { name: "month", least: 1, most: 12 },
  { name: "day of the week", least: 0, most: 7 },
];

/** @returns what was expected instead, or `undefined` for a line that can be kept */
export function faultOfCron(text: string): string | undefined {
  const parts = text.trim().split(/[ \t]+/);
  if (parts.length !== fields.length || text.length > 200)
    return 'five fields (minute, hour, day of the month, month, day of the week) such as "0 4 * * 1"';
  const wrong = fields.find(({ least, most }, index) => !(parts[index] ?? "").split(",").every((part) => isInRange(part, least, most)));
  if (wrong === undefined) return undefined;
  return `numbers from ${wrong.least} to ${wrong.most}, "*", ranges, lists or steps for the ${wrong.name}`;
}

function isInRange(part: string, least: number, most: number): boolean {
  const match = /^(?:\*|(\d{1,2})(?:-(\d{1,2}))?)(?:\/([1-9]\d?))?$/.exec(part);
  if (match === null) return false;
  const from = Number(match[1] ?? least);
  const to = Number(match[2] ?? match[1] ?? most);
  return from >= least && to <= most && from <= to && Number(match[3] ?? 1) <= most;
}
