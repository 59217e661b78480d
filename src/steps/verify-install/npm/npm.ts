// npm packages: installed by npm into a project of their own, scripts and all, as a user gets them. npm can take packages from
// elsewhere only by scope, so that of a registry which is not the usual one our unscoped packages come as files, whose bytes
// were fetched from there and compared; everything else comes from where npm asks by default (S5.5).
import { join } from "node:path";
import { splitNpmName } from "../../../domain/npm/names.ts";
import type { Finding, Frozen, ReadPorts } from "../../step.ts";
import { firstLineOf } from "../../building.ts";
import { answerOf, failureOf, runTool, type Bench, type Failed } from "../bench.ts";
import {
  blocks,
  missingTool,
  nameOf,
  type Import,
  type Installed,
  type Installing,
  type Source,
  type Trial,
  type Waiting,
} from "../installing.ts";
import { ownMembers, type OwnMember } from "../own-members.ts";
import { judgeInstalled, readLockFile, type InstalledPackage } from "./lock-file.ts";
import { fetchOwnFile, npmEnvironment, wayTo, type NpmWay } from "./way.ts";

export const installingNpm: Installing = { noun: "npm package", preflight, install };

interface NpmBench extends Bench {
  readonly way: NpmWay;
}

async function install(trial: Trial, bare: Bench): Promise<Installed | Waiting | Failed> {
  const { ports, folder } = bare;
  const version = await npmVersion(ports);
  if (version === undefined) return missingTool(missing.message, missing.hint);
  const own = ownMembers(trial.packages, trial.frozen.artifacts);
  if (own.kind === "failed") return own;
  const way = wayTo(trial.source, ports.env);
  const bench = { ...bare, way, env: npmEnvironment(bare) };
  await writeProject(own.members, bench);
  const specs = await specsOf(own.members, trial.source, bench);
  if (specs.kind !== "specs") return specs;
  const words = ["npm", "install", ...way.options, ...specs.specs];
  const failed = failureOf(await runTool({ words }, bench), "install");
  if (failed !== undefined) return (await laggingBehind(own.members, trial.source, bench)) ?? failed;
  const installed = readLockFile((await ports.files.readTextIfThere(join(folder, "package-lock.json"))) ?? "");
  const foreign = await judgeInstalled(own.members, installed, { ports, way, from: nameOf(trial.source) });
  if (foreign !== undefined) return foreign;
  for (const one of installed) ports.print(`${one.name} ${one.version} from ${one.from}`);
  return installedWith({ trial, own: own.members, installed, client: `npm ${version}` }, bench);
}

/** An empty project, so that npm looks no further upwards for one; and settings that say what is taken from the registry under test. */
async function writeProject(own: readonly OwnMember[], { ports, folder, way }: NpmBench): Promise<void> {
  const scopes = new Set(own.flatMap(({ name }) => splitNpmName(name).scope ?? []));
  const lines = way.scoped === undefined ? [] : [...scopes].map((scope) => `${scope}:registry=${way.scoped ?? ""}\n`);
  await ports.files.writeText(
    join(folder, "package.json"),
    `${JSON.stringify({ name: "slipway-trial", version: "0.0.0", private: true })}\n`,
  );
  await ports.files.writeText(join(folder, ".npmrc"), lines.join(""));
}

async function specsOf(
  own: readonly OwnMember[],
  source: Source,
  bench: NpmBench,
): Promise<{ readonly kind: "specs"; readonly specs: readonly string[] } | Waiting | Failed> {
  const { ports, folder, way } = bench;
  const specs: string[] = [];
  for (const member of own) {
    if (way.byName(member.name)) {
      specs.push(`${member.name}@${member.version}`);
      continue;
    }
    const fetched = source.kind === "artifacts" ? undefined : await fetchOwnFile(member, source.registry, bench);
    if (fetched !== undefined) return fetched;
    // The digest says that these are the bytes that stand there.
    await ports.files.copy(ports.artifactFile(member.artifact), join(folder, "ours", member.artifact.name));
    specs.push(`./ours/${member.artifact.name}`);
  }
  return { kind: "specs", specs };
}

/** npm's failure may be an index that lags, or a package that nobody can install: npm tells, asked for ours alone. */
async function laggingBehind(own: readonly OwnMember[], source: Source, bench: NpmBench): Promise<Waiting | Failed | undefined> {
  for (const { name, version } of own.filter((one) => bench.way.byName(one.name))) {
    const words = ["npm", "view", ...bench.way.options, `${name}@${version}`, "version"];
    const asked = await runTool({ words, print: false }, bench);
    const failed = failureOf(asked, `get ${name} ${version} from ${nameOf(source)}`);
    if (failed !== undefined && failed.code !== "STEP_FAILED") return failed;
    if (failed !== undefined || answerOf(asked) === "")
      return { kind: "waiting", why: `npm does not get ${name} ${version} from ${nameOf(source)} yet` };
  }
  return undefined;
}

interface Done {
  readonly trial: Trial;
  readonly own: readonly OwnMember[];
  readonly installed: readonly InstalledPackage[];
  readonly client: string;
}

function installedWith({ trial, own, installed, client }: Done, { ports, folder, env }: NpmBench): Installed {
  return {
    kind: "installed",
    programs: [join(folder, "node_modules", ".bin")],
    env,
    // What is tried runs in a folder inside the project, where modules are found; files of the repository lie elsewhere.
    fixed: { NODE_PATH: join(folder, "node_modules") },
    imports: trial.frozen.input.import === true ? own.map(importOf) : [],
    record: {
      client,
      host: ports.host,
      files: own.map(({ artifact }) => artifact.name),
      installed: installed.map(({ name, version, from }) => ({ name, version, from })),
    },
  };
}

function importOf({ name }: OwnMember): Import {
  const words = ["node", "--input-type=module", "--eval", `await import(${JSON.stringify(name)})`];
  return { words, shown: words };
}

const missing = {
  message: "Cannot try the installation of npm packages: npm is not on the PATH, or does not answer",
  hint: "Install Node.js with npm",
};

async function npmVersion(ports: ReadPorts): Promise<string | undefined> {
  const found = await ports.exec.find("npm", ports.env["PATH"] ?? "");
  return found === undefined ? undefined : await firstLineOf(["npm", "--version"], ports);
}

async function preflight(_planned: Pick<Frozen, "leg">, ports: ReadPorts): Promise<readonly Finding[]> {
  const version = await npmVersion(ports);
  if (version === undefined) return [blocks("PF-TOOL-MISSING", missing.message, missing.hint)];
  return [{ id: "PF-CLIENT", level: "fine", message: `Installations are tried with npm ${version}` }];
}
