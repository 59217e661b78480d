// Members that many of GitHub's documents share: ids, times, people, addresses of the repository.
import type { WireUser } from "../wire.ts";
import type { Service } from "./service.ts";

export function idNode(kind: string, id: number): { readonly id: number; readonly node_id: string } {
  return { id, node_id: Buffer.from(`${kind}:${id}`).toString("base64") };
}

/** Whole seconds, as GitHub writes times. */
export function time(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d{3}Z$/, "Z");
}

export function repositoryUrls(service: Pick<Service, "url" | "owner" | "name">): { readonly api: string; readonly web: string } {
  const path = `${service.owner}/${service.name}`;
  return { api: `${service.url}/repos/${path}`, web: `${service.url}/web/${path}` };
}

export function userDocument(service: Pick<Service, "url">, login: string): WireUser & Readonly<Record<string, unknown>> {
  const url = `${service.url}/users/${encodeURIComponent(login)}`;
  return {
    ...idNode("User", 1),
    login,
    avatar_url: `${url}/avatar`,
    gravatar_id: "",
    url,
    html_url: `${service.url}/web/${encodeURIComponent(login)}`,
    followers_url: `${url}/followers`,
    following_url: `${url}/following{/other_user}`,
    gists_url: `${url}/gists{/gist_id}`,
    starred_url: `${url}/starred{/owner}{/repo}`,
    subscriptions_url: `${url}/subscriptions`,
    organizations_url: `${url}/orgs`,
    repos_url: `${url}/repos`,
    events_url: `${url}/events{/privacy}`,
    received_events_url: `${url}/received_events`,
    type: "User",
    site_admin: false,
  };
}
