// The licences of the packages that are in the bundle: their terms ask that the text travels with the code.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

interface Bundled {
  readonly name: string;
  readonly version: string;
  readonly licence: string;
  readonly text: string;
}

// Terms that allow a bundle to be passed on with their text; another one is looked at by a person first.
const permitted = new Set([
  "MIT",
  "ISC",
  "Apache-2.0",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "BlueOak-1.0.0",
  "0BSD",
  "CC0-1.0",
  "(MIT OR CC0-1.0)",
]);

/**
 * Text of the file NOTICES.
 * @param modules absolute paths of all modules of a bundle
 * @throws Error if a package has no licence text, or a licence that nobody looked at
 */
export function noticesOf(modules: readonly string[]): string {
  const folders = new Set(modules.flatMap((module) => packageFolder(module) ?? []));
  const packages = [...folders].map(readPackage).toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const head = "Slipway is licensed under the Apache License 2.0 (see LICENSE). Its bundle contains these packages:\n";
  const parts = packages.map(
    ({ name, version, licence, text }) => `${"-".repeat(80)}\n${name} ${version} (${licence})\n\n${text.trim()}\n`,
  );
  return [head, ...parts].join("\n");
}

/** The package a module of node_modules belongs to: the nearest folder above it whose package.json has a version. */
function packageFolder(module: string): string | undefined {
  if (!module.includes("/node_modules/")) return undefined;
  for (let folder = dirname(module); folder.includes("/node_modules/"); folder = dirname(folder)) {
    const manifest = join(folder, "package.json");
    if (existsSync(manifest) && readFileSync(manifest, "utf8").includes('"version"')) return folder;
  }
  return undefined;
}

function readPackage(folder: string): Bundled {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Record<string, string>;
  const file = readdirSync(folder).find((one) => /^(?:licen[cs]e|copying)(?:\.|$)/i.test(one));
  if (name === undefined || version === undefined || license === undefined || !permitted.has(license)) {
    throw new Error(`Cannot bundle ${folder}: its licence "${license}" is not one that scripts/support/notices.ts permits`);
  }
  if (file === undefined) throw new Error(`Cannot bundle ${name}: it has no licence text`);
  return { name, version, licence: license, text: readFileSync(join(folder, file), "utf8").replaceAll("\r\n", "\n") };
}
