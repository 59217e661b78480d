// Reads a page of the index behind the rehearsal, in whichever form it answers, into the JSON form, so that every client
// gets the form that it asks for. Written apart from the client's reader on purpose (DESIGN §3): a scanner, not patterns.
// Sources: PEP 503, 691, 658, 714, 592.
import { mediaTypes, type WireFile, type WirePage } from "../wire.ts";

/** @param url address of the page, after redirects; undefined where the text is no page of a simple index */
export function readUpstreamPage(
  name: string,
  contentType: string,
  page: { readonly text: string; readonly url: string },
): WirePage | undefined {
  const type = contentType.split(";", 1)[0]?.trim().toLowerCase();
  if (type === mediaTypes.simpleJson || type === mediaTypes.json) return readJson(page.text, page.url);
  if (type === mediaTypes.html || type === mediaTypes.simpleHtml) return readHtml(name, page.text, page.url);
  return undefined;
}

function readJson(text: string, url: string): WirePage | undefined {
  let page: WirePage;
  try {
    page = JSON.parse(text) as WirePage;
  } catch {
    return undefined;
  }
  if (!Array.isArray(page.files) || typeof page.meta?.["api-version"] !== "string") return undefined;
  const listed: readonly WireFile[] = page.files;
  const files = listed.filter((file) => typeof file.filename === "string" && typeof file.url === "string" && URL.canParse(file.url, url));
  return { ...page, files: files.map((file) => ({ ...file, url: new URL(file.url, url).href })) };
}

function readHtml(name: string, html: string, url: string): WirePage {
  let base = url;
  const files: WireFile[] = [];
  for (const tag of tagsOf(html)) {
    const href = tag.attributes["href"];
    if (href === undefined || !URL.canParse(href, base)) continue;
    if (tag.name === "base") base = new URL(href, url).href;
    if (tag.name === "a") files.push(...readAnchor(new URL(href, base), tag));
  }
  // Without sizes and versions a page is of the first version of the API (PEP 700).
  return { meta: { "api-version": "1.0" }, name, files };
}

function readAnchor(url: URL, tag: Tag): readonly WireFile[] {
  const fileName = decodeURIComponentSafely(url.pathname.split("/").at(-1) ?? "");
  if (!/\.(?:whl|gz|zip|bz2|tgz|xz|egg|exe|msi)$/i.test(fileName)) return [];
  const [algorithm, digest] = url.hash.slice(1).split("&", 1)[0]?.split("=", 2) ?? [];
  url.hash = "";
  const core = coreMetadata(tag.attributes["data-core-metadata"] ?? tag.attributes["data-dist-info-metadata"]);
  const python = tag.attributes["data-requires-python"];
  const yanked = tag.attributes["data-yanked"];
  return [
    {
      filename: fileName,
      url: url.href,
      hashes:
        algorithm !== undefined && digest !== undefined && /^[0-9a-f]+$/i.test(digest)
          ? { [algorithm.toLowerCase()]: digest.toLowerCase() }
          : {},
      ...(python === undefined ? {} : { "requires-python": python }),
      ...(yanked === undefined ? {} : { yanked: yanked === "" ? true : yanked }),
      ...(core === undefined ? {} : { "core-metadata": core, "data-dist-info-metadata": core }),
    },
  ];
}

function coreMetadata(written: string | undefined): true | { readonly [algorithm: string]: string } | undefined {
  if (written === undefined || written === "false") return undefined;
  const [algorithm, digest] = written.split("=", 2);
  return algorithm !== undefined && digest !== undefined ? { [algorithm]: digest } : true;
}

interface Tag {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** Opening tags in their order; comments are stepped over, closing tags left out. */
function* tagsOf(html: string): Generator<Tag> {
  let at = html.indexOf("<");
  while (at !== -1) {
    if (html.startsWith("<!--", at)) {
      const end = html.indexOf("-->", at);
      if (end === -1) return;
      at = html.indexOf("<", end);
      continue;
    }
    const end = endOfTag(html, at);
    if (end === -1) return;
    const inner = html.slice(at + 1, end);
    if (/^[a-z]/i.test(inner)) yield readTag(inner);
    at = html.indexOf("<", end);
  }
}

/** The `>` that ends a tag: one inside quotes does not. */
function endOfTag(html: string, start: number): number {
  let quote = "";
  for (let at = start; at < html.length; at += 1) {
    const character = html.charAt(at);
    if (quote !== "") {
      if (character === quote) quote = "";
    } else if (character === '"' || character === "'") {
      quote = character;
    } else if (character === ">") {
      return at;
    }
  }
  return -1;
}

function readTag(inner: string): Tag {
  const attributes: Record<string, string> = {};
  const name = /^[a-z0-9]+/i.exec(inner)?.[0] ?? "";
  let rest = inner.slice(name.length);
  for (let count = 0; count < 100; count += 1) {
    rest = rest.replace(/^[\s/]+/, "");
    const key = /^[^\s=/]+/.exec(rest)?.[0];
    if (key === undefined) break;
    rest = rest.slice(key.length).trimStart();
    if (!rest.startsWith("=")) {
      attributes[key.toLowerCase()] ??= "";
      continue;
    }
    rest = rest.slice(1).trimStart();
    const quote = rest.charAt(0);
    const quoted = quote === '"' || quote === "'";
    const end = quoted ? rest.indexOf(quote, 1) : rest.search(/\s|$/);
    const value = quoted ? rest.slice(1, end === -1 ? rest.length : end) : rest.slice(0, end);
    attributes[key.toLowerCase()] ??= unescape(value);
    rest = quoted ? (end === -1 ? "" : rest.slice(end + 1)) : rest.slice(end);
  }
  return { name: name.toLowerCase(), attributes };
}

function unescape(text: string): string {
  return text
    .replace(/&#(\d{1,6});/g, (_whole, code: string) => String.fromCodePoint(Number(code)))
    .replace(/&#x([0-9a-f]{1,5});/gi, (_whole, code: string) => String.fromCodePoint(Number.parseInt(code, 16)))
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&#39;", "'")
    .replaceAll("&apos;", "'")
    .replaceAll("&amp;", "&");
}

function decodeURIComponentSafely(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
