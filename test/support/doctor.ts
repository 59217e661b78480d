// What the finding makers of `doctor` are shown in tests: a project in memory, registries that answer as told, and an environment.
import assert from "node:assert/strict";
import { createMemoryJournal } from "../../src/engine/journal/memory.ts";
import { lookAround, type Around, type FindingMaker } from "../../src/app/doctor/around.ts";
import type { DoctorFinding } from "../../src/domain/doctor/finding.ts";
import { findIdentity } from "../../src/domain/identity/source.ts";
import type { Ecosystem } from "../../src/domain/configuration.ts";
import type { Journal } from "../../src/engine/journal/journal.ts";
import type { Registry, TrustedLogin, Versions } from "../../src/registries/registry.ts";
import type { Project } from "../../src/app/project.ts";
import type { World } from "../../src/app/world.ts";
import { configurationOf } from "./app.ts";
import { fakeClock, fakeRegistry, memoryFiles } from "./ports.ts";

export const root = "/work/demo";
export const home = "/home/ann";

export interface Shown {
  /** `environments:` of slipway.yaml, a line each. */
  readonly environments: readonly string[];
  /** `steps:` of pipeline `release`, a line each; default: one that publishes in each environment. */
  readonly steps?: readonly string[];
  readonly forge?: string;
  readonly on?: string;
  readonly remote?: string;
  readonly ecosystem?: Ecosystem;
  /** Names of the packages; one by default. */
  readonly names?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly files?: Readonly<Record<string, string>>;
  /** Workflow files of the work tree, by name. */
  readonly workflows?: Readonly<Record<string, string>>;
  /** Of the commit, beside manifests. */
  readonly committed?: Readonly<Record<string, string>>;
  readonly versions?: (registry: string, name: string) => Versions;
  readonly registry?: Partial<Registry>;
  /** What the registries' logins are, over what is usual; `none`: they take tokens only. */
  readonly login?: Partial<TrustedLogin> | "none";
  readonly world?: Partial<World>;
  readonly shallow?: boolean;
  readonly nowMs?: number;
  readonly journal?: () => Journal;
}

export function journalAlways(journal: Journal): () => Journal {
  return () => ({ ...journal, close: () => {} });
}

export async function aroundOf(shown: Shown): Promise<Around> {
  const { env = {}, ecosystem = "pypi", names = ["demo"] } = shown;
  const configuration = configurationOf(yamlOf(shown));
  const manifests = Object.fromEntries(names.map((name) => manifestOf(ecosystem, name)));
  const commit: Readonly<Record<string, string>> = { ...manifests, ...shown.committed };
  const workflows = Object.entries(shown.workflows ?? {}).map(([name, text]) => [`${root}/.github/workflows/${name}`, text] as const);
  const files = memoryFiles({ ...shown.files, ...Object.fromEntries(workflows) });
  const open: Registries["open"] = ({ name, ecosystem: of }) =>
    fakeRegistry(name, {
      ecosystem: of,
      ...(shown.login === "none" ? {} : { login: loginOf(shown.login ?? {}) }),
      versions: async (one) => shown.versions?.(name, one) ?? { kind: "listed", versions: ["0.9.0"] },
      ...shown.registry,
    });
  const world = {
    env: { HOME: home, PATH: "/bin", ...env },
    clock: fakeClock(shown.nowMs ?? 1_000_000_000_000),
    files,
    secrets: { has: async (name: string) => ["", "_FILE", "_FD"].some((ending) => (env[`${name}${ending}`] ?? "") !== "") },
    git: {
      show: async (_root: string, _commit: string, path: string) => commit[path],
      files: async () => Object.keys(commit),
      tags: async () => [],
    },
    interrupted: new AbortController().signal,
    deadline: () => new AbortController().signal,
    stateRoot: "/state",
    openJournal: shown.journal ?? (() => createMemoryJournal()),
    openStore: () => ({}),
    realRegistries: async () => ({ world: "real", identity: findIdentity(env), open }),
    exec: { find: async (program: string) => `/bin/${program}` },
    toolbox: { python: async () => "/toolbox/python" },
    serverTime: async () => undefined,
    ...shown.world,
  } as unknown as World;
  const look = {
    root,
    commit: "c".repeat(40),
    shallow: shown.shallow ?? false,
    dirty: [],
    ...(shown.remote === undefined ? {} : { remote: shown.remote }),
  };
  const project = { configuration, look, folder: "/state/demo" } as unknown as Project;
  const { around, fault } = await lookAround(world, project);
  assert.equal(fault, undefined);
  return around;
}

type Registries = Awaited<ReturnType<World["realRegistries"]>>;

function yamlOf({ environments, steps, forge, on = "{ dispatch: {} }", ecosystem = "pypi", names = ["demo"] }: Shown): string {
  const used = environments.map((line) => line.split(":", 1)[0] ?? "");
  const published = steps ?? used.map((name) => `${name}-step: { uses: publish, environment: ${name} }`);
  const called = ecosystem === "oci" ? ", name: demo/image" : "";
  const packages = names.map((name) => `${name}: { path: ${name}, ecosystem: ${ecosystem}${called}, tag: "${name}-v{version}" }`);
  return `slipway: 1
project: demo
packages: { ${packages.join(", ")} }
people: { engineers: [ann] }
versions: each
${forge ?? "forge: { kind: github, repository: acme/demo }"}
registries:
  own: { ecosystem: pypi, url: "http://127.0.0.1:1/legacy/" }
environments:
${environments.map((line) => `  ${line}\n`).join("")}pipelines:
  release:
    on: ${on}
    steps:
      build: { run: make }
${published.map((line) => `      ${line}\n`).join("")}`;
}

function manifestOf(ecosystem: Ecosystem, name: string): readonly [string, string] {
  if (ecosystem === "crates") return [`${name}/Cargo.toml`, `[package]\nname = "${name}"\nversion = "1.0.0"\n`];
  if (ecosystem === "npm") return [`${name}/package.json`, JSON.stringify({ name, version: "1.0.0" })];
  return [`${name}/pyproject.toml`, `[project]\nname = "${name}"\nversion = "1.0.0"\n`];
}

function loginOf(parts: Partial<TrustedLogin>): TrustedLogin {
  return {
    accepts: ["github", "gitlab"],
    workflowClaim: "workflow_ref",
    opens: "registry",
    settings: (name) => `https://pages.example/${name}/publishing`,
    audience: async () => assert.fail("nobody is asked whom an identity is for"),
    exchange: async () => assert.fail("nothing is exchanged"),
    ...parts,
  };
}

/** What makers find, one line each: `ID level: message (evidence) → hint`. */
export async function lines(maker: FindingMaker, shown: Shown): Promise<readonly string[]> {
  return (await maker(await aroundOf(shown))).map(lineOf);
}

export function lineOf({ id, level, message, evidence, hint }: DoctorFinding): string {
  assert.notEqual(evidence, "", `${id} says what was seen`);
  if (level === "warns" || level === "blocks") assert.ok(hint !== undefined && hint !== "", `${id} says what mends it`);
  return `${id} ${level}: ${message} (${evidence})${hint === undefined ? "" : ` → ${hint}`}`;
}

/** `ID level` of each. */
export function idsOf(found: readonly string[]): readonly string[] {
  return found.map((line) => line.slice(0, line.indexOf(":")));
}
