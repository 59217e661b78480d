// Workflow runs at GitHub. A dispatch is asked for the id of its run; where the reply was lost the run is found by the mark
// that went along as an input and that the workflow puts into its title with `run-name` (protocols §7.4).
import { act, list, lookAt, type Api } from "../api.ts";
import type { ReadAccess, WorkflowReads, WorkflowRun, WorkflowWrites } from "../forge.ts";
import { judgeRun, judgeRuns } from "../judge.ts";
import { numberOf, recordOf, textOf } from "../reading.ts";
import { readRun } from "./read.ts";
import { pageSize } from "./wire.ts";

/** GitHub gives a thousand runs of a search; a run of ours is among the newest. */
const runPagesMax = 3;

export function workflowCalls(api: Api): WorkflowReads & WorkflowWrites {
  return {
    run: (id, access) => lookAt(api, { path: ["actions", "runs", id] }, { ...access, read: readRun }),
    findRuns: (query, access) => findRuns(api, query, access),
    observeRun: async ({ run, ...query }, access) => {
      if (run !== undefined) {
        const looked = await lookAt(api, { path: ["actions", "runs", run] }, { ...access, read: readRun });
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
          json: { ref: shortName(ref), inputs, return_run_details: true },
          what: `start "${workflow}" at "${ref}"`,
        },
        { ...access, read: readStarted },
      ),
  };
}

/** The form that GitHub documents; it looks among branches and tags itself. */
function shortName(ref: string): string {
  return ref.replace(/^refs\/(?:heads|tags)\//, "");
}

async function findRuns(
  api: Api,
  { workflow, mark }: { readonly workflow: string; readonly mark: string },
  access: ReadAccess,
): ReturnType<WorkflowReads["findRuns"]> {
  const carries = (run: WorkflowRun | undefined) => run?.title.includes(mark) ?? false;
  const pages = {
    path: ["actions", "workflows", workflow, "runs"],
    query: { event: "workflow_dispatch", per_page: pageSize },
    pagesMax: runPagesMax,
    listIn: (value: unknown) => recordOf(value)?.["workflow_runs"],
    // Newest come first: what is not on the first pages is older than the intent to start it.
    enough: (items: readonly unknown[], page: number) => page === runPagesMax || items.some((item) => carries(readRun(item))),
  };
  const listed = await list(api, pages, { ...access, read: readRun });
  return listed.kind === "unknown" ? listed : { kind: "listed", runs: listed.items.filter(carries) };
}

function readStarted(value: unknown): { readonly run: number; readonly url: string } | undefined {
  const one = recordOf(value);
  const run = numberOf(one?.["workflow_run_id"]);
  return run === undefined ? undefined : { run, url: textOf(one?.["html_url"]) ?? "" };
}
