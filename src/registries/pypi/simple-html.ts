// The little HTML that a page of a simple index is made of: opening tags, their attributes, the text behind them. One pass
// from left to right whose work grows with the length, because a page comes from somebody else's server; patterns over the
// whole text took minutes for a hostile one. Source: PEP 503; WHATWG HTML §13.1.2 (attributes).

export interface Element {
  /** Lower case. */
  readonly name: string;
  /** Names in lower case, values with their entities decoded; the first of a name counts. */
  readonly attributes: ReadonlyMap<string, string>;
  /** Text up to the next tag, entities decoded. */
  readonly text: string;
}

/** Longer tags stand in no index; they are stepped over. */
const tagLengthMax = 16 * 1024;

/**
 * Opening tags in their order; comments and closing tags are left out.
 * @returns false at the end where a tag or comment never ended: the page was cut, and what is missing may have been listed
 */
export function* elementsOf(html: string): Generator<Element, boolean> {
  let at = html.indexOf("<");
  while (at !== -1) {
    const comment = html.startsWith("<!--", at);
    const end = comment ? html.indexOf("-->", at + 4) : endOfTag(html, at + 1);
    if (end === -1) return false;
    const next = html.indexOf("<", end + 1);
    const inside = html.slice(at + 1, end);
    if (!comment && inside.length <= tagLengthMax && /^[a-z]/i.test(inside)) {
      yield elementOf(inside, html.slice(end + 1, next === -1 ? html.length : next));
    }
    at = next;
  }
  return true;
}

/** Index of the `>` that ends the tag; one inside quotes does not. */
function endOfTag(html: string, start: number): number {
  for (let at = start; at < html.length; at += 1) {
    const character = html[at];
    if (character === ">") return at;
    if (character === '"' || character === "'") {
      at = html.indexOf(character, at + 1);
      if (at === -1) return -1;
    }
  }
  return -1;
}

/** Name, then optionally `=` and a value in double, single or no quotes. */
const attribute = /([^\s"'<>/=]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'=<>`]+)))?/g;

function elementOf(inside: string, text: string): Element {
  const name = /^[a-z0-9]*/i.exec(inside)?.[0] ?? "";
  const attributes = new Map<string, string>();
  for (const [, written = "", double, single, bare] of inside.slice(name.length).matchAll(attribute)) {
    const key = written.toLowerCase();
    if (!attributes.has(key)) attributes.set(key, decodeEntities(double ?? single ?? bare ?? ""));
  }
  return { name: name.toLowerCase(), attributes, text: decodeEntities(text) };
}

const entities: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: " " };

function decodeEntities(text: string): string {
  return text.replace(/&(#x[0-9a-f]{1,6}|#[0-9]{1,7}|[a-z]{1,8});/gi, (whole, name: string) => {
    const code = /^#x/i.test(name) ? Number.parseInt(name.slice(2), 16) : name.startsWith("#") ? Number(name.slice(1)) : undefined;
    if (code === undefined) return entities[name.toLowerCase()] ?? whole;
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}
