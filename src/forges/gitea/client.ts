// The Gitea client: a `Forge` that speaks the API v1 of Gitea and Forgejo for one repository. It looks, sends and looks
// again; it never retries and never decides from a text.
import type { Credential } from "../../domain/credential.ts";
import type { Http } from "../../platform/http-port.ts";
import type { Clock } from "../../platform/ports.ts";
import { address, repositoryName } from "../address.ts";
import type { Api } from "../api.ts";
import type { Forge, Place } from "../forge.ts";
import { readAnswer, unknownAnswer } from "./answers.ts";
import { issueCalls } from "../issues.ts";
import { issueDialect } from "./issues.ts";
import { pullRequestCalls } from "./pull-requests.ts";
import { releaseCalls } from "./releases.ts";
import { settingCalls } from "./settings.ts";
import { mediaTypes } from "./wire.ts";
import { workflowCalls } from "./workflows.ts";

export interface GiteaOptions {
  /** For words: the host. */
  readonly name: string;
  /** Root of the server, where its pages are; the API is at `api/v1` below it. */
  readonly webUrl: string;
  /** `owner/name` */
  readonly repository: string;
  readonly world: "real" | "rehearsal";
  /** How long "absent" may be a stale answer, in milliseconds. */
  readonly settleMs: number;
  readonly clock: Clock;
  readonly http: Http;
}

/** Makes the client; nothing is opened before the first call. @throws SlipwayError FORGE_NAME_INVALID */
export function giteaForge(options: GiteaOptions): Forge {
  const api: Api = {
    http: options.http,
    base: address(options.webUrl, ["api", "v1"]),
    forge: options.name,
    world: options.world,
    repository: repositoryName(options.repository),
    nowMs: () => options.clock.nowMs(),
    headers,
    readAnswer,
    unknownAnswer,
  };
  return {
    name: options.name,
    kind: "gitea",
    world: options.world,
    repository: options.repository,
    settleMs: options.settleMs,
    locate: (place) => locate(options.webUrl, api, place),
    releases: releaseCalls(api, options.webUrl),
    issues: issueCalls(api, issueDialect),
    pullRequests: pullRequestCalls(api),
    workflows: workflowCalls(api),
    settings: settingCalls(api),
  };
}

function headers(credential: Credential | undefined): Readonly<Record<string, string>> {
  const secret = credential?.reveal() ?? "";
  return { accept: mediaTypes.json, ...(secret === "" ? {} : { authorization: `token ${secret}` }) };
}

function locate(webUrl: string, { repository: { owner, name } }: Api, place: Place): string {
  switch (place.kind) {
    case "repository":
      return address(webUrl, [owner, name]);
    case "release":
      return address(webUrl, [owner, name, "releases", "tag", place.tag]);
    case "issue":
      return address(webUrl, [owner, name, "issues", place.number]);
    case "pull-request":
      return address(webUrl, [owner, name, "pulls", place.number]);
    case "run":
      return address(webUrl, [owner, name, "actions", "runs", place.number]);
  }
}
