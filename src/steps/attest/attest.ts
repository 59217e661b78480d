// The step `attest`: signs statements about the frozen files with the identity of the run, before anything is published, so that
// the same attestation goes to the test index and to the index. What is logged is public for ever, and says nothing but digests
// and who built; signing again after a crash logs another entry and harms nobody (protocols §3; ADR 0024).
import type { ArtifactKind, ExpectedArtifact } from "../../domain/artifact.ts";
import type { Use, WorkStep } from "../step.ts";
import { membersOf } from "../../domain/plan/members.ts";
import { attestInput, formsOf, provenKinds, pythonKinds, type AttestInput, type Form } from "./input.ts";

export const attestStep: WorkStep<AttestInput> = {
  name: "attest",
  revision: 1,
  kind: "work",
  zone: "publish",
  summary: "Signs statements about the files with the identity of the run: who publishes them (PEP 740), from what they were built (SLSA).",
  input: attestInput,
  timeoutMs: 15 * 60_000,
  takes: (use) => [{ kinds: takenFor(formsFor(use)) }],
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

function takenFor(forms: readonly Form[]): readonly ArtifactKind[] {
  const images = forms.includes("image-provenance") ? (["image"] as const) : [];
  if (forms.includes("provenance")) return [...provenKinds, ...images];
  const tarballs = forms.includes("npm-provenance") ? (["npm-tarball"] as const) : [];
  return [...(forms.includes("pypi-publish") ? pythonKinds : []), ...tarballs, ...images];
}

/** One for each Python file, whose number is known when they are there, one for each npm tarball and for the images of a package, and one for all files under the first package. */
function expected(use: Use<AttestInput>): readonly ExpectedArtifact[] {
  const forms = formsFor(use);
  const [first] = use.packages;
  return use.packages.flatMap((one): readonly ExpectedArtifact[] => {
    const files = forms.includes("pypi-publish") && one.ecosystem === "pypi" ? 1 : 0;
    const tarballs = forms.includes("npm-provenance") && one.ecosystem === "npm" ? membersOf(one).length : 0;
    const all = forms.includes("provenance") && one === first ? 1 : 0;
    const images = forms.includes("image-provenance") && one.ecosystem === "oci" ? 1 : 0;
    const known = tarballs + images + all;
    if (files + known === 0) return [];
    return [{ kind: "attestation", package: one.id, countMin: files + known, countMax: files === 0 ? known : filesMax }];
  });
}

/** No release has more Python files. */
const filesMax = 1_000;
