// `with:` of `stage`.
import * as z from "../../domain/shape.ts";

const name = z.string().min(1);

export const stageInput = z.strictObject({
  to: z
    .union([name, z.array(name).min(1).max(20)])
    .optional()
    .describe(
      "Registries of the environment that must hold everything unseen; absent: each holds what it can, and `publish` sends the rest",
    ),
});

export type StageInput = z.infer<typeof stageInput>;
