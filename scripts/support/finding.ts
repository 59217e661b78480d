// What a check of this folder finds, and how it says so. One form for all, so that an editor can jump to the place.

/** One broken rule. `line` starts at 1; 0 means the file as a whole. */
export interface Finding {
  readonly path: string;
  readonly line: number;
  readonly rule: string;
  readonly message: string;
}

/** Prints findings, one per line, with the reason of each broken rule once, and sets the exit status. */
export function report(check: string, findings: readonly Finding[], reasons: Readonly<Record<string, string>>): void {
  const sorted = findings.toSorted((a, b) => (a.path === b.path ? a.line - b.line : a.path < b.path ? -1 : 1));
  for (const { path, line, rule, message } of sorted) console.log(`${path}:${line}  ${rule}: ${message}`);
  for (const rule of new Set(sorted.map((one) => one.rule))) console.log(`\n${rule}: ${reasons[rule] ?? "no reason given"}`);
  if (sorted.length > 0) console.log(`\n${check}: ${sorted.length} found`);
  else console.log(`${check}: nothing found`);
  process.exitCode = sorted.length > 0 ? 1 : 0;
}
