// Pull requests at GitHub, within one repository. GitHub allows one open pull request from a head to a base.
import { act, list, lookAt, type Api } from "../api.ts";
import type { PullRequest, PullRequestReads, PullRequestWrites, ReadAccess, Searched } from "../forge.ts";
import { judgePullRequest, searchPullRequests } from "../judge.ts";
import { withMark } from "../mark.ts";
import { readPull } from "./read.ts";
import { pageSize } from "./wire.ts";

const pagesMax = 10;

export function pullRequestCalls(api: Api): PullRequestReads & PullRequestWrites {
  const find: PullRequestReads["find"] = (wanted, access) => findPull(api, wanted, access);
  return {
    find,
    get: (number, access) => lookAt(api, { path: ["pulls", number] }, { ...access, read: readPull }),
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
        { ...access, read: readPull },
      ),
  };
}

async function findPull(api: Api, wanted: Parameters<PullRequestReads["find"]>[0], access: ReadAccess): Promise<Searched<PullRequest>> {
  const query = { head: `${api.repository.owner}:${wanted.head}`, base: wanted.base, state: "all", per_page: pageSize };
  const listed = await list(api, { path: ["pulls"], query, pagesMax }, { ...access, read: readPull });
  return listed.kind === "unknown" ? listed : searchPullRequests(listed.items, wanted.mark);
}
