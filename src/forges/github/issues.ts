// Issues in the words of GitHub, which cannot leave pull requests out of a list.
import type { IssueDialect } from "../issues.ts";
import { readComment, readIssue } from "./read.ts";
import { pageSize } from "./wire.ts";

export const issueDialect: IssueDialect = {
  paging: { per_page: pageSize },
  issuesOnly: {},
  closing: { state: "closed", state_reason: "completed" },
  readIssue,
  readComment,
};
