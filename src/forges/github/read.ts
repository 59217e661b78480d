// GitHub's JSON in the words of the port. What is not of the described form is undefined: the caller then knows nothing.
import { isSha256 } from "../../domain/digest.ts";
import type { Asset, ForgeEnvironment, Issue, Protection, PullRequest, Release, RepositoryFacts, WorkflowRun } from "../forge.ts";
import { listOf, numberOf, readAll, recordOf, textOf } from "../reading.ts";

export function readRelease(value: unknown): Release | undefined {
  const one = recordOf(value);
  const id = numberOf(one?.["id"]);
  const tag = textOf(one?.["tag_name"]);
  const draft = one?.["draft"];
  if (one === undefined || id === undefined || tag === undefined || typeof draft !== "boolean") return undefined;
  const publishedAt = textOf(one["published_at"]);
  const immutable = one["immutable"];
  return {
    id,
    tag,
    title: textOf(one["name"]) ?? "",
    notes: textOf(one["body"]) ?? "",
    draft,
    prerelease: one["prerelease"] === true,
    ...(typeof immutable === "boolean" ? { immutable } : {}),
    url: textOf(one["html_url"]) ?? "",
    author: textOf(recordOf(one["author"])?.["login"]) ?? "somebody",
    createdAt: textOf(one["created_at"]) ?? "",
    ...(publishedAt === undefined ? {} : { publishedAt }),
  };
}

/** Only `uploaded` is whole: `starter`, `open` and whatever may come are not. */
export function readAsset(value: unknown): Asset | undefined {
  const one = recordOf(value);
  const id = numberOf(one?.["id"]);
  const name = textOf(one?.["name"]);
  const sizeBytes = numberOf(one?.["size"]);
  if (one === undefined || id === undefined || name === undefined || sizeBytes === undefined) return undefined;
  const label = textOf(one["label"]);
  const digest = (textOf(one["digest"]) ?? "").replace(/^sha256:/, "");
  return {
    id,
    name,
    ...(label === undefined || label === "" ? {} : { label }),
    sizeBytes,
    state: one["state"] === "uploaded" ? "whole" : "broken",
    sha256: isSha256(digest) ? digest : undefined,
    url: textOf(one["browser_download_url"]) ?? "",
    handle: String(id),
    uploadedAt: textOf(one["created_at"]) ?? "",
  };
}

/** @returns undefined for what cannot be read; pull requests, which are issues too, are told by `isPull` */
export function readIssue(value: unknown): (Issue & { readonly isPull: boolean }) | undefined {
  const one = recordOf(value);
  const number = numberOf(one?.["number"]);
  const title = textOf(one?.["title"]);
  if (one === undefined || number === undefined || title === undefined) return undefined;
  const labels = (listOf(one["labels"]) ?? []).flatMap((label) => textOf(label) ?? textOf(recordOf(label)?.["name"]) ?? []);
  const state = one["state"] === "closed" ? "closed" : "open";
  return { number, title, state, labels, url: textOf(one["html_url"]) ?? "", isPull: recordOf(one["pull_request"]) !== undefined };
}

export function readComment(value: unknown): { readonly text: string; readonly url: string } | undefined {
  const one = recordOf(value);
  return one === undefined || numberOf(one["id"]) === undefined
    ? undefined
    : { text: textOf(one["body"]) ?? "", url: textOf(one["html_url"]) ?? "" };
}

/** While it is open, `merge_commit_sha` is a trial merge and says nothing. */
export function readPull(value: unknown): PullRequest | undefined {
  const one = recordOf(value);
  const number = numberOf(one?.["number"]);
  const head = recordOf(one?.["head"]);
  if (one === undefined || number === undefined || head === undefined) return undefined;
  const merged = textOf(one["merged_at"]) !== undefined;
  const mergedCommit = merged ? textOf(one["merge_commit_sha"]) : undefined;
  return {
    number,
    state: merged ? "merged" : one["state"] === "open" ? "open" : "closed",
    ...(mergedCommit === undefined ? {} : { mergedCommit }),
    headCommit: textOf(head["sha"]) ?? "",
    text: textOf(one["body"]) ?? "",
    url: textOf(one["html_url"]) ?? "",
  };
}

const runStates: Readonly<Record<string, WorkflowRun["state"]>> = {
  completed: "done",
  in_progress: "running",
  waiting: "waiting",
  action_required: "waiting",
};

/** Any other status (`queued`, `requested`, `pending`, …) is a run that has not begun. */
export function readRun(value: unknown): WorkflowRun | undefined {
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
    createdAt: textOf(one["created_at"]) ?? "",
  };
}

export function readFacts(value: unknown): RepositoryFacts | undefined {
  const one = recordOf(value);
  const fullName = textOf(one?.["full_name"]);
  const defaultBranch = textOf(one?.["default_branch"]);
  if (one === undefined || fullName === undefined || defaultBranch === undefined) return undefined;
  const granted = recordOf(one["permissions"]);
  const write = granted?.["push"] === true || granted?.["maintain"] === true;
  const permission = granted === undefined ? undefined : granted["admin"] === true ? "admin" : write ? "write" : "read";
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

/** The kind of a rule: `pull_request`, `non_fast_forward`, … */
export function readRule(value: unknown): string | undefined {
  return textOf(recordOf(value)?.["type"]);
}

/** A ruleset of tags; one that is only tried or switched off holds nobody. */
export function readRuleset(value: unknown): { readonly name: string; readonly holds: boolean } | undefined {
  const one = recordOf(value);
  const name = textOf(one?.["name"]);
  return name === undefined ? undefined : { name, holds: one?.["target"] === "tag" && one["enforcement"] === "active" };
}

export function readEnvironment(value: unknown): ForgeEnvironment | undefined {
  const one = recordOf(value);
  const name = textOf(one?.["name"]);
  if (one === undefined || name === undefined) return undefined;
  const protections = readAll(one["protection_rules"] ?? [], (rule) => readProtection(rule, one["deployment_branch_policy"]));
  return protections === undefined ? undefined : { name, protections };
}

function readProtection(value: unknown, branchPolicy: unknown): Protection | undefined {
  const rule = recordOf(value);
  const type = textOf(rule?.["type"]);
  if (rule === undefined || type === undefined) return undefined;
  switch (type) {
    case "wait_timer":
      return { kind: "wait", minutes: numberOf(rule["wait_timer"]) ?? 0 };
    case "branch_policy":
      return { kind: "branches", rule: recordOf(branchPolicy)?.["protected_branches"] === true ? "protected" : "named" };
    case "required_reviewers": {
      const reviewers = (listOf(rule["reviewers"]) ?? []).map((one) => recordOf(one) ?? {});
      const named = (kind: string, key: string) =>
        reviewers.flatMap((one) => (one["type"] === kind ? (textOf(recordOf(one["reviewer"])?.[key]) ?? []) : []));
      return {
        kind: "reviewers",
        people: named("User", "login"),
        teams: named("Team", "slug"),
        notSelf: rule["prevent_self_review"] === true,
      };
    }
    default:
      return { kind: "other", name: type };
  }
}
