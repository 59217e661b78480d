// The suites of tests: which files each has, whether they run together, and how long one may take.
// What belongs where: CONTRIBUTING.md, "Tests".

export interface Suite {
  readonly name: string;
  readonly holds: (path: string) => boolean;
  /** All files in one process: fast, and right for tests without sockets, clocks and processes. */
  readonly together: boolean;
  /** For one process. */
  readonly timeoutMs: number;
}

const inFolder = (folder: string) => (path: string) => path.startsWith(`test/${folder}/`);

/** Long ones stand before short ones, so that both cores have work to the end. */
export const suites: readonly Suite[] = [
  { name: "unit", holds: (path) => /^(?:src|scripts|bench|test\/support)\//.test(path), together: true, timeoutMs: 120_000 },
  { name: "journeys", holds: inFolder("journeys"), together: false, timeoutMs: 900_000 },
  { name: "simulation", holds: inFolder("simulation"), together: false, timeoutMs: 600_000 },
  { name: "interop", holds: inFolder("interop"), together: false, timeoutMs: 600_000 },
  { name: "contract", holds: inFolder("contract"), together: false, timeoutMs: 120_000 },
];

/** Heavy, and run before an issue that names it is called done: `npm run acceptance`. */
export const acceptance: Suite = { name: "acceptance", holds: inFolder("acceptance"), together: false, timeoutMs: 3_600_000 };

/** Test files of a suite among all files of the repository. */
export function filesOf(suite: Suite, paths: readonly string[]): readonly string[] {
  return paths.filter((path) => path.endsWith(".test.ts") && suite.holds(path));
}

/** Test files that no suite holds: they would never run. */
export function homelessTests(paths: readonly string[]): readonly string[] {
  return paths.filter((path) => path.endsWith(".test.ts") && ![...suites, acceptance].some((suite) => suite.holds(path)));
}
