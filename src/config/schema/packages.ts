// What is released: packages, their versions and the source they come from.
import * as z from "../../domain/shape.ts";
import { ecosystems } from "../../domain/configuration.ts";
import { folder, form, glob, text } from "./atoms.ts";

const changelog = z
  .strictObject({
    file: folder.describe("File that holds the changelog, from the root of the repository"),
    required: z.boolean().optional().describe("A version without a section of its own is an error"),
    by: z.literal("git-cliff").optional().describe("Tool that writes the sections; without it people write them"),
  })
  .describe("Where the changes of each version are told");

export const packageEntry = z
  .strictObject({
    path: folder.describe("Folder of the package in the repository, `.` for the root"),
    ecosystem: z.enum(ecosystems).optional().describe("What kind of package it is; found in the folder if left out"),
    name: text.optional().describe("Name at the registry, if it is not the manifest's; may hold {owner}"),
    import: form(/^[\p{L}_][\p{L}\p{N}_]*(?:\.[\p{L}_][\p{L}\p{N}_]*)*$/u, 'a Python import name such as "package.module"')
      .optional()
      .describe("Python import name, if it differs from the package's name"),
    members: z.literal("publishable").optional().describe("Every publishable member of the workspace in this folder"),
    tag: text.optional().describe('Release tags of this package: a pattern with exactly one {version}, such as "v{version}"'),
    "version-file": folder.optional().describe("Plain file that holds the version, instead of the manifest"),
    generated: z
      .array(glob)
      .min(1)
      .optional()
      .describe("Files in the package's archives that builds make, so that git has none of them: paths as `slipway diff` shows them"),
    asset: text
      .optional()
      .describe(
        "Name of a binary at the forge; may hold {name}, {os}, {arch}, {version}, and {platform} for the leg as it is written (default: {name}-{os}-{arch})",
      ),
    changelog: changelog.optional(),
  })
  .describe("One package, under the name by which this file calls it");

export const versionRule = z
  .strictObject({
    from: z.enum(["manifest", "tag", "input", "commits"]).describe("Where the version comes from; all other sources must agree"),
    untagged: z.literal("dev").optional().describe("A run without a release tag builds X.devN"),
    candidate: z.literal("tried").optional().describe("A final version needs a candidate of the same base that was tried"),
    prerelease: text.optional().describe("Condition, such as input.prerelease, that must agree with the version's form"),
  })
  .describe("How the version of a release is found");

export const sourceRule = z
  .strictObject({
    branch: text.optional().describe("Branch that releases come from"),
    moved: z.enum(["stop", "restart"]).optional().describe("What happens when the branch moves under a run (default: stop)"),
    carry: z.array(glob).optional().describe("Files of the work tree that may differ and are taken into the run"),
  })
  .describe("The source repository");

export const tracker = z
  .strictObject({
    label: text.describe("Label of the issues that track releases"),
    title: text.describe("Title of the issue of one release; may hold {version}"),
  })
  .describe("How the issue that tracks a release is found");

export const logs = z.strictObject({ folder: folder.describe("Folder for one log file per run") }).describe("Logs for people");
