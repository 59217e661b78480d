// The version at which a project's own expression points: `tool.hatch.version.pattern`, a Python expression with a group
// `version`. Those that JavaScript reads alike are used; another is refused, not guessed.
import { refuseAt, type Reading } from "./edit.ts";

const patternLengthMax = 500;
/** An expression may be slow over long texts; versions stand near the top of a file. */
const textLengthMax = 65_536;

export function readHatchPattern(text: string, pattern: string): Reading {
  const expression = compile(pattern);
  if (expression === undefined)
    return refuseAt(text, 0, `the pattern ${JSON.stringify(pattern.slice(0, 80))} is not read alike outside of Python`);
  const found = expression.exec(text.slice(0, textLengthMax));
  const [start, end] = found?.indices?.groups?.["version"] ?? [];
  if (start === undefined || end === undefined) return { kind: "read", statements: [] };
  return { kind: "read", statements: [{ name: "the version", version: text.slice(start, end), start, end }] };
}

function compile(pattern: string): RegExp | undefined {
  if (pattern.length > patternLengthMax) return undefined;
  const flags = /^\(\?([ims]+)\)/.exec(pattern);
  try {
    const body = pattern.slice(flags?.[0].length ?? 0).replaceAll("(?P<", "(?<");
    return new RegExp(body, [...new Set(`md${flags?.[1] ?? ""}`)].join(""));
  } catch {
    return undefined;
  }
}
