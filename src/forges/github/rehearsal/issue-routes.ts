// Issues, comments and pull requests of a rehearsal GitHub, which share their numbers.
import { limits } from "../wire.ts";
import { commentDocument, issueDocument, pullAsIssue, pullDocument } from "./documents.ts";
import { repositoryUrls } from "./document-parts.ts";
import { invalid, json, notFound, paged, refused, type Reply } from "./replies.ts";
import { receiveJson } from "./receive.ts";
import type { Asked, Service } from "./service.ts";
import { countDone, type ForgeState, type StoredComment, type StoredIssue, type StoredPull } from "./state.ts";

export function listIssues({ service, query }: Asked): Reply {
  const state = service.store.state();
  const wanted = query.get("state") ?? "open";
  const labels = (query.get("labels") ?? "").split(",").filter((label) => label !== "");
  const pulls = labels.length > 0 ? [] : state.pulls;
  const all = [...state.issues, ...pulls].filter((one) => wanted === "all" || wanted === (one.closedMs === undefined ? "open" : "closed"));
  const fitting = all.filter((one) => "head" in one || labels.every((label) => one.labels.includes(label)));
  return paged(
    fitting.toSorted((a, b) => b.number - a.number),
    query,
    { url: `${repositoryUrls(service).api}/issues`, as: (items) => items.map((one) => anyIssue(service, one)) },
  );
}

function anyIssue(service: Service, one: StoredIssue | StoredPull): unknown {
  const comments = service.store.state().comments.filter((comment) => comment.number === one.number).length;
  return "head" in one ? pullAsIssue(service, one, comments) : issueDocument(service, one, comments);
}

export function getIssue({ service, at }: Asked): Reply {
  const one = findIssue(service.store.state(), Number(at["number"]));
  return one === undefined ? notFound : json(200, anyIssue(service, one));
}

function findIssue(state: ForgeState, number: number): StoredIssue | StoredPull | undefined {
  return [...state.issues, ...state.pulls].find((one) => one.number === number);
}

export async function createIssue({ service, request }: Asked): Promise<Reply> {
  const body = await receiveJson(request);
  const title = body?.["title"];
  if (typeof title !== "string" || title === "") return invalid("Issue", "title", "missing_field");
  const labels = Array.isArray(body?.["labels"]) ? body["labels"].filter((label): label is string => typeof label === "string") : [];
  const made = await addIssue(service, { title, body: textOf(body?.["body"]), labels });
  return json(201, issueDocument(service, made, 0));
}

export function addIssue(service: Service, issue: Pick<StoredIssue, "title" | "body" | "labels">): Promise<StoredIssue> {
  return service.store.change((state) => {
    const made = { ...issue, id: state.lastId + 1, number: state.lastNumber + 1, createdMs: service.clock.nowMs() };
    return { state: { ...state, lastId: made.id, lastNumber: made.number, issues: [...state.issues, made] }, value: made };
  });
}

export async function editIssue({ service, request, at }: Asked): Promise<Reply> {
  const body = await receiveJson(request);
  const number = Number(at["number"]);
  const wanted = body?.["state"];
  if (wanted !== undefined && wanted !== "open" && wanted !== "closed") return invalid("Issue", "state", "invalid");
  const changed = await service.store.change((state) => {
    const issue = state.issues.find((one) => one.number === number);
    if (issue === undefined) return { state, value: undefined };
    const { closedMs = service.clock.nowMs(), ...open } = issue;
    const edited: StoredIssue = wanted === "closed" ? { ...open, closedMs } : wanted === "open" ? open : issue;
    const issues = state.issues.map((one) => (one.number === number ? edited : one));
    return { state: countDone({ ...state, issues }, `edit-issue ${number}`), value: edited };
  });
  return changed === undefined ? notFound : json(200, anyIssue(service, changed));
}

export function listComments({ service, query, at }: Asked): Reply {
  const number = Number(at["number"]);
  const state = service.store.state();
  if (findIssue(state, number) === undefined) return notFound;
  return paged(
    state.comments.filter((comment) => comment.number === number),
    query,
    { url: `${repositoryUrls(service).api}/issues/${number}/comments`, as: (items) => items.map((one) => commentDocument(service, one)) },
  );
}

export async function createComment({ service, request, at }: Asked): Promise<Reply> {
  const body = textOf((await receiveJson(request))?.["body"]);
  const number = Number(at["number"]);
  if (findIssue(service.store.state(), number) === undefined) return notFound;
  if (body.trim() === "") return invalid("IssueComment", "body", "missing_field");
  if (body.length > limits.comment) return refused("IssueComment", `body is too long (maximum is ${limits.comment} characters)`, "body");
  const made = await service.store.change((state) => {
    const comment: StoredComment = { id: state.lastId + 1, number, body, createdMs: service.clock.nowMs() };
    const grown = { ...state, lastId: comment.id, comments: [...state.comments, comment] };
    return { state: countDone(grown, `comment ${number}`), value: comment };
  });
  return json(201, commentDocument(service, made));
}

export function listPulls({ service, query }: Asked): Reply {
  const wanted = query.get("state") ?? "open";
  const [head, base] = [query.get("head"), query.get("base")];
  const fitting = service.store
    .state()
    .pulls.filter((pull) => wanted === "all" || wanted === (pull.closedMs === undefined ? "open" : "closed"))
    .filter((pull) => head === null || head === `${service.owner}:${pull.head}`)
    .filter((pull) => base === null || base === pull.base);
  return paged(
    fitting.toSorted((a, b) => b.number - a.number),
    query,
    { url: `${repositoryUrls(service).api}/pulls`, as: (items) => items.map((pull) => pullDocument(service, pull)) },
  );
}

export function getPull({ service, at }: Asked): Reply {
  const pull = service.store.state().pulls.find((one) => one.number === Number(at["number"]));
  return pull === undefined ? notFound : json(200, pullDocument(service, pull));
}

export async function createPull({ service, request }: Asked): Promise<Reply> {
  const body = await receiveJson(request);
  const [title, base] = [textOf(body?.["title"]), textOf(body?.["base"])];
  const head = textOf(body?.["head"]).replace(`${service.owner}:`, "");
  if (title === "") return invalid("PullRequest", "title", "missing_field");
  const [headCommit, baseCommit] = [await service.refs.commit(`refs/heads/${head}`), await service.refs.commit(`refs/heads/${base}`)];
  if (headCommit === undefined) return invalid("PullRequest", "head", "invalid");
  if (baseCommit === undefined) return invalid("PullRequest", "base", "invalid");
  if (headCommit === baseCommit) return refused("PullRequest", `No commits between ${base} and ${head}`);
  const wanted = { title, body: textOf(body?.["body"]), head, base, headCommit, baseCommit };
  const made = await service.store.change((state) => {
    if (state.pulls.some((pull) => pull.closedMs === undefined && pull.head === head && pull.base === base))
      return { state, value: undefined };
    const pull: StoredPull = { ...wanted, id: state.lastId + 1, number: state.lastNumber + 1, createdMs: service.clock.nowMs() };
    const grown = { ...state, lastId: pull.id, lastNumber: pull.number, pulls: [...state.pulls, pull] };
    return { state: countDone(grown, `open-pull ${head}`), value: pull };
  });
  if (made === undefined) return refused("PullRequest", `A pull request already exists for ${service.owner}:${head}.`);
  return json(201, pullDocument(service, made));
}

/** What a person does on the page: merges, or closes without. @returns false when there is none open, or nothing to merge */
export async function endPull(service: Service, number: number, how: "merge" | "squash" | "close"): Promise<boolean> {
  const pull = service.store.state().pulls.find((one) => one.number === number && one.closedMs === undefined);
  if (pull === undefined) return false;
  const mergedCommit = how === "close" ? undefined : await service.refs.merge(pull.base, pull.head, how);
  if (how !== "close" && mergedCommit === undefined) return false;
  const ended = { ...pull, closedMs: service.clock.nowMs(), ...(mergedCommit === undefined ? {} : { mergedCommit }) };
  await service.store.change((state) => ({
    state: { ...state, pulls: state.pulls.map((one) => (one.number === number ? ended : one)) },
    value: undefined,
  }));
  return true;
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}
