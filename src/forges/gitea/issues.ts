// Issues in the words of Gitea and Forgejo.
import type { IssueDialect } from "../issues.ts";
import { readComment, readIssue } from "./read.ts";
import { pageSize } from "./wire.ts";

export const issueDialect: IssueDialect = {
  paging: { limit: pageSize },
  issuesOnly: { type: "issues" },
  closing: { state: "closed" },
  readIssue,
  readComment,
};
