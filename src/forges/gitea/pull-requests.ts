// Pull requests at Gitea and Forgejo, within one repository. The list knows no branches, so that the most recently changed
// ones are looked through.
import { act, list, lookAt, type Api } from "../api.ts";
import type { PullRequest, PullRequestReads, PullRequestWrites, ReadAccess, Searched } from "../forge.ts";
import { judgePullRequest, searchPullRequests } from "../judge.ts";
import { carriesMark, withMark } from "../mark.ts";
import { readPull } from "./read.ts";
import { pageSize } from "./wire.ts";

const pagesMax = 10;

export function pullRequestCalls(api: Api): PullRequestReads & PullRequestWrites {
  const find: PullRequestReads["find"] = (wanted, access) => findPull(api, wanted, access);
  return {
    find,
    get: (number, access) => lookAt(api, { path: ["pulls", number] }, { ...access, read: readPlainPull }),
    observe: async (wanted, access) => judgePullRequest(await find(wanted, access)),
    open: ({ head, base, title, text, mark }, access) =>
      act(
        api,
        {
          method: "POST",
          path: ["pulls"],
          json: { head, base, title, body: withMark(text, mark) },
          what: `open a pull request from "${head}" to "${base}"`,
        },
        { ...access, read: readPlainPull },
      ),
  };
}

async function findPull(api: Api, wanted: Parameters<PullRequestReads["find"]>[0], access: ReadAccess): Promise<Searched<PullRequest>> {
  const pages = {
    path: ["pulls"],
    query: { state: "all", sort: "recentupdate", limit: pageSize },
    pagesMax,
    enough: (items: readonly unknown[], page: number) =>
      page === pagesMax || items.some((item) => carriesMark(readPull(item)?.text ?? "", wanted.mark)),
  };
  const listed = await list(api, pages, { ...access, read: readPull });
  if (listed.kind === "unknown") return listed;
  const between = listed.items.filter((pull) => pull.head === wanted.head && pull.base === wanted.base);
  return searchPullRequests(between.map(withoutBranches), wanted.mark);
}

function readPlainPull(value: unknown): PullRequest | undefined {
  const pull = readPull(value);
  return pull === undefined ? undefined : withoutBranches(pull);
}

function withoutBranches({
  head: _head,
  base: _base,
  ...pull
}: PullRequest & { readonly head: string; readonly base: string }): PullRequest {
  return pull;
}
