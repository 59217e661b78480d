// A home of the children's own: empty of credential files, and yet with this machine's caches, tool chains and index
// configuration, so that a build is neither slow nor sent to another index. Nothing of the user's home is written but
// the caches, by the clients that own them.
import { access, mkdir, readFile, symlink } from "node:fs/promises";
import { join } from "node:path";
import { hasUrlCredential } from "./child-environment.ts";
import { errnoOf, stored } from "./storage-error.ts";

type Environment = Readonly<Record<string, string | undefined>>;

export interface ChildHome {
  /** To be given to `childEnvironment` as `machine`. */
  readonly variables: Readonly<Record<string, string>>;
  /** Configuration that was left out because it holds a credential. */
  readonly dropped: readonly { readonly name: string; readonly why: string }[];
}

/** Largest client configuration that is looked into. */
const configurationCharactersMax = 1024 * 1024;

/**
 * Makes `home` and finds what children need of this machine.
 * @param home absolute path; the same folder may be prepared again
 * @throws SlipwayError STORAGE_FAILED
 */
export async function prepareChildHome(home: string, env: Environment): Promise<ChildHome> {
  await stored(`make the folder "${home}"`, home, () => mkdir(join(home, ".cargo"), { recursive: true }));
  const user = env["HOME"] ?? "";
  if (user === "") return { variables: {}, dropped: [] };
  const found = {
    ...(await existing("PYENV_ROOT", [join(user, ".pyenv")])),
    ...(await existing("RUSTUP_HOME", [join(user, ".rustup")])),
    ...(await existing("ASDF_DATA_DIR", [join(user, ".asdf")])),
    ...(await existing("MISE_DATA_DIR", [join(env["XDG_DATA_HOME"] ?? join(user, ".local", "share"), "mise")])),
    ...(await existing("UV_PYTHON_INSTALL_DIR", [join(env["XDG_DATA_HOME"] ?? join(user, ".local", "share"), "uv", "python")])),
    ...(await goCaches(user, env)),
    ...cacheFolders(user, env),
    CARGO_HOME: join(home, ".cargo"),
  };
  const clients = await clientConfigurations(user, env);
  const cargo = await linkCargo(join(home, ".cargo"), env["CARGO_HOME"] ?? join(user, ".cargo"));
  return { variables: { ...found, ...clients.variables }, dropped: [...clients.dropped, ...cargo] };
}

async function existing(variable: string, candidates: readonly string[]): Promise<Readonly<Record<string, string>>> {
  for (const candidate of candidates) if (await isThere(candidate)) return { [variable]: candidate };
  return {};
}

/** Go compiles its own library into one of them: without it every build would begin with minutes of that. */
async function goCaches(user: string, env: Environment): Promise<Readonly<Record<string, string>>> {
  const xdg = env["XDG_CACHE_HOME"] ?? join(user, ".cache");
  const modules = join(env["GOPATH"] ?? join(user, "go"), "pkg", "mod");
  return {
    ...(await existing("GOCACHE", [
      env["GOCACHE"] ?? join(process.platform === "darwin" ? join(user, "Library", "Caches") : xdg, "go-build"),
    ])),
    ...(await existing("GOMODCACHE", [env["GOMODCACHE"] ?? modules])),
  };
}

/** The clients' own defaults, which would move with HOME. */
function cacheFolders(user: string, env: Environment): Readonly<Record<string, string>> {
  const xdg = env["XDG_CACHE_HOME"] ?? join(user, ".cache");
  const pip = process.platform === "darwin" ? join(user, "Library", "Caches") : xdg;
  return {
    PIP_CACHE_DIR: join(pip, "pip"),
    UV_CACHE_DIR: join(xdg, "uv"),
    // What scanners compare with.
    TRIVY_CACHE_DIR: join(pip, "trivy"),
    GRYPE_DB_CACHE_DIR: join(pip, "grype", "db"),
    OSV_SCANNER_LOCAL_DB_CACHE_DIRECTORY: pip,
  };
}

/** pip's and uv's configuration files, where they say how the index is reached and hold no credential. */
async function clientConfigurations(user: string, env: Environment): Promise<ChildHome> {
  const configuration = env["XDG_CONFIG_HOME"] ?? join(user, ".config");
  const mac = process.platform === "darwin" ? [join(user, "Library", "Application Support", "pip", "pip.conf")] : [];
  const defaults: readonly (readonly [string, readonly string[]])[] = [
    ["PIP_CONFIG_FILE", [...mac, join(configuration, "pip", "pip.conf"), join(user, ".pip", "pip.conf")]],
    ["UV_CONFIG_FILE", [join(configuration, "uv", "uv.toml")]],
  ];
  const variables: Record<string, string> = {};
  const dropped: { name: string; why: string }[] = [];
  for (const [variable, candidates] of defaults) {
    const named = env[variable] ?? "";
    const file = await firstThere(named === "" ? candidates : [named]);
    if (file === undefined) continue;
    if (await holdsCredential(file)) dropped.push({ name: file, why: "it holds a credential" });
    else variables[variable] = file;
  }
  return { variables, dropped };
}

/** Downloads, their locks, and settings; `credentials.toml` is not among them. */
const cargoShared = ["registry", "git", ".package-cache", ".package-cache-mutate", ".global-cache", "config.toml", "config"];

/** Cargo's downloads and index settings are shared by links. */
async function linkCargo(to: string, from: string): Promise<ChildHome["dropped"]> {
  const dropped: { name: string; why: string }[] = [];
  for (const name of cargoShared) {
    const source = join(from, name);
    if (!(await isThere(source))) continue;
    if (name.startsWith("config") && (await holdsCredential(source))) dropped.push({ name: source, why: "it holds a credential" });
    else await linkOnce(source, join(to, name));
  }
  return dropped;
}

async function linkOnce(source: string, link: string): Promise<void> {
  await stored(`link "${source}" as "${link}"`, link, async () => {
    try {
      await symlink(source, link);
    } catch (error) {
      if (errnoOf(error) !== "EEXIST") throw error;
    }
  });
}

/** Read with suspicion: what cannot be read, or is too long to look into, counts as holding one. */
async function holdsCredential(file: string): Promise<boolean> {
  const text = await readFile(file, "utf8").catch(() => undefined);
  if (text === undefined || text.length > configurationCharactersMax) return true;
  return hasUrlCredential(text) || /^\s*(?:[\w.-]*(?:token|password|secret)[\w.-]*)\s*[=:]/im.test(text);
}

async function firstThere(candidates: readonly string[]): Promise<string | undefined> {
  for (const candidate of candidates) if (await isThere(candidate)) return candidate;
  return undefined;
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
