// Crates: what cargo builds from them in a project that names our versions exactly, and the programs that it installs. cargo
// gets a home of its own, so that every byte of ours that it used was fetched now, and can be compared (S3.4, protocols §4.4).
import { join } from "node:path";
import type { Finding, Frozen, ReadPorts } from "../../step.ts";
import { failureOf, runTool, type Bench, type Failed } from "../bench.ts";
import { blocks, missingTool, nameOf, type Installed, type Installing, type Trial, type Waiting } from "../installing.ts";
import { ownMembers } from "../own-members.ts";
import { cargoEnvironment, cargoSettings, type CargoSettings } from "./cargo.ts";
import { foreignBytes, listFetched } from "./fetched.ts";
import { scratchManifest, scratchSource } from "./scratch-project.ts";
import { readTargets, type CrateToTry } from "./targets.ts";

export const installingCrates: Installing = {
  noun: "crate",
  notFromFiles: "cargo takes crates from a registry alone, not from their files",
  preflight,
  install,
};

interface CargoBench extends Bench {
  readonly settings: CargoSettings;
  /** Folder with the project that needs our crates. */
  readonly project: string;
  /** Where `cargo install` puts programs. */
  readonly root: string;
}

async function install(trial: Trial, bare: Bench): Promise<Installed | Waiting | Failed> {
  const { ports, folder } = bare;
  const { frozen, source } = trial;
  if (source.kind === "artifacts")
    return { kind: "failed", code: "ARTIFACT_SET", message: `Cannot install from artifacts: ${installingCrates.notFromFiles ?? ""}` };
  if ((await ports.exec.find("cargo", ports.env["PATH"] ?? "")) === undefined) return missingTool(missing.message, missing.hint);
  const own = ownMembers(trial.packages, frozen.artifacts);
  if (own.kind === "failed") return own;
  const crates = await readTargets(own.members, ports);
  if (crates.kind === "failed") return crates;
  const settings = await cargoSettings(source, bare);
  const bench = { ...bare, env: cargoEnvironment(bare), settings, project: join(folder, "project"), root: join(folder, "installed") };
  await writeProject(crates.crates, trial, bench);
  const unseen = await resolve(crates.crates, nameOf(source), bench);
  if (unseen !== undefined) return unseen;
  const failed =
    (await build(crates.crates, bench)) ??
    (await installPrograms(crates.crates, bench)) ??
    (await foreignBytes(own.members, nameOf(source), bench));
  return failed ?? (await installedWith(crates.crates, bench));
}

async function writeProject(crates: readonly CrateToTry[], { frozen }: Trial, { ports, project, settings }: CargoBench): Promise<void> {
  const { files } = ports;
  const imports = frozen.input.import !== false;
  await files.writeText(join(project, "Cargo.toml"), scratchManifest(crates, settings.registry));
  await files.writeText(join(project, "src", "lib.rs"), scratchSource(imports ? crates : []));
}

/** Failing to choose versions may be an index that lags, or a crate that nobody can use: cargo tells, asked for ours alone. */
async function resolve(crates: readonly CrateToTry[], from: string, bench: CargoBench): Promise<Waiting | Failed | undefined> {
  const resolved = failureOf(
    await runTool({ words: [...cargo(bench), "generate-lockfile"], cwd: bench.project }, bench),
    "choose versions",
  );
  if (resolved === undefined || resolved.code !== "STEP_FAILED") return resolved;
  for (const { name, version } of crates) {
    // Where another source stands in the usual one's place, cargo wants that one named.
    const words = [...cargo(bench), "info", "--registry", bench.settings.registry ?? "crates-io", `${name}@${version}`];
    const asked = failureOf(await runTool({ words, print: false }, bench), `get ${name} ${version} from ${from}`);
    if (asked !== undefined) return asked.code === "STEP_FAILED" ? { kind: "waiting", why: resolved.message } : asked;
  }
  return resolved;
}

async function build(crates: readonly CrateToTry[], bench: CargoBench): Promise<Failed | undefined> {
  if (!crates.some((one) => one.library !== undefined)) return undefined;
  return failureOf(await runTool({ words: [...cargo(bench), "build"], cwd: bench.project }, bench), "build with what was published");
}

/** As a user does it: each program with the newest dependencies that fit. */
async function installPrograms(crates: readonly CrateToTry[], bench: CargoBench): Promise<Failed | undefined> {
  for (const { name, version } of crates.filter(({ programs }) => programs)) {
    const registry = bench.settings.registry === undefined ? [] : ["--registry", bench.settings.registry];
    const words = [...cargo(bench), "install", "--root", bench.root, ...registry, "--version", `=${version}`, name];
    const failed = failureOf(await runTool({ words }, bench), "install");
    if (failed !== undefined) return failed;
  }
  return undefined;
}

function cargo({ settings }: CargoBench): readonly string[] {
  return ["cargo", ...(settings.configuration === undefined ? [] : ["--config", settings.configuration])];
}

async function installedWith(crates: readonly CrateToTry[], bench: CargoBench): Promise<Installed> {
  const { ports, root, env } = bench;
  const programs = await ports.files.list(join(root, "bin"));
  for (const program of programs) ports.print(`installed the program ${program}`);
  return {
    kind: "installed",
    programs: [join(root, "bin")],
    env,
    fixed: {},
    // The project that was built named every library by what it is imported as.
    imports: [],
    record: {
      client: "cargo",
      host: ports.host,
      files: crates.map(({ artifact }) => artifact.name),
      built: crates.flatMap(({ name, library }) => (library === undefined ? [] : [name])),
      programs: [...programs],
      installed: (await listFetched(bench)).map(({ name, version }) => ({ name, version })),
    },
  };
}

const missing = {
  message: "Cannot try the installation of crates: cargo is not on the PATH",
  hint: "Install Rust, or verify on a machine that has it",
};

async function preflight(_planned: Pick<Frozen, "leg">, ports: ReadPorts): Promise<readonly Finding[]> {
  const found = await ports.exec.find("cargo", ports.env["PATH"] ?? "");
  if (found === undefined) return [blocks("PF-TOOL-MISSING", missing.message, missing.hint)];
  return [{ id: "PF-CLIENT", level: "fine", message: "Installations are tried with cargo" }];
}
