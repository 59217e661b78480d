// Packages that bundled ones would use if somebody had installed them, and do without otherwise: the bundle has none of them, and
// nothing outside of it is ever loaded in their place.
import type { Plugin } from "rolldown";

/** Who would use it, and for what: `proxy-agent-negotiate` for proxies with Kerberos, `debug` for colours. */
const optional: ReadonlySet<string> = new Set(["kerberos", "supports-color"]);
const absent = "\0slipway-absent:";

export function optionalPackages(): Plugin {
  return {
    name: "slipway-optional-packages",
    resolveId: (id) => (optional.has(id) ? `${absent}${id}` : undefined),
    // Both are asked for where a failure to load is caught.
    load: (id) =>
      id.startsWith(absent) ? `throw new Error("${id.slice(absent.length)} is not part of Slipway");\nexport {};\n` : undefined,
  };
}
