// The environment that package clients and the tried program get. A dependency may come from one place alone, the index
// that this machine's clients are configured for: a second index, a folder of links or a constraint would let a package
// of the same name in from somewhere else (dependency confusion, S5.5). So everything that speaks to pip, uv or Python is
// left out but what is named here, and the default index is handed on by itself.

/** How this machine's network is reached, not what is installed from it. */
const kept: ReadonlySet<string> = new Set([
  "PIP_CERT",
  "PIP_CLIENT_CERT",
  "PIP_PROXY",
  "PIP_TRUSTED_HOST",
  "PIP_DEFAULT_TIMEOUT",
  "PIP_RETRIES",
  "PIP_CACHE_DIR",
  "UV_INSECURE_HOST",
  "UV_NATIVE_TLS",
  "UV_SYSTEM_CERTS",
  "UV_HTTP_TIMEOUT",
  "UV_CACHE_DIR",
  "UV_PYTHON_INSTALL_DIR",
  "PYTHONHASHSEED",
  "PYTHONUTF8",
  "PYTHONIOENCODING",
]);

const spokenTo = /^(?:PIP|UV|PYTHON|VIRTUAL_ENV|CONDA|POETRY|PDM|PIPENV|HATCH)/i;

const fixed: Readonly<Record<string, string>> = {
  UV_NO_CONFIG: "1",
  PIP_NO_INPUT: "1",
  PIP_DISABLE_PIP_VERSION_CHECK: "1",
  PIP_NO_COLOR: "1",
  NO_COLOR: "1",
  // A Python that is not on this machine is told, not downloaded.
  UV_PYTHON_DOWNLOADS: "never",
  PYTHONNOUSERSITE: "1",
};

/** Variables for a package client; which index it asks is said in each command. @param host as `ReadPorts.host` */
export function clientEnvironment(env: Readonly<Record<string, string>>, host: string): Readonly<Record<string, string>> {
  const through = Object.entries(env).filter(([name]) => kept.has(name) || !spokenTo.test(name));
  // pip reads no configuration at all when its file is the null device.
  const nothing = host.startsWith("windows") ? "nul" : "/dev/null";
  return { ...Object.fromEntries(through), ...fixed, PIP_CONFIG_FILE: nothing };
}
