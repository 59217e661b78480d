// House rules about documents: links lead somewhere, records of decisions have their form, and words that talk down to
// a reader stay out.
import { posix } from "node:path";
import type { Finding } from "../support/finding.ts";
import type { SourceFile } from "../support/repository.ts";

export const documentReasons: Readonly<Record<string, string>> = {
  "dead-link": "A link that leads nowhere costs every reader what it saved its writer.",
  "adr-form":
    "A decision is found again by its number and read in a minute: decision, context, consequences, alternatives, at most one page.",
  "adr-unknown": "An ADR that is named must be there: otherwise the reason is lost.",
  "plain-words": "“simply” and “just” tell a reader who is stuck that it is their fault.",
};

/** Text of a document without code blocks and code spans, lines kept. */
function prose(text: string): string {
  const blank = (part: string) => part.replaceAll(/[^\n]/g, " ");
  return text.replaceAll(/^(`{3,}|~{3,})[^\n]*\n[\s\S]*?^\1[^\n]*$/gm, blank).replaceAll(/`[^`\n]+`/g, blank);
}

function lines(file: SourceFile, pattern: RegExp, rule: string, say: (match: RegExpMatchArray) => string | undefined): readonly Finding[] {
  return prose(file.text)
    .split("\n")
    .flatMap((line, index) =>
      [...line.matchAll(pattern)].flatMap((match) => {
        const message = say(match);
        return message === undefined ? [] : [{ path: file.path, line: index + 1, rule, message }];
      }),
    );
}

/** The anchor that a forge makes of a heading. */
export function anchorOf(heading: string): string {
  const words = heading.replaceAll(/[`*]/g, "").replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1");
  return words
    .trim()
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
    .replaceAll(/\s/g, "-");
}

function anchorsIn(text: string): ReadonlySet<string> {
  const blocks = text.replaceAll(/^(`{3,}|~{3,})[^\n]*\n[\s\S]*?^\1[^\n]*$/gm, "");
  return new Set([...blocks.matchAll(/^#{1,6}\s+(.+)$/gm)].map((match) => anchorOf(match[1] ?? "")));
}

/** Checks the relative links of one document. @param others text of every file by path; folders are told by prefix */
export function checkLinks(file: SourceFile, others: ReadonlyMap<string, string>): readonly Finding[] {
  return lines(file, /\]\(([^)\s]+)\)|^\[[^\]]+\]:\s+(\S+)/g, "dead-link", (match) => {
    const target = match[1] ?? match[2] ?? "";
    if (/^[a-z][a-z0-9+.-]*:/i.test(target)) return undefined;
    const [path = "", anchor] = target.split("#");
    const to = path === "" ? file.path : posix.join(posix.dirname(file.path), decodeURIComponent(path)).replace(/\/$/, "");
    const text = others.get(to);
    if (text === undefined)
      return [...others.keys()].some((one) => one.startsWith(`${to}/`)) || to === "." ? undefined : `leads to "${to}", which is not there`;
    if (anchor === undefined || !to.endsWith(".md") || anchorsIn(text).has(anchor)) return undefined;
    return `leads to "#${anchor}", which "${to}" does not have`;
  });
}

/** Checks that the ADRs a file names are there. @param numbers the four digits of each that is */
export function checkAdrMentions(file: SourceFile, numbers: ReadonlySet<string>): readonly Finding[] {
  return file.text.split("\n").flatMap((line, index) =>
    [...line.matchAll(/\bADR[ -](\d{4})\b|\badr\/(\d{4})\b/g)]
      .map((match) => match[1] ?? match[2] ?? "")
      .filter((number) => !numbers.has(number))
      .map((number) => ({ path: file.path, line: index + 1, rule: "adr-unknown", message: `names ADR ${number}, which is not there` })),
  );
}

const adrLinesMax = 60;
const adrParts = ["Decision", "Context", "Consequences", "Alternatives"];

/** Checks the form of the records of decisions, and that their numbers have no gap. */
export function checkAdrs(adrs: readonly SourceFile[]): readonly Finding[] {
  return adrs.flatMap((adr, index) => {
    const number = String(index + 1).padStart(4, "0");
    const faults = adrParts.filter((part) => !adr.text.includes(`\n## ${part}`)).map((part) => `lacks the part "## ${part}"`);
    if (!adr.path.startsWith(`docs/adr/${number}-`)) faults.push(`should have the number ${number}`);
    if (!adr.text.startsWith(`# ${number}. `)) faults.push(`should start with "# ${number}. "`);
    if (adr.text.split("\n").length > adrLinesMax) faults.push(`has more than ${adrLinesMax} lines`);
    return faults.map((message) => ({ path: adr.path, line: 0, rule: "adr-form", message }));
  });
}

export function checkWords(file: SourceFile): readonly Finding[] {
  return lines(file, /\bsimply\b|\bjust\b(?! (?:before|after|as|above|below)\b)/gi, "plain-words", (match) => `says "${match[0]}"`);
}
