// A release over every kind of registry at once – two files each at an index of Python packages, a crate registry, an npm
// registry and an image registry, and a page at a forge – with files that stand in the repository, so that nothing is built.
// Its servers stand for real ones on loopback, and lie as they are told.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync, rmSync } from "node:fs";
import path from "node:path";
import type { Forges } from "../../src/app/forges.ts";
import type { Registries } from "../../src/app/registries.ts";
import type { Report } from "../../src/app/report.ts";
import { createCredential, type Credential } from "../../src/domain/credential.ts";
import { githubForge } from "../../src/forges/github/client.ts";
import { parseForgeFaults } from "../../src/forges/github/rehearsal/faults.ts";
import { startRehearsalForge, type RehearsalForge } from "../../src/forges/github/rehearsal/server.ts";
import { createArchives } from "../../src/platform/archives/archives.ts";
import { createImageArchives } from "../../src/platform/archives/image-archive.ts";
import { openHttp, type HttpTimeouts } from "../../src/platform/http.ts";
import type { Clock } from "../../src/platform/ports.ts";
import { cratesRegistry } from "../../src/registries/crates/client.ts";
import { rehearsalCratesCredential } from "../../src/registries/crates/credentials.ts";
import { parseCratesFaults } from "../../src/registries/crates/rehearsal/faults.ts";
import { startRehearsalCrates, type RehearsalCrates } from "../../src/registries/crates/rehearsal/server.ts";
import { npmRegistry } from "../../src/registries/npm/client.ts";
import { rehearsalNpmCredential } from "../../src/registries/npm/credentials.ts";
import { parseNpmFaults } from "../../src/registries/npm/rehearsal/faults.ts";
import { startRehearsalNpm, type RehearsalNpm } from "../../src/registries/npm/rehearsal/server.ts";
import { ociRegistry } from "../../src/registries/oci/client.ts";
import { rehearsalOciCredential } from "../../src/registries/oci/credentials.ts";
import { parseFaults as parseOciFaults } from "../../src/registries/oci/rehearsal/faults.ts";
import { startRehearsalOci, type RehearsalOci } from "../../src/registries/oci/rehearsal/server.ts";
import { pypiRegistry } from "../../src/registries/pypi/client.ts";
import { rehearsalCredential } from "../../src/registries/pypi/credentials.ts";
import { archiveHooks } from "../../src/registries/pypi/rehearsal/archive-hooks.ts";
import { parseFaults as parsePypiFaults } from "../../src/registries/pypi/rehearsal/faults.ts";
import { startRehearsalPypi, type RehearsalPypi } from "../../src/registries/pypi/rehearsal/server.ts";
import type { Registry } from "../../src/registries/registry.ts";
import type { Bed } from "./bed.ts";
import { crateUpload } from "./crates.ts";
import { heldAt, stateAt, tagAt } from "./four-held.ts";
import { decideInProcess, lookInProcess, runInProcess, withdrawInProcess, type InProcess } from "./in-process.ts";
import { npmTarball } from "./npm.ts";
import { makeImage, type MadeImage } from "./oci.ts";
import { describedAs, prebuiltName } from "./prebuilt-project.ts";
import { sdist } from "./sdist.ts";
import { wheel } from "./wheel.ts";
import type { ChildCommand } from "./withdraw-process.ts";

export type RegistryName = "crates" | "npm" | "pypi" | "images";

export const fourVersion = "1.0.0";
const crateNames = ["slipway-reed-core", "slipway-reed"] as const;
const npmNames = ["@slipway-reed/core", "@slipway-reed/app"] as const;
export const imageName = "slip/reed";

/** What the variables of the file hold: worth nothing anywhere. */
const tokens: Readonly<Record<string, string>> = { CRATES: "c", NPM: "n", PYPI: "p", IMAGES: "i" };

export interface FourProject {
  readonly files: Readonly<Record<string, string | Uint8Array>>;
}

const settings = `slipway: 1
project: reed
versions: one
packages:
  python: { path: ., tag: "v{version}" }
  crates: { path: rust, ecosystem: crates, members: publishable }
  js: { path: js, ecosystem: npm, members: publishable }
  image: { path: ., ecosystem: oci, name: ${imageName} }
version: { from: manifest }
on: { tag: python }
forge: { kind: github, url: "http://127.0.0.1:9", repository: example/reed }
registries:
  crates: { ecosystem: crates, url: "http://127.0.0.1:9/" }
  npm: { ecosystem: npm, url: "http://127.0.0.1:9/" }
  pypi: { ecosystem: pypi, url: "http://127.0.0.1:9/legacy/" }
  images: { ecosystem: oci, url: "http://127.0.0.1:9/" }
environments:
  crates: { registry: crates, credentials: { token: CRATES } }
  npm: { registry: npm, credentials: { token: NPM } }
  pypi: { registry: pypi, credentials: { token: PYPI } }
  images: { registry: images, credentials: { token: IMAGES } }
steps:
  build:
    run: "true"
    produces:
      - { kind: wheel, package: python, files: "built/*.whl" }
      - { kind: sdist, package: python, files: "built/*.tar.gz" }
      - { kind: crate, package: crates, files: "built/*.crate" }
      - { kind: npm-tarball, package: js, files: "built/*.tgz" }
      - { kind: image, package: image, files: "built/*.oci.tar" }
  draft: { uses: forge-release, with: { draft: true, assets: [wheel, sdist] } }
  staged: { uses: stage, environment: images }
  crates: { uses: publish, environment: crates }
  npm: { uses: publish, environment: npm }
  pypi: { uses: publish, environment: pypi }
  image: { uses: publish, environment: images, with: { channels: ["{version}"] } }
  announce: { uses: forge-release, with: { publish: draft } }
`;

const architectures = ["amd64", "arm64"] as const;

function archiveName(architecture: string): string {
  return `reed-${architecture}.oci.tar`;
}

function imageFor(architecture: string): MadeImage {
  return makeImage({ package: imageName, version: fourVersion, architecture, layers: [`a reed for ${architecture}`] });
}

/**
 * SHA-256 of the artifact of this name, if the registry has it whole: an archive of an image is there when what it holds is,
 * since registries keep images by what is in them.
 */
async function heldAs(folder: string, at: RegistryName, name: string): Promise<string | undefined> {
  const architecture = architectures.find((one) => archiveName(one) === name);
  if (at !== "images" || architecture === undefined) return heldAt(folder, at, name);
  const { tar, digest } = imageFor(architecture);
  const held = await heldAt(folder, at, `${imageName}@${digest}`);
  return held === undefined ? undefined : createHash("sha256").update(tar).digest("hex");
}

/** @param folder where files are made before they are committed */
export function fourProject(folder: string): FourProject {
  const cargo = crateNames.map((name) => {
    const needs = name === crateNames[0] ? "" : `[dependencies]\n${crateNames[0]} = "${fourVersion}"\n`;
    const manifest = `description = "A reed"\nlicense = "MIT"\n${needs}`;
    // A file that names its dependency's registry names an address, which is not known before its server runs: what is packed
    // names none, and the order comes from the manifests of the source.
    const packed = 'description = "A reed"\nlicense = "MIT"\n';
    const made = crateUpload(path.join(folder, "crates"), { name, version: fourVersion, manifest: packed });
    return { name, manifest, file: made.name, bytes: readFileSync(made.file) };
  });
  const js = npmNames.map((name) => {
    const needs = name === npmNames[0] ? {} : { dependencies: { [npmNames[0]]: fourVersion } };
    const manifest = { name, version: fourVersion, license: "MIT", ...needs };
    return { name, manifest, file: `${name.slice(1).replace("/", "-")}-${fourVersion}.tgz`, bytes: npmTarball(manifest) };
  });
  const images = architectures.map((architecture) => ({ file: archiveName(architecture), bytes: imageFor(architecture).tar }));
  const python = [wheel(describedAs(fourVersion)), sdist(describedAs(fourVersion))];
  const built = [...cargo, ...js, ...images, ...python.map(({ name, bytes }) => ({ file: name, bytes }))];
  return {
    files: {
      "slipway.yaml": settings,
      "pyproject.toml": `[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n\n[project]\nname = "${prebuiltName}"\nversion = "${fourVersion}"\n`,
      "rust/Cargo.toml": `[workspace]\nmembers = ["${crateNames.join('", "')}"]\nresolver = "2"\n`,
      ...Object.fromEntries(
        cargo.map(({ name, manifest }) => [
          `rust/${name}/Cargo.toml`,
          `[package]\nname = "${name}"\nversion = "${fourVersion}"\nedition = "2021"\n${manifest}`,
        ]),
      ),
      "js/package.json": JSON.stringify({ name: "root", private: true, workspaces: ["core", "app"] }),
      ...Object.fromEntries(js.map(({ name, manifest }) => [`js/${name.split("/")[1]}/package.json`, JSON.stringify(manifest)])),
      ...Object.fromEntries(built.map(({ file, bytes }) => [`built/${file}`, bytes])),
    },
  };
}

export interface FourOptions {
  readonly bed: Bed;
  /** The run's state and all that the servers hold. */
  readonly folder: string;
  readonly clock: Clock;
  /** In the words of `--faults`, by registry or `forge`. */
  readonly faults?: Readonly<Partial<Record<RegistryName | "forge", string>>>;
  readonly timeouts?: Partial<HttpTimeouts>;
}

export interface FourPlace {
  readonly servers: {
    readonly crates: RehearsalCrates;
    readonly npm: RehearsalNpm;
    readonly pypi: RehearsalPypi;
    readonly images: RehearsalOci;
  };
  readonly forge: RehearsalForge;
  registry(name: RegistryName): Registry;
  /** What every registry kept, with how often; parts of images aside, which have no name of their own. */
  received(): readonly { readonly name: string; readonly stored: number }[];
  /** How often a fault has struck, by `NAME:CALL`. */
  struck(at: RegistryName | "forge", fault: string): Promise<number>;
  /** SHA-256 of what a registry keeps on disk of an artifact; undefined: it has none, or not all of it. */
  held(at: RegistryName, name: string): Promise<string | undefined>;
  /** Whether the tag of the version leads to the list of our images. */
  tagged(): Promise<boolean>;
  /** `slipway run --no-wait`, once. */
  run(): Promise<Report>;
  /** The same in a process of its own, which is killed at a crash point, or writes down which it reaches. @returns the signal that ended it */
  withdrawInChild(
    said: { readonly confirm: string; readonly reason: string },
    env: Readonly<Record<string, string>>,
  ): Promise<NodeJS.Signals | null>;
  /** What a person says to a run, or to a withdrawal. @throws SlipwayError */
  decide(run: string, saying: Parameters<typeof decideInProcess>[2]): ReturnType<typeof decideInProcess>;
  /** Digest of what the first gate of a run asks about. */
  asked(run: string): Promise<string | undefined>;
  /** `slipway withdraw --everything`, once. @throws SlipwayError */
  withdraw(said: { readonly confirm: string | undefined; readonly reason: string | undefined }): ReturnType<typeof withdrawInProcess>;
  close(): Promise<void>;
}

/** The client's own, where nothing says otherwise: everything is on this machine. */
const shortTimeouts = { connectMs: 2_000, answerMs: 5_000, wholeMs: 10_000 };
const settleMs = 5_000;

/** Where the servers of a place are; what another process needs to speak to them. */
export interface FourAddresses {
  readonly crates: string;
  readonly npm: string;
  readonly pypi: { readonly uploadUrl: string; readonly indexUrl: string };
  readonly images: string;
  readonly forge: { readonly apiUrl: string; readonly uploadUrl: string; readonly webUrl: string };
}

/** A command of Slipway with clients of the servers at these addresses, in whichever process. */
export function fourCommand(parts: {
  readonly bed: Pick<Bed, "env" | "project">;
  readonly state: string;
  readonly clock: Clock;
  readonly addresses: FourAddresses;
  readonly timeouts?: Partial<HttpTimeouts>;
}) {
  const { bed, state, clock, addresses, timeouts } = parts;
  const http = openHttp({ userAgent: "slipway/0.0.0-test", timeouts: { ...shortTimeouts, ...timeouts }, env: {} });
  const client = { world: "real", settleMs, clock, http } as const;
  const images = createImageArchives();
  const opened: Readonly<Record<RegistryName, { readonly registry: Registry; readonly credential: Credential }>> = {
    crates: {
      registry: cratesRegistry({ ...client, name: "crates", indexUrl: addresses.crates, rules: "crates" }),
      credential: rehearsalCratesCredential(),
    },
    npm: { registry: npmRegistry({ ...client, name: "npm", registryUrl: addresses.npm }), credential: rehearsalNpmCredential() },
    pypi: {
      registry: pypiRegistry({
        ...client,
        name: "pypi",
        uploadUrl: addresses.pypi.uploadUrl,
        indexUrl: addresses.pypi.indexUrl,
        rules: "pypi",
      }),
      credential: rehearsalCredential(),
    },
    images: {
      registry: ociRegistry({
        ...client,
        name: "images",
        registryUrl: addresses.images,
        images,
        readAs: async () => rehearsalOciCredential(),
      }),
      credential: rehearsalOciCredential(),
    },
  };
  const named = (name: string) => {
    const found = opened[name as RegistryName];
    if (found === undefined) throw new Error(`the test has no registry "${name}"`);
    return found;
  };
  const registries: Registries = {
    world: "real",
    identity: { kind: "none", why: "a test has no identity" },
    signer: () => Promise.reject(new Error("a test signs nothing")),
    open: ({ name }) => named(name).registry,
    credential: async ({ name }) => ({ credential: named(name).credential, how: { kind: "none" } }),
  };
  const atForge = githubForge({ ...client, name: "forge", repository: "example/reed", ...addresses.forge });
  const forges: Forges = {
    open: async () => atForge,
    has: async () => ({ there: true, variables: "GH_TOKEN" }),
    credential: async () => createCredential("", "rehearsal-writer-of-a-reed"),
  };
  const command: InProcess = {
    bed,
    state,
    clock,
    registries: {},
    tokens: {},
    client: { settleMs },
    opened: registries,
    forges,
    env: tokens,
  };
  return { command, opened };
}

export async function openFourPlace(options: FourOptions): Promise<FourPlace> {
  const { bed, folder, clock, faults = {} } = options;
  const at = (name: string) => ({ clock, storeFolder: path.join(folder, name), announced: false });
  const servers = {
    crates: await startRehearsalCrates({ ...at("crates"), ours: [...crateNames], faults: parseCratesFaults(faults.crates ?? "") }),
    npm: await startRehearsalNpm({ ...at("npm"), ours: [...npmNames], faults: parseNpmFaults(faults.npm ?? "") }),
    pypi: await startRehearsalPypi({
      ...at("pypi"),
      ours: [prebuiltName],
      hooks: archiveHooks(createArchives()),
      faults: parsePypiFaults(faults.pypi ?? ""),
    }),
    images: await startRehearsalOci({ ...at("images"), ours: [imageName], faults: parseOciFaults(faults.images ?? "") }),
  };
  const forge = await startRehearsalForge({
    ...at("forge"),
    repository: "example/reed",
    defaultBranch: "main",
    faults: parseForgeFaults(faults.forge ?? ""),
  });
  await forge.owner.pushed(`refs/tags/v${fourVersion}`, bed.git("rev-parse", `v${fourVersion}^{commit}`).trim());
  const addresses: FourAddresses = {
    crates: servers.crates.indexUrl,
    npm: servers.npm.registryUrl,
    pypi: { uploadUrl: servers.pypi.uploadUrl, indexUrl: servers.pypi.indexUrl },
    images: servers.images.url,
    forge: { apiUrl: forge.apiUrl, uploadUrl: forge.uploadUrl, webUrl: forge.webUrl },
  };
  const state = path.join(folder, "state");
  const { command, opened } = fourCommand({
    bed,
    state,
    clock,
    addresses,
    ...(options.timeouts === undefined ? {} : { timeouts: options.timeouts }),
  });
  return {
    servers,
    forge,
    registry: (name) => opened[name].registry,
    received: () => {
      const images = servers.images.received().filter(({ kind }) => kind !== "blob");
      return [...servers.crates.received(), ...servers.npm.received(), ...servers.pypi.received(), ...images];
    },
    struck: async (name, fault) => (name === "forge" ? forge.state() : await stateAt(folder, name))?.faultsUsed[fault] ?? 0,
    held: (name, file) => heldAs(folder, name, file),
    tagged: async () => {
      const leads = await tagAt(folder, imageName, fourVersion);
      return leads !== undefined && (await heldAt(folder, "images", `${imageName}@${leads}`)) !== undefined;
    },
    run: async () => (await runInProcess(command)).report,
    withdrawInChild: (said, env) => {
      const { project, env: own } = bed;
      const given: ChildCommand = {
        bed: { project, env: { ...own, ...env } },
        state,
        addresses,
        said: { ...said, tags: [`v${fourVersion}`] },
      };
      const child = spawn(process.execPath, [path.join(import.meta.dirname, "withdraw-process.ts"), JSON.stringify(given)], {
        stdio: ["ignore", "ignore", "inherit"],
      });
      return new Promise((resolve, reject) => child.once("error", reject).once("close", (_code, signal) => resolve(signal)));
    },
    decide: (run, saying) => decideInProcess(command, run, saying),
    asked: async (run) =>
      [...(await lookInProcess(command, run)).state.gates.values()].find((one) => one.subject !== undefined)?.subject?.digest,
    withdraw: (said) => withdrawInProcess(command, { ...said, tags: [`v${fourVersion}`] }),
    close: async () => {
      await Promise.all([...Object.values(servers), forge].map((server) => server.close()));
      rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}
