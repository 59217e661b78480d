import assert from "node:assert/strict";
import path from "node:path";
import { test } from "node:test";
import { SlipwayError } from "../domain/error.ts";
import { findProject, openProject } from "./project.ts";
import type { World } from "./world.ts";

const whole = (project: string): string => `slipway: 1
${project}
packages: { tide: { path: . } }
version: { from: manifest }
on: { dispatch: { ref: main } }
steps:
  check: { run: "true" }
`;

interface Placed {
  /** Where slipway.yaml leads. */
  readonly real?: string;
  readonly dirty?: readonly string[];
}

/** A world in which there is a repository with this slipway.yaml. */
function worldWith(text: string | undefined, { real = "/repo/slipway.yaml", dirty = [] }: Placed = {}): World {
  const world: Partial<World> = { folder: "/repo", stateRoot: "/state" };
  const look = { root: "/repo", commit: "a".repeat(40), epochSeconds: 1, tagsHere: [], dirty, shallow: false, person: "Ada" };
  return {
    ...world,
    git: { look: () => Promise.resolve(look) },
    files: {
      realPath: () => Promise.resolve(text === undefined ? undefined : real),
      readTextIfThere: (file: string) => Promise.resolve(file === real ? text : assert.fail(`reads ${file}`)),
    },
  } as unknown as World;
}

const folderOf = async (text: string): Promise<string> =>
  path.basename((await findProject(worldWith(text))).folder).replace(/-[0-9a-f]{12}$/, "");

test("findProject() reads the name however it is written plainly", async () => {
  for (const line of ["project: tide", "project:   tide   # of the sea", 'project: "tide"', "project: 'tide'\r"]) {
    assert.equal(await folderOf(whole(line)), "tide", line);
  }
});

test("findProject() gives the folder of a file with mistakes elsewhere, so that runs can be looked at", async () => {
  assert.equal(await folderOf("slipway: 1\nproject: tide\nsteps: { build: [ }\n"), "tide");
});

test("findProject() checks the whole file where the name does not stand plainly", async () => {
  assert.equal(await folderOf(whole("? project\n: tide")), "tide");
  for (const text of [whole("project: tide\nproject: other"), whole("project: two words"), "slipway: 1\n"]) {
    await assert.rejects(findProject(worldWith(text)), (error) => error instanceof SlipwayError && error.code.startsWith("CONFIG_"), text);
  }
});

test("findProject() without a file is CONFIG_MISSING", async () => {
  await assert.rejects(findProject(worldWith(undefined)), (error) => error instanceof SlipwayError && error.code === "CONFIG_MISSING");
});

test("a slipway.yaml that leads out of the repository, or into git's own folder, is refused and not read", async () => {
  for (const real of ["/home/ada/.pypirc", "/repo-other/slipway.yaml", "/repo/.git/config", "/"]) {
    const world = worldWith("token: secret", { real });
    const refused = (error: unknown): boolean =>
      error instanceof SlipwayError && error.code === "CONFIG_INVALID" && /a link/.test(error.message) && !error.message.includes("secret");

    await assert.rejects(
      openProject({ ...world, files: { ...world.files, readTextIfThere: () => assert.fail("reads it") } }),
      refused,
      real,
    );
    await assert.rejects(findProject(world), refused, real);
  }
});

test("a slipway.yaml that leads elsewhere in the repository is read there, and is changed when that file is", async () => {
  const real = "/repo/release/slipway.yaml";

  assert.equal((await openProject(worldWith(whole("project: tide"), { real }))).configurationDirty, false);
  assert.equal((await openProject(worldWith(whole("project: tide"), { real, dirty: ["release/slipway.yaml"] }))).configurationDirty, true);
  assert.equal((await openProject(worldWith(whole("project: tide"), { real, dirty: ["slipway.yaml"] }))).configurationDirty, true);
});
