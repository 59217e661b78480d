// `with:` of `publish`.
import { z } from "zod";

const name = z.string().min(1);

export const publishInput = z.strictObject({
  to: z
    .union([name, z.array(name).min(1).max(20)])
    .optional()
    .describe("Registries of the environment to publish to; absent: all of them"),
  channels: z
    .array(name)
    .min(1)
    .max(20)
    .optional()
    .describe(
      "Names that consumers follow, of registries that have them (tags of images, dist-tags of npm), with {version}, {major}, {minor} and {patch}; absent: {version} for images, and none besides the usual dist-tag for npm",
    ),
});

export type PublishInput = z.infer<typeof publishInput>;
