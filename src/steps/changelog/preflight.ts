// What can be seen before the run starts: git-cliff is there, and hand-written changelogs have something to tell. What the
// steps above may still write cannot be tried.
import { hasContent, bodyOf, readChangelog } from "../../domain/changelog/read.ts";
import { faultOf } from "../../domain/changelog/told.ts";
import type { Finding, Planned, ReadPorts } from "../step.ts";
import { readInside } from "./files.ts";
import { findCliff } from "./generate.ts";
import { targetsOf, type ChangelogInput, type Target } from "./input.ts";
import { noChangelog } from "./perform.ts";

export async function preflightChangelog(planned: Planned<ChangelogInput>, ports: ReadPorts): Promise<readonly Finding[]> {
  const targets = targetsOf(planned.packages);
  if (targets.length === 0) {
    const { message, hint } = noChangelog();
    return [{ id: "PF-CHANGELOG", level: "blocks", message, ...(hint === undefined ? {} : { hint }) }];
  }
  const cliff = targets.some((target) => target.generated) ? await lookForCliff(ports) : [];
  const written = await Promise.all(targets.filter((target) => !target.generated).map((target) => lookAtFile(target, ports)));
  return [...cliff, ...written];
}

async function lookForCliff(ports: ReadPorts): Promise<readonly Finding[]> {
  try {
    const found = await findCliff(ports);
    if (found.kind === "found") return [];
    return [{ id: "PF-TOOL-MISSING", level: "blocks", message: found.message, ...(found.hint === undefined ? {} : { hint: found.hint }) }];
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return [{ id: "PF-TOOLBOX", level: "blocks", message, hint: "Install Python 3.9 or newer, with access to its package index" }];
  }
}

async function lookAtFile(target: Target, ports: ReadPorts): Promise<Finding> {
  const { one, file } = target;
  const found = await readInside(ports.files, ports.sourceFolder, file);
  const text = found.kind === "text" ? found.text : undefined;
  const fault = found.kind === "unusable" ? found.why : faultOf(one, text, file);
  const changelog = text === undefined ? undefined : readChangelog(text, target.headings);
  const pending = changelog?.unreleased;
  if (fault === undefined) return { id: "PF-CHANGELOG", level: "fine", message: `"${file}" has the section of ${one.name} ${one.version}` };
  if (changelog !== undefined && pending !== undefined && hasContent(bodyOf(changelog, pending)))
    return {
      id: "PF-CHANGELOG",
      level: "fine",
      message: `"${file}" has changes under Unreleased, which become the section of ${one.version}`,
    };
  const level = target.required ? "blocks" : "warns";
  const hint = `Write what changed under \`## ${one.version}\`, or under \`## [Unreleased]\`, and commit it`;
  return { id: "PF-CHANGELOG", level, message: `The changelog does not tell ${one.name} ${one.version}: ${fault}`, hint };
}
