// Questions about the import graph as a whole: run-time cycles, and what starting the program loads.
import type { Finding } from "../support/finding.ts";
import type { Import } from "./imports.ts";
import { isTest } from "./places.ts";

export const graphReasons: Readonly<Record<string, string>> = {
  "no-cycle": "Files that need each other at run time are one file that nobody can read alone, and their order of loading is chance.",
  "starts-light":
    "`--help` and `plan` are waited for by a person: what they need not is loaded by import() where it is used (reference/performance).",
};

const entry = "src/entrypoints/cli/main.ts";
const heavyPackages = new Set(["undici", "execa", "tar", "@zip.js/zip.js", "@fastify/busboy", "hash-wasm"]);
const heavyBuiltins = new Set(["http", "https", "http2", "sqlite"]);

type Graph = ReadonlyMap<string, readonly { readonly path: string; readonly by: Import }[]>;

/** Finds knots of files that import each other at run time; one finding per knot, at its first file. */
export function findCycles(imports: readonly Import[]): readonly Finding[] {
  const graph = fileGraph(imports.filter((one) => one.runtime && one.from.startsWith("src/") && !isTest(one.from)));
  const done = new Set<string>();
  const findings: Finding[] = [];
  for (const start of graph.keys()) {
    const cycle = done.has(start) ? undefined : pathBackTo(start, graph);
    if (cycle === undefined) continue;
    for (const path of cycle) done.add(path);
    const line = graph.get(start)?.find((edge) => edge.path === (cycle[1] ?? start))?.by.line ?? 1;
    findings.push({ path: start, line, rule: "no-cycle", message: [...cycle, start].join(" -> ") });
  }
  return findings;
}

/** Shortest way from a file back to itself, the file first; undefined if there is none. */
function pathBackTo(start: string, graph: Graph): readonly string[] | undefined {
  const cameFrom = new Map<string, string>();
  const queue = [start];
  for (let at = queue.shift(); at !== undefined; at = queue.shift()) {
    for (const { path } of graph.get(at) ?? []) {
      if (path === start) return wayTo(at, cameFrom);
      if (cameFrom.has(path)) continue;
      cameFrom.set(path, at);
      queue.push(path);
    }
  }
  return undefined;
}

function wayTo(end: string, cameFrom: ReadonlyMap<string, string>): readonly string[] {
  const way = [end];
  for (let at = cameFrom.get(end); at !== undefined; at = cameFrom.get(at)) way.unshift(at);
  return way;
}

/** Finds heavy modules that are loaded whenever the command line starts, with the chain that leads to them. */
export function findHeavyStart(imports: readonly Import[]): readonly Finding[] {
  const eager = imports.filter((one) => one.runtime && !one.lazy);
  const graph = fileGraph(eager);
  const cameFrom = new Map<string, string>();
  const queue = [entry];
  const findings: Finding[] = [];
  for (let at = queue.shift(); at !== undefined; at = queue.shift()) {
    for (const one of eager) {
      if (one.from !== at || !isHeavy(one)) continue;
      const chain = wayTo(at, cameFrom).join(" -> ");
      findings.push({ path: at, line: one.line, rule: "starts-light", message: `"${nameOf(one)}" is loaded at every start: ${chain}` });
    }
    for (const { path } of graph.get(at) ?? []) {
      if (cameFrom.has(path) || path === entry) continue;
      cameFrom.set(path, at);
      queue.push(path);
    }
  }
  return findings;
}

function isHeavy({ to }: Import): boolean {
  return (to.kind === "package" && heavyPackages.has(to.name)) || (to.kind === "builtin" && heavyBuiltins.has(to.name));
}

function nameOf({ to }: Import): string {
  return to.kind === "builtin" ? `node:${to.name}` : to.kind === "package" ? to.name : "";
}

function fileGraph(imports: readonly Import[]): Graph {
  const graph = new Map<string, { path: string; by: Import }[]>();
  for (const by of imports) {
    if (by.to.kind !== "file") continue;
    const edges = graph.get(by.from) ?? [];
    edges.push({ path: by.to.path, by });
    graph.set(by.from, edges);
  }
  return graph;
}
