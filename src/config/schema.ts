// The shape of slipway.yaml as one schema: it checks the file, its types are those of the written form, and editors
// complete and explain from it. What needs two places of the file to judge stands in rules/.
import * as z from "../domain/shape.ts";
import { form, mapOf } from "./schema/atoms.ts";
import { environment, forgeDeclaration, pathRule, peopleGroup, registryDeclaration } from "./schema/environments.ts";
import { logs, packageEntry, sourceRule, tracker, versionRule } from "./schema/packages.ts";
import { entries, inputs, pipeline, triggers } from "./schema/steps.ts";

const languagePhrase = "1, the version of the language that this Slipway reads";

export const fileSchema = z
  .strictObject({
    slipway: z.literal(1, { error: languagePhrase }).describe("Version of this language: 1"),
    project: form(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/, "a name of at most 100 letters, digits, dots, underscores and hyphens").describe(
      "Name of the project",
    ),
    packages: mapOf(packageEntry).describe("The packages that are released, by the name this file gives them"),
    versions: z.enum(["one", "each"]).optional().describe("Several packages carry one version, or each its own"),
    version: versionRule.optional(),
    source: sourceRule.optional(),
    on: triggers.optional(),
    inputs: inputs.optional(),
    people: mapOf(peopleGroup).optional().describe("Groups of people, by name"),
    paths: mapOf(pathRule).optional().describe("Declared short cuts, by name"),
    tracker: tracker.optional(),
    logs: logs.optional(),
    forge: forgeDeclaration.optional(),
    registries: mapOf(registryDeclaration).optional().describe("Registries that Slipway does not know by name"),
    environments: mapOf(environment).optional().describe("Where releases go, by name"),
    pipelines: mapOf(pipeline).optional().describe("Several pipelines, instead of `steps`"),
    steps: entries.optional(),
  })
  .describe("How this project is released");

export type WrittenFile = z.infer<typeof fileSchema>;
export type WrittenEntry = WrittenPipeline["steps"][string];
export type WrittenStep = Omit<WrittenEntry, "parallel" | "steps">;
export type WrittenPipeline = NonNullable<WrittenFile["pipelines"]>[string];
export type WrittenEnvironment = NonNullable<WrittenFile["environments"]>[string];
export type WrittenCredentials = NonNullable<WrittenEnvironment["credentials"]>;
