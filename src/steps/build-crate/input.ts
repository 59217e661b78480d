// `with:` of `build-crate`.
import * as z from "../../domain/shape.ts";
import { environmentOfProject } from "../building.ts";

export const buildCrateInput = z.strictObject({
  verify: z
    .boolean()
    .optional()
    .describe("false: do not build what was packed; by default each crate is unpacked and built, as cargo does it before publishing"),
  in: environmentOfProject,
});

export type BuildCrateInput = z.infer<typeof buildCrateInput>;
