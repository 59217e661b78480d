// Reads the pages of a simple index: JSON where the server has it, HTML where it has not (pypiserver, mirrors). Addresses
// are resolved against the page, digests taken from the fragment. Sources: PEP 503, 691, 700, 592, 792; protocols §1.5.
import { isSha256, type Sha256 } from "../../domain/digest.ts";
import type { ListedFile } from "../registry.ts";
import { elementsOf } from "./simple-html.ts";
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
  const { filename, url, hashes, size, yanked, provenance } = file;
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
    // An address, or null where there is none; an index that knows nothing of it leaves the member out (PEP 740).
    ...(typeof provenance === "string" || provenance === null ? { attested: provenance !== null } : {}),
  };
}

function parseHtml(type: string, text: string, url: string): ParsedPage {
  if (type !== mediaTypes.html && type !== mediaTypes.simpleHtml) {
    return unreadable(`it has the type "${type.slice(0, 80)}", which no simple index has`);
  }
  const files: ListedFile[] = [];
  let base = url;
  let status: string | undefined;
  let forPeople = false;
  const elements = elementsOf(text);
  let element = elements.next();
  for (; element.done !== true; element = elements.next()) {
    const { name, attributes, text: content } = element.value;
    const href = attributes.get("href");
    if (name === "base" && href !== undefined && URL.canParse(href, url)) base = new URL(href, url).href;
    if (name === "script" || attributes.get("type") === "password") forPeople = true;
    if (name === "meta" && attributes.get("name") === "pypi:project-status") status = attributes.get("content");
    const listed = name === "a" ? htmlFile(attributes, content, base) : undefined;
    if (listed !== undefined) files.push(listed);
  }
  if (!element.value) return unreadable("it ends in the middle of a tag");
  if (files.length === 0 && forPeople) return unreadable("it is a web page for people, not a simple index");
  return { kind: "page", page: { files, ...(status === undefined ? {} : { status }) } };
}

function htmlFile(attributes: ReadonlyMap<string, string>, content: string, base: string): ListedFile | undefined {
  const href = attributes.get("href");
  if (href === undefined || !URL.canParse(href, base)) return undefined;
  const url = new URL(href, base);
  const name = fileName(content.trim(), url);
  if (name === undefined) return undefined;
  const sha256 = digestOf(/^#(?:.*&)?sha256=([0-9a-f]{64})(?:&|$)/i.exec(url.hash)?.[1]);
  const yanked = attributes.get("data-yanked");
  return {
    name,
    url: withoutFragment(url),
    ...(sha256 === undefined ? {} : { sha256 }),
    ...(yanked === undefined ? {} : { yanked: yanked === "" ? true : yanked }),
    ...(attributes.has("data-provenance") ? { attested: true } : {}),
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
