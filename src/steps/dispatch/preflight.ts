// Before the run begins: the workflow stands in the source, takes what it is given, and names its runs so that one whose
// reply was lost is found again. Whether the token may start it is not tried, since trying is starting it.
import path from "node:path";
import type { Finding, Planned, ReadPorts } from "../step.ts";
import { workflowOf, type DispatchInput } from "./input.ts";
import { judgeWorkflow, workflowBytesMax } from "./workflow-file.ts";

/** Where forges look for workflows, in their order. */
const folders = {
  github: [".github/workflows"],
  gitea: [".forgejo/workflows", ".gitea/workflows", ".github/workflows"],
} as const;

export async function preflightDispatch({ input, plan }: Planned<DispatchInput>, ports: ReadPorts): Promise<readonly Finding[]> {
  const where = plan.forge?.repository ?? "the forge";
  const message = `Whether the token may start ${workflowOf(input)} at ${where}: only using it would tell; a job's own token may at GitHub, where the job has \`permissions: { actions: write }\``;
  return [
    { id: "PF-DISPATCH", level: "cannot-be-tried", message },
    ...(await workflowFindings(input, plan.forge?.kind ?? "github", ports)),
  ];
}

async function workflowFindings(input: DispatchInput, kind: keyof typeof folders, ports: ReadPorts): Promise<readonly Finding[]> {
  const workflow = workflowOf(input);
  for (const folder of folders[kind]) {
    const file = `${folder}/${workflow}`;
    const at = path.join(ports.sourceFolder, ...file.split("/"));
    const info = await ports.files.info(at);
    if (info === undefined) continue;
    if (info.kind !== "file" || info.sizeBytes > workflowBytesMax)
      return [blocks(`Workflow "${file}" is no file of at most ${workflowBytesMax} bytes`, "Write it as a plain file")];
    return judgeWorkflow(file, await ports.files.readText(at)).map((fault) => blocks(fault.message, fault.hint));
  }
  const [folder] = folders[kind];
  return [
    blocks(
      `Workflow "${workflow}", which would run the pipeline ${input.pipeline}, is not in the source: the forge could not start it`,
      `Write ${folder}/${workflow}, or name another with \`workflow:\``,
    ),
  ];
}

function blocks(message: string, hint: string): Finding {
  return { id: "PF-DISPATCH-WORKFLOW", level: "blocks", message, hint };
}
