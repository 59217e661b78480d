// Files and agents of this account that open a registry of the project: every program of the account can use them, code of the
// project too (DESIGN §1.6). Files are looked into for the names of what they open; what they hold stays where it is.
import path from "node:path";
import {
  cargoRegistries,
  dockerHosts,
  forgeHosts,
  gitCredentialHosts,
  hostOf,
  netrcHosts,
  npmrcHosts,
  poetryNames,
  pypircSections,
} from "../../domain/doctor/credential-names.ts";
import type { DoctorFinding, DoctorId } from "../../domain/doctor/finding.ts";
import type { Ecosystem } from "../../domain/configuration.ts";
import { servicesOf } from "../../domain/known-services.ts";
import type { PlannedRegistry } from "../../domain/plan/plan.ts";
import { someOf, type Around, type FindingMaker, type Place } from "./around.ts";

export const credentialFileFindings: FindingMaker = async (around) => {
  const files = filesOf(around);
  const found = await Promise.all(files.map((file) => fileFinding(around, file)));
  return found.filter((one) => one !== undefined);
};

interface CredentialFile {
  readonly file: string;
  readonly id: DoctorId;
  readonly ecosystem: Ecosystem;
  /** Names of what it opens, for words; those that are none of the project's are passed over by `opens`. */
  names(text: string): Promise<readonly string[]> | readonly string[];
  opens(name: string, registry: PlannedRegistry): boolean;
  readonly hint: string;
}

/** Larger ones are none of a person's files. */
const fileBytesMax = 4 * 1024 * 1024;

async function fileFinding({ world, places }: Around, one: CredentialFile): Promise<DoctorFinding | undefined> {
  const info = await world.files.info(one.file);
  const mine = places.filter(({ registry, names }) => registry.ecosystem === one.ecosystem && names.length > 0);
  if (info === undefined || mine.length === 0) return undefined;
  const text = info.sizeBytes > fileBytesMax ? undefined : await world.files.readTextIfThere(one.file).catch(() => undefined);
  if (text === undefined) return unreadable(one);
  const names = await one.names(text);
  const open = mine.flatMap((place) => names.filter((name) => one.opens(name, place.registry)).map((name) => ({ place, name })));
  return open.length === 0 ? undefined : openFinding(one, open);
}

function unreadable({ id, file, hint }: CredentialFile): DoctorFinding {
  return { id, level: "cannot-be-tried", message: `"${file}" is there, and cannot be read: it may open a registry`, evidence: file, hint };
}

function openFinding(one: CredentialFile, open: readonly { readonly place: Place; readonly name: string }[]): DoctorFinding {
  const registries = [...new Set(open.map(({ place }) => `"${place.registry.name}"`))].join(" and ");
  const packages = [...new Set(open.flatMap(({ place }) => place.names))];
  const names = [...new Set(open.map(({ name }) => (name === "" ? "every registry" : name)))].join(", ");
  const message = `"${one.file}" opens ${registries} for ${someOf(packages)}, and every program of this account can read it`;
  const evidence = `${one.file}: ${names}`;
  // `credentials: client` is the way that slipway.yaml means; who can read the file has to be known all the same.
  if (open.every(({ place }) => place.registry.credentials.kind === "client")) return { id: one.id, level: "fine", message, evidence };
  return { id: one.id, level: "warns", message, evidence, hint: one.hint };
}

function filesOf({ world, project }: Around): readonly CredentialFile[] {
  const { env } = world;
  const home = env["HOME"] ?? "";
  const at = (...parts: readonly string[]): readonly string[] => (home === "" ? [] : [path.join(home, ...parts)]);
  const config = env["XDG_CONFIG_HOME"] ?? path.join(home, ".config");
  const cargoHome = env["CARGO_HOME"] ?? path.join(home, ".cargo");
  const roots = [...new Set([project.look.root, ...project.configuration.packages.map((one) => path.join(project.look.root, one.path))])];
  return [
    ...at(".pypirc").map(pypirc),
    ...[...(env["NETRC"] === undefined ? at(".netrc") : [env["NETRC"]])].map(netrc),
    ...[path.join(config, "pypoetry", "auth.toml")].map(poetry),
    ...[...(env["NPM_CONFIG_USERCONFIG"] === undefined ? at(".npmrc") : [env["NPM_CONFIG_USERCONFIG"]])].map(npmrc),
    ...roots.map((root) => npmrc(path.join(root, ".npmrc"))),
    ...["credentials.toml", "credentials"].map((name) => cargo(path.join(cargoHome, name))),
    ...dockerFiles(env, home).map(docker),
  ];
}

function dockerFiles(env: Around["world"]["env"], home: string): readonly string[] {
  const runtime = env["XDG_RUNTIME_DIR"];
  return [
    env["DOCKER_CONFIG"] === undefined ? path.join(home, ".docker", "config.json") : path.join(env["DOCKER_CONFIG"], "config.json"),
    ...(env["REGISTRY_AUTH_FILE"] === undefined ? [] : [env["REGISTRY_AUTH_FILE"]]),
    ...(runtime === undefined ? [] : [path.join(runtime, "containers", "auth.json")]),
    path.join(home, ".config", "containers", "auth.json"),
  ];
}

function pypirc(file: string): CredentialFile {
  const hint = "Revoke the token, and remove the section";
  // A section is called as people like; the registry is told by its address, or by its name where it has none.
  const names = (text: string) => pypircSections(text).map(({ name, url }) => (url === undefined ? name : `${name} (${hostOf(url)})`));
  const opens = (name: string, registry: PlannedRegistry): boolean => {
    const [, section, host] = /^(.*?)(?: \((.*)\))?$/.exec(name) ?? [];
    return host === undefined ? section === registry.name : hostsOf(registry).has(host);
  };
  return { file, id: "DR-PATH-05", ecosystem: "pypi", names, opens, hint };
}

function netrc(file: string): CredentialFile {
  const hint = "Revoke the token, and remove the machine: uploads of Python packages take it from there";
  return { file, id: "DR-PATH-05", ecosystem: "pypi", names: netrcHosts, opens: (name, registry) => hostsOf(registry).has(name), hint };
}

function poetry(file: string): CredentialFile {
  const hint = "Revoke the token, and remove it: `poetry config --unset pypi-token.NAME`";
  return { file, id: "DR-PATH-05", ecosystem: "pypi", names: poetryNames, opens: (name, registry) => name === registry.name, hint };
}

function npmrc(file: string): CredentialFile {
  const hint = "Revoke the token (`npm logout`), and remove the line";
  const opens = (name: string, registry: PlannedRegistry) => name === "" || hostsOf(registry).has(hostOf(name));
  return { file, id: "DR-PATH-06", ecosystem: "npm", names: npmrcHosts, opens, hint };
}

function cargo(file: string): CredentialFile {
  const hint = "Revoke the token at the registry, then `cargo logout`";
  return { file, id: "DR-PATH-07", ecosystem: "crates", names: cargoRegistries, opens: (name, registry) => name === registry.name, hint };
}

function docker(file: string): CredentialFile {
  const hint = "Log out there, or use a credential helper: then no file holds the secret";
  return { file, id: "DR-PATH-08", ecosystem: "oci", names: dockerHosts, opens: (name, registry) => hostsOf(registry).has(name), hint };
}

/** Hosts of a registry: its address in the file, or those of the known service. */
export function hostsOf({ name, ecosystem, url, index }: PlannedRegistry): ReadonlySet<string> {
  const declared = [url, index].flatMap((one) => (one === undefined ? [] : [hostOf(one)]));
  if (declared.length > 0) return new Set(declared);
  const known = ecosystem === "binary" ? [] : servicesOf(ecosystem).filter((one) => one.name === name);
  return new Set(known.flatMap(({ addresses }) => Object.values(addresses).map(hostOf)));
}

// --- the forge, and who can push a tag ------------------------------------------------------------

export const forgeLoginFindings: FindingMaker = async (around) => {
  const { env } = around.world;
  const home = env["HOME"] ?? "";
  const config = env["XDG_CONFIG_HOME"] ?? path.join(home, ".config");
  const gh = path.join(env["GH_CONFIG_DIR"] ?? path.join(config, "gh"), "hosts.yml");
  const glab = path.join(env["GLAB_CONFIG_DIR"] ?? path.join(config, "glab-cli"), "config.yml");
  const stored = path.join(home, ".git-credentials");
  const logins = await Promise.all([loginFinding(around, "gh", gh), loginFinding(around, "glab", glab), storedFinding(around, stored)]);
  return [...logins.flat(), ...agentFindings(around)];
};

async function readFile({ world }: Around, file: string): Promise<string | undefined> {
  const info = await world.files.info(file);
  if (info === undefined || info.sizeBytes > fileBytesMax) return undefined;
  return world.files.readTextIfThere(file).catch(() => undefined);
}

/** A login that stands in a file and may write packages opens the forge's registry; otherwise it is within reach, and meant to be. */
async function loginFinding(around: Around, program: "gh" | "glab", file: string): Promise<readonly DoctorFinding[]> {
  const text = await readFile(around, file);
  if (text === undefined) return [];
  const images = around.places.filter(({ registry, names }) => registry.ecosystem === "oci" && names.length > 0);
  return (await forgeHosts(text)).map(({ host, inFile }): DoctorFinding => {
    const id = "DR-PATH-09";
    const where = inFile ? "in the file itself" : "in the system's keychain";
    const evidence = `${file}: ${host}, the token is ${where}`;
    if (inFile && images.length > 0) {
      const names = someOf(images.flatMap((place) => place.names));
      const message = `${program} is logged in to ${host} with a token in a file: if it may write packages, it publishes ${names}`;
      return { id, level: "warns", message, evidence, hint: `\`${program} auth logout\`, then log in without the right to write packages` };
    }
    const message = `${program} is logged in to ${host}: every program of this account can act there in your name`;
    return { id, level: "fine", message, evidence };
  });
}

async function storedFinding(around: Around, file: string): Promise<readonly DoctorFinding[]> {
  const text = await readFile(around, file);
  const hosts = text === undefined ? [] : gitCredentialHosts(text);
  if (hosts.length === 0) return [];
  const message = `git keeps passwords in plain text for ${someOf(hosts)}: whoever reads the file pushes the tag that starts a release`;
  const hint = "Use the system's keychain as git's credential helper, and remove the file";
  return [{ id: "DR-PATH-09", level: "warns", message, evidence: `${file}: ${hosts.join(", ")}`, hint }];
}

/** Pushing a tag may be the whole release: then the agent is a way in, and meant to be one; a person has to know it. */
function agentFindings({ world, project }: Around): readonly DoctorFinding[] {
  const socket = world.env["SSH_AUTH_SOCK"] ?? "";
  const byTag = project.configuration.pipelines.filter(({ on }) => on.some(({ kind }) => kind === "tag")).map(({ name }) => `"${name}"`);
  if (socket === "" || byTag.length === 0 || !/^(?:ssh:|[^/:]+@[^/:]+:)/.test(project.look.remote ?? "")) return [];
  return [
    {
      id: "DR-PATH-10",
      level: "fine",
      message: `Every program of this account can push a tag with the ssh agent, and a tag starts ${byTag.join(" and ")}`,
      evidence: `SSH_AUTH_SOCK is set, and "origin" is reached by ssh`,
      hint: "Protect the tags at the forge, or let the agent ask for each use (`ssh-add -c`)",
    },
  ];
}
