// Our side of every row: the product as it is shipped. Built, packed by npm, unpacked where nothing else is. Rows that
// measure a part get a small entry that calls the product's own functions, bundled with the options of scripts/build.ts.
import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { rolldown } from "rolldown";
import { inputForm, outputForm } from "../scripts/support/bundle-form.ts";
import { node, root, scratch } from "./places.ts";

const folder = join(scratch, "product");
const bundles = join(scratch, "entries");

/** The launcher of the product that is measured. */
export const slipway = join(folder, "package", "bin", "slipway.js");
/** The packed product, as a registry would hold it. */
export const packed = join(folder, "slipway.tgz");

/** The command line of the product, run by the Node that all sides are run by. */
export function slipwayCommand(...args: readonly string[]): readonly string[] {
  return [node, slipway, ...args];
}

/** A bundled entry of bench/entries. */
export function entry(name: string): string {
  return join(bundles, `${name}.js`);
}

/** Builds, packs and unpacks the product, and bundles the entries. @throws Error when it cannot be built */
export async function prepareProduct(): Promise<void> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  execFileSync(node, [join(root, "scripts", "build.ts")], { cwd: root, stdio: ["ignore", "inherit", "inherit"] });
  execFileSync("npm", ["pack", "--ignore-scripts", "--silent", "--pack-destination", folder], {
    cwd: root,
    stdio: ["ignore", "ignore", "inherit"],
  });
  const [made] = readdirSync(folder);
  execFileSync("mv", [join(folder, made ?? ""), packed]);
  execFileSync("tar", ["-xzf", packed, "-C", folder]);
  await bundleEntries();
}

async function bundleEntries(): Promise<void> {
  rmSync(bundles, { recursive: true, force: true });
  const sources = readdirSync(join(import.meta.dirname, "entries")).filter((name) => name.endsWith(".ts"));
  const input = Object.fromEntries(sources.map((name) => [basename(name, ".ts"), join(import.meta.dirname, "entries", name)]));
  // Warnings are about ways to load things late, which entries that use them at once do not need.
  const build = await rolldown({ ...inputForm, input, onLog: () => undefined });
  // They wait at their top, which CommonJS cannot, and have no commands.
  const form = { format: "esm", entryFileNames: "[name].js", chunkFileNames: "chunk-[name]-[hash].js", codeSplitting: true } as const;
  await build.write({ ...outputForm, ...form, dir: bundles });
  await build.close();
}
