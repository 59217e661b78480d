// `with:` of `build-npm`.
import { z } from "zod";
import { commandList } from "../building.ts";

export const buildNpmInput = z.strictObject({
  packer: z
    .enum(["auto", "npm", "pnpm", "yarn"])
    .optional()
    .describe("Program that packs; auto (the default) takes the one that `packageManager` or the lock file names, else npm"),
  install: z
    .boolean()
    .optional()
    .describe("Whether dependencies are installed before, exactly as locked; default: where there is a lock file"),
  build: commandList.optional().describe("Command, or list of commands, run in the package's folder before it is packed"),
});

export type BuildNpmInput = z.infer<typeof buildNpmInput>;
