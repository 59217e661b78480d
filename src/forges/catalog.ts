// Makes the client of a forge: known hosts through known-services, others from the address that is given. A rehearsal never
// comes here: it puts its own forge in place of this one when ports are composed.
import { SlipwayError } from "../domain/error.ts";
import { knownForges } from "../domain/known-services.ts";
import type { Http } from "../platform/http-port.ts";
import type { Clock } from "../platform/ports.ts";
import type { Forge } from "./forge.ts";
import { giteaForge } from "./gitea/client.ts";
import { githubForge } from "./github/client.ts";

export type ForgeKind = Forge["kind"];

export interface ForgeTarget {
  readonly kind: ForgeKind;
  /** Root of the server's pages, for one of one's own; absent: the known service of that kind. */
  readonly url?: string;
  /** `owner/name` */
  readonly repository: string;
}

export interface CatalogPorts {
  readonly clock: Clock;
  readonly http: Http;
}

/** Lists of a public forge may come from a copy that lags; nothing is told of how long, and half a minute was never seen. */
const knownSettleMs = 30_000;
const ownSettleMs = 5_000;

/** @throws SlipwayError CONFIG_INVALID for an address that is none, FORGE_NAME_INVALID for a repository that is none */
export function createForge(target: ForgeTarget, { clock, http }: CatalogPorts): Forge {
  const common = { world: "real", repository: target.repository, clock, http } as const;
  if (target.url !== undefined) {
    const url = checkedUrl(target.url);
    const own = { ...common, name: new URL(url).host, webUrl: url, settleMs: ownSettleMs };
    return target.kind === "gitea" ? giteaForge(own) : githubForge({ ...own, apiUrl: `${url}/api/v3`, uploadUrl: `${url}/api/uploads` });
  }
  const known = knownForges.find((forge) => forge.kind === target.kind);
  if (known === undefined) {
    throw new SlipwayError(
      "CONFIG_INVALID",
      `Cannot find the forge: a ${target.kind} server has no address that is known without being given`,
    );
  }
  const { name, host, api, uploads } = known;
  return githubForge({ ...common, name, apiUrl: api, uploadUrl: uploads, webUrl: `https://${host}`, settleMs: knownSettleMs });
}

/** What a git remote tells of its forge. `kind` is there only for a known host. */
export interface RemoteForge {
  readonly kind?: ForgeKind;
  readonly host: string;
  /** Root of the pages, as far as a remote tells: https, unless it is itself http. */
  readonly url: string;
  readonly repository: string;
}

/** Reads `https://HOST/o/n.git`, `ssh://git@HOST/o/n` and `git@HOST:o/n.git`. Pure. @returns undefined for a path, or for more than `o/n` */
export function forgeOfRemote(remote: string): RemoteForge | undefined {
  const scp = /^(?:[^@/:\s]+@)?([A-Za-z0-9.-]+):(?!\/\/)\/?(.+)$/.exec(remote);
  const written = scp === null ? remote : `ssh://${scp[1] ?? ""}/${scp[2] ?? ""}`;
  if (!URL.canParse(written)) return undefined;
  const url = new URL(written);
  const [, repository] = /^\/([^/]+\/[^/]+?)(?:\.git)?\/?$/.exec(url.pathname) ?? [];
  if (repository === undefined || url.hostname === "" || !/^(?:https?|ssh|git|git\+ssh):$/.test(url.protocol)) return undefined;
  const web = url.protocol === "http:" || url.protocol === "https:";
  const known = knownForges.find((forge) => forge.host === url.hostname);
  return {
    ...(known === undefined ? {} : { kind: known.kind }),
    host: web ? url.host : url.hostname,
    url: web ? url.origin : `https://${url.hostname}`,
    repository,
  };
}

/** Addresses carry no credentials: they are printed, planned and digested. */
function checkedUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || (url.protocol !== "https:" && url.protocol !== "http:") || url.search !== "" || url.hash !== "") {
    throw new SlipwayError("CONFIG_INVALID", "Cannot use the address of the forge: it should be an http or https address without a query");
  }
  if (url.username !== "" || url.password !== "") {
    throw new SlipwayError("CONFIG_INVALID", "Cannot use the address of the forge: it holds user information, and addresses are public");
  }
  return url.href.replace(/\/+$/, "");
}
