// `with:` of `build-npm`.
import * as z from "../../domain/shape.ts";
import { commandList, environmentOfProject } from "../building.ts";

export const buildNpmInput = z.strictObject({
  packer: z
    .enum(["auto", "npm", "pnpm", "yarn"])
    .optional()
    .describe("Program that packs; auto (the default) takes the one that `packageManager` or the lock file names, else npm"),
  install: z
    .boolean()
    .optional()
    .describe("Whether dependencies are installed before, exactly as locked; default: where there is a lock file"),
  "build-workspace": commandList
    .optional()
    .describe("Command, or list of commands, run once in the folder of the lock file, before `build` of the first package in it"),
  build: commandList.optional().describe("Command, or list of commands, run in the package's folder before it is packed"),
  in: environmentOfProject,
});

export type BuildNpmInput = z.infer<typeof buildNpmInput>;
