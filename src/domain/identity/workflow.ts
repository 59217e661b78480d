// A workflow file of GitHub as a registry's trust sees it: what starts it, which of its jobs may ask for an identity, in which
// environment, and whether they call another file. Pure over the text; GitHub itself may still refuse the file (protocols §2.2, §2.3).
import { parseDocument } from "yaml";
import { recordOf, textOf, type JsonRecord } from "../json-record.ts";

export interface Workflow {
  /** Name below `.github/workflows/`. */
  readonly file: string;
  readonly triggers: readonly string[];
  readonly jobs: readonly WorkflowJob[];
}

export interface WorkflowJob {
  readonly name: string;
  /** It has `id-token: write`, by itself or from the top of the file. */
  readonly mints: boolean;
  /** As written; an expression is told as one. */
  readonly environment?: string;
  /** The workflow that it calls: `./.github/workflows/publish.yml`, `owner/name/.github/workflows/publish.yml@v1`. */
  readonly calls?: string;
}

export type ReadWorkflow =
  | { readonly kind: "read"; readonly workflow: Workflow }
  | { readonly kind: "unreadable"; readonly file: string; readonly why: string };

/** Largest workflow that is read, in bytes; no forge takes one as large. */
export const workflowBytesMax = 1024 * 1024;

const jobsMax = 1_000;

export function readWorkflow(file: string, text: string): ReadWorkflow {
  const parsed = parse(text);
  if ("why" in parsed) return { kind: "unreadable", file, why: parsed.why };
  const top = recordOf(parsed.value);
  if (top === undefined) return { kind: "unreadable", file, why: "it holds no map" };
  const jobs = Object.entries(recordOf(top["jobs"]) ?? {}).slice(0, jobsMax);
  const workflow = { file, triggers: triggersOf(top["on"]), jobs: jobs.map(([name, job]) => readJob(name, recordOf(job) ?? {}, top)) };
  return { kind: "read", workflow };
}

function parse(text: string): { readonly value: unknown } | { readonly why: string } {
  const document = parseDocument(text, { prettyErrors: false, logLevel: "silent" });
  const [error] = document.errors;
  if (error !== undefined) return { why: error.message.split("\n", 1)[0] ?? "" };
  try {
    return { value: document.toJS({ maxAliasCount: 100 }) as unknown };
  } catch (cause) {
    return { why: cause instanceof Error ? cause.message : "its aliases have no end" };
  }
}

/** `on: push`, `on: [push]` and `on: { push: … }` are one thing. */
function triggersOf(on: unknown): readonly string[] {
  if (typeof on === "string") return [on];
  if (Array.isArray(on)) return on.filter((one) => typeof one === "string");
  return Object.keys(recordOf(on) ?? {});
}

function readJob(name: string, job: JsonRecord, top: JsonRecord): WorkflowJob {
  const environment = textOf(job["environment"]) ?? textOf(recordOf(job["environment"])?.["name"]);
  const calls = textOf(job["uses"]);
  return {
    name,
    // Of a job that says something itself, what the file says is gone, and what it leaves out it does not have.
    mints: mayMint(job["permissions"] === undefined ? top["permissions"] : job["permissions"]),
    ...(environment === undefined || environment === "" ? {} : { environment }),
    ...(calls === undefined ? {} : { calls }),
  };
}

function mayMint(permissions: unknown): boolean {
  return permissions === "write-all" || recordOf(permissions)?.["id-token"] === "write";
}
