// Which registries the user's own clients are configured for: a rehearsal takes everything from there that is not ours, so
// that it meets the same packages as a real installation on this machine would (DESIGN §6). Only the environment and the
// `.npmrc` files are read, through a reader; nothing is started, and a credential never leaves its value.
// Sources: npm documentation of npmrc and config (files, precedence, `${VARIABLE}`, settings of one registry).
import { createCredential, type Credential } from "../../domain/credential.ts";
import { readNpmrc } from "./npmrc.ts";

/** Reads a file that may not be there. */
export interface ConfigurationReader {
  readTextIfThere(file: string): Promise<string | undefined>;
}

export interface NpmUpstreamQuestion {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Home folder, for the user's file. */
  readonly home: string;
  /** Root of the source, whose own `.npmrc` counts more than the user's; absent: none. */
  readonly project?: string;
  readonly reader: ConfigurationReader;
  /** Registry of last resort: the public one. */
  readonly fallback: string;
}

/** A registry behind the rehearsal. */
export interface UpstreamRegistry {
  /** Root with a slash at the end, without user information. */
  readonly url: string;
  /** A token where `user` is empty, otherwise user and password. */
  readonly credential?: Credential;
}

export interface ResolvedNpmUpstream extends UpstreamRegistry {
  /** Registries of single scopes, by scope with its `@`. */
  readonly scopes: Readonly<Record<string, UpstreamRegistry>>;
  /** Text of the certificate bundle that the clients are told to trust. */
  readonly certificates?: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where the address comes from, for people: a variable, a file, or "the default". */
  readonly source: string;
  /** What the clients are configured for and the rehearsal leaves out. */
  readonly notes: readonly string[];
}

interface Setting {
  readonly value: string;
  readonly source: string;
}

/** @returns the registries that npm would ask, by its own precedence; unreadable addresses are left out with a note */
export async function resolveNpmUpstream(question: NpmUpstreamQuestion): Promise<ResolvedNpmUpstream> {
  const { env, reader } = question;
  const settings = await readSettings(question);
  const notes: string[] = [];
  const fallback = { url: question.fallback, source: "the default" };
  const standard = addressOf(settings.get("registry"), "registry", notes) ?? fallback;
  const scopes: Record<string, UpstreamRegistry> = {};
  for (const [key, setting] of settings) {
    const scope = /^(@[^/:]+):registry$/.exec(key)?.[1];
    const address = scope === undefined ? undefined : addressOf(setting, key, notes);
    if (scope !== undefined && address !== undefined) scopes[scope] = { url: address.url, ...credentialFor(address.url, settings) };
  }
  const file = settings.get("cafile")?.value ?? env["SSL_CERT_FILE"];
  const certificates = file === undefined || file === env["NODE_EXTRA_CA_CERTS"] ? undefined : await reader.readTextIfThere(file);
  return {
    url: standard.url,
    ...credentialFor(standard.url, settings),
    scopes,
    ...(certificates === undefined ? {} : { certificates }),
    env,
    source: standard.source,
    notes,
  };
}

/** The variables first, then the files of the project, the user and the machine: the first to say something is heard. */
async function readSettings({ env, home, project, reader }: NpmUpstreamQuestion): Promise<ReadonlyMap<string, Setting>> {
  const settings = new Map<string, Setting>();
  for (const [name, value] of Object.entries(env)) {
    const key = /^npm_config_(.+)$/i.exec(name)?.[1];
    if (key === undefined || value === undefined || value === "") continue;
    // Settings of one registry keep their spelling: an underscore may belong to a host or to the setting.
    const normal = key.startsWith("//") || key.startsWith("@") ? key : key.toLowerCase().replaceAll(/(?!^)_/g, "-");
    if (!settings.has(normal)) settings.set(normal, { value, source: name });
  }
  const own = settings.get("userconfig")?.value ?? `${home}/.npmrc`;
  const machine = settings.get("globalconfig")?.value;
  const machines = machine === undefined ? ["/usr/local/etc/npmrc", "/usr/etc/npmrc", "/etc/npmrc"] : [machine];
  for (const file of [...(project === undefined ? [] : [`${project}/.npmrc`]), own, ...machines]) {
    const text = await reader.readTextIfThere(file);
    if (text === undefined) continue;
    for (const [key, value] of readNpmrc(text, env)) if (!settings.has(key)) settings.set(key, { value, source: file });
  }
  return settings;
}

function addressOf(
  setting: Setting | undefined,
  key: string,
  notes: string[],
): { readonly url: string; readonly source: string } | undefined {
  if (setting === undefined) return undefined;
  const url = URL.canParse(setting.value) ? new URL(setting.value) : undefined;
  if (url === undefined || (url.protocol !== "https:" && url.protocol !== "http:")) {
    notes.push(`The "${key}" in ${setting.source} is no http or https address and is left out`);
    return undefined;
  }
  url.username = "";
  url.password = "";
  url.hash = "";
  url.search = "";
  return { url: url.href.endsWith("/") ? url.href : `${url.href}/`, source: setting.source };
}

/** What `//host/path/:…` says, of the path itself or of one above it. */
function credentialFor(registryUrl: string, settings: ReadonlyMap<string, Setting>): Pick<UpstreamRegistry, "credential"> {
  const url = new URL(registryUrl);
  for (let path = url.pathname; ; path = path.replace(/[^/]*\/$/, "")) {
    const read = (key: string): string | undefined => (settings.get(`//${url.host}${path}:${key}`) ?? settings.get(`//${url.host}${path.slice(0, -1)}:${key}`))?.value; // prettier-ignore
    const credential = readCredential(read);
    if (credential !== undefined) return { credential };
    if (path === "/" || path === "") return {};
  }
}

/** What the user's own `.npmrc` holds for a registry, of its address or of a path above it. */
export function npmrcCredential(text: string, registryUrl: string, env: NpmUpstreamQuestion["env"]): Credential | undefined {
  const settings = new Map([...readNpmrc(text, env)].map(([key, value]) => [key, { value, source: ".npmrc" }]));
  return credentialFor(registryUrl.endsWith("/") ? registryUrl : `${registryUrl}/`, settings).credential;
}

function readCredential(read: (key: string) => string | undefined): Credential | undefined {
  const token = read("_authToken");
  if (token !== undefined && token !== "") return createCredential("", token);
  const both = read("_auth");
  if (both !== undefined && both !== "") {
    const [user = "", ...secret] = decoded(both).split(":");
    return createCredential(user, secret.join(":"));
  }
  const [user, password] = [read("username"), read("_password")];
  return user === undefined || password === undefined ? undefined : createCredential(user, decoded(password));
}

function decoded(base64: string): string {
  return Buffer.from(base64, "base64").toString("utf8");
}
