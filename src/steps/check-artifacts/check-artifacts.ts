// The step `check-artifacts`: nothing is uploaded that twine's strict check or PyPI's server would refuse, or that would
// install as something else than it says (reference/protocols §1.3, §1.4, §9). It runs no code of the project.
import * as z from "../../domain/shape.ts";
import type { Artifact } from "../../domain/artifact.ts";
import type { Json } from "../../domain/configuration.ts";
import type { PlannedPackage } from "../../domain/plan/plan.ts";
import type { Frozen, Use, Worked, WorkPorts, WorkStep } from "../step.ts";
import type { CheckedDistribution, Distribution } from "./distribution.ts";

const checkArtifactsInput = z.strictObject({
  strict: z
    .boolean()
    .optional()
    .describe("A missing description or content type stops the release too, as with `twine check --strict`; default true"),
});

export type CheckArtifactsInput = z.infer<typeof checkArtifactsInput>;

export const checkArtifactsStep: WorkStep<CheckArtifactsInput> = {
  name: "check-artifacts",
  revision: 1,
  kind: "work",
  zone: "tool",
  summary: "Checks wheels and sdists as PyPI and installers will: structure, RECORD, tags, metadata, description, agreement.",
  input: checkArtifactsInput,
  timeoutMs: 10 * 60_000,
  takes: (use) => [{ kinds: ["wheel", "sdist"], packages: pypiPackages(use).map((one) => one.id) }],
  makes: () => [],
  asks: () => ({ programs: [], toolbox: true, platforms: [] }),
  describe: (use) =>
    `check wheels and sdists of ${pypiPackages(use)
      .map((one) => one.name)
      .join(", ")}`,
  preflight: () => Promise.resolve([]),
  perform: performCheckArtifacts,
};

function pypiPackages(use: Use<CheckArtifactsInput>): readonly PlannedPackage[] {
  return use.packages.filter((one) => one.ecosystem === "pypi");
}

async function performCheckArtifacts(frozen: Frozen<CheckArtifactsInput>, ports: WorkPorts): Promise<Worked> {
  const distributions = frozen.artifacts.flatMap((artifact) => distributionOf(artifact, frozen, ports) ?? []);
  if (distributions.length === 0) {
    return {
      kind: "failed",
      code: "ARTIFACT_SET",
      message: "Cannot check artifacts: no wheel and no sdist was taken",
      hint: "Let a step above build them",
    };
  }
  const strict = frozen.input.strict ?? true;
  // Loaded here: a plan asks what a step takes and makes, and performs nothing.
  const { checkDistributions } = await import("./check-distributions.ts");
  const checked = await checkDistributions(distributions, { strict }, ports);
  for (const line of checked.flatMap(linesOf)) ports.print(line);
  return worked(checked);
}

function distributionOf(artifact: Artifact, frozen: Frozen<CheckArtifactsInput>, ports: WorkPorts): Distribution | undefined {
  if (artifact.kind !== "wheel" && artifact.kind !== "sdist") return undefined;
  const planned = frozen.packages.find((one) => one.id === artifact.package);
  const { kind, name, sizeBytes } = artifact;
  const file = ports.artifactFile(artifact);
  return { kind, name, sizeBytes, file, sha256: artifact.digest, ...(planned === undefined ? {} : { planned }) };
}

function linesOf(checked: CheckedDistribution): readonly string[] {
  if (checked.findings.length === 0) return [`${checked.name}: fine`];
  return checked.findings.map(({ level, message, id }) => `${checked.name}: ${level}: ${message} [${id}]`);
}

const namedMax = 3;

function worked(checked: readonly CheckedDistribution[]): Worked {
  const output: Json = { files: checked.map(({ name, findings }) => ({ name, findings: findings.map((one) => ({ ...one })) })) };
  const errors = checked.flatMap(({ name, findings }) =>
    findings.filter((one) => one.level === "error").map((one) => `${name}: ${one.message}`),
  );
  if (errors.length === 0) return { kind: "done", output, artifacts: [] };
  const more = errors.length > namedMax ? `; and ${errors.length - namedMax} more` : "";
  return {
    kind: "failed",
    code: "ARTIFACT_INVALID",
    message: `Cannot release these files: ${errors.slice(0, namedMax).join("; ")}${more}`,
    hint: "Mend what the build made; nothing was uploaded",
    details: output,
  };
}
