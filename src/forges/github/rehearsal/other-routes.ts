// The rest of what a release asks of GitHub: workflow runs, references, environments, the repository itself.
import { limits } from "../wire.ts";
import { branchDocument } from "./branch-document.ts";
import { environmentDocument, runDocument } from "./documents.ts";
import { idNode, repositoryUrls, time } from "./document-parts.ts";
import { fullRepository } from "./repository-document.ts";
import { empty, error, json, notFound, paged, type Reply } from "./replies.ts";
import { receiveJson } from "./receive.ts";
import type { Asked, RehearsalWorkflow } from "./service.ts";
import { countDone, type StoredRun } from "./state.ts";

export function getRepository({ service, right }: Asked): Reply {
  return json(200, fullRepository(service, right));
}

/** GitHub answers 404 where the setting is off. */
export function getImmutableReleases({ service, right }: Asked): Reply {
  const { immutableReleases } = service.store.state();
  return right === "admin" && immutableReleases ? json(200, { enabled: true, enforced_by_owner: false }) : notFound;
}

export function listEnvironments({ service, query }: Asked): Reply {
  const all = service.environments.map((environment, at) => environmentDocument(service, environment, at));
  return paged(all, query, {
    url: `${repositoryUrls(service).api}/environments`,
    as: (environments) => ({ total_count: all.length, environments }),
  });
}

export async function getRef({ service, at }: Asked): Promise<Reply> {
  const ref = `refs/${at["ref"] ?? ""}`;
  const object = await service.refs.object(ref);
  if (object === undefined) return notFound;
  const { api } = repositoryUrls(service);
  return json(200, {
    ...idNode("Ref", 1),
    ref,
    url: `${api}/git/${ref}`,
    object: { ...object, url: `${api}/git/${object.type}s/${object.sha}` },
  });
}

export async function getTagObject({ service, at }: Asked): Promise<Reply> {
  const sha = at["sha"] ?? "";
  const object = /^[0-9a-f]{40}$/.test(sha) ? await service.refs.tagTarget(sha) : undefined;
  if (object === undefined) return notFound;
  const { api } = repositoryUrls(service);
  return json(200, {
    ...idNode("Tag", 1),
    sha,
    url: `${api}/git/tags/${sha}`,
    tag: "",
    message: "",
    tagger: { name: "rehearsal", email: "rehearsal@localhost", date: time(0) },
    object: { ...object, url: `${api}/git/${object.type}s/${object.sha}` },
  });
}

export async function dispatch({ service, request, at }: Asked): Promise<Reply> {
  const body = await receiveJson(request);
  const workflow = service.workflows.find((one) => one.file === at["workflow"]);
  if (workflow === undefined) return notFound;
  const ref = typeof body?.["ref"] === "string" ? body["ref"] : "";
  const inputs = readInputs(body?.["inputs"]);
  const unexpected = Object.keys(inputs).filter((name) => !workflow.inputs.includes(name));
  if (unexpected.length > 0) return error(422, `Unexpected inputs provided: ${JSON.stringify(unexpected)}`);
  if (Object.keys(inputs).length > limits.inputs)
    return error(422, `you may only define up to ${limits.inputs} inputs for a workflow_dispatch event`);
  const commit = /^[0-9a-f]{40}$/.test(ref) ? undefined : await service.refs.commit(ref);
  if (commit === undefined) return error(422, `No ref found for: ${ref}`);
  const title = titleOf(workflow, inputs);
  const run = await service.store.change((state) => {
    const number = state.runs.length + 1;
    const made: StoredRun = { id: state.lastId + 1, number, workflow: workflow.file, title, ref, commit, inputs, status: "queued", conclusion: null, createdMs: service.clock.nowMs() }; // prettier-ignore
    return { state: countDone({ ...state, lastId: made.id, runs: [...state.runs, made] }, `dispatch ${workflow.file}`), value: made };
  });
  if (body?.["return_run_details"] !== true) return empty(204);
  const { api, web } = repositoryUrls(service);
  return json(200, { workflow_run_id: run.id, run_url: `${api}/actions/runs/${run.id}`, html_url: `${web}/actions/runs/${run.id}` });
}

function readInputs(value: unknown): Readonly<Record<string, string>> {
  if (typeof value !== "object" || value === null) return {};
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, one]) => (["string", "boolean", "number"].includes(typeof one) ? [[name, String(one)]] : [])),
  );
}

function titleOf({ file, runName }: RehearsalWorkflow, inputs: Readonly<Record<string, string>>): string {
  return (runName ?? file).replace(/\$\{\{\s*inputs\.([A-Za-z0-9_-]+)\s*\}\}/g, (_whole, name: string) => inputs[name] ?? "");
}

export function listRuns({ service, query, at }: Asked): Reply {
  if (!service.workflows.some((one) => one.file === at["workflow"])) return notFound;
  const event = query.get("event");
  const runs = service.store
    .state()
    .runs.filter((run) => run.workflow === at["workflow"] && (event === null || event === "workflow_dispatch"));
  return paged(
    runs.toSorted((a, b) => b.id - a.id),
    query,
    {
      url: `${repositoryUrls(service).api}/actions/workflows/${encodeURIComponent(at["workflow"] ?? "")}/runs`,
      as: (items) => ({ total_count: runs.length, workflow_runs: items.map((run) => runDocument(service, run)) }),
    },
  );
}

export function getRun({ service, at }: Asked): Reply {
  const run = service.store.state().runs.find((one) => one.id === Number(at["id"]));
  return run === undefined ? notFound : json(200, runDocument(service, run));
}

/** A rehearsal's repository protects nothing. */
export async function getBranch({ service, at }: Asked): Promise<Reply> {
  const name = at["branch"] ?? "";
  const commit = await service.refs.commit(`refs/heads/${name}`);
  return commit === undefined ? notFound : json(200, branchDocument(service, name, commit));
}

export function listNoRules(): Reply {
  return json(200, []);
}
