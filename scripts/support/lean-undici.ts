// What the bundle has of undici: its HTTP client, without fetch, WebSocket, caches, mocks and interceptors, whose loading
// takes half of the time of a first request (docs/reference/performance.md). The package has no such entry of its own.
// Source that uses more of undici than this makes the build fail.
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { Plugin } from "rolldown";

const lean = "\0slipway-undici";
const exported: ReadonlySet<string> = new Set(["Agent", "EnvHttpProxyAgent", "request"]);

export function leanUndici(): Plugin {
  return {
    name: "slipway-lean-undici",
    resolveId: (id) => (id === "undici" ? lean : undefined),
    load: (id) => (id === lean ? source() : undefined),
    transform(code, id) {
      if (id.includes("node_modules") || !code.includes(`import("undici")`)) return;
      const missing = [...code.matchAll(/\bundici\.(?<name>\w+)\(/g)].map((match) => match[1] ?? "").filter((name) => !exported.has(name));
      if (missing.length > 0) throw new Error(`Cannot build: ${id} uses ${missing.join(", ")} of undici, which the bundle does not have`);
    },
  };
}

function source(): string {
  const folder = dirname(createRequire(import.meta.url).resolve("undici/package.json"));
  const from = (file: string): string => JSON.stringify(join(folder, "lib", file));
  return `
import api from ${from("api/index.js")};
import Agent from ${from("dispatcher/agent.js")};
import Dispatcher from ${from("dispatcher/dispatcher.js")};
import EnvHttpProxyAgent from ${from("dispatcher/env-http-proxy-agent.js")};

// As undici's own index does.
Object.assign(Dispatcher.prototype, api);

export { Agent, EnvHttpProxyAgent };

export function request(url, { dispatcher, ...options }) {
  const { origin, pathname, search } = new URL(url);
  const method = options.method ?? (options.body ? "PUT" : "GET");
  return dispatcher.request({ ...options, method, origin, path: pathname + search });
}
`;
}
