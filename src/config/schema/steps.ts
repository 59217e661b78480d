// What is done: triggers, inputs, steps and groups of steps. A step is one object with all its keys, not a union, so that
// a mistake in one key is told as that and not as "no variant fits"; which keys go together is a rule (rules/steps.ts).
import * as z from "../../domain/shape.ts";
import { artifactKinds } from "../../domain/artifact.ts";
import { duration, glob, mapOf, name, text } from "./atoms.ts";
import { versionRule } from "./packages.ts";

const dispatch = z
  .strictObject({ ref: text.optional().describe("Branch that a person may start from; `any` for all (default)") })
  .nullable()
  .describe("A person may start it");

const schedule = z
  .strictObject({
    cron: text.describe('Five cron fields, quoted, such as "0 4 * * 1"'),
    zone: text.optional().describe("Time zone of the cron fields, such as Europe/Berlin (default: UTC)"),
    inputs: z
      .record(name, z.union([z.string(), z.boolean()]))
      .optional()
      .describe("Inputs of the scheduled run"),
  })
  .describe("Starts at fixed times");

export const triggers = z
  .strictObject({
    tag: z
      .union([name, z.array(name).min(1)])
      .optional()
      .describe("Package, or packages, whose release tag starts it"),
    dispatch: dispatch.optional(),
    schedule: mapOf(schedule).optional().describe("Times at which it starts, by name"),
    "release-published": z.strictObject({}).nullable().optional().describe("A release published at the forge starts it"),
  })
  .describe("What starts a run; without it, a person does");

export const inputs = mapOf(z.enum(["boolean", "string", "version", "tag"]).describe("Type of the input")).describe(
  "What the one who starts a run may give",
);

export const conditionPhrase = "tag, dispatch, schedule, release-published, prerelease, final, input.<name>, or one of them after `not`";

/** The form stands in the JSON Schema; rules/conditions.ts checks it, because it can name the nearest word. */
const condition = z.string().meta({
  description: `Condition: ${conditionPhrase}`,
  pattern: "^(not +)?(tag|dispatch|schedule|release-published|prerelease|final|input\\.[a-z][a-z0-9-]*)$",
});

const when = z.union([condition, z.array(condition).min(1)]).describe("Leaves the step out unless the condition holds; a list means all");

const produced = z
  .strictObject({
    kind: z.enum(artifactKinds).describe("Kind of the artifact"),
    package: name.optional().describe("Package it belongs to; may be left out where the file has one"),
    files: z.union([glob, z.array(glob).min(1).max(50)]).describe("Files to take, from the root of the repository"),
  })
  .describe("What leaves the step");

const reach = z.enum(["reversible", "irreversible"]);

const effect = z
  .union([
    text,
    z.strictObject({ title: text.describe("What the world will hold afterwards"), reach: reach.describe("Whether it can be taken back") }),
  ])
  .describe("The step acts on the world: what it does, and whether that can be taken back (default: irreversible)");

const runKeys = {
  run: z
    .union([text, z.array(text).min(1).max(100)])
    .optional()
    .describe("Command, split into words; nothing is expanded; a list is several"),
  shell: z.literal("bash").optional().describe("Gives `run` to bash as one script instead of splitting it"),
  in: text.optional().describe("Enters the project's environment first: nix, pixi, or a command that is put before each one"),
  produces: z
    .union([produced, z.array(produced).min(1)])
    .optional()
    .describe("Artifacts that the commands make; nothing else leaves the step"),
  effect: effect.optional(),
  look: text.optional().describe("Read-only command that prints present, absent or conflict for the effect"),
};

const stepKeys = {
  uses: text.optional().describe("Step of the catalogue"),
  with: z.record(z.string(), z.unknown()).optional().describe("Input of the step"),
  ...runKeys,
  when: when.optional(),
  environment: name.optional().describe("Environment that the step needs"),
  gate: name.optional().describe("Environment whose gate must be open before the step starts"),
  matrix: mapOf(z.array(text).min(1).max(100)).optional().describe("Fans the step out into one leg per combination"),
  timeout: duration.optional().describe("Longest time that one attempt may take"),
  retry: z.int().min(0).max(10).optional().describe("Attempts that may follow a failed one (default: 0)"),
  optional: z.boolean().optional().describe("A failure is reported and does not fail the release"),
  keep: z.array(glob).min(1).optional().describe("Changed files that the next commit takes; everything else is thrown away"),
};

const member = z.strictObject(stepKeys).meta({
  id: "step",
  description: "One step, by `uses` or `run`",
  oneOf: [{ required: ["uses"] }, { required: ["run"] }],
});

const members = mapOf(member);

const entry = z
  .strictObject({
    ...stepKeys,
    parallel: members.optional().describe("Steps that run side by side"),
    steps: members.optional().describe("Steps that run one after another under one name"),
  })
  .meta({
    id: "entry",
    description: "A step by `uses` or `run`, or a group of steps by `parallel` or `steps`",
    oneOf: [{ required: ["uses"] }, { required: ["run"] }, { required: ["parallel"] }, { required: ["steps"] }],
  });

export const entries = mapOf(entry).describe("The steps in their order; each waits for all above it");

export const pipeline = z
  .strictObject({ on: triggers.optional(), inputs: inputs.optional(), version: versionRule.optional(), steps: entries })
  .describe("One pipeline of several");

/** Keys of a step that only go with `run`. */
export const runOnlyKeys = Object.keys(runKeys).filter((key) => key !== "run");
