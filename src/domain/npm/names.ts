// Names of npm packages: which the registry takes for a new one, how a name stands in an address, and what a packed file is
// called. Sources: npm documentation of package.json ("name"), validate-npm-package-name (rules for new packages),
// `npm pack` (file name); protocols §5.1, §11.4.

/** Longest name of a new package, with its scope, in characters. */
export const npmNameLengthMax = 214;

const reserved = new Set(["node_modules", "favicon.ico"]);

/** The scope with its `@` and the rest; the scope is undefined for a plain name. */
export function splitNpmName(name: string): { readonly scope: string | undefined; readonly rest: string } {
  const slash = name.startsWith("@") ? name.indexOf("/") : -1;
  return slash === -1 ? { scope: undefined, rest: name } : { scope: name.slice(0, slash), rest: name.slice(slash + 1) };
}

/** Why the registry would not take a new package of this name; empty: it would. Names of old packages may break these rules. */
export function npmNameProblems(name: string): readonly string[] {
  const problems: string[] = [];
  const { scope, rest } = splitNpmName(name);
  const parts = scope === undefined ? [rest] : [scope.slice(1), rest];
  const say = (broken: boolean, why: string): void => void (broken && problems.push(`Package name "${name}" ${why}`));
  say(parts.includes(""), "has an empty part");
  say(name.length > npmNameLengthMax, `has ${name.length} characters and the limit is ${npmNameLengthMax}`);
  say(name !== name.toLowerCase(), "has capital letters");
  say(/^[._-]/.test(rest) || /^[._-]/.test(name), 'begins with ".", "_" or "-"');
  say(parts.some((part) => encodeURIComponent(part) !== part), "has characters that have to be escaped in an address"); // prettier-ignore
  say(/[~'!()*]/.test(name), "has one of the characters ~ ' ! ( ) *");
  say(reserved.has(name.toLowerCase()), "is a name that is kept for something else");
  return problems;
}

/** The name as one part of a path: only the separator of the scope is escaped, in lower case, as npm does it. */
export function escapedNpmName(name: string): string {
  return encodeURIComponent(name).replace(/^%40/, "@").replace("%2F", "%2f");
}

/** What `npm pack` calls the file: `@slip/demo` 1.0.0 is `slip-demo-1.0.0.tgz`. */
export function packedFileName(name: string, version: string): string {
  return `${name.replace(/^@/, "").replace("/", "-")}-${version}.tgz`;
}

/** Last part of the address under which the registry serves the file: without the scope. */
export function servedFileName(name: string, version: string): string {
  return `${splitNpmName(name).rest}-${version}.tgz`;
}
