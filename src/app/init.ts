// Use case: `slipway init`. Looks at the commit that would be released, runs nothing of it, and writes a first
// slipway.yaml: short, explained line by line, and good for a rehearsal as it stands.
import path from "node:path";
import { renderConfiguration } from "../config/render.ts";
import { assert, SlipwayError } from "../domain/error.ts";
import { commitReader, type ReadCommit } from "./packages/commit-source.ts";
import { configurationFile } from "./project.ts";
import { discoverPackages } from "./init/discover.ts";
import { sketchConfiguration } from "./init/sketch.ts";
import type { World } from "./world.ts";

export interface Proposal {
  /** Absolute path of slipway.yaml. */
  readonly file: string;
  readonly text: string;
  /** Text that stands there now; undefined: nothing does. */
  readonly before: string | undefined;
  /** What was found and why the file says what it says, for people. */
  readonly notes: readonly string[];
}

/**
 * Changes nothing.
 * @throws SlipwayError SOURCE_NOT_GIT, NO_PACKAGE, PLAN_INVALID for a manifest that cannot be read, CONFIG_EXISTS when
 * something else than a file has the name
 */
export async function proposeConfiguration(world: World): Promise<Proposal> {
  const look = await world.git.look(world.folder);
  const file = path.join(look.root, configurationFile);
  const before = await present(world, file);
  const [paths, tags] = await Promise.all([world.git.files(look.root, look.commit), world.git.tags(look.root, "**")]);
  const read = commitReader(world.git, look.root, look.commit);
  const discovery = await discoverPackages({ paths, read });
  const texts = {
    makefile: await readFirst(["Makefile", "makefile", "GNUmakefile"], paths, read),
    justfile: await readFirst(["justfile", "Justfile", ".justfile"], paths, read),
    setupCfg: await readFirst(["setup.cfg"], paths, read),
  };
  const { sketch, notes } = sketchConfiguration({
    discovery,
    paths,
    tags: tags.map((tag) => tag.name),
    repository: repositoryName(look),
    branch: look.branch,
    texts,
  });
  const text = renderConfiguration(sketch);
  await assertValid(text);
  const dirty = discovery.packages.flatMap((one) => look.dirty.filter((changed) => isManifestOf(one.folder, changed)));
  const uncommitted = dirty.map(
    (changed) => `"${changed}" differs from the commit: what is released, and what was looked at, is the commit`,
  );
  return { file, text, before, notes: [...notes, ...uncommitted] };
}

/** @throws SlipwayError CONFIG_EXISTS for a folder or link of that name: what it leads to is not ours to replace */
async function present(world: World, file: string): Promise<string | undefined> {
  const info = await world.files.info(file);
  if (info === undefined) return undefined;
  if (info.kind === "file") return world.files.readText(file);
  throw new SlipwayError("CONFIG_EXISTS", `Cannot write "${file}": it is a ${info.kind} and should be a file, or not be there`, {
    hint: "Move it away, then run the same command again",
  });
}

async function readFirst(names: readonly string[], paths: readonly string[], read: ReadCommit): Promise<string | undefined> {
  const found = names.find((name) => paths.includes(name));
  return found === undefined ? undefined : read(found);
}

function repositoryName(look: { readonly root: string; readonly remote?: string }): string {
  const remote = look.remote
    ?.replace(/\/+$/, "")
    .replace(/\.git$/, "")
    .split(/[/:]/)
    .at(-1);
  return remote === undefined || remote === "" ? path.basename(look.root) : remote;
}

function isManifestOf(folder: string, changed: string): boolean {
  return path.posix.dirname(changed) === folder && /^(?:pyproject\.toml|setup\.(?:py|cfg)|Cargo\.toml)$/.test(path.posix.basename(changed));
}

/** What init writes has to be what plan reads: a file that does not parse would be the worst first impression. */
async function assertValid(text: string): Promise<void> {
  const { parseSlipwayYaml } = await import("./vocabulary.ts");
  const parsed = await parseSlipwayYaml(text, configurationFile);
  assert(parsed.kind === "parsed", `the file that init wrote is invalid: ${parsed.kind === "invalid" ? parsed.problems[0]?.message : ""}`);
}

export type Written =
  | { readonly kind: "unchanged" }
  /** `kept`: where the text that stood there before is now; undefined where there was none. */
  | { readonly kind: "written"; readonly kept: string | undefined };

/**
 * Writes the proposal. A text that it replaces is first kept beside it.
 * @param options `replace`: a person wants it written over a file that says something else
 * @throws SlipwayError CONFIG_EXISTS without `replace`
 */
export async function writeConfiguration(world: World, proposal: Proposal, options: { readonly replace: boolean }): Promise<Written> {
  const { file, text, before } = proposal;
  if (before === text) return { kind: "unchanged" };
  if (before !== undefined && !options.replace) {
    throw new SlipwayError("CONFIG_EXISTS", `Cannot write "${configurationFile}": another one is there, and it would be replaced`, {
      hint: "Look at the difference above; `slipway init --yes` writes it and keeps the old one beside it",
    });
  }
  const kept = before === undefined ? undefined : await keep(world, file, before);
  await world.files.writeText(file, text);
  return { kind: "written", kept };
}

/** How many old files are kept beside each other before a person is asked to look at them. */
const keptMax = 100;

async function keep(world: World, file: string, before: string): Promise<string> {
  for (let number = 1; number <= keptMax; number += 1) {
    const beside = number === 1 ? `${file}.old` : `${file}.old-${number}`;
    if ((await world.files.info(beside)) !== undefined) continue;
    await world.files.writeText(beside, before);
    return beside;
  }
  throw new SlipwayError("CONFIG_EXISTS", `Cannot keep the old "${configurationFile}": ${keptMax} of them are beside it already`, {
    hint: `Remove those that are not needed: ${configurationFile}.old…`,
  });
}
