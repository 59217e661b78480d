// Which request goes where, with what it asks of the token, and under which name a fault strikes it.
import { deleteAsset, getAsset, getBytes, listAssets, uploadAsset } from "./asset-routes.ts";
import type { FaultCall } from "./faults.ts";
import {
  createComment,
  createIssue,
  createPull,
  editIssue,
  getIssue,
  getPull,
  listComments,
  listIssues,
  listPulls,
} from "./issue-routes.ts";
import {
  dispatch,
  getBranch,
  getImmutableReleases,
  getRef,
  getRepository,
  getRun,
  getTagObject,
  listEnvironments,
  listNoRules,
  listRuns,
} from "./other-routes.ts";
import { createRelease, deleteRelease, editRelease, getLatest, getRelease, getReleaseByTag, listReleases } from "./release-routes.ts";
import type { Reply } from "./replies.ts";
import type { Asked } from "./service.ts";

export interface Route {
  readonly method: string;
  readonly pattern: RegExp;
  readonly answer: (asked: Asked) => Reply | Promise<Reply>;
  readonly call: FaultCall;
  readonly writes: boolean;
}

const repository = "/repos/(?<owner>[^/]+)/(?<repo>[^/]+)";

function read(path: string, answer: Route["answer"], call: FaultCall = "read"): Route {
  return { method: "GET", pattern: new RegExp(`^${path}$`), answer, call, writes: false };
}

function write(method: string, path: string, { answer, call }: Pick<Route, "answer" | "call">): Route {
  return { method, pattern: new RegExp(`^${path}$`), answer, call, writes: true };
}

export const routes: readonly Route[] = [
  read(repository, getRepository),
  read(`${repository}/releases`, listReleases),
  read(`${repository}/releases/latest`, getLatest),
  read(`${repository}/releases/tags/(?<tag>.+)`, getReleaseByTag),
  read(`${repository}/releases/(?<id>\\d+)`, getRelease),
  read(`${repository}/releases/(?<id>\\d+)/assets`, listAssets),
  read(`${repository}/releases/assets/(?<id>\\d+)`, getAsset),
  read("/storage/(?<id>\\d+)", getBytes, "download"),
  read(`${repository}/issues`, listIssues),
  read(`${repository}/issues/(?<number>\\d+)`, getIssue),
  read(`${repository}/issues/(?<number>\\d+)/comments`, listComments),
  read(`${repository}/pulls`, listPulls),
  read(`${repository}/pulls/(?<number>\\d+)`, getPull),
  read(`${repository}/git/ref/(?<ref>.+)`, getRef),
  read(`${repository}/git/tags/(?<sha>[^/]+)`, getTagObject),
  read(`${repository}/actions/workflows/(?<workflow>[^/]+)/runs`, listRuns),
  read(`${repository}/actions/runs/(?<id>\\d+)`, getRun),
  read(`${repository}/environments`, listEnvironments),
  read(`${repository}/branches/(?<branch>[^/]+)`, getBranch),
  read(`${repository}/rules/branches/(?<branch>[^/]+)`, listNoRules),
  read(`${repository}/rulesets`, listNoRules),
  read(`${repository}/immutable-releases`, getImmutableReleases),
  write("POST", `${repository}/releases`, { answer: createRelease, call: "create-release" }),
  write("PATCH", `${repository}/releases/(?<id>\\d+)`, { answer: editRelease, call: "edit-release" }),
  write("DELETE", `${repository}/releases/(?<id>\\d+)`, { answer: deleteRelease, call: "delete-release" }),
  write("POST", `/uploads${repository}/releases/(?<id>\\d+)/assets`, { answer: uploadAsset, call: "upload-asset" }),
  write("DELETE", `${repository}/releases/assets/(?<id>\\d+)`, { answer: deleteAsset, call: "delete-asset" }),
  write("POST", `${repository}/issues`, { answer: createIssue, call: "edit-issue" }),
  write("PATCH", `${repository}/issues/(?<number>\\d+)`, { answer: editIssue, call: "edit-issue" }),
  write("POST", `${repository}/issues/(?<number>\\d+)/comments`, { answer: createComment, call: "comment" }),
  write("POST", `${repository}/pulls`, { answer: createPull, call: "open-pull" }),
  write("POST", `${repository}/actions/workflows/(?<workflow>[^/]+)/dispatches`, { answer: dispatch, call: "dispatch" }),
];
