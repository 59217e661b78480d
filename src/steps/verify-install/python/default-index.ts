// Which index this machine's clients ask by default: from the environment, then from the client's own configuration. Only
// the one default index is taken; further indexes and folders of links are passed over on purpose (S5.5).
import { parse } from "smol-toml";
import type { Files } from "../../../platform/ports.ts";
import type { ReadPorts } from "../../step.ts";

export interface ClientSettings {
  /** Absent: the one that the client has built in. */
  readonly defaultIndex?: string;
  /** pip's settings for reaching the network, as variables. */
  readonly variables: Readonly<Record<string, string>>;
}

/** Where uv looks for the whole machine's settings; the user's file is named by `UV_CONFIG_FILE`. */
const uvSystemFile = "/etc/uv/uv.toml";

/** @param env as steps are given it, before anything is left out */
export async function readUvSettings(env: Readonly<Record<string, string>>, files: Files): Promise<ClientSettings> {
  const named = env["UV_DEFAULT_INDEX"] ?? env["UV_INDEX_URL"];
  if (named !== undefined) return { defaultIndex: named, variables: {} };
  for (const file of [env["UV_CONFIG_FILE"], uvSystemFile]) {
    const text = file === undefined ? undefined : await files.readTextIfThere(file);
    const found = text === undefined ? undefined : defaultIndexIn(text);
    if (found !== undefined) return { defaultIndex: found, variables: {} };
  }
  // A machine whose mirror is named for pip alone still means that mirror.
  const pip = env["PIP_INDEX_URL"];
  return { ...(pip === undefined ? {} : { defaultIndex: pip }), variables: {} };
}

/** `[[index]]` with `default = true`, `index-url`, or either below `[pip]`; in the order in which uv weighs them. */
export function defaultIndexIn(text: string): string | undefined {
  let toml: Record<string, unknown>;
  try {
    toml = parse(text);
  } catch {
    return undefined;
  }
  const tables = [toml, asTable(toml["pip"])];
  for (const one of tables) {
    const indexes = Array.isArray(one["index"]) ? one["index"].map(asTable) : [];
    const marked = indexes.find((index) => index["default"] === true)?.["url"];
    const url = marked ?? one["index-url"];
    if (typeof url === "string" && url !== "") return url;
  }
  return undefined;
}

function asTable(value: unknown): Record<string, unknown> {
  return value !== null && typeof value === "object" && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

/** pip's own answer, since only pip knows where its files lie. @param pip words that begin a command of pip. */
export async function readPipSettings(pip: readonly string[], ports: ReadPorts, folder: string): Promise<ClientSettings> {
  const [program = "", ...args] = pip;
  const end = await ports.exec.run({
    program,
    args: [...args, "config", "list"],
    cwd: folder,
    env: ports.env,
    timeoutMs: 60_000,
    signal: ports.signal,
  });
  const found = end.kind === "exited" && end.code === 0 ? parsePipConfig(end.stdout) : new Map<string, string>();
  const defaultIndex = found.get("index-url") ?? ports.env["UV_DEFAULT_INDEX"] ?? ports.env["UV_INDEX_URL"];
  const variables = Object.fromEntries(
    Object.entries(networkSettings).flatMap(([setting, variable]) => {
      const value = found.get(setting);
      return value === undefined ? [] : [[variable, value]];
    }),
  );
  return { ...(defaultIndex === undefined ? {} : { defaultIndex }), variables };
}

const networkSettings: Readonly<Record<string, string>> = {
  cert: "PIP_CERT",
  "client-cert": "PIP_CLIENT_CERT",
  proxy: "PIP_PROXY",
  "trusted-host": "PIP_TRUSTED_HOST",
  timeout: "PIP_DEFAULT_TIMEOUT",
  retries: "PIP_RETRIES",
};

/** Lines `section.key='value'`; the environment wins over `install`, and that over `global`. */
export function parsePipConfig(text: string): ReadonlyMap<string, string> {
  const line = /^(?<section>global|install|:env:)\.(?<key>[a-z-]+)=(?<quote>['"])(?<value>.*)\k<quote>\s*$/;
  const groups = text.split("\n").map((one) => line.exec(one)?.groups ?? {});
  const found = new Map<string, string>();
  for (const section of ["global", "install", ":env:"]) {
    for (const one of groups.filter((group) => group["section"] === section)) found.set(one["key"] ?? "", one["value"] ?? "");
  }
  return found;
}
