// `Key: value` lines at the end of a message (git-interpret-trailers(1)). Read here rather than by git, because
// versions differ on the trailers of signed tags. Pure.

const trailerLine = /^(?<key>[A-Za-z0-9-]+)[ \t]*:[ \t]*(?<value>.*)$/;

/**
 * Trailers of a message without signature: its last paragraph, if every line of it is one or goes on with one, and if
 * it is not the first. A key that comes twice keeps both values, a line each.
 */
export function parseTrailers(message: string): Readonly<Record<string, string>> {
  const paragraphs = message.trimEnd().split(/\n[ \t]*\n/);
  if (paragraphs.length < 2) return {};
  const trailers = new Map<string, string>();
  let last: string | undefined;
  for (const line of (paragraphs.at(-1) ?? "").split("\n")) {
    const parts = trailerLine.exec(line)?.groups;
    if (parts !== undefined) {
      last = parts["key"] ?? "";
      trailers.set(last, append(trailers.get(last), "\n", (parts["value"] ?? "").trim()));
    } else if (/^[ \t]/.test(line) && last !== undefined) {
      trailers.set(last, append(trailers.get(last), " ", line.trim()));
    } else {
      return {};
    }
  }
  return Object.fromEntries(trailers);
}

function append(before: string | undefined, between: string, text: string): string {
  return before === undefined ? text : `${before}${between}${text}`;
}
