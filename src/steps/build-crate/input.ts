// `with:` of `build-crate`.
import { z } from "zod";

export const buildCrateInput = z.strictObject({
  verify: z
    .boolean()
    .optional()
    .describe("false: do not build what was packed; by default each crate is unpacked and built, as cargo does it before publishing"),
});

export type BuildCrateInput = z.infer<typeof buildCrateInput>;
