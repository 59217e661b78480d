// Which modules of the product are one file. What is loaded together stands together: a `plan` would otherwise look for sixty
// chunks (docs/reference/performance.md). What is not named here is split by rolldown, at each `import()`.
import { join } from "node:path";
import type { CodeSplittingGroup } from "rolldown";
import { root } from "./repository.ts";

/** Modules, from `src/`, each with all that it imports. */
const modules = {
  // By itself, because it finds where the others are kept compiled.
  first: ["entrypoints/cli/main.ts"],
  start: ["entrypoints/cli/program.ts", "entrypoints/cli/context.ts"],
  release: ["app/vocabulary.ts", "entrypoints/cli/commands/plan.ts", "entrypoints/cli/commands/next.ts"],
  /** A look at a run reads no slipway.yaml, and must not load what does. */
  look: ["entrypoints/cli/commands/look.ts"],
} as const;

type ImportsOf = (id: string) => readonly string[];

/** Asked with each module of the bundle; a module that several parts need goes to the earlier one. */
export const chunks: readonly CodeSplittingGroup[] = [
  {
    debugName: "loaded together",
    name: (id, context) => partOf(id, (one) => context.getModuleInfo(one)?.importedIds ?? []),
    includeDependenciesRecursively: false,
  },
];

function partOf(id: string, importsOf: ImportsOf): string | null {
  if (closureOf("first", importsOf).has(id)) return "first";
  if (closureOf("start", importsOf).has(id)) return "start";
  if (!closureOf("release", importsOf).has(id)) return null;
  return closureOf("look", importsOf).has(id) ? "shared" : "release";
}

const known = new Map<string, ReadonlySet<string>>();

function closureOf(part: keyof typeof modules, importsOf: ImportsOf): ReadonlySet<string> {
  const found = known.get(part);
  if (found !== undefined) return found;
  const closure = new Set<string>(modules[part].map((name) => join(root, "src", name)));
  // What is added while this goes on is visited as well.
  for (const id of closure) for (const imported of importsOf(id)) closure.add(imported);
  known.set(part, closure);
  return closure;
}
