// The GitHub client: a `Forge` that speaks the REST API of GitHub and GitHub Enterprise for one repository. It looks, sends
// and looks again; it never retries and never decides from a text.
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
import { apiVersion, mediaTypes } from "./wire.ts";
import { workflowCalls } from "./workflows.ts";

export interface GithubOptions {
  /** For words: `github`, or the host of an Enterprise server. */
  readonly name: string;
  /** Root of the API. */
  readonly apiUrl: string;
  /** Root of the API that takes the bytes of assets. */
  readonly uploadUrl: string;
  /** Root of the pages for people. */
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
export function githubForge(options: GithubOptions): Forge {
  const api: Api = {
    http: options.http,
    base: options.apiUrl,
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
    kind: "github",
    world: options.world,
    repository: options.repository,
    settleMs: options.settleMs,
    locate: (place) => locate(options.webUrl, api, place),
    releases: releaseCalls(api, options.uploadUrl),
    issues: issueCalls(api, issueDialect),
    pullRequests: pullRequestCalls(api),
    workflows: workflowCalls(api),
    settings: settingCalls(api),
  };
}

function headers(credential: Credential | undefined): Readonly<Record<string, string>> {
  const common = { accept: mediaTypes.json, "x-github-api-version": apiVersion };
  const secret = credential?.reveal() ?? "";
  return secret === "" ? common : { ...common, authorization: `Bearer ${secret}` };
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
      return address(webUrl, [owner, name, "pull", place.number]);
    case "run":
      return address(webUrl, [owner, name, "actions", "runs", place.number]);
  }
}
