// Values of core metadata that are right beyond doubt, so that Python need not be asked. They exist for speed: importing
// Python's own parsers takes longer than everything else about a check (reference/performance §7). Each form is narrower
// than the rule it stands for; whatever does not fit is not wrong, it is a question. What these accept, packaging and
// email-validator accept: test/interop/metadata-against-python.test.ts holds it.
import type { DescriptionType } from "./content-type.ts";

const name = String.raw`[A-Za-z0-9](?:[A-Za-z0-9._-]{0,98}[A-Za-z0-9])?`;
const release = String.raw`[0-9]{1,9}(?:\.[0-9]{1,9}){0,5}`;
const version = String.raw`${release}(?:(?:a|b|rc)[0-9]{1,9})?(?:\.post[0-9]{1,9})?(?:\.dev[0-9]{1,9})?`;
const clause = String.raw`(?:(?:==|!=|<=|>=|<|>) ?${version}|(?:==|!=) ?${release}\.\*|~= ?[0-9]{1,9}(?:\.[0-9]{1,9}){1,5})`;
const clauses = String.raw`${clause}(?:, ?${clause}){0,20}`;
const variable =
  "(?:python_version|python_full_version|sys_platform|platform_system|platform_machine|platform_python_implementation|implementation_name|os_name|extra)";
const quoted = String.raw`(?:"[A-Za-z0-9._-]{1,60}"|'[A-Za-z0-9._-]{1,60}')`;
const comparison = String.raw`${variable} ?(?:==|!=|<=|>=|<|>) ?${quoted}`;
const marker = String.raw`${comparison}(?: (?:and|or) ${comparison}){0,8}`;

const requirement = new RegExp(`^${name}(?:\\[${name}(?:, ?${name}){0,20}\\])?(?: ?${clauses})?(?: ?; ?${marker})?$`);
const specifiers = new RegExp(`^${clauses}$`);

/** A requirement of the everyday form: name, extras, versions, a marker without parentheses. It names no address. */
export function isPlainRequirement(text: string): boolean {
  return requirement.test(text);
}

/** A version set of the everyday form, `>=3.9,<4`. */
export function isPlainSpecifierSet(text: string): boolean {
  return specifiers.test(text);
}

const plainVersion = new RegExp(`^${version}$`);

/** A PEP 440 version of the everyday form, without local part. */
export function isPlainVersion(text: string): boolean {
  return plainVersion.test(text);
}

const licenses = new Set([
  "0BSD",
  "AGPL-3.0-only",
  "AGPL-3.0-or-later",
  "Apache-2.0",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "GPL-2.0-only",
  "GPL-2.0-or-later",
  "GPL-3.0-only",
  "GPL-3.0-or-later",
  "ISC",
  "LGPL-3.0-only",
  "LGPL-3.0-or-later",
  "MIT",
  "MPL-2.0",
  "PSF-2.0",
  "Unlicense",
  "Zlib",
]);

/** One licence id that most packages have, or two of them. */
export function isPlainLicense(text: string): boolean {
  const [one = "", other = "MIT", ...more] = text.split(/ OR | AND /);
  return more.length === 0 && licenses.has(one) && licenses.has(other);
}

const label = "[A-Za-z0-9](?:[A-Za-z0-9]|-(?!-)){0,30}(?<!-)";
const address = `[A-Za-z0-9](?:[A-Za-z0-9]|[._+-](?=[A-Za-z0-9])){0,40}@(?:${label}\\.){1,3}(?:ai|ch|co|com|de|dev|edu|eu|fr|io|me|net|nl|org|uk)`;
const mailbox = new RegExp(`^(?:${address}|[A-Za-z][A-Za-z -]{0,60} <${address}>)$`);

/** A mail address of the everyday form under a common top domain, with or without a name before it. */
export function isPlainEmail(text: string): boolean {
  return mailbox.test(text);
}

const classifiers = new Set([
  ...["1 - Planning", "2 - Pre-Alpha", "3 - Alpha", "4 - Beta", "5 - Production/Stable"].map((rest) => `Development Status :: ${rest}`),
  ...["Console", "Web Environment"].map((rest) => `Environment :: ${rest}`),
  ...["Developers", "End Users/Desktop", "Information Technology", "Science/Research", "System Administrators"].map(
    (rest) => `Intended Audience :: ${rest}`,
  ),
  ...["Apache Software License", "BSD License", "ISC License (ISCL)", "MIT License"].map((rest) => `License :: OSI Approved :: ${rest}`),
  ...["MacOS", "MacOS :: MacOS X", "Microsoft :: Windows", "OS Independent", "POSIX", "POSIX :: Linux", "Unix"].map(
    (rest) => `Operating System :: ${rest}`,
  ),
  ...["", " :: 3", " :: 3 :: Only", " :: Implementation :: CPython", " :: Implementation :: PyPy"].map(
    (rest) => `Programming Language :: Python${rest}`,
  ),
  ...[7, 8, 9, 10, 11, 12, 13, 14].map((minor) => `Programming Language :: Python :: 3.${minor}`),
  ...["C", "C++", "Cython", "Rust"].map((rest) => `Programming Language :: ${rest}`),
  ...["", " :: Build Tools", " :: Libraries", " :: Libraries :: Python Modules", " :: Testing", " :: Quality Assurance"].map(
    (rest) => `Topic :: Software Development${rest}`,
  ),
  "Natural Language :: English",
  "Topic :: Utilities",
  "Typing :: Typed",
]);

/** A classifier that most packages have, and that stands on PyPI's list. */
export function isPlainClassifier(text: string): boolean {
  return classifiers.has(text);
}

/**
 * A description that the renderer cannot refuse: plain text is only escaped, and Markdown has no errors; it is refused
 * only when nothing is left of it, which takes white space or nothing but definitions, and those begin with `[`.
 */
export function isPlainDescription(type: DescriptionType, text: string): boolean {
  if (type === "text/plain") return true;
  const [, first = "["] = /^\s*(\S)/.exec(text) ?? [];
  return type === "text/markdown" && first !== "[";
}
