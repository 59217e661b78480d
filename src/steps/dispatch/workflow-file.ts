// What a workflow has to say so that it can be started and found again: it takes the inputs that `dispatch` gives it, and its
// runs are named by the mark among them. A forge refuses an input that is not declared, and a run whose reply was lost is
// known by its name alone (protocols §7.4). Pure over the text of the file.
import { parseDocument } from "yaml";

export interface WorkflowFault {
  readonly message: string;
  readonly hint: string;
}

/** The inputs that `dispatch` gives, in the order in which they are written. */
export const workflowInputs = ["tag", "slipway"] as const;

/** Largest workflow that is read, in bytes; no forge takes one as large. */
export const workflowBytesMax = 1024 * 1024;

/** @param file its path in the repository, for words */
export function judgeWorkflow(file: string, text: string): readonly WorkflowFault[] {
  const read = readYaml(text);
  if (read.kind === "unreadable") return [unreadable(file, read.why)];
  const top = membersOf(read.value);
  if (top === undefined) return [unreadable(file, "it holds no map")];
  const declared = inputsOf(top["on"]);
  if (declared === undefined)
    return [{ message: `Workflow "${file}" cannot be started: it has no \`workflow_dispatch\``, hint: `Write under \`on:\`: ${asked}` }];
  const missing = workflowInputs.filter((name) => !declared.includes(name));
  return [
    ...(missing.length === 0 ? [] : [undeclared(file, missing)]),
    ...(holdsMark(top["run-name"]) ? [] : [unnamed(file, top["run-name"])]),
  ];
}

const asked = "`workflow_dispatch: { inputs: { tag: { type: string, required: true }, slipway: { type: string } } }`";

function undeclared(file: string, missing: readonly string[]): WorkflowFault {
  const inputs = missing.map((name) => `"${name}"`).join(" and ");
  return {
    message: `Workflow "${file}" does not declare the ${missing.length === 1 ? "input" : "inputs"} ${inputs}, and the forge refuses what is not declared`,
    hint: `Write under \`on:\`: ${asked}`,
  };
}

function unnamed(file: string, name: unknown): WorkflowFault {
  const now = typeof name === "string" ? `is "${name.slice(0, 120)}"` : "is not there";
  return {
    message: `Workflow "${file}" does not name its runs by the input "slipway": its \`run-name\` ${now}, and a started run would not be found again`,
    hint: 'Write at its top: `run-name: "Publish ${{ inputs.tag }} (${{ inputs.slipway }})"`',
  };
}

function unreadable(file: string, why: string): WorkflowFault {
  return { message: `Workflow "${file}" cannot be read: ${why}`, hint: "Mend it; the forge cannot read it either" };
}

type ReadYaml = { readonly kind: "read"; readonly value: unknown } | { readonly kind: "unreadable"; readonly why: string };

function readYaml(text: string): ReadYaml {
  const document = parseDocument(text, { prettyErrors: false, logLevel: "silent" });
  const [error] = document.errors;
  if (error !== undefined) return { kind: "unreadable", why: error.message.split("\n", 1)[0] ?? "" };
  try {
    return { kind: "read", value: document.toJS({ maxAliasCount: 100 }) as unknown };
  } catch (cause) {
    return { kind: "unreadable", why: cause instanceof Error ? cause.message : "its aliases have no end" };
  }
}

/** Names of the inputs of `workflow_dispatch`; undefined: it is not among what starts the workflow. */
function inputsOf(on: unknown): readonly string[] | undefined {
  if (on === "workflow_dispatch" || (Array.isArray(on) && on.includes("workflow_dispatch"))) return [];
  const triggers = membersOf(on);
  if (triggers === undefined || !Object.hasOwn(triggers, "workflow_dispatch")) return undefined;
  return Object.keys(membersOf(membersOf(triggers["workflow_dispatch"])?.["inputs"]) ?? {});
}

/** In an expression: text that only looks like one is shown as it is. */
function holdsMark(name: unknown): boolean {
  if (typeof name !== "string") return false;
  return [...name.matchAll(/\$\{\{(.{0,500}?)\}\}/g)].some(([, inside = ""]) =>
    /\binputs\s*(?:\.\s*slipway\b(?!-)|\[\s*'slipway'\s*\])/.test(inside),
  );
}

function membersOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Readonly<Record<string, unknown>>) : undefined;
}
