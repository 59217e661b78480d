// House rules that hold two places together: error codes and their documentation and use, packages and their reasons,
// pins and locks.
import type { Finding } from "../support/finding.ts";
import { type LockedPackages, missingEntries } from "../support/lock.ts";
import type { SourceFile } from "../support/repository.ts";

export const promiseReasons: Readonly<Record<string, string>> = {
  "error-code": "Every code a person can see is documented, and every documented code can be seen.",
  "dependency-reason": "Each package that is shipped has a line in an ADR: why, how large, who maintains it, how to leave.",
  "no-runtime-dependency": "What is shipped is the bundle: whoever installs Slipway installs no other package (ADR 0005).",
  pinned: "The same commit must build the same program tomorrow.",
  "no-install-script": "A package that runs code while it is installed runs it with everything the person may do.",
};

const catalog = "src/domain/error-catalog.ts";
const manual = "docs/reference/errors.md";

/** Checks that each error code is documented and used. @param texts of all files by path */
export function checkErrorCodes(codes: readonly string[], texts: ReadonlyMap<string, string>): readonly Finding[] {
  const documented = texts.get(manual) ?? "";
  const users = [...texts]
    .filter(([path]) => /^(?:src|bin)\//.test(path) && !path.endsWith(".test.ts") && path !== catalog)
    .map(([, text]) => text);
  return codes.flatMap((code) => {
    const findings: Finding[] = [];
    const word = new RegExp(`\\b${code}\\b`);
    if (!documented.includes(`\n## ${code}\n`))
      findings.push({ path: catalog, line: 0, rule: "error-code", message: `${code} is not in ${manual}; run \`npm run docs\`` });
    if (!users.some((text) => word.test(text)))
      findings.push({ path: catalog, line: 0, rule: "error-code", message: `${code} is never used` });
    return findings;
  });
}

/** The part of package.json that is checked. */
export interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

/** Checks package.json. @param shipped packages that `src/` imports at run time @param adrs all records of decisions */
export function checkManifest(manifest: Manifest, shipped: ReadonlySet<string>, adrs: readonly SourceFile[]): readonly Finding[] {
  const path = "package.json";
  const run = Object.keys(manifest.dependencies ?? {}).map((name) => ({
    path,
    line: 0,
    rule: "no-runtime-dependency",
    message: `"${name}" is a run-time dependency`,
  }));
  const loose = Object.entries(manifest.devDependencies ?? {})
    .filter(([, version]) => !/^\d+\.\d+\.\d+$/.test(version))
    .map(([name, version]) => ({ path, line: 0, rule: "pinned", message: `"${name}" is "${version}", not one exact version` }));
  const unexplained = [...shipped]
    .filter((name) => !adrs.some(({ text }) => text.includes(`\`${name}\``)))
    .map((name) => ({ path, line: 0, rule: "dependency-reason", message: `"${name}" has no line in an ADR` }));
  return [...run, ...loose, ...unexplained];
}

/** Checks the lock file: whole, without an address of a registry, and with nothing that runs while it is installed. */
export function checkLock(file: SourceFile): readonly Finding[] {
  const lines = file.text.split("\n").flatMap((line, index) => {
    const at = { path: file.path, line: index + 1 };
    if (line.includes(`"hasInstallScript": true`))
      return [{ ...at, rule: "no-install-script", message: "a package has an install script" }];
    if (/"resolved": "https?:/.test(line)) return [{ ...at, rule: "pinned", message: "the lock file names a registry's address" }];
    return [];
  });
  const { packages } = JSON.parse(file.text) as { readonly packages: LockedPackages };
  const missing = Object.keys(missingEntries(packages)).length;
  const at = { path: file.path, line: 0, rule: "pinned" };
  return missing === 0 ? lines : [...lines, { ...at, message: `lacks ${missing} packages of other platforms; run \`npm run lock\`` }];
}

/** Checks that a file of Python requirements names one exact version per line, and no other place to look. */
export function checkRequirements(file: SourceFile): readonly Finding[] {
  return file.text
    .split("\n")
    .flatMap((line, index) =>
      line === "" || line.startsWith("#") || /^[A-Za-z0-9._-]+==[A-Za-z0-9.!+]+$/.test(line)
        ? []
        : [{ path: file.path, line: index + 1, rule: "pinned", message: `"${line}" is not name==version` }],
    );
}
