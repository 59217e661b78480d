// What `npm publish` makes of a package.json before it sends it: short forms written out, wrong ones dropped, and what the
// packed files tell filled in (README, programs, manual pages, types). Registries and their readers rely on this form, so
// that a package looks the same whether npm or Slipway sent it. Nothing is read here: the files' names and texts come in.
// Source: npm documentation of package.json; held against the real npm in test/interop/npm-publish-document.test.ts.
import type { Json, JsonObject } from "../configuration.ts";
import { prepareBundled, prepareDependencies, prepareProgramsAndPages, prepareScripts } from "./prepared-members.ts";
import { prepareAbout, preparePeople } from "./prepared-words.ts";

/** What the tarball says besides its package.json. */
export interface PackedFiles {
  /** Paths without the leading folder, with `/` between parts. */
  readonly paths: readonly string[];
  /** The file that `readmeAmong` names, with its text. */
  readonly readme?: { readonly name: string; readonly text: string };
  /** Text of `AUTHORS` at the top. */
  readonly authors?: string;
}

/** A manifest while it is prepared: members are replaced as a whole, and what they hold is never changed. */
export type Draft = Record<string, Json>;

/** What npm writes where a package has no README. */
const noReadme = "ERROR: No README data found!";

/** Which of the packed files is the README: one in Markdown at the top, or one without an ending; undefined for none. */
export function readmeAmong(paths: readonly string[]): string | undefined {
  const candidates = paths.filter((path) => /^readme(?:\.[^/]*)?$/i.test(path));
  return candidates.find((path) => /\.m?a?r?k?d?o?w?n?$/i.test(path)) ?? candidates.find((path) => path.endsWith("README"));
}

/** Prepares a manifest for publishing: it has `_id` afterwards. @param packed absent: nothing is filled in */
export function prepareManifest(manifest: JsonObject, packed: PackedFiles = { paths: [] }): JsonObject {
  const own = Object.entries(manifest).filter(([key]) => !key.startsWith("_"));
  const draft: Draft = Object.fromEntries(own);
  if (typeof draft["name"] === "string") draft["name"] = draft["name"].trim();
  prepareBundled(draft);
  prepareScripts(draft, packed);
  preparePeople(draft, packed);
  prepareReadme(draft, packed);
  prepareProgramsAndPages(draft, packed);
  prepareDependencies(draft);
  prepareAbout(draft, noReadme);
  draft["_id"] = `${textOf(draft["name"])}@${textOf(draft["version"])}`;
  return draft;
}

function prepareReadme(draft: Draft, { readme }: PackedFiles): void {
  if (typeof draft["readme"] === "string" && draft["readme"] !== "") return;
  draft["readme"] = readme === undefined || readme.text === "" ? noReadme : readme.text;
  if (readme !== undefined) draft["readmeFilename"] = readme.name;
}

function textOf(value: Json | undefined): string {
  return typeof value === "string" ? value : "";
}
