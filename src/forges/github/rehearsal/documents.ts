// What a rehearsal GitHub shows of what it holds: JSON with the members that GitHub's description demands of each document.
import type { WireAsset, WireComment, WireIssue, WirePull, WireRelease, WireRun } from "../wire.ts";
import { idNode, repositoryUrls, time, userDocument } from "./document-parts.ts";
import { fullRepository } from "./repository-document.ts";
import type { RehearsalEnvironment, Service } from "./service.ts";
import type { StoredAsset, StoredComment, StoredIssue, StoredPull, StoredRelease, StoredRun } from "./state.ts";

/** Releases and comments of a rehearsal are all by one hand. */
const login = "rehearsal";

export function releaseDocument(service: Service, release: StoredRelease): WireRelease & Readonly<Record<string, unknown>> {
  const { api, web } = repositoryUrls(service);
  const url = `${api}/releases/${release.id}`;
  // A draft has no tag, so that its page is not at one.
  const page = release.draft ? `untagged-${release.id.toString(16).padStart(20, "0")}` : encodeURIComponent(release.tag);
  return {
    ...idNode("Release", release.id),
    url,
    assets_url: `${url}/assets`,
    upload_url: `${service.url}/uploads/repos/${service.owner}/${service.name}/releases/${release.id}/assets{?name,label}`,
    html_url: `${web}/releases/tag/${page}`,
    tarball_url: release.draft ? null : `${api}/tarball/${encodeURIComponent(release.tag)}`,
    zipball_url: release.draft ? null : `${api}/zipball/${encodeURIComponent(release.tag)}`,
    tag_name: release.tag,
    target_commitish: release.target,
    name: release.title,
    body: release.body,
    draft: release.draft,
    prerelease: release.prerelease,
    immutable: release.immutable,
    author: userDocument(service, login),
    created_at: time(release.createdMs),
    updated_at: time(release.publishedMs ?? release.createdMs),
    published_at: release.publishedMs === undefined ? null : time(release.publishedMs),
    assets: release.assets.map((asset) => assetDocument(service, release, asset)),
  };
}

export function assetDocument(service: Service, release: StoredRelease, asset: StoredAsset): WireAsset & Readonly<Record<string, unknown>> {
  const { api, web } = repositoryUrls(service);
  const page = release.draft ? `untagged-${release.id.toString(16).padStart(20, "0")}` : encodeURIComponent(release.tag);
  return {
    ...idNode("ReleaseAsset", asset.id),
    url: `${api}/releases/assets/${asset.id}`,
    browser_download_url: `${web}/releases/download/${page}/${encodeURIComponent(asset.name)}`,
    name: asset.name,
    label: asset.label,
    state: asset.state,
    content_type: asset.mediaType,
    size: asset.sizeBytes,
    digest: asset.sha256 === null ? null : `sha256:${asset.sha256}`,
    download_count: 0,
    created_at: time(asset.createdMs),
    updated_at: time(asset.createdMs),
    uploader: userDocument(service, login),
  };
}

export function issueDocument(service: Service, issue: StoredIssue, comments: number): WireIssue & Readonly<Record<string, unknown>> {
  const { api, web } = repositoryUrls(service);
  const url = `${api}/issues/${issue.number}`;
  return {
    ...idNode("Issue", issue.id),
    url,
    repository_url: api,
    labels_url: `${url}/labels{/name}`,
    comments_url: `${url}/comments`,
    events_url: `${url}/events`,
    html_url: `${web}/issues/${issue.number}`,
    number: issue.number,
    title: issue.title,
    body: issue.body,
    state: issue.closedMs === undefined ? "open" : "closed",
    locked: false,
    user: userDocument(service, login),
    assignee: null,
    milestone: null,
    comments,
    labels: issue.labels.map((name, at) => ({
      ...idNode("Label", at + 1),
      url: `${api}/labels/${encodeURIComponent(name)}`,
      name,
      description: "",
      color: "ededed",
      default: false,
    })),
    created_at: time(issue.createdMs),
    updated_at: time(issue.closedMs ?? issue.createdMs),
    closed_at: issue.closedMs === undefined ? null : time(issue.closedMs),
  };
}

/** A pull request as it stands among the issues. */
export function pullAsIssue(service: Service, pull: StoredPull, comments: number): WireIssue & Readonly<Record<string, unknown>> {
  const { api, web } = repositoryUrls(service);
  const issue = issueDocument(service, { ...pull, labels: [] }, comments);
  const html = `${web}/pull/${pull.number}`;
  const links = {
    url: `${api}/pulls/${pull.number}`,
    html_url: html,
    diff_url: `${html}.diff`,
    patch_url: `${html}.patch`,
    merged_at: null,
  };
  return { ...issue, html_url: html, pull_request: links };
}

export function commentDocument(service: Service, comment: StoredComment): WireComment & Readonly<Record<string, unknown>> {
  const { api, web } = repositoryUrls(service);
  return {
    ...idNode("IssueComment", comment.id),
    url: `${api}/issues/comments/${comment.id}`,
    html_url: `${web}/issues/${comment.number}#issuecomment-${comment.id}`,
    issue_url: `${api}/issues/${comment.number}`,
    body: comment.body,
    user: userDocument(service, login),
    author_association: "OWNER",
    created_at: time(comment.createdMs),
    updated_at: time(comment.createdMs),
  };
}

export function pullDocument(service: Service, pull: StoredPull): WirePull & Readonly<Record<string, unknown>> {
  const { api, web } = repositoryUrls(service);
  const user = userDocument(service, login);
  const side = (ref: string, sha: string) => ({ label: `${service.owner}:${ref}`, ref, sha, user, repo: fullRepository(service) });
  const merged = pull.mergedCommit !== undefined;
  const closed = pull.closedMs === undefined ? null : time(pull.closedMs);
  return {
    ...idNode("PullRequest", pull.id),
    ...pullLinks({ api, web }, pull),
    number: pull.number,
    state: pull.closedMs === undefined ? "open" : "closed",
    locked: false,
    title: pull.title,
    body: pull.body,
    user,
    labels: [],
    milestone: null,
    assignee: null,
    head: side(pull.head, pull.headCommit),
    base: side(pull.base, pull.baseCommit),
    author_association: "OWNER",
    auto_merge: null,
    draft: false,
    created_at: time(pull.createdMs),
    updated_at: closed ?? time(pull.createdMs),
    closed_at: closed,
    merged_at: merged ? closed : null,
    // While it is open this is a trial merge that no branch has.
    merge_commit_sha: pull.mergedCommit ?? "0123456789abcdef0123456789abcdef01234567",
    merged,
    mergeable: true,
    mergeable_state: "clean",
    merged_by: merged ? user : null,
    comments: 0,
    review_comments: 0,
    commits: 1,
    additions: 1,
    deletions: 0,
    changed_files: 1,
    maintainer_can_modify: false,
  };
}

function pullLinks({ api, web }: { readonly api: string; readonly web: string }, pull: StoredPull) {
  const url = `${api}/pulls/${pull.number}`;
  const html = `${web}/pull/${pull.number}`;
  const issue = `${api}/issues/${pull.number}`;
  const addresses = {
    comments: `${issue}/comments`,
    commits: `${url}/commits`,
    statuses: `${api}/statuses/${pull.headCommit}`,
    html,
    issue,
    review_comments: `${url}/comments`,
    review_comment: `${api}/pulls/comments{/number}`,
    self: url,
  };
  return {
    url,
    html_url: html,
    diff_url: `${html}.diff`,
    patch_url: `${html}.patch`,
    issue_url: issue,
    comments_url: addresses.comments,
    commits_url: addresses.commits,
    statuses_url: addresses.statuses,
    review_comments_url: addresses.review_comments,
    review_comment_url: addresses.review_comment,
    _links: Object.fromEntries(Object.entries(addresses).map(([name, href]) => [name, { href }])),
  };
}

export function runDocument(service: Service, run: StoredRun): WireRun & Readonly<Record<string, unknown>> {
  const { api, web } = repositoryUrls(service);
  const url = `${api}/actions/runs/${run.id}`;
  const repository = fullRepository(service);
  return {
    ...idNode("WorkflowRun", run.id),
    url,
    html_url: `${web}/actions/runs/${run.id}`,
    jobs_url: `${url}/jobs`,
    logs_url: `${url}/logs`,
    cancel_url: `${url}/cancel`,
    rerun_url: `${url}/rerun`,
    artifacts_url: `${url}/artifacts`,
    check_suite_url: `${api}/check-suites/${run.id}`,
    workflow_url: `${api}/actions/workflows/1`,
    workflow_id: 1,
    name: run.workflow,
    display_title: run.title,
    path: `.github/workflows/${run.workflow}`,
    event: "workflow_dispatch",
    status: run.status,
    conclusion: run.conclusion,
    run_number: run.number,
    run_attempt: 1,
    head_branch: run.ref,
    head_sha: run.commit,
    head_commit: null,
    pull_requests: [],
    repository,
    head_repository: repository,
    created_at: time(run.createdMs),
    updated_at: time(run.createdMs),
    run_started_at: time(run.createdMs),
  };
}

export function environmentDocument(service: Service, environment: RehearsalEnvironment, at: number): Readonly<Record<string, unknown>> {
  const { api, web } = repositoryUrls(service);
  const { waitMinutes, reviewers, branches } = environment;
  const people = (reviewers?.people ?? []).map((name) => ({ type: "User", reviewer: userDocument(service, name) }));
  const teams = (reviewers?.teams ?? []).map((slug) => ({ type: "Team", reviewer: teamDocument(api, slug) }));
  const rules = [
    ...(waitMinutes === undefined ? [] : [{ ...idNode("Gate", 1), type: "wait_timer", wait_timer: waitMinutes }]),
    ...(reviewers === undefined
      ? []
      : [{ ...idNode("Gate", 2), type: "required_reviewers", prevent_self_review: reviewers.notSelf, reviewers: [...people, ...teams] }]),
    ...(branches === undefined ? [] : [{ ...idNode("Gate", 3), type: "branch_policy" }]),
  ];
  return {
    ...idNode("Environment", at + 1),
    name: environment.name,
    url: `${api}/environments/${encodeURIComponent(environment.name)}`,
    html_url: `${web}/deployments/activity_log?environments_filter=${encodeURIComponent(environment.name)}`,
    created_at: time(0),
    updated_at: time(0),
    protection_rules: rules,
    deployment_branch_policy:
      branches === undefined ? null : { protected_branches: branches === "protected", custom_branch_policies: branches === "named" },
  };
}

function teamDocument(api: string, slug: string): Readonly<Record<string, unknown>> {
  return {
    ...idNode("Team", 1),
    url: `${api}/teams/${slug}`,
    html_url: `${api}/teams/${slug}`,
    name: slug,
    slug,
    description: null,
    privacy: "closed",
    notification_setting: "notifications_enabled",
    permission: "pull",
    members_url: `${api}/teams/${slug}/members{/member}`,
    repositories_url: `${api}/teams/${slug}/repos`,
    parent: null,
    type: "organization",
  };
}
