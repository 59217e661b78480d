// `with:` of `stage`.
import { z } from "zod";

const name = z.string().min(1);

export const stageInput = z.strictObject({
  to: z
    .union([name, z.array(name).min(1).max(20)])
    .optional()
    .describe("Registries of the environment to stage at; absent: all of them"),
});

export type StageInput = z.infer<typeof stageInput>;
