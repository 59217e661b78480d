// Which index the user's own clients are configured for: a rehearsal takes everything from there that is not ours, so that
// it meets the same packages as a real installation on this machine would (DESIGN §6). Only the environment and the files
// of pip and uv are read, through a reader; nothing is started, and a credential in an address never leaves its value.
// Sources: pip "Configuration" (files, precedence, variables); uv "Configuration files", "Package indexes".
import { createCredential, type Credential } from "../../domain/credential.ts";

/** Reads a file that may not be there. */
export interface ConfigurationReader {
  readTextIfThere(file: string): Promise<string | undefined>;
}

export interface UpstreamQuestion {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Home folder, for the user's files. */
  readonly home: string;
  readonly reader: ConfigurationReader;
  /** Index of last resort: the public one. */
  readonly fallback: string;
  /** Default `linux`: where pip keeps its files differs on `darwin`. */
  readonly system?: "linux" | "darwin";
}

export interface ResolvedUpstream {
  /** Root of the simple API with a slash at the end, without user information. */
  readonly indexUrl: string;
  readonly credential?: Credential;
  /** Text of the certificate bundle that the clients are told to trust. */
  readonly certificates?: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Where the address comes from, for people: `PIP_INDEX_URL`, a file, or "the default". */
  readonly source: string;
  /** What the clients are configured for and the rehearsal leaves out. */
  readonly notes: readonly string[];
}

/** @returns the index that pip or uv would ask first, by their own precedence; unreadable addresses are left out with a note */
export async function resolveUpstream(question: UpstreamQuestion): Promise<ResolvedUpstream> {
  const { env } = question;
  const pip = await readPip(question);
  const uv = await readUv(question);
  const candidates: readonly Candidate[] = [
    { source: "UV_DEFAULT_INDEX", value: env["UV_DEFAULT_INDEX"] },
    { source: "UV_INDEX_URL", value: env["UV_INDEX_URL"] },
    { source: "PIP_INDEX_URL", value: env["PIP_INDEX_URL"] },
    ...uv.indexes,
    ...pip.indexes,
  ];
  const notes = [...extraNotes(env), ...pip.notes, ...uv.notes];
  for (const { source, value } of candidates) {
    if (value === undefined || value.trim() === "") continue;
    const address = readAddress(value.trim());
    if (address !== undefined) return { ...address, ...(await certificates(question, pip.cert)), env, source, notes };
    notes.push(`The index in ${source} is no http or https address and is left out`);
  }
  return { indexUrl: question.fallback, ...(await certificates(question, pip.cert)), env, source: "the default", notes };
}

interface Candidate {
  readonly source: string;
  readonly value: string | undefined;
}

interface Configured {
  readonly indexes: readonly Candidate[];
  readonly notes: readonly string[];
  readonly cert?: string | undefined;
}

/** Named uv indexes are written `name=address`; user information becomes a credential that prints as «redacted». */
function readAddress(value: string): Pick<ResolvedUpstream, "indexUrl" | "credential"> | undefined {
  const text = value.replace(/^[\w.-]+=(?=https?:)/, "");
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  if (url.protocol !== "https:" && url.protocol !== "http:") return undefined;
  const [user, secret] = [decode(url.username), decode(url.password)];
  url.username = "";
  url.password = "";
  url.hash = "";
  const indexUrl = url.href.endsWith("/") ? url.href : `${url.href}/`;
  return user === "" && secret === "" ? { indexUrl } : { indexUrl, credential: createCredential(user, secret) };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function extraNotes(env: UpstreamQuestion["env"]): string[] {
  const names = ["PIP_EXTRA_INDEX_URL", "UV_EXTRA_INDEX_URL", "UV_INDEX"].filter((name) => (env[name] ?? "") !== "");
  return names.map((name) => `${name} names more indexes, which a rehearsal does not ask`);
}

/** pip's files, from the one that counts most to the one that counts least. */
async function readPip(question: UpstreamQuestion): Promise<Configured> {
  const { env, home, reader } = question;
  const named = env["PIP_CONFIG_FILE"];
  if (named === "/dev/null") return { indexes: [], notes: [] };
  const files = [...(named === undefined || named === "" ? [] : [named]), ...pipFiles(env, home, question.system ?? "linux")];
  const indexes: Candidate[] = [];
  const notes: string[] = [];
  let cert: string | undefined;
  for (const file of files) {
    const text = await reader.readTextIfThere(file);
    if (text === undefined) continue;
    const values = readIni(text);
    indexes.push({ source: file, value: values.get("install.index-url") ?? values.get("global.index-url") });
    cert ??= values.get("install.cert") ?? values.get("global.cert");
    if (values.has("install.extra-index-url") || values.has("global.extra-index-url"))
      notes.push(`${file} names more indexes, which a rehearsal does not ask`);
  }
  return { indexes, notes, cert };
}

/** Site, then user, then machine: the nearer one wins. */
function pipFiles(env: UpstreamQuestion["env"], home: string, system: "linux" | "darwin"): readonly string[] {
  const config = env["XDG_CONFIG_HOME"] ?? `${home}/.config`;
  const machine = (env["XDG_CONFIG_DIRS"] ?? "/etc/xdg").split(":").map((folder) => `${folder}/pip/pip.conf`);
  const site = env["VIRTUAL_ENV"] === undefined ? [] : [`${env["VIRTUAL_ENV"]}/pip.conf`];
  const mac = system === "darwin";
  return [
    ...site,
    ...(mac ? [`${home}/Library/Application Support/pip/pip.conf`] : []),
    `${config}/pip/pip.conf`,
    `${home}/.pip/pip.conf`,
    "/etc/pip.conf",
    ...(mac ? ["/Library/Application Support/pip/pip.conf"] : machine),
  ];
}

/** Sections and keys as Python's configparser reads them: `=` or `:`, comments, values continued by indentation. */
function readIni(text: string): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  let section = "";
  let key: string | undefined;
  for (const line of text.split(/\r?\n/)) {
    if (/^\s*(?:[#;]|$)/.test(line)) continue;
    if (/^\s/.test(line) && key !== undefined) {
      values.set(key, `${values.get(key) ?? ""}\n${line.trim()}`.trim());
      continue;
    }
    const opened = /^\[([^\]]+)\]/.exec(line)?.[1];
    const [, name, value] = /^([^=:]+?)\s*[=:]\s*(.*)$/.exec(line.trim()) ?? [];
    if (opened !== undefined) section = opened.trim().toLowerCase();
    key = opened !== undefined || name === undefined ? undefined : `${section}.${normalKey(name)}`;
    if (key !== undefined) values.set(key, (value ?? "").trim());
  }
  return values;
}

/** `index_url` and `--index-url` are the same key to pip. */
function normalKey(name: string): string {
  return name.trim().toLowerCase().replaceAll("_", "-").replace(/^--/, "");
}

/** uv's own files: the one named by variable alone, otherwise the user's and the machine's. */
async function readUv(question: UpstreamQuestion): Promise<Configured> {
  const { env, home, reader } = question;
  if (/^(?:1|true|yes|on)$/i.test(env["UV_NO_CONFIG"] ?? "")) return { indexes: [], notes: [] };
  const config = env["XDG_CONFIG_HOME"] ?? `${home}/.config`;
  const machine = (env["XDG_CONFIG_DIRS"] ?? "/etc/xdg").split(":").map((folder) => `${folder}/uv/uv.toml`);
  const named = env["UV_CONFIG_FILE"];
  const files = named === undefined || named === "" ? [`${config}/uv/uv.toml`, ...machine, "/etc/uv/uv.toml"] : [named];
  const indexes: Candidate[] = [];
  const notes: string[] = [];
  for (const file of files) {
    const text = await reader.readTextIfThere(file);
    if (text === undefined) continue;
    const read = await readUvToml(text);
    if (read === undefined) notes.push(`${file} is no TOML and is left out`);
    else indexes.push(...read.indexes.map((value) => ({ source: file, value })));
    if (read?.more === true) notes.push(`${file} names more indexes, which a rehearsal does not ask`);
  }
  return { indexes, notes };
}

async function readUvToml(
  text: string,
): Promise<{ readonly indexes: readonly (string | undefined)[]; readonly more: boolean } | undefined> {
  const { parse } = await import("smol-toml");
  try {
    const table: Record<string, unknown> = parse(text);
    const written: readonly unknown[] = Array.isArray(table["index"]) ? table["index"] : [];
    const listed = written.filter(isTable);
    const standard = listed.find((index) => index["default"] === true);
    const pip = isTable(table["pip"]) ? table["pip"] : {};
    const more = listed.some((index) => index["default"] !== true) || table["extra-index-url"] !== undefined;
    return { indexes: [textOf(standard?.["url"]), textOf(table["index-url"]), textOf(pip["index-url"])], more };
  } catch {
    return undefined;
  }
}

function isTable(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** Text of the bundle that pip and uv are told to trust besides the default ones; undefined: none, or Node has read it already. */
export async function trustedCertificates(question: Omit<UpstreamQuestion, "fallback">): Promise<string | undefined> {
  const pip = await readPip({ ...question, fallback: "" });
  return (await certificates({ ...question, fallback: "" }, pip.cert)).certificates;
}

/** The bundle that the clients trust; Node has already read the one in NODE_EXTRA_CA_CERTS. */
async function certificates(question: UpstreamQuestion, pipCert: string | undefined): Promise<Pick<ResolvedUpstream, "certificates">> {
  const { env, reader } = question;
  const file = [env["PIP_CERT"], pipCert, env["SSL_CERT_FILE"], env["REQUESTS_CA_BUNDLE"]].find((one) => one !== undefined && one !== "");
  if (file === undefined || file === env["NODE_EXTRA_CA_CERTS"]) return {};
  const text = await reader.readTextIfThere(file);
  return text === undefined ? {} : { certificates: text };
}
