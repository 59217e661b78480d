// Workflow runs at Gitea (Actions). Servers from 1.26 on tell the id of the run that a dispatch starts; older ones start it
// and say nothing, and then it is found by the mark in its title, if the workflow puts it there.
import { act, list, lookAt, type Api } from "../api.ts";
import type { ReadAccess, WorkflowReads, WorkflowRun, WorkflowWrites } from "../forge.ts";
import { judgeRun, judgeRuns } from "../judge.ts";
import { numberOf, recordOf, textOf } from "../reading.ts";
import { readRun } from "./read.ts";
import { pageSize } from "./wire.ts";

/** A run of ours is among the newest. */
const runPagesMax = 5;

export function workflowCalls(api: Api): WorkflowReads & WorkflowWrites {
  return {
    run: (id, access) => lookAt(api, { path: ["actions", "runs", id] }, { ...access, read: readPlainRun }),
    findRuns: (query, access) => findRuns(api, query, access),
    observeRun: async ({ run, ...query }, access) => {
      if (run !== undefined) {
        const looked = await lookAt(api, { path: ["actions", "runs", run] }, { ...access, read: readPlainRun });
        return looked.kind === "found" ? judgeRun(looked.found) : looked;
      }
      const found = await findRuns(api, query, access);
      return found.kind === "unknown" ? found : judgeRuns(found.runs, query.mark);
    },
    dispatch: ({ workflow, ref, inputs }, access) =>
      act(
        api,
        {
          method: "POST",
          path: ["actions", "workflows", workflow, "dispatches"],
          query: { return_run_details: "true" },
          json: { ref, inputs },
          what: `start "${workflow}" at "${ref}"`,
        },
        { ...access, read: readStarted },
      ),
  };
}

async function findRuns(
  api: Api,
  { workflow, mark }: { readonly workflow: string; readonly mark: string },
  access: ReadAccess,
): ReturnType<WorkflowReads["findRuns"]> {
  const pages = {
    path: ["actions", "runs"],
    query: { event: "workflow_dispatch", limit: pageSize },
    pagesMax: runPagesMax,
    listIn: (value: unknown) => recordOf(value)?.["workflow_runs"],
    enough: (items: readonly unknown[], page: number) =>
      page === runPagesMax || items.some((item) => readRun(item)?.title.includes(mark) ?? false),
  };
  const listed = await list(api, pages, { ...access, read: readRun });
  if (listed.kind === "unknown") return listed;
  const ours = listed.items.filter((run) => run.title.includes(mark) && run.workflow === workflow);
  return { kind: "listed", runs: ours.map(withoutWorkflow) };
}

function readPlainRun(value: unknown): WorkflowRun | undefined {
  const run = readRun(value);
  return run === undefined ? undefined : withoutWorkflow(run);
}

function withoutWorkflow({ workflow: _workflow, ...run }: WorkflowRun & { readonly workflow: string }): WorkflowRun {
  return run;
}

function readStarted(value: unknown): { readonly run: number; readonly url: string } | undefined {
  const one = recordOf(value);
  const run = numberOf(one?.["workflow_run_id"]);
  return run === undefined ? undefined : { run, url: textOf(one?.["html_url"]) ?? "" };
}
