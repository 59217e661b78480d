// Faults of shape as problems that a person can act on: what was expected, what was found, and the likeliest mending.
import type { Draft, Told } from "./draft.ts";
import type { Fault } from "./faults.ts";
import { nearestWord } from "./nearest.ts";
import { choices, foundText, type Path, pathText, quoted, shorten } from "./phrases.ts";
import { namePattern, variablePhrase } from "./schema/atoms.ts";
import type { Tree } from "./yaml/document.ts";

export function draftOfFault(tree: Tree, fault: Fault): Draft {
  const atKey = fault.kind !== "bad-value";
  const secret = fault.kind === "bad-value" && mayBeSecret(fault);
  const tell = (): Told => tellFault(tree, fault);
  return { code: "CONFIG_INVALID", range: tree.rangeOf(fault.path, atKey ? "key" : "value"), tell, ...(secret ? { secret } : {}) };
}

function tellFault(tree: Tree, fault: Fault): Told {
  const holder = fault.path.slice(0, -1);
  const last = String(fault.path.at(-1) ?? "");
  switch (fault.kind) {
    case "unknown-key":
      return tellUnknownKey(fault.path, last, fault.known);
    case "bad-key":
      return {
        message: `Cannot use ${quoted(last)} as a name in ${pathText(holder)}: expected ${fault.expected}`,
        hint: hintForName(last),
      };
    case "missing":
      return { message: `Cannot read ${pathText(holder)}: ${quoted(last)} is missing, expected ${fault.expected}` };
    case "bad-value":
      return tellValue(tree, fault);
  }
}

type BadValue = Extract<Fault, { readonly kind: "bad-value" }>;

function tellValue(tree: Tree, fault: BadValue): Told {
  const written = tree.writtenAt(fault.path);
  if (mayBeSecret(fault)) {
    return {
      message: `Cannot read ${pathText(fault.path)}: expected ${fault.expected}, found another text (not shown)`,
      hint: "Put the credential into an environment variable and write the variable's name here",
    };
  }
  const found = foundText(fault.value, written);
  const isSentence = /^\p{Lu}/u.test(fault.expected);
  const message = isSentence
    ? `Cannot use ${found} for ${pathText(fault.path)}: ${fault.expected.charAt(0).toLowerCase()}${fault.expected.slice(1)}`
    : `Cannot read ${pathText(fault.path)}: expected ${fault.expected}, found ${found}`;
  return { message, hint: hintForValue(fault, written) };
}

/** Where the name of a variable is expected, another text may be the credential itself: it is never shown. */
function mayBeSecret(fault: BadValue): boolean {
  return fault.expected === variablePhrase && typeof fault.value === "string";
}

const likeTrue: ReadonlySet<string> = new Set(["yes", "on", "y", "True", "TRUE", "true"]);
const likeFalse: ReadonlySet<string> = new Set(["no", "off", "n", "False", "FALSE", "false"]);

function hintForValue(fault: BadValue, written: string | undefined): string | undefined {
  const { value, expected, words, path } = fault;
  if (fault.quotable) return `Quote it: "${written ?? String(value)}"`;
  if (typeof value === "string") {
    if (expected === "true or false" && likeTrue.has(value)) return "Write true";
    if (expected === "true or false" && likeFalse.has(value)) return "Write false";
    if (expected === "a whole number" && /^\d{1,9}$/.test(value)) return `Write ${value} without quotes`;
    if (words.includes(value)) return `Write ${value} without quotes`;
    const holder = path.at(-2);
    if (expected === "a map" && (holder === "steps" || holder === "parallel")) return `Write \`{ run: ${shorten(value)} }\``;
    return didYouMean(nearestWord(value, words));
  }
  // `{version}` without quotes is a map to YAML.
  const isBraced = written?.startsWith("{") === true && expected.includes("text");
  return isBraced ? `Quote it if it is text: "${shorten(written)}"` : undefined;
}

export function didYouMean(word: string | undefined): string | undefined {
  return word === undefined ? undefined : `Did you mean "${word}"?`;
}

/** Words that other tools use for what is said in another way here. */
const elsewhere: ReadonlyMap<string, string> = new Map([
  ["needs", "Leave it out: a step waits for every step above it"],
  ["depends-on", "Leave it out: a step waits for every step above it"],
  ["if", "Write the condition as `when`"],
  ["env", "Write values as `variables` of an environment"],
  ["script", "Write the command as `run`"],
  ["command", "Write the command as `run`"],
  ["runs-on", "Write the platform as `matrix: { platform: [...] }`"],
  ["jobs", "Write the steps as `steps`"],
  ["name", "Leave it out: the key above is the name"],
  ["timeout-minutes", "Write the time-out as `timeout: 15m`"],
  ["continue-on-error", "Write `optional: true`"],
  ["working-directory", "Leave it out: commands start in the root of the repository"],
]);

function tellUnknownKey(path: Path, key: string, known: readonly string[]): Told {
  const message = `Cannot use the key ${quoted(key)} in ${pathText(path.slice(0, -1))}`;
  const hint = hintForKey(path, key, known);
  return hint === undefined
    ? { message: `${message}: expected ${choices(known)}` }
    : { message: `${message}: there is no such key here`, hint };
}

function hintForKey(path: Path, key: string, known: readonly string[]): string | undefined {
  const isInGroup = path.slice(0, -2).some((part) => part === "parallel" || part === "steps") && known.includes("uses");
  if (isInGroup && (key === "parallel" || key === "steps")) return "Move the group up: groups go one level deep";
  const isStep = known.includes("uses") || key === "jobs";
  return (isStep ? elsewhere.get(key) : undefined) ?? didYouMean(nearestWord(key, known));
}

function hintForName(key: string): string | undefined {
  const slug = key
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^[^a-z]+|-+$/g, "")
    .slice(0, 64);
  const isWhole = key.toLowerCase().replace(/[\s._-]+/g, "") === slug.replaceAll("-", "");
  return isWhole && namePattern.test(slug) ? `Write "${slug}"` : undefined;
}
