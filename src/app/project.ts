// A project as it stands on this machine: slipway.yaml read and checked, the source looked at, the state folder named.
import path from "node:path";
import type { Configuration } from "../domain/configuration.ts";
import { SlipwayError } from "../domain/error.ts";
import type { SourceLook } from "../platform/ports.ts";
import type { World } from "./world.ts";

export const configurationFile = "slipway.yaml";

export interface Project {
  readonly configuration: Configuration;
  /** Absolute path of slipway.yaml. */
  readonly file: string;
  readonly look: SourceLook;
  /** slipway.yaml differs from the commit that is released. */
  readonly configurationDirty: boolean;
  /** Where the runs of this project are kept. */
  readonly folder: string;
}

/**
 * Finds slipway.yaml in this folder or above it, up to the root of the repository.
 * @throws SlipwayError CONFIG_MISSING, CONFIG_SYNTAX, CONFIG_INVALID, CONFIG_TOO_LARGE, SOURCE_NOT_GIT
 */
export async function openProject(world: World): Promise<Project> {
  const [look, { parseSlipwayYaml }] = await Promise.all([world.git.look(world.folder), import("./vocabulary.ts")]);
  const { file, place, text } = await readConfiguration(world, look);
  const parsed = await parseSlipwayYaml(text, configurationFile);
  if (parsed.kind === "invalid") throw configurationError(parsed.problems);
  const { configuration } = parsed;
  return {
    configuration,
    file,
    look,
    configurationDirty: look.dirty.includes(configurationFile) || look.dirty.includes(place),
    folder: await folderOf(world, look, configuration.project),
  };
}

/** The name on a line of its own, as it is written everywhere but in a test of the language. */
const plainName = /^project:[ \t]+(?:"(?<double>[\w.-]+)"|'(?<single>[\w.-]+)'|(?<plain>[A-Za-z0-9][\w.-]*))[ \t]*(?:#.*)?\r?$/gm;

/**
 * Where the runs of the project are kept, for those who look at them: of slipway.yaml only the name is read where it stands
 * plainly. Runs can then be looked at while the file is being changed, and checking it is most of the time that a look takes.
 * @throws SlipwayError as `openProject`
 */
export async function findProject(world: World): Promise<Pick<Project, "folder">> {
  const look = await world.git.look(world.folder);
  const { text } = await readConfiguration(world, look);
  const names = [...text.matchAll(plainName)].map(({ groups }) => groups?.["double"] ?? groups?.["single"] ?? groups?.["plain"]);
  const [name] = names;
  return name === undefined || names.length > 1 ? openProject(world) : { folder: await folderOf(world, look, name) };
}

interface Read {
  /** Absolute path of slipway.yaml. */
  readonly file: string;
  /** Path in the repository of what is read: another where slipway.yaml is a link. */
  readonly place: string;
  readonly text: string;
}

async function readConfiguration(world: World, look: SourceLook): Promise<Read> {
  const file = path.join(look.root, configurationFile);
  const real = await world.files.realPath(file);
  if (real !== undefined) {
    const place = placeIn(look.root, real);
    const text = await world.files.readTextIfThere(real);
    if (text !== undefined) return { file, place, text };
  }
  throw new SlipwayError("CONFIG_MISSING", `Cannot find "${configurationFile}" in "${look.root}"`, {
    hint: "Run `slipway init` to write one",
  });
}

/**
 * Messages show lines of what is read, and a repository that somebody else wrote must not choose which of my files those are.
 * @throws SlipwayError CONFIG_INVALID for what lies outside of the repository, or in git's own folder
 */
function placeIn(root: string, real: string): string {
  const place = path.relative(root, real);
  const parts = place.split(path.sep);
  if (!path.isAbsolute(place) && parts[0] !== ".." && !parts.includes(".git")) return place;
  throw new SlipwayError(
    "CONFIG_INVALID",
    `Cannot read "${configurationFile}": it is a link to "${real}", which is no file of the repository`,
    {
      hint: "Put the file itself into the repository",
    },
  );
}

async function folderOf(world: World, look: SourceLook, project: string): Promise<string> {
  const { projectKey } = await import("../platform/state-folder.ts");
  return path.join(
    world.stateRoot,
    projectKey({ project, root: look.root, ...(look.remote === undefined ? {} : { remote: look.remote }) }),
  );
}

function configurationError(problems: SlipwayError["problems"]): SlipwayError {
  const [first] = problems;
  const code = first?.code ?? "CONFIG_INVALID";
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : "";
  return new SlipwayError(code, `${first?.message ?? `Cannot read ${configurationFile}: it is invalid`}${more}`, { problems });
}
