// A vocabulary for tests: the whole catalogue of the design, with strict schemas for the steps that tests make mistakes
// in and an open one for the others.
import { artifactKinds } from "../../src/domain/artifact.ts";
import * as z from "../../src/domain/shape.ts";
import { faultsOf } from "../../src/config/faults-by-zod.ts";
import type { Language, StepWord } from "../../src/config/vocabulary.ts";

const open = z.record(z.string(), z.json());
const command = z.array(z.string()).min(1);
const around = {
  in: z.string().optional(),
  produces: z
    .array(z.strictObject({ kind: z.enum(artifactKinds), package: z.string(), files: z.union([z.string(), z.array(z.string())]) }))
    .optional(),
  effect: z.strictObject({ title: z.string(), reach: z.enum(["reversible", "irreversible"]) }).optional(),
  look: command.optional(),
};

const run = z.union([
  z.strictObject({ commands: z.array(command).min(1), ...around }),
  z.strictObject({ script: z.string().min(1), shell: z.literal("bash"), ...around }),
]);

const buildWheel = z.strictObject({
  builder: z.enum(["uv", "build", "maturin", "hatch"]).optional().describe("Tool that builds"),
  sdist: z.string().optional().describe("Leg that makes the source distribution, or none"),
  python: z.array(z.string()).optional().describe("Python versions, quoted"),
  manylinux: z.string().optional().describe("Oldest glibc, quoted"),
});

const publish = z.strictObject({
  to: z.string().optional().describe("One registry of the environment"),
  channels: z.array(z.string()).optional().describe("Movable names"),
});

const verifyInstall = z.strictObject({
  from: z.union([z.string(), z.array(z.string())]).describe("Where to install from"),
  run: z.string().optional().describe("Command to try"),
  version: z.string().optional().describe("Command that prints the version"),
  within: z.string().optional().describe("How long to wait for the index"),
  package: z.string().optional().describe("Package to install and try"),
});

const word = (kind: StepWord["kind"], input: z.Shape<unknown> = open, available = true): StepWord => ({ kind, input, available });

export const vocabulary: Language = {
  faultsOf,
  steps: new Map<string, StepWord>([
    ["run", word("work", run)],
    ["acknowledge", word("gate")],
    ["check-source", word("work")],
    ["check-version", word("work")],
    ["check-artifacts", word("work")],
    ["bump", word("work")],
    ["changelog", word("work")],
    ["commit", word("work")],
    ["tag", word("work")],
    ["push", word("acting")],
    ["build-wheel", { ...word("work", buildWheel), summary: "Builds wheels and source distributions" }],
    ["build-crate", word("work")],
    ["build-npm", word("work")],
    ["build-binary", word("work")],
    ["build-image", word("work")],
    ["scan-image", word("work")],
    ["checksums", word("work")],
    ["sbom", word("work")],
    ["attest", word("acting")],
    ["stage", word("acting")],
    ["publish", word("acting", publish)],
    ["verify-install", word("work", verifyInstall)],
    ["forge-release", word("acting", z.enum([]), false)],
    ["fetch-release", word("work")],
    ["dispatch", word("acting")],
    ["close-issue", word("acting")],
    ["notify", word("acting")],
    ["withdraw", word("acting")],
  ]),
  knownRegistries: [
    { name: "pypi", ecosystem: "pypi", test: false },
    { name: "testpypi", ecosystem: "pypi", test: true },
    { name: "crates", ecosystem: "crates", test: false },
    { name: "npm", ecosystem: "npm", test: false },
    { name: "ghcr", ecosystem: "oci", test: false },
  ],
};
