// Whom `slipway verify` believes: what the command line names, else what this machine and slipway.yaml say. Nothing is fetched.
import { SlipwayError } from "../domain/error.ts";
import { knownForges } from "../domain/known-services.ts";
import { planForge } from "./forges.ts";
import { openProject, type Project } from "./project.ts";
import { gitSetting } from "./sealing.ts";
import type { Trust } from "./verify-seal.ts";
import type { World } from "./world.ts";

/** As the command line says it; paths absolute. */
export interface TrustWords {
  readonly trustedRoot?: string;
  readonly allowedSigners?: string;
  readonly identity?: string;
}

/** @throws SlipwayError FILE_UNREADABLE, USAGE for a file that was named and is not there */
export async function readTrust(world: World, words: TrustWords, project: Project | undefined): Promise<Trust> {
  const { trustedRoot, allowedSigners, identity } = words;
  if (allowedSigners !== undefined && (await world.files.info(allowedSigners)) === undefined)
    throw new SlipwayError("USAGE", `Cannot read the allowed signers "${allowedSigners}": there is no such file`);
  const configured = await gitSetting(world, world.folder, ["--type=path", "gpg.ssh.allowedSignersFile"]).catch(() => undefined);
  return {
    trustedRoot: trustedRoot === undefined ? undefined : await world.files.readText(trustedRoot),
    allowedSigners: allowedSigners ?? configured,
    identities: identity === undefined ? await workflowsOf(project) : [identity],
  };
}

/** The project that this folder is of; undefined: of none, or its file cannot be read. A record needs none. */
export function projectHere(world: World): Promise<Project | undefined> {
  return openProject(world).catch(() => undefined);
}

/** The workflows that `slipway compile` makes of the pipelines: what registries are told to trust. */
async function workflowsOf(project: Project | undefined): Promise<readonly string[]> {
  if (project === undefined) return [];
  const { configuration, look } = project;
  const forge = await planForge(configuration, look);
  if (forge?.kind !== "github") return [];
  const root = (forge.url ?? `https://${knownForges[0]?.host ?? ""}`).replace(/\/$/, "");
  return configuration.pipelines.map(({ name }) => `${root}/${forge.repository}/.github/workflows/${name}.yml`);
}
