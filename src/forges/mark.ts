// Marks: how the world shows again that something is ours. A mark is a line of the text that people see nothing of, in a
// release, a comment or a pull request (DESIGN §4: each effect has a mark that the world shows again). Text that comes from
// outside – a changelog, a commit title – cannot carry one: it is taken out before ours is put in.
import { SlipwayError } from "../domain/error.ts";

const form = /^[A-Za-z0-9][A-Za-z0-9._:@/+-]{3,199}$/;
const anyMark = /<!--\s*slipway\s*:[^\n]{0,400}?-->/gi;

/**
 * @param text without a mark; any that is in it is removed
 * @throws SlipwayError INTERNAL_ASSERTION for a mark that could not stand in a comment line
 */
export function withMark(text: string, mark: string): string {
  const own = withoutMarks(text).trimEnd();
  return own === "" ? markLine(mark) : `${own}\n\n${markLine(mark)}`;
}

export function carriesMark(text: string, mark: string): boolean {
  const line = markLine(mark);
  return lines(text).some((one) => one.trim() === line);
}

/** Whether two texts say the same to people: line ends, marks and white space at the end do not count. */
export function sameText(a: string, b: string): boolean {
  return plain(a) === plain(b);
}

function plain(text: string): string {
  return lines(withoutMarks(text))
    .map((line) => line.trimEnd())
    .join("\n")
    .trim();
}

function withoutMarks(text: string): string {
  return text.replace(anyMark, "");
}

function markLine(mark: string): string {
  if (!form.test(mark) || mark.includes("--")) throw new SlipwayError("INTERNAL_ASSERTION", `Cannot use "${mark.slice(0, 80)}" as a mark`);
  return `<!-- slipway: ${mark} -->`;
}

function lines(text: string): readonly string[] {
  return text.split(/\r?\n/);
}
