// Issues, as GitHub, Gitea and Forgejo have them alike. A comment is ours by its mark; pull requests are listed among issues
// and left out. What a forge says in its own words is its dialect.
import { act, list, lookAt, type Api } from "./api.ts";
import type { Issue, IssueQuery, IssueReads, IssueWrites, ReadAccess } from "./forge.ts";
import { carriesMark, withMark } from "./mark.ts";

export interface IssueDialect {
  /** Asks for pages of the largest size. */
  readonly paging: Readonly<Record<string, string | number>>;
  /** Asks a list of issues to leave pull requests out, where the forge can. */
  readonly issuesOnly: Readonly<Record<string, string>>;
  /** What closes an issue as done. */
  readonly closing: Readonly<Record<string, string>>;
  /** @returns undefined for what is no issue */
  readIssue(value: unknown): ListedIssue | undefined;
  /** @returns undefined for what is no comment */
  readComment(value: unknown): Comment | undefined;
}

export type ListedIssue = Issue & { readonly isPull: boolean };

export interface Comment {
  readonly text: string;
  readonly url: string;
}

const issuePagesMax = 10;
const commentPagesMax = 30;

export function issueCalls(api: Api, dialect: IssueDialect): IssueReads & IssueWrites {
  const readPlainIssue = (value: unknown): Issue | undefined => withoutKind(dialect.readIssue(value));
  return {
    find: (query, access) => findIssues({ api, dialect }, query, access),
    get: (number, access) => lookAt(api, { path: ["issues", number] }, { ...access, read: readPlainIssue }),
    observeComment: (number, mark, access) => observeComment({ api, dialect }, { number, mark }, access),
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
      act(api, { method: "PATCH", path: ["issues", number], json: dialect.closing, what: `close issue ${number}` }, access),
  };
}

interface Speaking {
  readonly api: Api;
  readonly dialect: IssueDialect;
}

async function findIssues({ api, dialect }: Speaking, query: IssueQuery, access: ReadAccess): ReturnType<IssueReads["find"]> {
  const asked = {
    state: query.state,
    ...dialect.issuesOnly,
    ...dialect.paging,
    ...(query.label === undefined ? {} : { labels: query.label }),
  };
  const listed = await list(api, { path: ["issues"], query: asked, pagesMax: issuePagesMax }, { ...access, read: dialect.readIssue });
  if (listed.kind === "unknown") return listed;
  const fitting = listed.items.filter(
    (issue) =>
      !issue.isPull &&
      (query.title === undefined || issue.title === query.title) &&
      (query.label === undefined || issue.labels.includes(query.label)),
  );
  return { kind: "listed", issues: fitting.flatMap((issue) => withoutKind(issue) ?? []) };
}

async function observeComment(
  { api, dialect }: Speaking,
  { number, mark }: { readonly number: number; readonly mark: string },
  access: ReadAccess,
): ReturnType<IssueReads["observeComment"]> {
  const pages = {
    path: ["issues", number, "comments"],
    query: dialect.paging,
    pagesMax: commentPagesMax,
    enough: (items: readonly unknown[]) => items.some((item) => carriesMark(dialect.readComment(item)?.text ?? "", mark)),
  };
  const listed = await list(api, pages, { ...access, read: dialect.readComment });
  if (listed.kind === "unknown") return listed;
  const ours = listed.items.find((comment) => carriesMark(comment.text, mark));
  return ours === undefined
    ? { kind: "absent" }
    : { kind: "present", evidence: { how: "comment with our mark, read back", url: ours.url } };
}

function withoutKind(issue: ListedIssue | undefined): Issue | undefined {
  if (issue === undefined) return undefined;
  const { number, title, state, labels, url } = issue;
  return { number, title, state, labels, url };
}
