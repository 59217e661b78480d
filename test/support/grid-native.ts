// The kill grids of the example native-extension: the plan of a trial and that of the tag, step for step. All four legs come
// from elsewhere by `slipway import`, as three of them do in every release of it; tests and installations are left to a program
// that does nothing (maturin, Pythons and refused approvals are tried in test/acceptance/native-extension).
import path from "node:path";
import { edit, makeBed, pointAt } from "./bed.ts";
import { giveRust, openGridServers, withStep } from "./grid-servers.ts";
import type { Grid, GridPlace } from "./kill-grid.ts";
import { forgeTokens, pointForgeAt } from "./project-forge.ts";
import { sdist } from "./sdist.ts";
import { wheel, writeBuilt, type BuiltFile, type WheelOf } from "./wheel.ts";

const name = "slipway-example-heron";
export const nativeVersion = "1.4.0";
/** One commit, and no release before it. */
export const nativeTrial = `${nativeVersion}.dev1`;
export const nativeTag = `recorder-v${nativeVersion}`;
const platforms = ["manylinux_2_17_x86_64", "manylinux_2_17_aarch64", "macosx_10_12_universal2", "win_amd64"];
export const nativeTokens = { TESTPYPI_TOKEN: "pypi-test-token-of-the-grid", PYPI_TOKEN: "pypi-token-of-the-grid", ...forgeTokens };

function built(of: string): readonly BuiltFile[] {
  const described: WheelOf = {
    name,
    version: of,
    requiresPython: ">=3.9",
    summary: "Records which functions a Python program calls.",
    headers: [["License", "MIT"]],
    description: "# Heron\n\nStands in for a build of another machine.\n",
    descriptionContentType: "text/markdown",
  };
  return [...platforms.map((one) => wheel({ ...described, tag: `cp39-abi3-${one}` })), sdist(described)];
}

export interface NativePlace extends GridPlace {
  /** Absolute paths of what other machines built of the version. */
  readonly files: readonly string[];
  /** What they built of another one. */
  built(version: string): readonly string[];
}

export interface NativeOptions {
  /** Of what is brought in. */
  readonly version: string;
  /** Whether the commit has its release tag. */
  readonly tagged: boolean;
  /** Changes files of the example before they are committed. */
  readonly prepare?: (project: string) => void;
}

function prepare(project: string): void {
  edit(project, "slipway.yaml", (text) => {
    const verified = withStep(text, "verify", '{ run: "true" }');
    const smoked = withStep(verified, "smoke", '{ run: "true" }');
    // An environment that is asked for what it has would be the machine's Pythons.
    const installed = withStep(smoked, "installs", '{ run: "true", when: tag, matrix: { python: ["3.12", "3.13"] } }');
    return withStep(
      installed,
      "elsewhere",
      '{ run: "true", when: tag, optional: true, matrix: { platform: [macos, windows], python: ["3.12", "3.13"] } }',
    );
  });
}

export async function openNative({ version, tagged, prepare: more }: NativeOptions): Promise<NativePlace> {
  const servers = await openGridServers({
    registries: { testpypi: { kind: "pypi", ours: [name] }, pypi: { kind: "pypi", ours: [name] } },
    repository: "example/heron",
    prepare: (forge) => forge.openIssue(`recorder ${nativeVersion}`, "release"),
  });
  const bed = makeBed({
    example: "native-extension",
    ...(tagged ? { tag: nativeTag } : {}),
    prepare: (project) => {
      prepare(project);
      pointAt(project, { testpypi: { url: servers.address("testpypi") }, pypi: { url: servers.address("pypi") } });
      pointForgeAt(project, servers.forge.url);
      more?.(project);
    },
  });
  giveRust(bed);
  const elsewhere = (of: string): readonly string[] => built(of).map((one) => writeBuilt(path.join(bed.folder, "elsewhere"), one));
  const close = async (): Promise<void> => {
    await servers.close();
    bed.remove();
  };
  return { bed, files: elsewhere(version), built: elsewhere, empty: servers.empty, held: servers.held, close };
}

/** What says who brings files in. */
export const broughtBy = ["--by", "carol", "--reason", "from the build machines"] as const;

const bringIn = {
  words: (_slipway: unknown, { files }: NativePlace) => ["import", ...files, ...broughtBy],
  env: nativeTokens,
} as const;
const run = { words: () => ["run", "--json"], env: nativeTokens } as const;
export const everyFile = (of: string) => built(of).map((one) => one.name);

/** Without a tag: four wheels and an sdist at the test index, and no page and no issue closed. */
export const nativeTrialGrid: Grid<NativePlace> = {
  pointsMin: 135,
  lanes: 3,
  open: () => openNative({ version: nativeTrial, tagged: false }),
  commands: [bringIn, run],
  whole: [...everyFile(nativeTrial).map((file) => `testpypi/${file} ×1`), `issue recorder ${nativeVersion} open`],
};

/** By the tag: both indexes, with a word of somebody else between them, a page, and the issue closed. */
export const nativeGrid: Grid<NativePlace> = {
  pointsMin: 340,
  lanes: 3,
  open: () => openNative({ version: nativeVersion, tagged: true }),
  commands: [
    bringIn,
    { words: () => ["run", "--json", "--no-wait"], env: nativeTokens, ends: 3 },
    {
      words: async (slipway) => {
        const subject = /subject sha256:([0-9a-f]{64})/.exec((await slipway(["status"])).stdout)?.[1] ?? "";
        return ["approve", "--digest", subject, "--as", "bob", "--note", "installed it from testpypi"];
      },
      env: nativeTokens,
    },
    run,
  ],
  whole: [
    ...["testpypi", "pypi"].flatMap((index) => everyFile(nativeVersion).map((file) => `${index}/${file} ×1`)),
    `page ${nativeTag}`,
    `create-release ${nativeTag} ×1`,
    `publish-release ${nativeTag} ×1`,
    `issue recorder ${nativeVersion} closed`,
    "comment 1 ×1",
    "edit-issue 1 ×1",
  ],
};
