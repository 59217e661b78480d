// How the bundle reaches Node's own modules. An `import` of one makes a facade of all its exports, for which Node loads
// what most programs never use: for `node:http` a WebSocket client, for `node:crypto` WebCrypto.
// `process.getBuiltinModule` gives the same functions without it (docs/reference/performance.md). In CommonJS, which the product
// is, a `require` does so as well, and only what is imported later needs this; the bench bundles parts of it as ES modules.
import type { Plugin } from "rolldown";

const fixed =
  /^import\s+(?:(?<whole>[\w$]+)|\*\s+as\s+(?<space>[\w$]+))?\s*,?\s*(?:\{(?<names>[^}]*)\}\s*)?from\s*["'](?<module>node:[\w/]+)["'];?$/gm;
const dynamic = /\bimport\(\s*["'`](?<module>node:[\w/]+)["'`]\s*\)/g;

/** Turns every import of one of Node's modules in the bundle into a plain look-up. */
export function builtinAccess(): Plugin {
  return { name: "slipway-builtin-access", renderChunk: (code) => ({ code: withoutFacades(code), map: null }) };
}

function withoutFacades(code: string): string {
  return code
    .replaceAll(dynamic, (_, module: string) => `Promise.resolve(${look(module)})`)
    .replaceAll(fixed, (...match) => {
      const { whole, space, names, module = "" } = match.at(-1) as Readonly<Record<string, string | undefined>>;
      const bound = [whole, space].filter((one) => one !== undefined).map((one) => `${one} = ${look(module)}`);
      const picked = names === undefined ? [] : [`{ ${names.replaceAll(/\s+as\s+/g, ": ").trim()} } = ${look(module)}`];
      return `const ${[...bound, ...picked].join(", ")};`;
    });
}

/** A bundled module may call something of its own `process`. */
function look(module: string): string {
  return `globalThis.process.getBuiltinModule("${module}")`;
}
