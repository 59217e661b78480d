// Row 5, the version of 500 packages and what they ask for of each other.
import { join } from "node:path";
import { after, workspace, type WorkspaceKind } from "../data/workspaces.ts";
import type { Side } from "../measure.ts";
import { bumpMyVersion, cargoEdit, changesets, installAll, lerna } from "../peers.ts";
import { node, npm, scratch } from "../places.ts";
import { entry, slipwayCommand } from "../product.ts";
import { times, type Bar, type Comparison, type Prepared, type Row } from "../row.ts";

const [few, many] = [50, 500] as const;

export const bumpRow: Row = { name: "bump", title: `5 · Bump ${many} packages and what they ask for of each other`, prepare };

async function prepare(): Promise<Prepared> {
  const missing = installAll(lerna, changesets, cargoEdit, bumpMyVersion);
  return {
    comparisons: [await npmPackages(), await crates(), await pythonProjects(), await wholeCommand()],
    notes: [
      "Slipway's side is the code of the step `bump`, in place: it finds every place that says a version, compares them, proves the new texts by other parsers, writes them, and has cargo resolve the workspace with the lock file as it is then. A run does it in a throw-away copy of the commit: the last table shows that as a whole.",
      "`read + write` is a process of the same Node that reads every manifest and writes the same bytes.",
      "lerna and changesets bump every package by `minor` and the ranges between them; bump-my-version has an entry for each file and knows no ranges. No lock file of npm is there, since npm would ask its registry for one.",
    ],
    missing,
  };
}

interface Workspace {
  readonly kind: WorkspaceKind;
  readonly manifest: string;
  readonly template: string;
  readonly members: number;
}

const place = join(scratch, "bump");

function side(name: string, command: readonly string[], template: string, more: Partial<Side> = {}): Side {
  const prepare = [
    ["rm", "-rf", place],
    ["cp", "-a", template, place],
    ["sync", "-f", place],
  ];
  return { name, command, cwd: place, prepare, ...more };
}

function ours({ kind, manifest, template, members }: Workspace): readonly Side[] {
  return [
    side(`read + write, ${members}`, [node, entry("rewrite"), place, manifest], template),
    side(`slipway, ${members}`, [node, entry("bump"), kind, place, after, String(members)], template),
  ];
}

const slipway = `slipway, ${many}`;
const own: readonly Bar[] = [
  times("must", slipway, `read + write, ${many}`, 2),
  times("must", slipway, `slipway, ${few}`, 3),
  times("reach", slipway, `read + write, ${many}`, 3),
];

async function both(kind: WorkspaceKind, manifest: string): Promise<readonly [Workspace, Workspace]> {
  const of = async (members: number): Promise<Workspace> => ({ kind, manifest, members, template: await workspace(kind, members) });
  return [await of(few), await of(many)];
}

async function npmPackages(): Promise<Comparison> {
  const [small, large] = await both("npm", "package.json");
  const { template } = large;
  const lernaWords = ["version", "minor", "--yes", "--no-git-tag-version", "--no-push", "--force-publish", "--loglevel", "error"];
  return {
    title: "packages of npm",
    sides: [
      ...ours(small),
      ...ours(large),
      side("lerna version", [node, npm("npm-lerna", "lerna", "dist", "cli.js"), ...lernaWords], template, { env: quiet }),
      side("changeset version", [node, npm("npm-cs", "@changesets", "cli", "bin.js"), "version"], template, { env: quiet }),
    ],
    bars: [...own, times("must", slipway, "lerna version", 0.15), times("must", slipway, "changeset version", 0.1)],
  };
}

const quiet = { CI: "1", NX_DAEMON: "false", NO_UPDATE_NOTIFIER: "1" };

async function crates(): Promise<Comparison> {
  const [small, large] = await both("cargo", "Cargo.toml");
  const setVersion = [join(scratch, "cargo", "bin", "cargo-set-version"), "set-version", "--workspace", "--bump", "minor", "--offline"];
  return {
    title: "a Cargo workspace",
    sides: [
      ...ours(small),
      ...ours(large),
      side("cargo metadata --no-deps", ["cargo", "metadata", "--no-deps", "--offline", "--format-version", "1"], large.template),
      side("cargo set-version", setVersion, large.template),
    ],
    bars: [...own, times("must", slipway, "cargo set-version", 0.03)],
    rounds: 3,
  };
}

/** Plan, clone, preflight, a copy of the commit, the step, and what it changed taken over into the run's own clone. */
async function wholeCommand(): Promise<Comparison> {
  const [small, large] = await both("python", "pyproject.toml");
  const state = join(scratch, "bump-state");
  const run = ({ template, members }: Workspace): Side =>
    side(`slipway run, ${members}`, slipwayCommand("--state", state, "run", after, "--only", "version", "--progress", "quiet"), template, {
      prepare: [
        ["rm", "-rf", place, state],
        ["cp", "-a", template, place],
        ["sync", "-f", place],
      ],
    });
  return {
    title: "`slipway run --only version`, Python projects",
    sides: [run(small), run(large)],
    bars: [times("must", `slipway run, ${many}`, `slipway run, ${few}`, 3)],
  };
}

async function pythonProjects(): Promise<Comparison> {
  const [small, large] = await both("python", "pyproject.toml");
  const program = join(scratch, "bump-my-version", "bin", "bump-my-version");
  return {
    title: "Python projects",
    sides: [...ours(small), ...ours(large), side("bump-my-version", [program, "bump", "minor"], large.template)],
    bars: [...own, times("must", slipway, "bump-my-version", 0.25)],
  };
}
