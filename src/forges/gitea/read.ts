// JSON of Gitea and Forgejo in the words of the port. What is not of the described form is undefined.
import type { Asset, Issue, PullRequest, Release, RepositoryFacts, WorkflowRun } from "../forge.ts";
import { listOf, numberOf, recordOf, textOf } from "../reading.ts";

export function readRelease(value: unknown): Release | undefined {
  const one = recordOf(value);
  const id = numberOf(one?.["id"]);
  const tag = textOf(one?.["tag_name"]);
  const draft = one?.["draft"];
  if (one === undefined || id === undefined || tag === undefined || typeof draft !== "boolean") return undefined;
  const publishedAt = textOf(one["published_at"]);
  return {
    id,
    tag,
    title: textOf(one["name"]) ?? "",
    notes: textOf(one["body"]) ?? "",
    draft,
    prerelease: one["prerelease"] === true,
    url: textOf(one["html_url"]) ?? "",
    author: textOf(recordOf(one["author"])?.["login"]) ?? "somebody",
    createdAt: textOf(one["created_at"]) ?? "",
    // A draft has one too: the time when it was made.
    ...(publishedAt === undefined || draft ? {} : { publishedAt }),
  };
}

/** An upload that breaks off leaves nothing, so that what is listed is whole; digests are told by nobody. */
export function readAsset(value: unknown): Asset | undefined {
  const one = recordOf(value);
  const id = numberOf(one?.["id"]);
  const name = textOf(one?.["name"]);
  const sizeBytes = numberOf(one?.["size"]);
  const uuid = textOf(one?.["uuid"]);
  if (one === undefined || id === undefined || name === undefined || sizeBytes === undefined || uuid === undefined) return undefined;
  return {
    id,
    name,
    sizeBytes,
    state: "whole",
    sha256: undefined,
    url: textOf(one["browser_download_url"]) ?? "",
    handle: uuid,
    uploadedAt: textOf(one["created_at"]) ?? "",
  };
}

export function readIssue(value: unknown): (Issue & { readonly isPull: boolean }) | undefined {
  const one = recordOf(value);
  const number = numberOf(one?.["number"]);
  const title = textOf(one?.["title"]);
  if (one === undefined || number === undefined || title === undefined) return undefined;
  const labels = (listOf(one["labels"]) ?? []).flatMap((label) => textOf(recordOf(label)?.["name"]) ?? []);
  const state = one["state"] === "closed" ? "closed" : "open";
  return { number, title, state, labels, url: textOf(one["html_url"]) ?? "", isPull: recordOf(one["pull_request"]) !== undefined };
}

export function readComment(value: unknown): { readonly text: string; readonly url: string } | undefined {
  const one = recordOf(value);
  return numberOf(one?.["id"]) === undefined ? undefined : { text: textOf(one?.["body"]) ?? "", url: textOf(one?.["html_url"]) ?? "" };
}

/** With the names of its branches, since the list cannot be asked for them. */
export function readPull(value: unknown): (PullRequest & { readonly head: string; readonly base: string }) | undefined {
  const one = recordOf(value);
  const number = numberOf(one?.["number"]);
  const head = recordOf(one?.["head"]);
  if (one === undefined || number === undefined || head === undefined) return undefined;
  const merged = one["merged"] === true;
  const mergedCommit = merged ? textOf(one["merge_commit_sha"]) : undefined;
  return {
    number,
    state: merged ? "merged" : one["state"] === "open" ? "open" : "closed",
    ...(mergedCommit === undefined ? {} : { mergedCommit }),
    headCommit: textOf(head["sha"]) ?? "",
    text: textOf(one["body"]) ?? "",
    url: textOf(one["html_url"]) ?? "",
    head: textOf(head["ref"]) ?? "",
    base: textOf(recordOf(one["base"])?.["ref"]) ?? "",
  };
}

const runStates: Readonly<Record<string, WorkflowRun["state"]>> = { completed: "done", in_progress: "running", waiting: "waiting" };

/** `path` is `release.yml@refs/heads/main`. */
export function readRun(value: unknown): (WorkflowRun & { readonly workflow: string }) | undefined {
  const one = recordOf(value);
  const id = numberOf(one?.["id"]);
  if (one === undefined || id === undefined) return undefined;
  const state = runStates[textOf(one["status"]) ?? ""] ?? "queued";
  const conclusion = textOf(one["conclusion"]);
  return {
    id,
    title: textOf(one["display_title"]) ?? "",
    state,
    ...(state === "done" && conclusion !== undefined ? { conclusion } : {}),
    commit: textOf(one["head_sha"]) ?? "",
    url: textOf(one["html_url"]) ?? "",
    createdAt: textOf(one["started_at"]) ?? "",
    workflow: (textOf(one["path"]) ?? "").replace(/@.*$/s, "").replace(/^.*\//, ""),
  };
}

export function readFacts(value: unknown): RepositoryFacts | undefined {
  const one = recordOf(value);
  const fullName = textOf(one?.["full_name"]);
  const defaultBranch = textOf(one?.["default_branch"]);
  if (one === undefined || fullName === undefined || defaultBranch === undefined) return undefined;
  const granted = recordOf(one["permissions"]);
  const permission = granted === undefined ? undefined : granted["admin"] === true ? "admin" : granted["push"] === true ? "write" : "read";
  return {
    fullName,
    defaultBranch,
    private: one["private"] === true,
    archived: one["archived"] === true,
    permission,
    url: textOf(one["html_url"]) ?? "",
  };
}

/** A branch, as far as it tells whether it is protected. */
export function readProtected(value: unknown): { readonly isProtected: boolean } | undefined {
  const isProtected = recordOf(value)?.["protected"];
  return typeof isProtected === "boolean" ? { isProtected } : undefined;
}

export function readTagCommit(value: unknown): string | undefined {
  return textOf(recordOf(recordOf(value)?.["commit"])?.["sha"]);
}
