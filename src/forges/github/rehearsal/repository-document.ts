// The repository itself, as GitHub shows it: some ninety members, most of them addresses.
import { idNode, repositoryUrls, time, userDocument } from "./document-parts.ts";
import type { Right, Service } from "./service.ts";

/** Members that are addresses below the repository: name, and path with its template. */
const addresses: Readonly<Record<string, string>> = {
  archive_url: "{archive_format}{/ref}",
  assignees_url: "assignees{/user}",
  blobs_url: "git/blobs{/sha}",
  branches_url: "branches{/branch}",
  collaborators_url: "collaborators{/collaborator}",
  comments_url: "comments{/number}",
  commits_url: "commits{/sha}",
  compare_url: "compare/{base}...{head}",
  contents_url: "contents/{+path}",
  contributors_url: "contributors",
  deployments_url: "deployments",
  downloads_url: "downloads",
  events_url: "events",
  forks_url: "forks",
  git_commits_url: "git/commits{/sha}",
  git_refs_url: "git/refs{/sha}",
  git_tags_url: "git/tags{/sha}",
  hooks_url: "hooks",
  issue_comment_url: "issues/comments{/number}",
  issue_events_url: "issues/events{/number}",
  issues_url: "issues{/number}",
  keys_url: "keys{/key_id}",
  labels_url: "labels{/name}",
  languages_url: "languages",
  merges_url: "merges",
  milestones_url: "milestones{/number}",
  notifications_url: "notifications{?since,all,participating}",
  pulls_url: "pulls{/number}",
  releases_url: "releases{/id}",
  stargazers_url: "stargazers",
  statuses_url: "statuses/{sha}",
  subscribers_url: "subscribers",
  subscription_url: "subscription",
  tags_url: "tags",
  teams_url: "teams",
  trees_url: "git/trees{/sha}",
};

const counts = ["forks", "forks_count", "open_issues", "open_issues_count", "size", "stargazers_count", "watchers", "watchers_count",
  "network_count", "subscribers_count"]; // prettier-ignore

/** @param right of the one who asks; absent: within another document, where it is not told */
export function fullRepository(service: Service, right?: Right): Readonly<Record<string, unknown>> {
  const { api, web } = repositoryUrls(service);
  const write = right === "write" || right === "admin";
  const admin = right === "admin";
  const permissions = { permissions: { admin, maintain: admin, push: write, triage: write, pull: true } };
  return {
    ...idNode("Repository", 1),
    ...Object.fromEntries(Object.entries(addresses).map(([name, path]) => [name, `${api}/${path}`])),
    ...Object.fromEntries(counts.map((name) => [name, 0])),
    name: service.name,
    full_name: `${service.owner}/${service.name}`,
    owner: userDocument(service, service.owner),
    private: service.private,
    visibility: service.private ? "private" : "public",
    url: api,
    html_url: web,
    clone_url: `${web}.git`,
    git_url: `git://127.0.0.1/${service.owner}/${service.name}.git`,
    ssh_url: `git@127.0.0.1:${service.owner}/${service.name}.git`,
    svn_url: web,
    mirror_url: null,
    description: null,
    homepage: null,
    language: null,
    license: null,
    fork: false,
    archived: false,
    disabled: false,
    has_issues: true,
    has_projects: false,
    has_wiki: false,
    has_pages: false,
    has_downloads: true,
    has_discussions: false,
    default_branch: service.defaultBranch,
    created_at: time(0),
    updated_at: time(0),
    pushed_at: time(0),
    ...(right === undefined ? {} : permissions),
  };
}
