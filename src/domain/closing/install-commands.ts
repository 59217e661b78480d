// The commands by which people get what was released, ready to paste. From a test registry comes our own package alone, and
// everything that it needs from the usual one (S5.5). Pure.
import { packedFileName, splitNpmName } from "../npm/names.ts";
import { tagOfVersion } from "../oci/names.ts";
import type { PlannedProgram, PlannedRegistry } from "../plan/plan.ts";
import { joinWords } from "../words.ts";
import { installAddress, isDeclared, type Named } from "./places.ts";

export interface Ways {
  /** One after another. */
  readonly install: readonly string[];
  /** Another way to the same, each by itself. */
  readonly or: readonly string[];
}

export interface Wanted extends Named {
  readonly registry: PlannedRegistry;
  /** Of a crate that has one. */
  readonly program: PlannedProgram | undefined;
  /** Of an image: the names that lead to it, and its digest. */
  readonly tags: readonly string[];
  readonly digest: string | undefined;
}

export function waysTo(wanted: Wanted): Ways {
  switch (wanted.registry.ecosystem) {
    case "pypi":
      return python(wanted);
    case "crates":
      return crate(wanted);
    case "npm":
      return npm(wanted);
    case "oci":
      return image(wanted);
    case "binary":
      return { install: [], or: [] };
  }
}

function python({ registry, name, version }: Wanted): Ways {
  const index = installAddress(registry);
  const at = index === undefined ? [] : ["--index-url", index];
  const wanted = `${name}==${version}`;
  if (registry.test) {
    const folder = `try-${name}`;
    const fetch = joinWords(["pip", "download", "--no-deps", "--dest", folder, ...at, wanted]);
    return { install: [fetch, joinWords(["pip", "install", "--find-links", folder, wanted])], or: [] };
  }
  const words = ["pip", "install", ...(isDeclared(registry) ? at : []), wanted];
  return { install: [joinWords(words)], or: [joinWords(["uv", ...words])] };
}

function crate({ registry, name, version, program }: Wanted): Ways {
  const [variable, named] = isDeclared(registry) ? [`${indexVariable(registry)} `, ["--registry", registry.name]] : ["", []];
  const install = `${variable}${joinWords(["cargo", "install", name, "--version", version, ...named])}`;
  const add = `${variable}${joinWords(["cargo", "add", `${name}@${version}`, ...named])}`;
  if (program === undefined) return { install: [add], or: [] };
  return { install: [install], or: program === "alone" ? [] : [add] };
}

/** cargo knows a registry of one's own by its settings; a variable is one that can be pasted. */
function indexVariable(registry: PlannedRegistry): string {
  const name = registry.name.toUpperCase().replaceAll(/[^A-Z0-9]/g, "_");
  return `CARGO_REGISTRIES_${name}_INDEX=${joinWords([`sparse+${installAddress(registry) ?? ""}`])}`;
}

function npm({ registry, name, version }: Wanted): Ways {
  const wanted = `${name}@${version}`;
  const url = installAddress(registry);
  if (url === undefined || (!isDeclared(registry) && !registry.test)) return { install: [joinWords(["npm", "install", wanted])], or: [] };
  const { scope } = splitNpmName(name);
  if (scope !== undefined) return { install: [joinWords(["npm", "install", `--${scope}:registry=${url}`, wanted])], or: [] };
  if (!registry.test) return { install: [joinWords(["npm", "install", "--registry", url, wanted])], or: [] };
  const fetch = joinWords(["npm", "pack", "--registry", url, wanted]);
  return { install: [fetch, joinWords(["npm", "install", `./${packedFileName(name, version)}`])], or: [] };
}

/** podman takes the same words. */
function image({ registry, name, version, tags, digest }: Wanted): Ways {
  const at = `${installAddress(registry) ?? registry.name}/${name}`;
  const byDigest = digest === undefined ? [] : [joinWords(["docker", "pull", `${at}@${digest}`])];
  const tag = tags.find((one) => one === tagOfVersion(version)) ?? tags[0] ?? (digest === undefined ? tagOfVersion(version) : undefined);
  const byTag = tag === undefined ? [] : [joinWords(["docker", "pull", `${at}:${tag}`])];
  const [install = "", ...or] = [...byTag, ...byDigest];
  return { install: [install], or };
}
