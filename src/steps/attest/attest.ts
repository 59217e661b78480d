// The step `attest`: signs statements about the frozen files with the identity of the run, before anything is published, so that
// the same attestation goes to the test index and to the index. What is logged is public for ever, and says nothing but digests
// and who built; signing again after a crash logs another entry and harms nobody (protocols §3; ADR 0024).
import type { ExpectedArtifact } from "../../domain/artifact.ts";
import type { Use, WorkStep } from "../step.ts";
import { attestInput, formsOf, provenKinds, pythonKinds, type AttestInput } from "./input.ts";

export const attestStep: WorkStep<AttestInput> = {
  name: "attest",
  revision: 1,
  kind: "work",
  zone: "publish",
  summary: "Signs statements about the files with the identity of the run: who publishes them (PEP 740), from what they were built (SLSA).",
  input: attestInput,
  timeoutMs: 15 * 60_000,
  takes: (use) => [{ kinds: formsFor(use).includes("provenance") ? provenKinds : pythonKinds }],
  makes: (use) => expected(use),
  asks: () => ({ programs: [], toolbox: false, platforms: [] }),
  describe: (use) => `sign ${formsFor(use).join(" and ")} of the files with the identity of the run`,
  preflight: async () => [],
  // Loaded when it is needed: a plan performs nothing.
  perform: async (frozen, ports) => (await import("./perform.ts")).performAttest(frozen, ports),
};

function formsFor({ input, packages }: Use<AttestInput>): ReturnType<typeof formsOf> {
  return formsOf(
    input,
    packages.some((one) => one.ecosystem === "pypi"),
  );
}

/** One for each Python file, whose number is known when they are there, and one for all files under the first package. */
function expected(use: Use<AttestInput>): readonly ExpectedArtifact[] {
  const forms = formsFor(use);
  const [first] = use.packages;
  return use.packages.flatMap((one): readonly ExpectedArtifact[] => {
    const files = forms.includes("pypi-publish") && one.ecosystem === "pypi" ? 1 : 0;
    const all = forms.includes("provenance") && one === first ? 1 : 0;
    if (files + all === 0) return [];
    return [{ kind: "attestation", package: one.id, countMin: files + all, countMax: files === 0 ? all : filesMax }];
  });
}

/** No release has more Python files. */
const filesMax = 1_000;
