// Issues at Gitea and Forgejo. A comment is ours by its mark; pull requests are listed among issues and left out.
import { act, list, lookAt, type Api } from "../api.ts";
import type { Issue, IssueQuery, IssueReads, IssueWrites, ReadAccess } from "../forge.ts";
import { carriesMark, withMark } from "../mark.ts";
import { readComment, readIssue } from "./read.ts";
import { pageSize } from "./wire.ts";

const issuePagesMax = 10;
const commentPagesMax = 30;

export function issueCalls(api: Api): IssueReads & IssueWrites {
  return {
    find: (query, access) => findIssues(api, query, access),
    get: (number, access) => lookAt(api, { path: ["issues", number] }, { ...access, read: readPlainIssue }),
    observeComment: (number, mark, access) => observeComment(api, { number, mark }, access),
    observeClosed: async (number, access) => {
      const looked = await lookAt(api, { path: ["issues", number] }, { ...access, read: readPlainIssue });
      if (looked.kind === "absent") return { kind: "conflict", theirs: `there is no issue ${number}` };
      if (looked.kind === "unknown" || looked.found.state === "open") return looked.kind === "unknown" ? looked : { kind: "absent" };
      return { kind: "present", evidence: { how: "state of the issue, read back", url: looked.found.url, details: { number } } };
    },
    comment: (number, { text, mark }, access) =>
      act(
        api,
        { method: "POST", path: ["issues", number, "comments"], json: { body: withMark(text, mark) }, what: `comment on issue ${number}` },
        access,
      ),
    close: (number, access) =>
      act(api, { method: "PATCH", path: ["issues", number], json: { state: "closed" }, what: `close issue ${number}` }, access),
  };
}

async function findIssues(api: Api, query: IssueQuery, access: ReadAccess): ReturnType<IssueReads["find"]> {
  const asked = { state: query.state, type: "issues", limit: pageSize, ...(query.label === undefined ? {} : { labels: query.label }) };
  const listed = await list(api, { path: ["issues"], query: asked, pagesMax: issuePagesMax }, { ...access, read: readIssue });
  if (listed.kind === "unknown") return listed;
  const fitting = listed.items.filter(
    (issue) =>
      !issue.isPull &&
      (query.title === undefined || issue.title === query.title) &&
      (query.label === undefined || issue.labels.includes(query.label)),
  );
  return { kind: "listed", issues: fitting.map(withoutKind) };
}

async function observeComment(
  api: Api,
  { number, mark }: { readonly number: number; readonly mark: string },
  access: ReadAccess,
): ReturnType<IssueReads["observeComment"]> {
  const pages = {
    path: ["issues", number, "comments"],
    query: { limit: pageSize },
    pagesMax: commentPagesMax,
    enough: (items: readonly unknown[]) => items.some((item) => carriesMark(readComment(item)?.text ?? "", mark)),
  };
  const listed = await list(api, pages, { ...access, read: readComment });
  if (listed.kind === "unknown") return listed;
  const ours = listed.items.find((comment) => carriesMark(comment.text, mark));
  return ours === undefined
    ? { kind: "absent" }
    : { kind: "present", evidence: { how: "comment with our mark, read back", url: ours.url } };
}

function readPlainIssue(value: unknown): Issue | undefined {
  const issue = readIssue(value);
  return issue === undefined ? undefined : withoutKind(issue);
}

function withoutKind({ number, title, state, labels, url }: Issue): Issue {
  return { number, title, state, labels, url };
}
