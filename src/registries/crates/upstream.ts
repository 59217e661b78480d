// Which index the user's own cargo is configured for in place of the default one: a rehearsal takes everything from there that
// is not ours, so that it meets the same crates as a real build on this machine would (DESIGN §6). Only the environment and
// cargo's files are read, through a reader; nothing is started, and a token never leaves its value.
// Sources: Cargo Book "Configuration" (hierarchy, `source`, `registries`, `http`), "Source replacement"; protocols §4.4.
import { createCredential, type Credential } from "../../domain/credential.ts";

/** Reads a file that may not be there. */
export interface ConfigurationReader {
  readTextIfThere(file: string): Promise<string | undefined>;
}

export interface UpstreamQuestion {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Home folder, where cargo's own is by default. */
  readonly home: string;
  /** Folder from which cargo would look upwards for `.cargo/config.toml`; absolute. */
  readonly folder: string;
  readonly reader: ConfigurationReader;
  /** Index of last resort: the public one. */
  readonly fallback: string;
}

export interface ResolvedUpstream {
  /** Root of the sparse index with a slash at the end, without `sparse+`. */
  readonly indexUrl: string;
  /** Token for that index, where cargo has one and the index is not the default one. */
  readonly credential?: Credential;
  /** Text of the certificate bundle that cargo is told to trust. */
  readonly certificates?: string;
  /** Environment with cargo's own proxy in it. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where the address comes from, for people: a file, or "the default". */
  readonly source: string;
  /** What cargo is configured for and the rehearsal leaves out. */
  readonly notes: readonly string[];
}

type Table = Readonly<Record<string, unknown>>;

interface ConfigurationFile {
  readonly file: string;
  readonly table: Table;
}

const upwardsMax = 64;
const replacementsMax = 10;

/** @returns the index that cargo would take crates from; what a rehearsal cannot ask is left out with a note */
export async function resolveCratesUpstream(question: UpstreamQuestion): Promise<ResolvedUpstream> {
  const notes: string[] = [];
  const files = await readFiles(question, notes);
  const found = replacement(question.env, files, notes);
  const common = { ...(await certificates(question, files)), env: withProxy(question.env, files), notes };
  if (found === undefined) return { indexUrl: question.fallback, source: "the default", ...common };
  const credential = await tokenOf(question, found.registry, files);
  return { indexUrl: found.indexUrl, source: found.source, ...(credential === undefined ? {} : { credential }), ...common };
}

/** Cargo's files, from the one that counts most: upwards from the folder, then the one in cargo's home. */
async function readFiles(question: UpstreamQuestion, notes: string[]): Promise<readonly ConfigurationFile[]> {
  const own = cargoHome(question);
  const parts = question.folder.split("/").filter((part) => part !== "");
  const folders = Array.from(
    { length: Math.min(parts.length + 1, upwardsMax) },
    (_unused, up) => `/${parts.slice(0, parts.length - up).join("/")}`,
  );
  const places = [...new Set([...folders.map((folder) => `${folder === "/" ? "" : folder}/.cargo`), own])];
  const files: ConfigurationFile[] = [];
  for (const place of places) {
    const [old, usual] = [`${place}/config`, `${place}/config.toml`];
    const text = await question.reader.readTextIfThere(old);
    const file = text === undefined ? usual : old;
    const table = await readToml(text ?? (await question.reader.readTextIfThere(usual)));
    if (table === "unreadable") notes.push(`${file} is no TOML and is left out`);
    else if (table !== undefined) files.push({ file, table });
  }
  return files;
}

function cargoHome({ env, home }: UpstreamQuestion): string {
  return env["CARGO_HOME"] || `${home}/.cargo`;
}

async function readToml(text: string | undefined): Promise<Table | "unreadable" | undefined> {
  if (text === undefined) return undefined;
  const { parse } = await import("smol-toml");
  try {
    return parse(text);
  } catch {
    return "unreadable";
  }
}

/** The first file that says something, as cargo merges them; the environment before all files where cargo reads it. */
function setting(
  files: readonly ConfigurationFile[],
  ...path: readonly string[]
): { readonly value: string; readonly file: string } | undefined {
  for (const { file, table } of files) {
    const value = path.reduce<unknown>((at, key) => (typeof at === "object" && at !== null ? (at as Table)[key] : undefined), table);
    if (typeof value === "string" && value !== "") return { value, file };
  }
  return undefined;
}

interface Replaced {
  readonly indexUrl: string;
  readonly source: string;
  /** Name under `registries`, where it has one: tokens are kept by that. */
  readonly registry: string | undefined;
}

/** Follows `replace-with` from the default source: the environment cannot say it, which cargo documents. */
function replacement(env: UpstreamQuestion["env"], files: readonly ConfigurationFile[], notes: string[]): Replaced | undefined {
  let name = "crates-io";
  let last: string | undefined;
  for (let hops = 0; hops < replacementsMax; hops += 1) {
    const next = setting(files, "source", name, "replace-with");
    if (next === undefined) break;
    [name, last] = [next.value, next.file];
  }
  if (last === undefined) return undefined;
  const inEnvironment = env[`CARGO_REGISTRIES_${name.toUpperCase().replaceAll("-", "_")}_INDEX`];
  const index = setting(files, "source", name, "registry")?.value ?? (inEnvironment || setting(files, "registries", name, "index")?.value);
  const indexUrl = index === undefined ? undefined : sparseAddress(index);
  if (indexUrl !== undefined) return { indexUrl, source: last, registry: name };
  notes.push(
    `${last} replaces the default source by "${name}", which is no sparse index on http or https and which a rehearsal cannot ask`,
  );
  return undefined;
}

function sparseAddress(index: string): string | undefined {
  const text = index.startsWith("sparse+") ? index.slice("sparse+".length) : "";
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  if (url.protocol !== "https:" && url.protocol !== "http:") return undefined;
  url.username = "";
  url.password = "";
  return url.href.endsWith("/") ? url.href : `${url.href}/`;
}

/** The token by the name of the registry: in the environment, or where `cargo login` keeps it. */
async function tokenOf(
  question: UpstreamQuestion,
  registry: string | undefined,
  files: readonly ConfigurationFile[],
): Promise<Credential | undefined> {
  if (registry === undefined) return undefined;
  const own = cargoHome(question);
  const kept: ConfigurationFile[] = [];
  for (const file of [`${own}/credentials.toml`, `${own}/credentials`]) {
    const table = await readToml(await question.reader.readTextIfThere(file));
    if (table !== undefined && table !== "unreadable") kept.push({ file, table });
  }
  const variable = question.env[`CARGO_REGISTRIES_${registry.toUpperCase().replaceAll("-", "_")}_TOKEN`];
  const token = variable || setting([...kept, ...files], "registries", registry, "token")?.value;
  return token === undefined ? undefined : createCredential("", token);
}

/** Cargo's own proxy counts for its requests alone; without one those of the environment do. */
function withProxy(env: UpstreamQuestion["env"], files: readonly ConfigurationFile[]): UpstreamQuestion["env"] {
  const written = env["CARGO_HTTP_PROXY"] || setting(files, "http", "proxy")?.value;
  if (written === undefined) return env;
  const proxy = written.includes("://") ? written : `http://${written}`;
  return { ...env, http_proxy: proxy, https_proxy: proxy };
}

/** The bundle that cargo trusts; Node has already read the one in NODE_EXTRA_CA_CERTS. */
async function certificates(
  { env, reader }: UpstreamQuestion,
  files: readonly ConfigurationFile[],
): Promise<Pick<ResolvedUpstream, "certificates">> {
  const candidates = [env["CARGO_HTTP_CAINFO"], setting(files, "http", "cainfo")?.value, env["SSL_CERT_FILE"]];
  const file = candidates.find((one) => one !== undefined && one !== "");
  if (file === undefined || file === env["NODE_EXTRA_CA_CERTS"]) return {};
  const text = await reader.readTextIfThere(file);
  return text === undefined ? {} : { certificates: text };
}
