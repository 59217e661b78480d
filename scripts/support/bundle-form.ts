// How Slipway is bundled: the product by scripts/build.ts, and the parts of it that the bench measures alone, which have to
// be in the same form.
import { isBuiltin } from "node:module";
import type { InputOptions, OutputOptions } from "rolldown";
import { builtinAccess } from "./builtin-access.ts";
import { chunks } from "./chunks.ts";
import { leanUndici } from "./lean-undici.ts";
import { optionalPackages } from "./optional-packages.ts";
import { requiredAsNodeDoes } from "./required-as-node-does.ts";

export const inputForm: InputOptions = {
  platform: "node",
  external: isBuiltin,
  // The entry also hands out what the chunks need of it.
  preserveEntrySignatures: "allow-extension",
  // jsonc-parser's other entry is UMD, whose `require` a bundler cannot follow.
  resolve: { mainFields: ["module", "main"] },
  plugins: [optionalPackages(), requiredAsNodeDoes(), builtinAccess(), leanUndici()],
  onLog: failOnWarning,
};

/**
 * CommonJS, because Node's loader of ES modules takes ten to twenty milliseconds of every command (docs/reference/performance.md). Names
 * are kept, so that the stack trace of a report can be read; white space is not.
 */
export const outputForm: OutputOptions = {
  format: "cjs",
  // What was written as an ES module goes on being read as strictly as one.
  strict: true,
  entryFileNames: "[name].cjs",
  chunkFileNames: "chunk-[name]-[hash].cjs",
  codeSplitting: { groups: [...chunks] },
  minify: { compress: true, mangle: false, codegen: true },
  comments: false,
};

function failOnWarning(level: string, log: { readonly code?: string; readonly message: string }): void {
  // Two modules that load each other late may well stand in one chunk.
  if (log.code === "INEFFECTIVE_DYNAMIC_IMPORT") return;
  if (level === "warn") throw new Error(`Cannot build: ${log.message}`);
}
