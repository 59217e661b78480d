// The parts of a manifest that installers act upon, as npm publishes them: programs, manual pages, scripts, types and
// dependencies. Source: npm documentation of package.json ("bin", "man", "directories", "bundleDependencies").
import type { Json } from "../configuration.ts";
import { hostedAddress } from "./hosted-address.ts";
import type { Draft, PackedFiles } from "./prepared-manifest.ts";

/** Programs, manual pages and the file of types that stands beside the main file. */
export function prepareProgramsAndPages(draft: Draft, { paths }: PackedFiles): void {
  const folders = isTable(draft["directories"]) ? draft["directories"] : {};
  const [binFolder, manFolder] = [folders["bin"], folders["man"]];
  if (typeof manFolder === "string" && draft["man"] === undefined) {
    draft["man"] = within(paths, insidePath(manFolder)).filter((path) => /\.[0-9]$/.test(path));
  }
  prepareMan(draft);
  if (typeof binFolder === "string" && draft["bin"] === undefined && paths.length > 0) {
    const found = within(paths, insidePath(binFolder)).filter((path) => !lastPart(path).startsWith("."));
    draft["bin"] = Object.fromEntries(found.map((path) => [lastPart(path), path]));
  } else prepareBin(draft);
  prepareTypes(draft, paths);
}

function prepareMan(draft: Draft): void {
  const written = Array.isArray(draft["man"]) ? draft["man"] : [draft["man"]];
  const pages = written.filter((page): page is string => typeof page === "string" && page !== "").map(insidePath);
  if (pages.length > 0) draft["man"] = pages;
  else delete draft["man"];
}

function prepareBin(draft: Draft): void {
  const { name } = draft;
  const programs = programsOf(draft["bin"], typeof name === "string" ? name : "").flatMap(([key, target]) => {
    const [base, path] = [lastPart(insidePath(key)), typeof target === "string" ? insidePath(target) : ""];
    return base === "" || path === "" ? [] : [[base, path] as const];
  });
  if (programs.length > 0) draft["bin"] = Object.fromEntries(programs);
  else delete draft["bin"];
}

function programsOf(bin: Json | undefined, packageName: string): readonly (readonly [string, Json])[] {
  if (typeof bin === "string") return packageName === "" || bin === "" ? [] : [[packageName, bin]];
  if (Array.isArray(bin)) return bin.flatMap((path: Json) => (typeof path === "string" ? [[lastPart(path), path] as const] : []));
  return isTable(bin) ? Object.entries(bin) : [];
}

function prepareTypes(draft: Draft, paths: readonly string[]): void {
  const main = draft["main"] ?? "index.js";
  if (typeof main !== "string" || "types" in draft || "typings" in draft) return;
  const types = `${insidePath(main === "" ? "index.js" : main).replace(/\.[^./]*$/, "")}.d.ts`;
  if (paths.includes(types)) draft["types"] = `./${types}`;
}

/** Scripts that are none, paths into `node_modules/.bin`, and the two scripts that files stand for. */
export function prepareScripts(draft: Draft, { paths }: PackedFiles): void {
  const written = draft["scripts"];
  const scripts: Draft = {};
  for (const [name, line] of isTable(written) ? Object.entries(written) : []) {
    if (typeof line === "string") scripts[name] = line.replace(/^(?:\.[/\\])?node_modules[/\\]\.bin[\\/]/, "");
  }
  const builds = paths.some((path) => !path.startsWith(".") && /^[^/]+\.gyp$/.test(path));
  if (builds && !scripts["install"] && !scripts["preinstall"] && draft["gypfile"] !== false) {
    scripts["install"] = "node-gyp rebuild";
    draft["gypfile"] = true;
  }
  if (!scripts["start"] && paths.includes("server.js")) scripts["start"] = "node server.js";
  if (isTable(written) || Object.keys(scripts).length > 0) draft["scripts"] = scripts;
  else delete draft["scripts"];
}

/** One spelling, one form: a list of names. */
export function prepareBundled(draft: Draft): void {
  const bundled = draft["bundleDependencies"] ?? draft["bundledDependencies"];
  delete draft["bundledDependencies"];
  const dependencies = isTable(draft["dependencies"]) ? Object.keys(draft["dependencies"]) : [];
  if (bundled === true) draft["bundleDependencies"] = dependencies;
  else if (Array.isArray(bundled)) draft["bundleDependencies"] = bundled.filter((one: Json) => typeof one === "string" && one !== "");
  else if (isTable(bundled)) draft["bundleDependencies"] = Object.keys(bundled);
  else delete draft["bundleDependencies"];
}

/** Lists of dependencies become tables; addresses at known forges get their one form; what is bundled is depended upon. */
export function prepareDependencies(draft: Draft): void {
  for (const kind of ["dependencies", "devDependencies", "optionalDependencies"]) {
    const written = draft[kind];
    const listed = typeof written === "string" ? written.trim().split(/[\s,]+/) : written;
    if (Array.isArray(listed)) draft[kind] = Object.fromEntries(listed.filter((one: Json) => typeof one === "string").map(requirement));
  }
  for (const kind of ["dependencies", "devDependencies"]) {
    if (!(kind in draft)) continue;
    const table = draft[kind];
    if (isTable(table)) draft[kind] = Object.fromEntries(Object.entries(table).flatMap(([name, range]) => hosted(name, range)));
    else delete draft[kind];
  }
  const bundled = Array.isArray(draft["bundleDependencies"]) ? draft["bundleDependencies"] : [];
  const table: Draft = isTable(draft["dependencies"]) ? { ...draft["dependencies"] } : {};
  const missing = bundled.filter((name: Json): name is string => typeof name === "string" && !Object.hasOwn(table, name));
  if (missing.length > 0) draft["dependencies"] = { ...table, ...Object.fromEntries(missing.map((name) => [name, "*"])) };
}

function hosted(name: string, range: Json): readonly (readonly [string, Json])[] {
  return typeof range === "string" ? [[name, hostedAddress(range)?.dependency ?? range]] : [];
}

/** `name@range`, `name range` or a name alone. */
function requirement(written: string): readonly [string, string] {
  const at = written.slice(1).search(/[@\s<>=]/);
  return at === -1
    ? [written.trim(), ""]
    : [
        written.slice(0, at + 1),
        written
          .slice(at + 1)
          .replace(/^@/, "")
          .trim(),
      ];
}

/** A path that cannot lead out of the package: `./a/../../b` is `b`. */
function insidePath(written: string): string {
  const parts: string[] = [];
  for (const part of written.replace(/[\\:]/g, "/").split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "." && part !== "") parts.push(part);
  }
  return parts.join("/");
}

function lastPart(path: string): string {
  return path.split("/").at(-1) ?? "";
}

function within(paths: readonly string[], folder: string): readonly string[] {
  return paths.filter((path) => path.startsWith(`${folder}/`)).toSorted();
}

function isTable(value: Json | undefined): value is Draft {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
