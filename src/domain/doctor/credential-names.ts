// What files of clients open, by name: sections, hosts and registries. The secrets beside them are passed over where they stand, and
// are in nothing that this module gives back. Pure over the text; a file that cannot be read so tells nothing.
import { recordOf, parseRecord, textOf } from "../json-record.ts";

/** Lines that are looked at; files of clients have some ten. */
const linesMax = 10_000;

export interface OpenedSection {
  readonly name: string;
  /** Address of the registry, where the section has one. */
  readonly url?: string;
}

/** Sections of a `.pypirc` that hold a password. */
export function pypircSections(text: string): readonly OpenedSection[] {
  const sections = new Map<string, { url?: string; hasSecret: boolean }>();
  let current: { url?: string; hasSecret: boolean } | undefined;
  for (const line of linesOf(text)) {
    const section = /^\[([^\]]{1,200})\]\s*$/.exec(line)?.[1];
    if (section !== undefined) sections.set(section, (current = { hasSecret: false }));
    const [, key, value] = /^([A-Za-z_]+)\s*[=:]\s*(\S.*)$/.exec(line) ?? [];
    if (current === undefined || key === undefined || value === undefined) continue;
    if (key.toLowerCase() === "password") current.hasSecret = true;
    if (key.toLowerCase() === "repository") current.url = value.trim();
  }
  return [...sections].flatMap(([name, { url, hasSecret }]) => (hasSecret ? [{ name, ...(url === undefined ? {} : { url }) }] : []));
}

/** Hosts, with path, that an `.npmrc` holds a secret for; "" where it is for every registry. A variable's name is no secret. */
export function npmrcHosts(text: string): readonly string[] {
  const hosts = linesOf(text).flatMap((line) => {
    const [, host, value = ""] = /^(?:\/\/(.{1,500}?)\/?:)?(?:_authToken|_auth|_password)\s*=\s*(\S+)/.exec(line) ?? [];
    if (value === "" || /^"?\$\{[^}]+\}"?$/.test(value)) return [];
    return [host ?? ""];
  });
  return [...new Set(hosts)];
}

/** Registries of cargo's credentials, by name; the public one is called `crates`. */
export async function cargoRegistries(text: string): Promise<readonly string[]> {
  const { parse } = await import("smol-toml");
  let top;
  try {
    top = recordOf(parse(text));
  } catch {
    return [];
  }
  const holds = (value: unknown): boolean => ["token", "secret-key"].some((key) => textOf(recordOf(value)?.[key]) !== undefined);
  const others = Object.entries(recordOf(top?.["registries"]) ?? {}).filter(([, value]) => holds(value));
  return [...(holds(top?.["registry"]) ? ["crates"] : []), ...others.map(([name]) => name)];
}

/** Hosts that a file of docker or podman holds a secret for; what a credential helper keeps is not in the file. */
export function dockerHosts(text: string): readonly string[] {
  const auths = recordOf(parseRecord(text)?.["auths"]) ?? {};
  return Object.entries(auths).flatMap(([host, entry]) => {
    const holds = ["auth", "identitytoken", "password"].some((key) => (textOf(recordOf(entry)?.[key]) ?? "") !== "");
    return holds ? [hostOf(host)] : [];
  });
}

/** Hosts of gh's `hosts.yml`, or of glab's `config.yml` below `hosts`, with whether the token stands in the file itself. */
export async function forgeHosts(text: string): Promise<readonly { readonly host: string; readonly inFile: boolean }[]> {
  const { parseDocument } = await import("yaml");
  const document = parseDocument(text, { prettyErrors: false, logLevel: "silent" });
  if (document.errors.length > 0) return [];
  const top = recordOf(document.toJS({ maxAliasCount: 10 }) as unknown) ?? {};
  const hosts = recordOf(top["hosts"]) ?? top;
  return Object.entries(hosts).flatMap(([host, value]) => {
    const entry = recordOf(value);
    if (entry === undefined || !host.includes(".")) return [];
    const users = Object.values(recordOf(entry["users"]) ?? {});
    const inFile = [entry, ...users].some((one) => ["oauth_token", "token"].some((key) => (textOf(recordOf(one)?.[key]) ?? "") !== ""));
    return [{ host, inFile }];
  });
}

/** Hosts of `~/.git-credentials`, a URL with user and password on each line. */
export function gitCredentialHosts(text: string): readonly string[] {
  const hosts = linesOf(text).flatMap((line) => (/^https?:\/\//.test(line) ? [hostOf(line)] : []));
  return [...new Set(hosts)];
}

/** Machines of a netrc file. */
export function netrcHosts(text: string): readonly string[] {
  return [...text.matchAll(/(?:^|\s)machine\s+(\S{1,300})/g)].flatMap(([, host]) => (host === undefined ? [] : [host]));
}

/** Names of repositories that Poetry's `auth.toml` opens. */
export async function poetryNames(text: string): Promise<readonly string[]> {
  const { parse } = await import("smol-toml");
  try {
    const top = recordOf(parse(text)) ?? {};
    return [...Object.keys(recordOf(top["pypi-token"]) ?? {}), ...Object.keys(recordOf(top["http-basic"]) ?? {})];
  } catch {
    return [];
  }
}

/** Of an address, or of what docker writes in its place: a host alone, or one with a path. User and password are left out. */
export function hostOf(written: string): string {
  return (/^(?:[a-z][a-z0-9+.-]*:\/\/)?(?:[^/?#]*@)?([^/?#@]*)/i.exec(written)?.[1] ?? "").toLowerCase();
}

function linesOf(text: string): readonly string[] {
  return text
    .split(/\r?\n/, linesMax)
    .map((line) => line.trim())
    .filter((line) => !line.startsWith("#") && !line.startsWith(";"));
}
