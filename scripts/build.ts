// Builds what is shipped: one bundle with lazy chunks and no run-time dependency (ADR 0005), the text of `--help`, so
// that printing it loads nothing, and the licences of all that is in the bundle.
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createRequire, isBuiltin } from "node:module";
import { join } from "node:path";
import { type OutputChunk, rolldown } from "rolldown";
import { inputForm, outputForm } from "./support/bundle-form.ts";
import { noticesOf } from "./support/notices.ts";
import { root } from "./support/repository.ts";

const entry = join(root, "src", "entrypoints", "cli", "main.ts");
const dist = join(root, "dist");
const bytesMax = 8 * 1024 * 1024;

async function bundle(folder: string): Promise<readonly OutputChunk[]> {
  const build = await rolldown({ ...inputForm, input: { main: entry } });
  const { output } = await build.write({ ...outputForm, dir: folder });
  await build.close();
  return output.filter((one) => one.type === "chunk");
}

/** The bundle must run where nothing else is installed. */
function checkSelfContained(chunks: readonly OutputChunk[]): void {
  const own = new Set(chunks.map((chunk) => chunk.fileName));
  for (const chunk of chunks) {
    const foreign = [...chunk.imports, ...chunk.dynamicImports].filter((name) => !own.has(name) && !isBuiltin(name));
    if (foreign.length > 0) throw new Error(`Cannot build: ${chunk.fileName} needs "${foreign.join('", "')}", which is not in the bundle`);
  }
}

/** The program's own help text; the file beside the bundle is what bin/slipway.js prints. */
async function writeHelp(folder: string): Promise<void> {
  const program: unknown = createRequire(import.meta.url)(join(folder, "main.cjs"));
  const render: unknown = Reflect.get(Object(program), "renderHelp");
  if (typeof render === "function") writeFileSync(join(folder, "help.txt"), String(await Reflect.apply(render, undefined, [])));
}

function sizeOf(folder: string): number {
  return readdirSync(folder).reduce((sum, name) => sum + readFileSync(join(folder, name)).length, 0);
}

function sameContent(a: string, b: string): boolean {
  if (!existsSync(b)) return false;
  const names = readdirSync(a).toSorted();
  return (
    names.join("\0") === readdirSync(b).toSorted().join("\0") &&
    names.every((name) => readFileSync(join(a, name)).equals(readFileSync(join(b, name))))
  );
}

/** Puts the new build in the place of the old one; one that changes nothing leaves running programs their chunks. */
function replace(fresh: string): "changed" | "unchanged" {
  if (sameContent(fresh, dist)) {
    rmSync(fresh, { recursive: true });
    return "unchanged";
  }
  const old = `${fresh}-old`;
  if (existsSync(dist)) renameSync(dist, old);
  renameSync(fresh, dist);
  rmSync(old, { recursive: true, force: true });
  return "changed";
}

async function main(): Promise<void> {
  const fresh = join(root, ".cache", "build", randomBytes(6).toString("hex"));
  mkdirSync(fresh, { recursive: true });
  try {
    const chunks = await bundle(fresh);
    checkSelfContained(chunks);
    await writeHelp(fresh);
    writeFileSync(join(root, "NOTICES"), noticesOf(chunks.flatMap((chunk) => chunk.moduleIds)));
    const sizeBytes = sizeOf(fresh);
    if (sizeBytes > bytesMax) throw new Error(`Cannot build: dist/ has ${sizeBytes} bytes, at most ${bytesMax}`);
    console.log(`build: dist/ ${replace(fresh)}, ${chunks.length} chunks, ${Math.ceil(sizeBytes / 1024)} KiB`);
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

if (process.argv[1] === import.meta.filename) {
  try {
    await main();
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
