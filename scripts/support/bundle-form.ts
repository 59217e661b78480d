// How Slipway is bundled: the product by scripts/build.ts, and the parts of it that the bench measures alone, which have to
// be in the same form.
import { isBuiltin } from "node:module";
import type { InputOptions, OutputOptions } from "rolldown";
import { builtinAccess } from "./builtin-access.ts";
import { leanUndici } from "./lean-undici.ts";

export const inputForm: InputOptions = {
  platform: "node",
  external: isBuiltin,
  // jsonc-parser's other entry is UMD, whose `require` a bundler cannot follow.
  resolve: { mainFields: ["module", "main"] },
  plugins: [builtinAccess(), leanUndici()],
  onLog: failOnWarning,
};

/** Names are kept, so that the stack trace of a report can be read; white space is not. */
export const outputForm: OutputOptions = {
  format: "esm",
  entryFileNames: "[name].js",
  chunkFileNames: "chunk-[name]-[hash].js",
  minify: { compress: true, mangle: false, codegen: true },
  comments: false,
};

function failOnWarning(level: string, log: { readonly code?: string; readonly message: string }): void {
  if (level === "warn") throw new Error(`Cannot build: ${log.message}`);
}
