// A bundler prefers a package's ES module, also where a CommonJS one asks for it with `require` and reads its members the way that
// Node hands them out. What Sigstore's mock requires is resolved as Node resolves it.
import { createRequire, isBuiltin } from "node:module";
import type { Plugin } from "rolldown";

export function requiredAsNodeDoes(): Plugin {
  return {
    name: "slipway-required-as-node-does",
    resolveId(id, importer, { kind }) {
      if (kind !== "require-call" || importer === undefined || !importer.includes("/@sigstore/mock/") || isBuiltin(id)) return;
      return createRequire(importer).resolve(id);
    },
  };
}
