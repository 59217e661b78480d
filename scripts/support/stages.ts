// The static stages of the check: what can be said of the code without running it. `npm run check` and `npm test` run
// the same ones.
import { join } from "node:path";
import { type Ended, type Program, runProgram } from "./child.ts";
import { root } from "./repository.ts";

export interface Stage {
  readonly name: string;
  /** What a person does about it. */
  readonly remedy: string;
  readonly commands: readonly Program[];
}

export interface StageEnd {
  readonly stage: string;
  readonly passed: boolean;
  readonly seconds: number;
  readonly output: string;
  readonly remedy: string;
}

const timeoutMs = 120_000;

/** A program that an npm package of the project brings. */
function tool(name: string, ...args: readonly string[]): Program {
  return { program: process.execPath, args: [join(root, "node_modules", ".bin", name), ...args], timeoutMs };
}

function script(name: string, ...args: readonly string[]): Program {
  return { program: process.execPath, args: [join(root, "scripts", name), ...args], timeoutMs };
}

export const staticStages: readonly Stage[] = [
  { name: "format", remedy: "npx oxfmt FILE", commands: [tool("oxfmt", "--check")] },
  { name: "types", remedy: "mend the types", commands: [tool("tsc", "-p", "tsconfig.json"), tool("tsc", "-p", "src/domain")] },
  { name: "lint", remedy: "mend the code; the rules are in .oxlintrc.json", commands: [tool("oxlint", "--type-aware")] },
  { name: "layers", remedy: "move the code to where it may know that", commands: [script("layers.ts")] },
  { name: "tidy", remedy: "mend the place named", commands: [script("tidy.ts")] },
  { name: "unused", remedy: "remove what nothing uses", commands: [tool("knip")] },
  { name: "docs", remedy: "npm run docs", commands: [script("docs.ts", "--check")] },
];

/** The stages, each to be run with others side by side. @param ended is told as each ends */
export function stageTasks(stages: readonly Stage[], ended: (end: StageEnd) => void): readonly (() => Promise<StageEnd>)[] {
  return stages.map((stage) => async () => {
    const end = await runStage(stage);
    ended(end);
    return end;
  });
}

async function runStage(stage: Stage): Promise<StageEnd> {
  const ends: Ended[] = [];
  for (const command of stage.commands) ends.push(await runProgram(command));
  return {
    stage: stage.name,
    passed: ends.every((end) => end.code === 0),
    seconds: ends.reduce((sum, end) => sum + end.seconds, 0),
    output: ends.map((end) => (end.timedOut ? `${end.output}\nstopped after ${timeoutMs / 1000} s` : end.output)).join(""),
    remedy: stage.remedy,
  };
}
