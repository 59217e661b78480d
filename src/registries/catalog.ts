// Makes the client of a planned registry: known names through known-services, others from the addresses that
// slipway.yaml gives. A rehearsal never comes here: it puts its own registries in place of these when ports are composed.
import type { Credential } from "../domain/credential.ts";
import type { StoredRule } from "../domain/configuration.ts";
import { SlipwayError, unreachable } from "../domain/error.ts";
import { servicesOf, type AddressesOf } from "../domain/known-services.ts";
import type { PlannedRegistry } from "../domain/plan/plan.ts";
import { indexBeside } from "../domain/pypi/index-address.ts";
import type { Http } from "../platform/http-port.ts";
import type { Clock, ImageArchives, Secrets } from "../platform/ports.ts";
import { cratesRegistry } from "./crates/client.ts";
import { npmRegistry } from "./npm/client.ts";
import { ociRegistry } from "./oci/client.ts";
import { pypiRegistry } from "./pypi/client.ts";
import type { Registry } from "./registry.ts";

export interface CatalogPorts {
  readonly clock: Clock;
  readonly http: Http;
  readonly images: ImageArchives;
  /** Told of each token that a registry mints for us, before it is used; left out: nobody is. Image registries alone mint some. */
  learn?(secret: string): void;
  /** Who looks where not everybody may; undefined, or left out: nobody. Image registries alone are asked so. */
  readAs?(planned: PlannedRegistry): Promise<Credential | undefined>;
  /** Of whoever runs, for what a registry lets only a person do; undefined, or left out: none was given. npm alone is told. */
  oneTimePassword?(planned: PlannedRegistry): Promise<string | undefined>;
}

/**
 * How long "absent" may be a stale answer after an upload. The pages of PyPI and npm's documents may be kept by any cache on the
 * way for 600 s and 300 s (their own front ends purge them within seconds, and we ask for no cached answer, but a proxy between
 * may not obey); what the index of crates does not show yet, its API tells. Where a second upload is harmless, the engine waits
 * this long only where it has to (protocols §1.5, §4.2, §5.6).
 */
const knownSettleMs = { pypi: 600_000, crates: 60_000, npm: 300_000, oci: 30_000 } as const;

/** A registry of one's own has no front end before it; five seconds cover one that indexes new files in the background. */
const ownSettleMs = 5_000;

/**
 * @throws SlipwayError PLAN_INVALID for an ecosystem that has no registries
 * @throws SlipwayError CONFIG_INVALID for an unknown name without `url`, or an address that is none
 */
export function createRegistry(planned: PlannedRegistry, ports: CatalogPorts): Registry {
  switch (planned.ecosystem) {
    case "pypi":
      return createPypi(planned, ports);
    case "crates":
      return createCrates(planned, ports);
    case "npm":
      return createNpm(planned, ports);
    case "oci":
      return createOci(planned, ports);
    case "binary":
      throw new SlipwayError("PLAN_INVALID", `Cannot publish to "${planned.name}": there are no registries of binaries`, {
        hint: "Put binaries on the release page with `uses: forge-release`",
      });
    default:
      return unreachable(planned.ecosystem, "ecosystem");
  }
}

/**
 * The stored credential that a rule names for a registry, read at the last moment.
 * @param from.forgeVariable holds the token of the forge, for registries that take it; undefined: there is none
 * @throws SlipwayError CREDENTIAL_MISSING, NOT_YET
 */
export async function openCredential(
  { ecosystem, name }: Pick<PlannedRegistry, "ecosystem" | "name">,
  credentials: StoredRule,
  { secrets, forgeVariable }: { readonly secrets: Secrets; readonly forgeVariable?: string | undefined },
): Promise<Credential> {
  switch (ecosystem) {
    case "crates":
      return (await import("./crates/credentials.ts")).openCratesCredential(credentials, name, secrets);
    case "npm":
      return (await import("./npm/credentials.ts")).openNpmCredential(credentials, name, secrets);
    case "oci": {
      const { openOciCredential } = await import("./oci/credentials.ts");
      return openOciCredential(credentials, { registry: name, ...(forgeVariable === undefined ? {} : { forgeVariable }) }, secrets);
    }
    case "pypi":
    case "binary":
      return (await import("./pypi/credentials.ts")).openPypiCredential(credentials, name, secrets);
    default:
      return unreachable(ecosystem, "ecosystem");
  }
}

function common({ name }: PlannedRegistry, { clock, http }: CatalogPorts) {
  return { name, world: "real", clock, http } as const;
}

function createPypi(planned: PlannedRegistry, ports: CatalogPorts): Registry {
  if (planned.url === undefined) {
    const { upload, index, pages } = knownAddresses(planned.name, "pypi");
    return pypiRegistry({
      ...common(planned, ports),
      uploadUrl: upload,
      indexUrl: planned.index ?? index,
      pagesUrl: pages,
      rules: "pypi",
      settleMs: knownSettleMs.pypi,
    });
  }
  const uploadUrl = checkedUrl(planned.url, planned.name, "url");
  const indexUrl = planned.index === undefined ? indexBeside(uploadUrl) : checkedUrl(planned.index, planned.name, "index");
  return pypiRegistry({ ...common(planned, ports), uploadUrl, indexUrl, rules: "open", settleMs: ownSettleMs });
}

/** Of one's own: `index` is written as cargo writes it, and says where uploads go; `url` says so where it does not. */
function createCrates(planned: PlannedRegistry, ports: CatalogPorts): Registry {
  if (planned.url === undefined && planned.index === undefined) {
    const { index, api, pages } = knownAddresses(planned.name, "crates");
    const known = { indexUrl: index, apiUrl: api, pagesUrl: pages, rules: "crates", settleMs: knownSettleMs.crates } as const;
    return cratesRegistry({ ...common(planned, ports), ...known });
  }
  const indexUrl = checkedUrl(
    (planned.index ?? planned.url ?? "").replace(/^sparse\+/, ""),
    planned.name,
    planned.index === undefined ? "url" : "index",
  );
  const apiUrl = planned.index === undefined || planned.url === undefined ? {} : { apiUrl: checkedUrl(planned.url, planned.name, "url") };
  return cratesRegistry({ ...common(planned, ports), indexUrl, ...apiUrl, rules: "open", settleMs: ownSettleMs });
}

function createNpm(planned: PlannedRegistry, ports: CatalogPorts): Registry {
  const shared = { ...common(planned, ports), oneTimePassword: async () => ports.oneTimePassword?.(planned) };
  if (planned.url === undefined) {
    const { registry, pages } = knownAddresses(planned.name, "npm");
    return npmRegistry({ ...shared, registryUrl: registry, pagesUrl: pages, settleMs: knownSettleMs.npm });
  }
  return npmRegistry({ ...shared, registryUrl: checkedUrl(planned.url, planned.name, "url"), settleMs: ownSettleMs });
}

function createOci(planned: PlannedRegistry, ports: CatalogPorts): Registry {
  const isKnown = planned.url === undefined;
  const registryUrl = isKnown ? knownAddresses(planned.name, "oci").registry : checkedUrl(planned.url, planned.name, "url");
  return ociRegistry({
    ...common(planned, ports),
    ...(ports.learn === undefined ? {} : { learn: ports.learn }),
    registryUrl,
    images: ports.images,
    readAs: async () => ports.readAs?.(planned),
    settleMs: isKnown ? knownSettleMs.oci : ownSettleMs,
  });
}

function knownAddresses<E extends keyof AddressesOf>(name: string, ecosystem: E): AddressesOf[E] {
  const ofEcosystem = servicesOf(ecosystem);
  const found = ofEcosystem.find((service) => service.name === name);
  if (found !== undefined) return found.addresses;
  const known = ofEcosystem.map((service) => `"${service.name}"`).join(", ");
  throw new SlipwayError("CONFIG_INVALID", `Cannot find the registry "${name}": known without an address are ${known}`, {
    hint: `Declare it: registries: { ${name}: { ecosystem: ${ecosystem}, url: … } }`,
  });
}

/** Addresses carry no credentials: they are printed, planned and digested. */
function checkedUrl(text: string, name: string, key: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || (url.protocol !== "https:" && url.protocol !== "http:")) {
    throw new SlipwayError("CONFIG_INVALID", `Cannot use the "${key}" of registry "${name}": it should be an http or https address`);
  }
  if (url.username !== "" || url.password !== "") {
    throw new SlipwayError(
      "CONFIG_INVALID",
      `Cannot use the "${key}" of registry "${name}": it holds user information, and addresses are public`,
      {
        hint: "Write the user and a variable for the secret under `credentials`.",
      },
    );
  }
  return url.href;
}
