// Which request of the registry API a method and an address are. Pure. Clients write the separator of a scope as `/` or as
// `%2f`, and name tarballs with or without the scope: all of it is one (protocols §11.4).

export type Route =
  | { readonly kind: "publish"; readonly name: string }
  | { readonly kind: "package"; readonly name: string }
  | { readonly kind: "version"; readonly name: string; readonly version: string }
  | { readonly kind: "tarball"; readonly name: string; readonly file: string }
  | { readonly kind: "tags"; readonly name: string; readonly tag: string | undefined }
  | { readonly kind: "visibility"; readonly name: string }
  | { readonly kind: "login"; readonly name: string }
  | { readonly kind: "attestations"; readonly name: string; readonly version: string }
  | { readonly kind: "stage"; readonly name: string }
  | { readonly kind: "staged"; readonly packageName: string | undefined }
  | { readonly kind: "staged-version"; readonly id: string; readonly what: "view" | "tarball" | "approve" | "reject" }
  | { readonly kind: "ping" | "whoami" | "keys" | "advisories" | "audit" | "search" | "unknown" };

const fixed: Readonly<Record<string, Route>> = {
  "GET -/ping": { kind: "ping" },
  "GET -/whoami": { kind: "whoami" },
  "GET -/npm/v1/keys": { kind: "keys" },
  "GET -/v1/search": { kind: "search" },
  "POST -/npm/v1/security/advisories/bulk": { kind: "advisories" },
  "POST -/npm/v1/security/audits": { kind: "audit" },
  "POST -/npm/v1/security/audits/quick": { kind: "audit" },
};

const loginParts = ["-", "npm", "v1", "oidc", "token", "exchange", "package"];

/** @param address path with query, as it stands in the request */
export function routeOf(written: string, address: string): Route {
  const method = written === "HEAD" ? "GET" : written;
  const parts = partsOf(address);
  if (parts === undefined) return { kind: "unknown" };
  if (parts[0] === "-" && parts[1] === "stage") return stageRoute(method, parts.slice(2), address);
  if (method === "POST" && parts.slice(0, loginParts.length).join("/") === loginParts.join("/")) {
    const [name, ...more] = joinScope(parts.slice(loginParts.length));
    return name === undefined || more.length > 0 ? { kind: "unknown" } : { kind: "login", name };
  }
  if (method === "GET" && parts.slice(0, 4).join("/") === "-/npm/v1/attestations") return attestationsRoute(parts.slice(4).join("/"));
  if (parts[0] === "-") return fixed[`${method} ${parts.join("/")}`] ?? packageRoute(method, parts);
  const [name, ...rest] = joinScope(parts);
  if (name === undefined) return { kind: "unknown" };
  if (method === "PUT") return rest.length === 0 ? { kind: "publish", name } : { kind: "unknown" };
  if (method !== "GET") return { kind: "unknown" };
  const [first, ...more] = rest;
  if (first === undefined) return { kind: "package", name };
  const file = more.at(-1);
  if (first === "-" && file !== undefined) return { kind: "tarball", name, file };
  return more.length === 0 ? { kind: "version", name, version: first } : { kind: "unknown" };
}

/** @param written `name@version`, with the scope where there is one */
function attestationsRoute(written: string): Route {
  const [, name, version] = /^(@?[^@]+)@([^@/]+)$/.exec(written) ?? [];
  return name === undefined || version === undefined ? { kind: "unknown" } : { kind: "attestations", name, version };
}

function packageRoute(method: string, parts: readonly string[]): Route {
  const [, word, ...rest] = parts;
  const [name, what, tag, ...more] = joinScope(rest);
  if (word !== "package" || name === undefined || more.length > 0) return { kind: "unknown" };
  if (what === "dist-tags" && (method === "GET") === (tag === undefined)) return { kind: "tags", name, tag };
  return what === "visibility" && method === "GET" ? { kind: "visibility", name } : { kind: "unknown" };
}

const stagedCalls: Readonly<Record<string, "view" | "tarball" | "approve" | "reject">> = {
  GET: "view",
  "GET tarball": "tarball",
  "POST approve": "approve",
  DELETE: "reject",
};

function stageRoute(method: string, [first, ...rest]: readonly string[], address: string): Route {
  if (first === undefined) {
    const packageName = new URLSearchParams(address.split("?")[1] ?? "").get("package") ?? undefined;
    return method === "GET" ? { kind: "staged", packageName } : { kind: "unknown" };
  }
  const [name, ...more] = joinScope(rest);
  if (first === "package" && method === "POST")
    return name === undefined || more.length > 0 ? { kind: "unknown" } : { kind: "stage", name };
  const what = stagedCalls[[method, ...rest].join(" ")];
  return what === undefined ? { kind: "unknown" } : { kind: "staged-version", id: first, what };
}

/** The parts of the path, decoded; undefined for one that cannot be. */
function partsOf(address: string): readonly string[] | undefined {
  const path = address.split(/[?#]/)[0] ?? "";
  try {
    return path
      .replaceAll(/%2f/gi, "/")
      .split("/")
      .filter((part) => part !== "")
      .map((part) => decodeURIComponent(part));
  } catch {
    return undefined;
  }
}

function joinScope([first, second, ...rest]: readonly string[]): readonly string[] {
  if (first === undefined) return [];
  if (!first.startsWith("@")) return second === undefined ? [first] : [first, second, ...rest];
  return second === undefined ? [] : [`${first}/${second}`, ...rest];
}
