// Signs each statement, a few at a time, and freezes what came back: for indexes in the form of PEP 740, for everybody else as
// Sigstore's bundle.
import path from "node:path";
import type { Artifact } from "../../domain/artifact.ts";
import { toPypiAttestation } from "../../domain/attestation/pypi-attestation.ts";
import { provenanceStatement, publishStatement, statementText, subjectsOf } from "../../domain/attestation/statement.ts";
import { attestationName, provenanceName } from "../../domain/attestation/names.ts";
import type { JsonObject } from "../../domain/configuration.ts";
import { assert } from "../../domain/error.ts";
import type { Signed } from "../../platform/signer-port.ts";
import type { Frozen, MadeArtifact, Worked, WorkPorts } from "../step.ts";
import { formsOf, provenKinds, pythonKinds, type AttestInput } from "./input.ts";

interface Wanted {
  readonly package: string;
  readonly name: string;
  readonly statement: string;
  /** Makes the file out of what was signed; absent: the bundle as it is. */
  convert?(bundle: JsonObject): { readonly file: JsonObject } | { readonly why: string };
}

/** Authorities limit how many they answer at once, and each signature is two calls to them. */
const atOnceMax = 4;
const askAgainMs = 15_000;

export async function performAttest(frozen: Frozen<AttestInput>, ports: WorkPorts): Promise<Worked> {
  const { signing } = ports;
  assert(signing !== undefined, `step "${frozen.step.id}" signs, and its zone is "${frozen.step.zone}"`);
  const signer = await signing.open(frozen.input.sigstore);
  const wanted = statementsOf(frozen, ports);
  const made: MadeArtifact[] = [];
  for (let from = 0; from < wanted.length; from += atOnceMax) {
    const some = wanted.slice(from, from + atOnceMax);
    const signed = await Promise.all(some.map(async (one) => ({ one, signed: await signer.sign(one.statement, ports.signal) })));
    for (const { one, signed: outcome } of signed) {
      const taken = await take(one, outcome, ports);
      if ("kind" in taken) return taken;
      made.push(taken.made);
    }
  }
  return { kind: "done", output: { attestations: made.map((one) => one.name) }, artifacts: made };
}

async function take(
  one: Wanted,
  signed: Signed,
  ports: WorkPorts,
): Promise<{ readonly made: MadeArtifact } | Exclude<Worked, { kind: "done" }>> {
  switch (signed.kind) {
    case "no-identity":
      return {
        kind: "failed",
        code: "LOGIN_REFUSED",
        message: `Cannot sign "${one.name}": ${signed.why}`,
        hint: "Let the compiled CI job sign, or make the step `optional: true`",
      };
    case "failed":
      return { kind: "later", atMs: ports.clock.nowMs() + askAgainMs, why: `"${one.name}" was not signed: ${signed.why}` };
    case "signed": {
      const converted = one.convert?.(signed.bundle) ?? { file: signed.bundle };
      if ("why" in converted)
        return { kind: "failed", code: "STEP_FAILED", message: `Cannot use the signature of "${one.name}": ${converted.why}` };
      const file = path.join(ports.scratchFolder, one.name);
      await ports.files.writeText(file, `${JSON.stringify(converted.file)}\n`);
      ports.print(`signed ${one.name}`);
      return { made: { kind: "attestation", package: one.package, name: one.name, file } };
    }
  }
}

function statementsOf(frozen: Frozen<AttestInput>, ports: WorkPorts): readonly Wanted[] {
  const python = frozen.artifacts.filter((one) => pythonKinds.includes(one.kind)).toSorted(byName);
  const forms = formsOf(
    frozen.input,
    frozen.packages.some((one) => one.ecosystem === "pypi"),
  );
  const publish = forms.includes("pypi-publish") ? python.map(ofFile) : [];
  return forms.includes("provenance") ? [...publish, ofAll(frozen, ports)] : publish;
}

function ofFile(artifact: Artifact): Wanted {
  return {
    package: artifact.package,
    name: attestationName(artifact.name),
    statement: statementText(publishStatement(artifact)),
    convert: (bundle) => {
      const converted = toPypiAttestation(bundle);
      return converted.kind === "attestation" ? { file: converted.attestation } : { why: converted.why };
    },
  };
}

function ofAll({ plan, planDigest, packages, artifacts, head }: Frozen<AttestInput>, { signing }: WorkPorts): Wanted {
  assert(signing !== undefined, "only a step that signs comes here");
  const { tag, branch } = plan.source;
  const ref = tag === undefined ? branch && `refs/heads/${branch}` : `refs/tags/${tag}`;
  const statement = provenanceStatement(subjectsOf(artifacts.filter((one) => provenKinds.includes(one.kind))), {
    ...signing.builder,
    commit: head.commit,
    planDigest,
    ...(ref === undefined ? {} : { ref }),
  });
  return { package: packages[0]?.id ?? "", name: provenanceName(plan.project), statement: statementText(statement) };
}

function byName(a: Artifact, b: Artifact): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}
