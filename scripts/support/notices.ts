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

const isc = (holder: string): string =>
  `ISC License\n\nCopyright ${holder}\n\nPermission to use, copy, modify, and/or distribute this software for any purpose with or without fee is hereby granted, provided that the above copyright notice and this permission notice appear in all copies.\n\nTHE SOFTWARE IS PROVIDED "AS IS" AND THE AUTHOR DISCLAIMS ALL WARRANTIES WITH REGARD TO THIS SOFTWARE INCLUDING ALL IMPLIED WARRANTIES OF MERCHANTABILITY AND FITNESS. IN NO EVENT SHALL THE AUTHOR BE LIABLE FOR ANY SPECIAL, DIRECT, INDIRECT, OR CONSEQUENTIAL DAMAGES OR ANY DAMAGES WHATSOEVER RESULTING FROM LOSS OF USE, DATA OR PROFITS, WHETHER IN AN ACTION OF CONTRACT, NEGLIGENCE OR OTHER TORTIOUS ACTION, ARISING OUT OF OR IN CONNECTION WITH THE USE OR PERFORMANCE OF THIS SOFTWARE.`;

const mit = (holder: string): string =>
  `MIT License\n\nCopyright (c) ${holder}\n\nPermission is hereby granted, free of charge, to any person obtaining a copy of this software and associated documentation files (the "Software"), to deal in the Software without restriction, including without limitation the rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit persons to whom the Software is furnished to do so, subject to the following conditions:\n\nThe above copyright notice and this permission notice shall be included in all copies or substantial portions of the Software.\n\nTHE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.`;

/** Packages that name a licence and carry no text of it: a person looked, and this is the text of the licence that they name. */
const statedOnly: ReadonlyMap<string, string> = new Map([
  ["@npmcli/agent", isc("GitHub Inc.")],
  ["proxy-agent-negotiate", mit("Nathan Rajlich <nathan@tootallnate.net>")],
]);

/** Of one repository and under one licence, whose text only the other package carries. */
const siblings: ReadonlyMap<string, string> = new Map([["@sigstore/verify", "../bundle/LICENSE"]]);

function siblingText(name: string, folder: string): string | undefined {
  const file = siblings.get(name);
  return file === undefined ? undefined : readFileSync(join(folder, file), "utf8");
}

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
  const stated = file === undefined ? (statedOnly.get(name) ?? siblingText(name, folder)) : undefined;
  if (stated !== undefined) return { name, version, licence: license, text: stated };
  if (file === undefined) throw new Error(`Cannot bundle ${name}: it has no licence text`);
  return { name, version, licence: license, text: readFileSync(join(folder, file), "utf8").replaceAll("\r\n", "\n") };
}
