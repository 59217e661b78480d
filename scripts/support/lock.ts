// Makes package-lock.json whole. Some registries do not hold the builds of a package for every platform; npm then leaves
// them out of the lock file, and `npm ci` refuses a lock file that lacks them. An entry that says version and platform is
// enough: npm looks at the platform first, and fetches only what fits. Such an entry has no checksum; a lock file made
// where the registry has everything has no such entries.

export interface LockedPackage {
  readonly version?: string;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly dev?: boolean;
  readonly os?: readonly string[];
  readonly cpu?: readonly string[];
  readonly libc?: readonly string[];
  readonly optional?: boolean;
}

export type LockedPackages = Readonly<Record<string, LockedPackage>>;

/**
 * The entries that a lock file lacks, by the place they belong to.
 * @param packages the member `packages` of package-lock.json
 */
export function missingEntries(packages: LockedPackages): LockedPackages {
  const missing: Record<string, LockedPackage> = {};
  for (const [place, { optionalDependencies = {}, dev = false }] of Object.entries(packages)) {
    for (const [name, version] of Object.entries(optionalDependencies)) {
      const found = lookUp({ ...packages, ...missing }, place, name);
      // A range is npm's to resolve; platform builds are always one exact version.
      if (!/^\d+\.\d+\.\d+$/.test(version) || found?.entry.version === version) continue;
      const home = found === undefined ? `node_modules/${name}` : `${place}/node_modules/${name}`;
      missing[home] = platformEntry(name, version, dev);
    }
  }
  return missing;
}

/** Node's way of finding a package: the nearest `node_modules` on the way up. */
function lookUp(packages: LockedPackages, place: string, name: string): { readonly entry: LockedPackage } | undefined {
  for (let folder = place; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf("/node_modules/")))) {
    const entry = packages[`${folder === "" ? "" : `${folder}/`}node_modules/${name}`];
    if (entry !== undefined) return { entry };
    if (!folder.includes("/node_modules/")) {
      const top = packages[`node_modules/${name}`];
      return top === undefined ? undefined : { entry: top };
    }
  }
}

const systems = ["android", "darwin", "freebsd", "linux", "openharmony", "win32"];
const processors = ["arm64", "arm", "x64", "ia32", "ppc64", "riscv64", "s390x", "wasm32"];

/** What the name of a platform build says (`@oxfmt/binding-linux-x64-musl`), with its members in npm's order. */
function platformEntry(name: string, version: string, dev: boolean): LockedPackage {
  const words = name.split(/[/@-]/);
  const os = systems.filter((system) => words.includes(system));
  const cpu = processors.filter((processor) => words.includes(processor));
  if (cpu.length === 0) throw new Error(`Cannot complete the lock file: "${name}" does not say its platform; add it by hand`);
  const libc = words.includes("musl") ? ["musl"] : words.includes("gnu") ? ["glibc"] : [];
  return { version, cpu, ...(dev ? { dev } : {}), ...(libc.length > 0 ? { libc } : {}), optional: true, ...(os.length > 0 ? { os } : {}) };
}
