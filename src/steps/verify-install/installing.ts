// What a trial of an installation is in one ecosystem: which of our files it is about, which client it needs, and how that
// client gets them as a user would. What is tried afterwards is the same for all (trial.ts).
import type { JsonObject } from "../../domain/configuration.ts";
import type { PlannedPackage, PlannedRegistry } from "../../domain/plan/plan.ts";
import type { ReadRegistry } from "../../registries/registry.ts";
import type { Finding, Frozen, ReadPorts } from "../step.ts";
import type { Bench, Failed } from "./bench.ts";
import type { VerifyInstallInput } from "./input.ts";

export type Source =
  | { readonly kind: "artifacts" }
  /** `planned`: as the plan has it; absent: the step names one that no environment has. */
  | { readonly kind: "registry"; readonly registry: ReadRegistry; readonly planned?: PlannedRegistry };

export interface Trial {
  readonly frozen: Frozen<VerifyInstallInput>;
  readonly source: Source;
  /** Of the ecosystem; at least one. */
  readonly packages: readonly PlannedPackage[];
}

/** Not there yet as far as a client can tell: an index may lag. */
export type Waiting = { readonly kind: "waiting"; readonly why: string };

export interface Installed {
  readonly kind: "installed";
  /** Folders whose programs come first on the PATH. */
  readonly programs: readonly string[];
  /** Environment of what is tried. */
  readonly env: Readonly<Record<string, string>>;
  /** On top of it, where the release's own variables must not win. */
  readonly fixed: Readonly<Record<string, string>>;
  /** Commands that import what was installed. */
  readonly imports: readonly Import[];
  /** What goes into the step's record. */
  readonly record: JsonObject;
}

export interface Import {
  readonly words: readonly string[];
  /** For people and the record. */
  readonly shown: readonly string[];
}

export interface Installing {
  /** For people: `Python package`. */
  readonly noun: string;
  /** Why none can be installed from its file; absent: one can. */
  readonly notFromFiles?: string;
  /** Whether there is a client on this machine for that leg. */
  preflight(planned: Pick<Frozen, "leg">, ports: ReadPorts): Promise<readonly Finding[]>;
  /** Into the bench's folder, which is empty. */
  install(trial: Trial, bench: Bench): Promise<Installed | Waiting | Failed>;
}

export function nameOf(source: Source): string {
  return source.kind === "artifacts" ? "the frozen files" : source.registry.name;
}

/** It is the one that everybody's clients ask by themselves: the file neither gives an address for it nor calls it a test. */
export function isUsual(planned: PlannedRegistry | undefined): boolean {
  return planned === undefined || (planned.url === undefined && planned.index === undefined && !planned.test);
}

/** Address without the user information that a configured one may hold: neither is for a record. */
export function withoutUser(address: string): string {
  if (!URL.canParse(address)) return "that is configured";
  const url = new URL(address);
  url.username = "";
  url.password = "";
  return url.href;
}

export function blocks(id: string, message: string, hint: string): Finding {
  return { id, level: "blocks", message, hint };
}

/** As a command that is not found is told by the step itself. */
export function missingTool(message: string, hint: string): Failed {
  return { kind: "failed", code: "TOOL_MISSING", message, hint };
}
