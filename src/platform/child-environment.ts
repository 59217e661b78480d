// The environment of every program that a step starts: nothing is inherited but what this table names, each with its
// reason. What decides bytes (locale, zone, time, hash order) is fixed, so that builds repeat (DESIGN.md §4); what
// package clients need to reach their index as this machine is configured is handed on; credentials never are.
import { delimiter, isAbsolute } from "node:path";

type Environment = Readonly<Record<string, string | undefined>>;

export interface ChildEnvironmentOptions {
  /** The environment to take from; usually that of the process. */
  readonly env: Environment;
  /** Absolute path of a home of the child's own, without credential files. */
  readonly home: string;
  readonly temporaryFolder: string;
  /** `SOURCE_DATE_EPOCH`: seconds since 1970. */
  readonly epochSeconds: number;
  /** Variables found by looking at this machine (child-home.ts): caches, tool chains, client configuration. */
  readonly machine: Readonly<Record<string, string>>;
}

export interface ChildEnvironment {
  readonly env: Readonly<Record<string, string>>;
  /** What was not handed on although a client may need it; for a warning. Values are not shown. */
  readonly dropped: readonly { readonly name: string; readonly why: string }[];
}

const index = "a package client's index, as this machine is configured";
const certificates = "authorities that this machine trusts";
const proxy = "the way out of this network";
const toolchain = "where a version manager keeps the tools that stand on the PATH";
const cache = "downloads that were made already";
const scannerData = "what a scanner of images compares with";
const windows = "without it Windows starts no program";

/** Handed on when set. Names that hold credentials (`*_TOKEN`, `*_PASSWORD`, `UV_INDEX_*_USERNAME`) are not here. */
export const handedOn: Readonly<Record<string, string>> = {
  PIP_INDEX_URL: index,
  PIP_EXTRA_INDEX_URL: index,
  PIP_FIND_LINKS: index,
  PIP_NO_INDEX: index,
  PIP_TRUSTED_HOST: index,
  PIP_DEFAULT_TIMEOUT: "how slow this machine's index is",
  PIP_RETRIES: "how unreliable this machine's index is",
  PIP_PROXY: proxy,
  UV_INDEX: index,
  UV_INDEX_URL: index,
  UV_DEFAULT_INDEX: index,
  UV_EXTRA_INDEX_URL: index,
  UV_FIND_LINKS: index,
  UV_INSECURE_HOST: index,
  UV_OFFLINE: index,
  UV_NO_CONFIG: index,
  UV_HTTP_TIMEOUT: "how slow this machine's index is",
  UV_PYTHON_INSTALL_MIRROR: index,
  CARGO_HTTP_PROXY: proxy,
  CARGO_HTTP_TIMEOUT: "how slow this machine's index is",
  CARGO_NET_OFFLINE: index,
  CARGO_NET_GIT_FETCH_WITH_CLI: "how this machine reaches git dependencies",
  RUSTUP_DIST_SERVER: index,
  npm_config_registry: index,
  PIP_CERT: certificates,
  SSL_CERT_FILE: certificates,
  SSL_CERT_DIR: certificates,
  REQUESTS_CA_BUNDLE: certificates,
  CURL_CA_BUNDLE: certificates,
  NODE_EXTRA_CA_CERTS: certificates,
  GIT_SSL_CAINFO: certificates,
  CARGO_HTTP_CAINFO: certificates,
  NIX_SSL_CERT_FILE: certificates,
  UV_NATIVE_TLS: certificates,
  UV_SYSTEM_CERTS: certificates,
  HTTP_PROXY: proxy,
  HTTPS_PROXY: proxy,
  ALL_PROXY: proxy,
  NO_PROXY: proxy,
  http_proxy: proxy,
  https_proxy: proxy,
  all_proxy: proxy,
  no_proxy: proxy,
  PYENV_ROOT: toolchain,
  PYENV_VERSION: "the Python that was chosen for this shell",
  RUSTUP_HOME: toolchain,
  RUSTUP_TOOLCHAIN: "the Rust that was chosen for this shell",
  UV_PYTHON_INSTALL_DIR: toolchain,
  ASDF_DATA_DIR: toolchain,
  MISE_DATA_DIR: toolchain,
  VOLTA_HOME: toolchain,
  NIX_PATH: toolchain,
  NIX_REMOTE: "how this machine's nix is reached",
  DEVELOPER_DIR: "the compiler that was chosen on this Mac",
  PIP_CACHE_DIR: cache,
  UV_CACHE_DIR: cache,
  TRIVY_CACHE_DIR: scannerData,
  GRYPE_DB_CACHE_DIR: scannerData,
  OSV_SCANNER_LOCAL_DB_CACHE_DIRECTORY: scannerData,
  SystemRoot: windows,
  SYSTEMROOT: windows,
  ComSpec: windows,
  COMSPEC: windows,
  PATHEXT: windows,
  WINDIR: windows,
};

/** Fixed for all children; each stands in the way of a build that does not repeat, or of a question nobody answers. */
const fixed: Readonly<Record<string, string>> = {
  LANG: "C.UTF-8",
  LC_ALL: "C.UTF-8",
  TZ: "UTC",
  // Metadata that a build backend collects in a set comes out in one order.
  PYTHONHASHSEED: "0",
  PIP_NO_INPUT: "1",
  PIP_DISABLE_PIP_VERSION_CHECK: "1",
  GIT_TERMINAL_PROMPT: "0",
};

export function childEnvironment(options: ChildEnvironmentOptions): ChildEnvironment {
  const { env, home, temporaryFolder } = options;
  const dropped: { name: string; why: string }[] = [];
  const handed: Record<string, string> = {};
  for (const name of Object.keys(handedOn)) {
    const value = env[name] ?? "";
    if (value === "") continue;
    if (hasUrlCredential(value)) dropped.push({ name, why: "its URL holds a credential" });
    else handed[name] = value;
  }
  const own = {
    PATH: absoluteEntries(env["PATH"] ?? ""),
    HOME: home,
    TMPDIR: temporaryFolder,
    ...(process.platform === "win32" ? { USERPROFILE: home, TEMP: temporaryFolder, TMP: temporaryFolder } : {}),
    SOURCE_DATE_EPOCH: String(options.epochSeconds),
  };
  return { env: { ...options.machine, ...handed, ...aroundProxy(handed), ...fixed, ...own }, dropped };
}

const loopback = ["127.0.0.1", "localhost", "::1"];

/** A rehearsal's registries are on this machine: a proxy cannot reach them, and has no business to see what they are asked. */
function aroundProxy(handed: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  if (!Object.keys(handed).some((name) => /^(?:https?|all)_proxy$/i.test(name))) return {};
  const named = [handed["NO_PROXY"], handed["no_proxy"]].flatMap((list) => (list ?? "").split(",")).map((one) => one.trim());
  const all = [...new Set([...named.filter((one) => one !== ""), ...loopback])].join(",");
  // Some clients read one spelling, some the other.
  return { NO_PROXY: all, no_proxy: all };
}

/** A relative or empty entry would run what lies in the checkout. */
function absoluteEntries(path: string): string {
  return path
    .split(delimiter)
    .filter((entry) => isAbsolute(entry))
    .join(delimiter);
}

/** Whether a text holds a URL with user information, as in `https://user:password@host`. */
export function hasUrlCredential(text: string): boolean {
  return /[a-z][a-z0-9+.-]*:\/\/[^/\s?#"']*@/i.test(text);
}
