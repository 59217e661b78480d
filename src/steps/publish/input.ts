// `with:` of `publish`.
import * as z from "../../domain/shape.ts";

const name = z.string().min(1);

export const publishInput = z.strictObject({
  to: z
    .union([name, z.array(name).min(1).max(20)])
    .optional()
    .describe("Registries of the environment to publish to; absent: all of them"),
  from: z
    .union([name, z.strictObject({ registry: name, repository: name.optional() })])
    .optional()
    .describe(
      "Registry of the environment that images are copied from, by the digests that the record of the release names, with the name that they have there if it is another one; absent: the images that this run made are sent",
    ),
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
