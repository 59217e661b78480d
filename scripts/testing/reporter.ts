// A reporter for node:test that writes one JSON line per test that ended, for scripts/testing/run.ts to read. Suites and
// parents say nothing of their own, unless they failed by themselves (a hook, a time-out).
import { inspect } from "node:util";
import type { TestEvent } from "node:test/reporters";

/** One line of the report. */
export interface TestEnd {
  /** Names from the outermost suite to the test. */
  readonly name: readonly string[];
  readonly file: string;
  readonly outcome: "passed" | "failed" | "skipped";
  readonly milliseconds: number;
  /** Why it failed, or why it was skipped. */
  readonly why?: string;
}

/** Ends a report that is whole. */
export const lastLine = '"end of report"';

export default async function* report(events: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  const names: string[] = [];
  for await (const event of events) {
    if (event.type === "test:start") names.splice(event.data.nesting, Infinity, event.data.name);
    if (event.type !== "test:pass" && event.type !== "test:fail") continue;
    const end = endOf(event, [...names.slice(0, event.data.nesting), event.data.name]);
    if (end !== undefined) yield `${JSON.stringify(end)}\n`;
  }
  // A test that ends the process ends the report before this line.
  yield `${lastLine}\n`;
}

type Ended = Extract<TestEvent, { type: "test:pass" | "test:fail" }>;

function endOf(event: Ended, name: readonly string[]): TestEnd | undefined {
  const { data } = event;
  const common = { name, file: data.file ?? "", milliseconds: data.details.duration_ms };
  const left = data.skip ?? data.todo;
  if (left !== undefined && left !== false) return { ...common, outcome: "skipped", why: String(left) };
  if (event.type === "test:pass") return data.details.type === "suite" ? undefined : { ...common, outcome: "passed" };
  const { error } = event.data.details;
  // A parent fails with its children; they have said why.
  if (Reflect.get(error, "failureType") === "subtestsFailed") return undefined;
  return { ...common, outcome: "failed", why: inspect(error.cause ?? error, { depth: 8 }) };
}
