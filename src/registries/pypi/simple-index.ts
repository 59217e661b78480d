// Reads the pages of a simple index: JSON where the server has it, HTML where it has not (pypiserver, mirrors). Addresses
// are resolved against the page, digests taken from the fragment. Sources: PEP 503, 691, 700, 592, 792; protocols §1.5.
import { isSha256, type Sha256 } from "../../domain/digest.ts";
import type { ListedFile } from "../registry.ts";
import { mediaTypes } from "./wire.ts";

/** One page of a simple index, whichever form it came in. */
export interface SimplePage {
  readonly files: readonly ListedFile[];
  /** Only where the server lists them (PEP 700). */
  readonly versions?: readonly string[];
  /** `active`, `archived`, `quarantined`, `deprecated` (PEP 792). */
  readonly status?: string;
}

export type ParsedPage = { readonly kind: "page"; readonly page: SimplePage } | { readonly kind: "unreadable"; readonly why: string };

/** Files of one page; PyPI's largest projects have some ten thousand. */
const filesMax = 200_000;

/** @param url address of the page, after redirects */
export function parseSimplePage(contentType: string, text: string, url: string): ParsedPage {
  const type = contentType.split(";")[0]?.trim().toLowerCase() ?? "";
  const parsed = type === mediaTypes.simpleJson || type === mediaTypes.json ? parseJson(text, url) : parseHtml(type, text, url);
  if (parsed.kind === "page" && parsed.page.files.length > filesMax) return unreadable(`it lists more than ${filesMax} files`);
  return parsed;
}

function unreadable(why: string): ParsedPage {
  return { kind: "unreadable", why };
}

function parseJson(text: string, url: string): ParsedPage {
  let page: unknown;
  try {
    page = JSON.parse(text);
  } catch {
    return unreadable("it says JSON, but is none");
  }
  if (!isObject(page) || !Array.isArray(page["files"])) return unreadable("it has no list of files");
  const version = isObject(page["meta"]) ? page["meta"]["api-version"] : undefined;
  if (typeof version === "string" && !version.startsWith("1."))
    return unreadable(`it speaks version ${version.slice(0, 20)} of the simple API, not 1`);
  const files: ListedFile[] = [];
  for (const file of page["files"]) {
    const listed = isObject(file) ? jsonFile(file, url) : undefined;
    if (listed === undefined) return unreadable("a file in it has no name or no address");
    files.push(listed);
  }
  const versions = page["versions"];
  const status = isObject(page["project-status"]) ? page["project-status"]["status"] : undefined;
  return {
    kind: "page",
    page: {
      files,
      ...(Array.isArray(versions) ? { versions: versions.filter((one) => typeof one === "string") } : {}),
      ...(typeof status === "string" ? { status } : {}),
    },
  };
}

function jsonFile(file: Record<string, unknown>, base: string): ListedFile | undefined {
  const { filename, url, hashes, size, yanked } = file;
  const uploadedAt = file["upload-time"];
  if (typeof filename !== "string" || typeof url !== "string" || !URL.canParse(url, base)) return undefined;
  const sha256 = isObject(hashes) ? digestOf(hashes["sha256"]) : undefined;
  return {
    name: filename,
    url: withoutFragment(new URL(url, base)),
    ...(sha256 === undefined ? {} : { sha256 }),
    ...(typeof size === "number" && Number.isSafeInteger(size) && size >= 0 ? { sizeBytes: size } : {}),
    ...(typeof uploadedAt === "string" ? { uploadedAt } : {}),
    ...(typeof yanked === "boolean" || typeof yanked === "string" ? { yanked: yanked === "" ? true : yanked } : {}),
  };
}

/** An anchor with its attributes; quoted values may hold `>`. The alternatives exclude one another, so no backtracking. */
const anchor = /<a\b((?:"[^"]*"|'[^']*'|[^"'>])*)>([^<]*)/gi;
const attribute = /([^\s"'<>/=]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'=<>`]+)))?/g;

function parseHtml(type: string, text: string, url: string): ParsedPage {
  if (type !== mediaTypes.html && type !== mediaTypes.simpleHtml)
    return unreadable(`it has the type "${type.slice(0, 80)}", which no simple index has`);
  const html = text.replace(/<!--[\s\S]*?-->/g, "");
  const base = baseOf(html, url);
  const files: ListedFile[] = [];
  for (const [, attributes = "", content = ""] of html.matchAll(anchor)) {
    const listed = htmlFile(readAttributes(attributes), content, base);
    if (listed !== undefined) files.push(listed);
  }
  if (files.length === 0 && /<script\b|type=["']?password/i.test(html))
    return unreadable("it is a web page for people, not a simple index");
  const status = /<meta\s+name="pypi:project-status"\s+content="([a-z]{1,40})"/i.exec(html)?.[1];
  return { kind: "page", page: { files, ...(status === undefined ? {} : { status }) } };
}

function htmlFile(attributes: ReadonlyMap<string, string>, content: string, base: string): ListedFile | undefined {
  const href = attributes.get("href");
  if (href === undefined || !URL.canParse(href, base)) return undefined;
  const url = new URL(href, base);
  const name = fileName(decodeEntities(content).trim(), url);
  if (name === undefined) return undefined;
  const sha256 = digestOf(/^#(?:.*&)?sha256=([0-9a-f]{64})(?:&|$)/i.exec(url.hash)?.[1]);
  const yanked = attributes.get("data-yanked");
  return {
    name,
    url: withoutFragment(url),
    ...(sha256 === undefined ? {} : { sha256 }),
    ...(yanked === undefined ? {} : { yanked: yanked === "" ? true : yanked }),
  };
}

/** The text of the anchor is the file name (PEP 503); some servers shorten or decorate it, then the address has it. */
function fileName(text: string, url: URL): string | undefined {
  if (isFileName(text)) return text;
  const last = decodeSafely(url.pathname.slice(url.pathname.lastIndexOf("/") + 1));
  return isFileName(last) ? last : undefined;
}

function isFileName(text: string): boolean {
  return /^[^/\\\s]+\.(?:whl|tar\.gz|zip|tar\.bz2|tgz|tar\.xz|egg|exe|msi|rpm)$/i.test(text);
}

function baseOf(html: string, url: string): string {
  const tag = /<base\b((?:"[^"]*"|'[^']*'|[^"'>])*)>/i.exec(html)?.[1];
  const href = tag === undefined ? undefined : readAttributes(tag).get("href");
  return href !== undefined && URL.canParse(href, url) ? new URL(href, url).href : url;
}

function readAttributes(text: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const [, name = "", double, single, bare] of text.matchAll(attribute)) {
    if (!found.has(name.toLowerCase())) found.set(name.toLowerCase(), decodeEntities(double ?? single ?? bare ?? ""));
  }
  return found;
}

const entities: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: " " };

function decodeEntities(text: string): string {
  return text.replace(/&(#x[0-9a-f]{1,6}|#[0-9]{1,7}|[a-z]{1,8});/gi, (whole, name: string) => {
    const code = /^#x/i.test(name) ? Number.parseInt(name.slice(2), 16) : name.startsWith("#") ? Number(name.slice(1)) : undefined;
    if (code === undefined) return entities[name.toLowerCase()] ?? whole;
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}

function digestOf(text: unknown): Sha256 | undefined {
  if (typeof text !== "string") return undefined;
  const lower = text.toLowerCase();
  return isSha256(lower) ? lower : undefined;
}

function withoutFragment(url: URL): string {
  url.hash = "";
  return url.href;
}

function decodeSafely(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
