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
  const file = path.join(look.root, configurationFile);
  const text = await world.files.readTextIfThere(file);
  if (text === undefined) {
    throw new SlipwayError("CONFIG_MISSING", `Cannot find "${configurationFile}" in "${look.root}"`, {
      hint: "Run `slipway init` to write one",
    });
  }
  const parsed = parseSlipwayYaml(text, configurationFile);
  if (parsed.kind === "invalid") throw configurationError(parsed.problems);
  const { configuration } = parsed;
  const { projectKey } = await import("../platform/state-folder.ts");
  return {
    configuration,
    file,
    look,
    configurationDirty: look.dirty.includes(configurationFile),
    folder: path.join(
      world.stateRoot,
      projectKey({ project: configuration.project, root: look.root, ...(look.remote === undefined ? {} : { remote: look.remote }) }),
    ),
  };
}

function configurationError(problems: SlipwayError["problems"]): SlipwayError {
  const [first] = problems;
  const code = first?.code ?? "CONFIG_INVALID";
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : "";
  return new SlipwayError(code, `${first?.message ?? `Cannot read ${configurationFile}: it is invalid`}${more}`, { problems });
}
