// What the index shows: simple pages in both forms, and the older JSON pages. Pure functions from the state to text.
// Sources: PEP 503, 691, 700, 658, 714, 592, 792; protocols §1.5; warehouse `packaging/utils.py`, `legacy/api/json.py`.
import type { WireFile, WirePage } from "../wire.ts";
import { readVersion } from "./names.ts";
import { pep440 } from "../../../domain/version/pep440.ts";
import type { IndexState, Project, Release, StoredFile } from "./state.ts";

export interface PageContext {
  /** Address of this server without a slash at the end. */
  readonly url: string;
  readonly nowMs: number;
}

/** The simple page of one of our projects; `name` is normalised. */
export function simplePage(name: string, project: Project, context: PageContext): WirePage {
  const releases = project.releases.toSorted(byVersion);
  const files = releases.flatMap((release) => visible(release, context).map((file) => wireFile(release, file, { ...context, name })));
  const versions = releases.filter((release) => visible(release, context).length > 0).map((release) => release.version);
  return {
    meta: { "api-version": "1.4", "_last-serial": project.serial },
    name,
    "project-status": { status: "active" },
    versions,
    files,
  };
}

function byVersion(one: Release, other: Release): number {
  const [left, right] = [readVersion(one.version), readVersion(other.version)];
  return left === undefined || right === undefined ? 0 : pep440.compare(left, right);
}

function visible(release: Release, context: PageContext): readonly StoredFile[] {
  return release.files.filter((file) => file.visibleFromMs <= context.nowMs).toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

function wireFile(release: Release, file: StoredFile, context: PageContext & { readonly name: string }): WireFile {
  const metadata = file.metadataSha256 === undefined ? false : { sha256: file.metadataSha256 };
  return {
    filename: file.name,
    url: fileUrl(file, context.url),
    hashes: { sha256: file.sha256 },
    "requires-python": valueOf(release, "requires_python") ?? null,
    size: file.sizeBytes,
    "upload-time": isoMicroseconds(file.uploadedAtMs),
    yanked: release.yanked === false ? false : release.yanked === "" ? true : release.yanked,
    "data-dist-info-metadata": metadata,
    "core-metadata": metadata,
    provenance:
      file.attested === true
        ? `${context.url}/integrity/${encodeURIComponent(context.name)}/${encodeURIComponent(release.version)}/${encodeURIComponent(file.name)}/provenance`
        : null,
  };
}

/** Files stand under their content, so that an address never changes its bytes. */
export function fileUrl(file: Pick<StoredFile, "blake2" | "name">, url: string): string {
  return `${url}/${filePath(file)}`;
}

export function filePath(file: Pick<StoredFile, "blake2" | "name">): string {
  return `packages/${file.blake2.slice(0, 2)}/${file.blake2.slice(2, 4)}/${file.blake2.slice(4)}/${file.name}`;
}

function isoMicroseconds(ms: number): string {
  return new Date(ms).toISOString().replace("Z", "000Z");
}

function valueOf(release: Release, field: string): string | undefined {
  const value = release.metadata.find(([name]) => name === field)?.[1];
  return value === "" ? undefined : value;
}

function valuesOf(release: Release, field: string): readonly string[] | null {
  const values = release.metadata.filter(([name, value]) => name === field && value !== "").map(([, value]) => value);
  return values.length === 0 ? null : values;
}

/** The HTML form of a simple page, from the same value as the JSON form. */
export function simpleHtml(page: WirePage): string {
  const status =
    page["project-status"] === undefined
      ? ""
      : `\n    <meta name="pypi:project-status" content="${escape(page["project-status"].status)}">`;
  return `<!DOCTYPE html>
<html lang="en">
  <head>
    <meta name="pypi:repository-version" content="${escape(page.meta["api-version"])}">${status}
    <title>Links for ${escape(page.name)}</title>
  </head>
  <body>
    <h1>Links for ${escape(page.name)}</h1>
${page.files.map((file) => `    ${anchor(file)}<br />\n`).join("")}  </body>
</html>
<!--SERIAL ${page.meta["_last-serial"] ?? 0}-->
`;
}

function anchor(file: WireFile): string {
  const [algorithm, digest] = Object.entries(file.hashes).toSorted(([one]) => (one === "sha256" ? -1 : 1))[0] ?? [];
  const href = digest === undefined ? file.url : `${file.url}#${algorithm}=${digest}`;
  const core = file["core-metadata"] ?? file["data-dist-info-metadata"];
  const metadata = core === undefined || core === false ? undefined : core === true ? "true" : `sha256=${core["sha256"] ?? ""}`;
  const attributes = [
    ["href", href],
    ["data-requires-python", file["requires-python"] ?? undefined],
    ["data-yanked", file.yanked === undefined || file.yanked === false ? undefined : file.yanked === true ? "" : file.yanked],
    ["data-dist-info-metadata", metadata],
    ["data-core-metadata", metadata],
  ] as const;
  const written = attributes.flatMap(([name, value]) => (value === undefined ? [] : `${name}="${escape(value)}"`));
  return `<a ${written.join(" ")}>${escape(file.filename)}</a>`;
}

/** The list of projects: only ours, because an index of somebody else's packages is not ours to give. */
export function rootPage(state: IndexState): { readonly html: string; readonly json: string } {
  const projects = Object.entries(state.projects).toSorted(([one], [other]) => (one < other ? -1 : 1));
  const list = projects.map(([, project]) => ({ name: project.name, "_last-serial": project.serial }));
  const anchors = projects.map(([name, project]) => `    <a href="/simple/${escape(name)}/">${escape(project.name)}</a>\n`).join("");
  return {
    json: JSON.stringify({ meta: { "api-version": "1.4", "_last-serial": state.serial }, projects: list }),
    html: `<!DOCTYPE html>\n<html lang="en">\n  <head>\n    <meta name="pypi:repository-version" content="1.4">\n    <title>Simple index</title>\n  </head>\n  <body>\n${anchors}  </body>\n</html>\n`,
  };
}

/** `/pypi/<name>/json` and, with a release, `/pypi/<name>/<version>/json`, which has no `releases`. */
export function legacyPage(project: Project, release: Release, options: PageContext & { readonly allReleases: boolean }): string {
  const releases = project.releases.toSorted(byVersion).toReversed();
  const listed = Object.fromEntries(
    releases.map((one) => [one.version, visible(one, options).map((file) => legacyFile(one, file, options))]),
  );
  return JSON.stringify({
    info: legacyInfo(project, release, options),
    urls: listed[release.version] ?? [],
    vulnerabilities: [],
    last_serial: project.serial,
    ownership: { roles: [{ role: "Owner", user: "rehearsal" }], organization: null },
    ...(options.allReleases ? { releases: listed } : {}),
  });
}

function legacyInfo(project: Project, release: Release, context: PageContext): Record<string, unknown> {
  const text = (field: string): string | null => valueOf(release, field) ?? null;
  const page = `${context.url}/project/${project.name}/`;
  const urls = Object.fromEntries(
    (valuesOf(release, "project_urls") ?? []).map((line) => [line.split(",", 1)[0] ?? "", line.slice(line.indexOf(",") + 1).trim()]),
  );
  const plain = ["summary", "description_content_type", "description", "keywords", "license", "license_expression", "author", "author_email", "maintainer", "maintainer_email", "requires_python", "platform", "home_page", "download_url"]; // prettier-ignore
  const many = ["requires_dist", "provides_extra", "dynamic"];
  return {
    name: project.name,
    version: release.version,
    ...Object.fromEntries(plain.map((field) => [field, text(field)])),
    ...Object.fromEntries(many.map((field) => [field, valuesOf(release, field)])),
    license_files: valuesOf(release, "license_file"),
    classifiers: valuesOf(release, "classifiers") ?? [],
    downloads: { last_day: -1, last_week: -1, last_month: -1 },
    package_url: page,
    project_url: page,
    project_urls: Object.keys(urls).length === 0 ? null : urls,
    release_url: `${page}${release.version}/`,
    docs_url: null,
    bugtrack_url: null,
    yanked: release.yanked !== false,
    yanked_reason: release.yanked === false || release.yanked === "" ? null : release.yanked,
  };
}

function legacyFile(release: Release, file: StoredFile, context: PageContext): Record<string, unknown> {
  const uploaded = isoMicroseconds(file.uploadedAtMs);
  return {
    filename: file.name,
    packagetype: file.fileType,
    python_version: file.pythonVersion,
    has_sig: false,
    comment_text: null,
    md5_digest: file.md5,
    digests: { md5: file.md5, sha256: file.sha256, blake2b_256: file.blake2 },
    "core-metadata": file.metadataSha256 === undefined ? false : { sha256: file.metadataSha256 },
    size: file.sizeBytes,
    downloads: -1,
    upload_time: uploaded.slice(0, 19),
    upload_time_iso_8601: uploaded,
    url: fileUrl(file, context.url),
    requires_python: valueOf(release, "requires_python") ?? null,
    yanked: release.yanked !== false,
    yanked_reason: release.yanked === false || release.yanked === "" ? null : release.yanked,
  };
}

/** The release that a page without a version shows: not yanked before yanked, final before candidates, then the highest. */
export function latestRelease(project: Project, context: PageContext): Release | undefined {
  const rank = (release: Release): number =>
    (release.yanked === false ? 0 : 2) + (readVersion(release.version)?.prerelease === true ? 1 : 0);
  return project.releases
    .filter((release) => visible(release, context).length > 0)
    .toSorted(byVersion)
    .toReversed()
    .toSorted((one, other) => rank(one) - rank(other))[0];
}

export function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;").replaceAll("'", "&#39;");
}

/**
 * Chooses the form of a simple page by `Accept` (RFC 9110 §12.5.1): the highest quality wins, HTML where nothing is said
 * or nothing fits.
 */
export function negotiate(accept: string | undefined, offers: readonly string[]): string {
  const [fallback = ""] = offers;
  if (accept === undefined || accept.trim() === "") return fallback;
  const ranges = accept.split(",").map(readRange);
  const quality = (offer: string): number => {
    const exact = ranges.find((range) => range.type === offer);
    const family = ranges.find((range) => range.type === `${offer.split("/", 1)[0]}/*`);
    return (exact ?? family ?? ranges.find((range) => range.type === "*/*"))?.quality ?? 0;
  };
  const best = offers.toSorted((one, other) => quality(other) - quality(one))[0] ?? fallback;
  return quality(best) > 0 ? best : fallback;
}

function readRange(text: string): { readonly type: string; readonly quality: number } {
  const [type = "", ...parameters] = text.split(";").map((part) => part.trim().toLowerCase());
  const written = parameters.find((parameter) => parameter.startsWith("q="))?.slice(2);
  const quality = written === undefined ? 1 : Number(written);
  return { type, quality: Number.isFinite(quality) ? quality : 0 };
}
