// Makes the client of a planned registry: known names through known-services, others from the addresses that
// slipway.yaml gives. A rehearsal never comes here: it puts its own registries in place of these when ports are composed.
import type { Credential } from "../domain/credential.ts";
import { SlipwayError } from "../domain/error.ts";
import { knownServices, type PypiAddresses } from "../domain/known-services.ts";
import type { PlannedRegistry } from "../domain/plan/plan.ts";
import type { Http } from "../platform/http-port.ts";
import type { Clock, Secrets } from "../platform/ports.ts";
import { pypiRegistry } from "./pypi/client.ts";
import type { Registry } from "./registry.ts";

export interface CatalogPorts {
  readonly clock: Clock;
  readonly http: Http;
}

/**
 * How long "absent" may be a stale answer after an upload. The pages of PyPI may be kept by any cache on the way for
 * 600 s (its own front end purges them within seconds, and we ask for no cached answer, but a proxy between may not obey).
 * Uploads there are harmless to repeat, so the engine waits this long only where it has to (protocols §1.5).
 */
const knownSettleMs = 600_000;

/** An index of one's own has no front end before it; five seconds cover one that indexes new files in the background. */
const ownSettleMs = 5_000;

/**
 * @throws SlipwayError NOT_YET for an ecosystem or forge that this version does not publish to
 * @throws SlipwayError CONFIG_INVALID for an unknown name without `url`, or an address that is none
 */
export function createRegistry(planned: PlannedRegistry, ports: CatalogPorts): Registry {
  if (planned.ecosystem !== "pypi") {
    throw new SlipwayError(
      "NOT_YET",
      `Cannot publish to "${planned.name}": this version of Slipway does not speak to ${planned.ecosystem} registries`,
    );
  }
  const common = { name: planned.name, world: "real", clock: ports.clock, http: ports.http } as const;
  if (planned.url === undefined) {
    const { upload, index, pages } = knownAddresses(planned.name);
    return pypiRegistry({
      ...common,
      uploadUrl: upload,
      indexUrl: planned.index ?? index,
      pagesUrl: pages,
      rules: "pypi",
      settleMs: knownSettleMs,
    });
  }
  const uploadUrl = checkedUrl(planned.url, planned.name, "url");
  const indexUrl = planned.index === undefined ? indexBeside(uploadUrl) : checkedUrl(planned.index, planned.name, "index");
  return pypiRegistry({ ...common, uploadUrl, indexUrl, rules: "open", settleMs: ownSettleMs });
}

/**
 * The credential that the plan names for a registry, read at the last moment.
 * @throws SlipwayError CREDENTIAL_MISSING, NOT_YET
 */
export async function openCredential(planned: PlannedRegistry, secrets: Secrets): Promise<Credential> {
  const { openPypiCredential } = await import("./pypi/credentials.ts");
  return openPypiCredential(planned.credentials, planned.name, secrets);
}

/** Where installers look, by custom: beside `…/legacy/` stands `…/simple/`, otherwise it is `<url>/simple/`. */
export function indexBeside(uploadUrl: string): string {
  const root = uploadUrl.replace(/\/+$/, "");
  return `${root.endsWith("/legacy") ? root.slice(0, -"/legacy".length) : root}/simple/`;
}

function knownAddresses(name: string): PypiAddresses {
  const found = knownServices.find((service) => service.name === name);
  if (found?.ecosystem === "pypi") return found.addresses;
  const known = knownServices.filter((service) => service.ecosystem === "pypi").map((service) => `"${service.name}"`);
  throw new SlipwayError("CONFIG_INVALID", `Cannot find the registry "${name}": known without an address are ${known.join(", ")}`, {
    hint: `Declare it: registries: { ${name}: { ecosystem: pypi, url: … } }`,
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
