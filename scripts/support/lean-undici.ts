// What the bundle has of undici: its HTTP client, without fetch, WebSocket, caches, mocks and interceptors, whose loading
// takes half of the time of a first request (docs/reference/performance.md). The package has no such entry of its own.
// Whatever else is used of it makes the build fail, because the module below does not export it.
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import type { Plugin } from "rolldown";

const lean = "\0slipway-undici";

export function leanUndici(): Plugin {
  return {
    name: "slipway-lean-undici",
    resolveId: (id) => (id === "undici" ? lean : undefined),
    load: (id) => (id === lean ? source() : undefined),
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
  return dispatcher.request({ ...options, origin, path: pathname + search });
}
`;
}
