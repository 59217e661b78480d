// Where people and clients find what was released: from the plan alone, so that a rehearsal tells the addresses that the real
// release will have. Pure.
import { indexBeside } from "../pypi/index-address.ts";
import { normalizeName } from "../pypi/names.ts";
import { escapedNpmName } from "../npm/names.ts";
import { tagOfVersion } from "../oci/names.ts";
import { knownForges, servicesOf } from "../known-services.ts";
import type { PlannedForge, PlannedRegistry } from "../plan/plan.ts";

export interface Named {
  readonly name: string;
  readonly version: string;
}

/** The file gives an address for it: no client asks it by itself. */
export function isDeclared({ url, index }: PlannedRegistry): boolean {
  return url !== undefined || index !== undefined;
}

/** What installers are pointed at, with a slash at the end; of images the host. Undefined: the file names an unknown one. */
export function installAddress(registry: PlannedRegistry): string | undefined {
  const { name, ecosystem, url, index } = registry;
  const known = <Found extends { readonly name: string }>(all: readonly Found[]): Found | undefined => all.find((one) => one.name === name);
  switch (ecosystem) {
    case "pypi":
      return withSlash(index ?? (url === undefined ? known(servicesOf("pypi"))?.addresses.index : indexBeside(url)));
    case "crates":
      return withSlash((index ?? url)?.replace(/^sparse\+/, "") ?? known(servicesOf("crates"))?.addresses.index);
    case "npm":
      return withSlash(url ?? known(servicesOf("npm"))?.addresses.registry);
    case "oci":
      return hostOf(url ?? known(servicesOf("oci"))?.addresses.registry);
    case "binary":
      return undefined;
  }
}

/** Page for people; of a registry without pages what it shows of the package. */
export function pageOf(registry: PlannedRegistry, { name, version }: Named): string | undefined {
  const at = installAddress(registry);
  const pages = isDeclared(registry) ? undefined : pagesOf(registry);
  switch (registry.ecosystem) {
    case "pypi":
      return pages === undefined
        ? at && `${at}${normalizeName(name)}/`
        : `${pages}project/${normalizeName(name)}/${encodeURIComponent(version)}/`;
    case "crates":
      return pages && `${pages}crates/${name}/${encodeURIComponent(version)}`;
    case "npm":
      return pages === undefined ? at && `${at}${escapedNpmName(name)}` : `${pages}package/${name}/v/${encodeURIComponent(version)}`;
    case "oci":
      return at && `${schemeOf(registry.url)}://${at}/${name}:${tagOfVersion(version)}`;
    case "binary":
      return undefined;
  }
}

function pagesOf({ name, ecosystem }: PlannedRegistry): string | undefined {
  if (ecosystem !== "pypi" && ecosystem !== "crates" && ecosystem !== "npm") return undefined;
  return servicesOf(ecosystem).find((one) => one.name === name)?.addresses.pages;
}

/** The page of a release, and the folder of its files, which GitHub and Gitea serve alike. */
export function releasePage(forge: PlannedForge | undefined, tag: string): { readonly page: string; readonly files: string } | undefined {
  if (forge === undefined) return undefined;
  const known = knownForges.find((one) => one.kind === forge.kind);
  const root = forge.url?.replace(/\/+$/, "") ?? (known === undefined ? undefined : `https://${known.host}`);
  if (root === undefined) return undefined;
  const releases = `${root}/${forge.repository}/releases`;
  const escaped = tag.split("/").map(encodeURIComponent).join("/");
  return { page: `${releases}/tag/${escaped}`, files: `${releases}/download/${escaped}/` };
}

function withSlash(address: string | undefined): string | undefined {
  return address === undefined || address.endsWith("/") ? address : `${address}/`;
}

/** Of an address that is declared as it is spoken to; a host alone, and everything that is known, is spoken to by TLS. */
function schemeOf(address: string | undefined): "http" | "https" {
  return /^http:\/\//i.test(address ?? "") ? "http" : "https";
}

/** The domain knows no URL of the platform: host and port stand between the two slashes and the next one. */
function hostOf(address: string | undefined): string | undefined {
  return address === undefined ? undefined : (/^[a-z]+:\/\/(?<host>[^/]+)/i.exec(address)?.groups?.["host"] ?? address);
}
