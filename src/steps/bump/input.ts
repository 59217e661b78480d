// `with:` of `bump`: files of the project beside its manifests that say the version, and whether the project is compiled.
import * as z from "../../domain/shape.ts";
import { faultOfFilePattern } from "../../domain/manifest/pattern.ts";

const declaredFile = z.strictObject({
  path: z
    .string()
    .min(1)
    .max(500)
    .refine((path) => !path.startsWith("/") && !path.split("/").includes(".."), { error: "a path inside of the repository" })
    .describe("File from the root of the repository"),
  pattern: z
    .string()
    .min(1)
    .max(500)
    .refine((pattern) => faultOfFilePattern(pattern) === undefined, {
      error: ({ input }) => `a pattern of another form: ${faultOfFilePattern(String(input)) ?? ""}`,
    })
    .describe('Text with "{version}" in it, as the file has it: `version = "{version}"`'),
  package: z.string().optional().describe("Package whose version it is; needed where the project has several versions"),
  scheme: z.enum(["pep440", "semver"]).optional().describe("How the file spells versions; the package's own scheme unless said"),
});

export const bumpInput = z.strictObject({
  files: z.array(declaredFile).max(100).optional().describe("Files that say the version beside the manifests, with the text around it"),
  compile: z.boolean().optional().describe("Compile a Cargo workspace (`cargo check`) after the new version is written"),
});

export type BumpInput = z.infer<typeof bumpInput>;
export type DeclaredFile = z.infer<typeof declaredFile>;
