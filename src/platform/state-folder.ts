// Where Slipway keeps what it must remember, and what it may forget: outside the repository, by the rules of each
// system (XDG Base Directory 0.8; Windows' local application data; macOS' Library). One project and remote, one folder.
import { createHash } from "node:crypto";
import { posix, win32 } from "node:path";
import { SlipwayError } from "../domain/error.ts";

type Environment = Readonly<Record<string, string | undefined>>;

interface Place {
  /** Variable of the XDG specification, honoured on every system. */
  readonly xdg: string;
  readonly unix: readonly string[];
  readonly mac: readonly string[];
  readonly windows: string;
}

const statePlace: Place = { xdg: "XDG_STATE_HOME", unix: [".local", "state"], mac: ["Library", "Application Support"], windows: "state" };
const cachePlace: Place = { xdg: "XDG_CACHE_HOME", unix: [".cache"], mac: ["Library", "Caches"], windows: "cache" };

/** Folder for journals, artifacts and logs of all projects. @throws SlipwayError USAGE when the environment names no home */
export function stateFolder(env: Environment, platform: NodeJS.Platform): string {
  return folderAt(statePlace, env, platform);
}

/** Folder for what can be made again. @throws SlipwayError USAGE when the environment names no home */
export function cacheFolder(env: Environment, platform: NodeJS.Platform): string {
  return folderAt(cachePlace, env, platform);
}

function folderAt(place: Place, env: Environment, platform: NodeJS.Platform): string {
  const path = platform === "win32" ? win32 : posix;
  const xdg = absolute(env[place.xdg], path);
  if (xdg !== undefined) return path.join(xdg, "slipway");
  if (platform === "win32") {
    const local = absolute(env["LOCALAPPDATA"], path);
    if (local !== undefined) return path.join(local, "slipway", place.windows);
    throw noHome(place.xdg, "LOCALAPPDATA");
  }
  const home = absolute(env["HOME"], path);
  if (home === undefined) throw noHome(place.xdg, "HOME");
  return path.join(home, ...(platform === "darwin" ? place.mac : place.unix), "slipway");
}

/** The specification: relative paths are to be ignored. */
function absolute(value: string | undefined, path: typeof posix): string | undefined {
  return value !== undefined && path.isAbsolute(value) ? value : undefined;
}

function noHome(xdg: string, home: string): SlipwayError {
  return new SlipwayError(
    "USAGE",
    `Cannot find a folder for Slipway's own files: neither "${xdg}" nor "${home}" is set to an absolute path`,
    {
      hint: `Set "${home}", or pass --state`,
    },
  );
}

export interface ProjectPlace {
  /** `project` of slipway.yaml. */
  readonly project: string;
  /** URL of the remote; absent: the repository has none. */
  readonly remote?: string;
  /** Absolute path of the work tree, which tells projects without a remote apart. */
  readonly root: string;
}

/** Name of a project's folder: `tool-1f2e3d4c5b6a`. Clones of one remote share it, however each spells the URL. */
export function projectKey(place: ProjectPlace): string {
  const identity = place.remote === undefined ? `path:${place.root}` : normalRemote(place.remote);
  const digest = createHash("sha256").update(identity).digest("hex");
  return `${slug(place.project)}-${digest.slice(0, 12)}`;
}

function slug(name: string): string {
  const text = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9._-]+/g, "-")
    .replaceAll(/^[.-]+|[.-]+$/g, "")
    .slice(0, 40);
  return text === "" ? "project" : text;
}

const defaultPorts: Readonly<Record<string, string>> = { http: "80", https: "443", git: "9418" };

/**
 * One text for all spellings of one remote: scheme, user, `.git`, final slashes, the scp form and default ports do not
 * matter; nor does any port of ssh, since a host has one set of repositories behind ssh and the web.
 */
export function normalRemote(url: string): string {
  const remote = parseRemote(url.trim());
  const path = remote.path
    .replace(/^\/+/, "")
    .replace(/\/+$/, "")
    .replace(/\.git$/, "");
  if (remote.host === "") return `file:/${path}`;
  const port = remote.port === "" || remote.scheme === "ssh" || defaultPorts[remote.scheme] === remote.port ? "" : `:${remote.port}`;
  return `${remote.host.toLowerCase()}${port}/${path}`;
}

interface RemoteParts {
  readonly scheme: string;
  readonly host: string;
  readonly port: string;
  readonly path: string;
}

function parseRemote(url: string): RemoteParts {
  const full =
    /^(?:git\+)?(?<scheme>[a-z][a-z0-9.-]*)(?:\+git)?:\/\/(?:[^/]*@)?(?<host>\[[^\]]*\]|[^/:]*)(?::(?<port>[0-9]+))?(?<path>\/.*)?$/i.exec(
      url,
    )?.groups;
  if (full !== undefined) {
    return { scheme: (full["scheme"] ?? "").toLowerCase(), host: full["host"] ?? "", port: full["port"] ?? "", path: full["path"] ?? "" };
  }
  // The scp form is `host:path`; one letter before the colon is a Windows drive, a slash before it a local path.
  const scp = /^(?:[^/@]*@)?(?<host>\[[^\]]+\]|[^/:[\]]{2,}):(?<path>.*)$/.exec(url)?.groups;
  if (scp !== undefined) return { scheme: "ssh", host: scp["host"] ?? "", port: "", path: scp["path"] ?? "" };
  return { scheme: "file", host: "", port: "", path: url.replaceAll("\\", "/") };
}
