// The exact values that are entered at a registry so that it trusts a project's job, in the registry's own words: nobody should have
// to guess which of two names a field means (systems S2.12, S5.8; protocols §2.2). Pure.
import type { Publisher } from "./publisher.ts";

/** One package at one registry, as it is to be entered there. */
export interface PublisherEntry {
  readonly registry: string;
  readonly package: string;
  /** Of slipway.yaml, and of the job. */
  readonly environment: string;
  readonly pipeline: string;
  /** `trusted-publishing`: the file logs in so; `possible`: the registry takes identities, and the file means a stored token. */
  readonly use: "trusted-publishing" | "possible";
  readonly provider: Publisher["provider"];
  /** What the form asks for, in its order: name of the field and what is typed there. */
  readonly fields: readonly { readonly name: string; readonly value: string }[];
  /** Page for a package that is there. */
  readonly page: string;
  /** Page for one that is not there yet; absent: the first version needs a token. */
  readonly pendingPage?: string;
  /** What Slipway cannot know, as whole sentences. */
  readonly unknown: readonly string[];
}

/** `owner/name`, `group/subgroup/name`: the last part is the repository. */
function partsOf(repository: string): { readonly owner: string; readonly name: string } {
  const at = repository.lastIndexOf("/");
  return { owner: repository.slice(0, at), name: repository.slice(at + 1) };
}

/** @param publisher of GitLab: `workflow` is the path of the pipeline's file */
export function fieldsOf(publisher: Publisher): PublisherEntry["fields"] {
  const { owner, name } = partsOf(publisher.repository);
  const environment = publisher.environment ?? "(leave empty)";
  const project = { name: "project", value: publisher.package };
  if (publisher.provider === "gitlab")
    return [
      project,
      { name: "namespace", value: owner },
      { name: "repository", value: name },
      { name: "pipeline file", value: publisher.workflow },
      { name: "environment", value: environment },
    ];
  return [
    project,
    { name: "owner", value: owner },
    { name: "repository", value: name },
    { name: "workflow", value: publisher.workflow },
    { name: "environment", value: environment },
  ];
}
