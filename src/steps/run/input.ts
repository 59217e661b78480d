// `with:` of `run`: the words of `run:` and its neighbours as the configuration wrote them out (DESIGN §2).
import * as z from "../../domain/shape.ts";
import { artifactKinds } from "../../domain/artifact.ts";

const words = z.array(z.string()).min(1).max(1000).describe("One command, split into words; nothing in them is expanded");

const globs = z.union([z.string(), z.array(z.string()).min(1).max(50)]);

const produced = z.strictObject({
  kind: z.enum(artifactKinds).describe("What the files are"),
  package: z.string().optional().describe("Package the files belong to; needed where the project has several"),
  files: globs.describe("Globs in the copy, with * and **; each has to name at least one file"),
});

const around = {
  in: z.string().optional().describe("Environment of the project that the commands are entered through: nix, pixi, or a command"),
  produces: z.array(produced).max(50).optional().describe("Files that leave the step as artifacts"),
  effect: z.json().optional().describe("What the commands do outside of the copy"),
  look: z.json().optional().describe("Command that looks whether the effect is there"),
};

export const runInput = z.union([
  z.strictObject({ commands: z.array(words).min(1).max(100).describe("Commands, one after another"), ...around }),
  z.strictObject({
    script: z.string().min(1).describe("Text for the shell"),
    shell: z.literal("bash").describe("The shell that was asked for"),
    ...around,
  }),
]);

export type RunInput = z.infer<typeof runInput>;
export type Produced = z.infer<typeof produced>;

/** Globs of one line of `produces`. */
export function globsOf(line: Produced): readonly string[] {
  return typeof line.files === "string" ? [line.files] : line.files;
}
