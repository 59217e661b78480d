// Checks who imports whom (DESIGN §3), and that public addresses of registries stand in one file. An own check, because
// the known tools do not read TypeScript 7 (ADR 0003); layers.test.ts shows that each rule refuses what it should.
import { execFileSync } from "node:child_process";
import { findCycles, findHeavyStart, graphReasons } from "./layers/graph.ts";
import { importsOf } from "./layers/imports.ts";
import { isTest, placeOf } from "./layers/places.ts";
import { findPublicHosts, hostReasons } from "./layers/public-hosts.ts";
import { actingFiles, judge, reasons } from "./layers/rules.ts";
import { type Finding, report } from "./support/finding.ts";
import { readAll, repositoryFiles, root, type SourceFile, typeScriptFiles } from "./support/repository.ts";

/** Checks the imports of the given files; those outside `src/` matter only as targets. Pure. */
export function checkImports(files: readonly SourceFile[]): readonly Finding[] {
  const sources = files.filter((file) => file.path.startsWith("src/"));
  const homeless = sources
    .filter((file) => placeOf(file.path) === undefined)
    .map((file) => ({ path: file.path, line: 0, rule: "in-a-layer", message: "stands in no layer" }));
  const imports = sources.flatMap(importsOf);
  const acting = actingFiles(imports);
  const judged = imports.flatMap((one) => judge(one, acting).map((broken) => ({ path: one.from, line: one.line, ...broken })));
  const production = imports.filter((one) => !isTest(one.from));
  return [...homeless, ...judged, ...findCycles(production), ...findHeavyStart(production)];
}

/** Messages of the newest commits, as a file of their own: they are public too. */
function commitMessages(): SourceFile {
  const text = execFileSync("git", ["log", "--max-count=200", "--format=%B"], { cwd: root, encoding: "utf8" });
  return { path: "(commit messages)", text };
}

function main(): void {
  const paths = repositoryFiles();
  const imports = checkImports(readAll(typeScriptFiles(paths)));
  const hosts = findPublicHosts([...readAll(paths), commitMessages()]);
  report("layers", [...imports, ...hosts], { ...reasons, ...graphReasons, ...hostReasons });
}

if (process.argv[1] === import.meta.filename) main();
