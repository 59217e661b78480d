// Signs each statement, a few at a time, and freezes what came back: for indexes in the form of PEP 740, for everybody else as
// Sigstore's bundle.
import path from "node:path";
import type { Artifact } from "../../domain/artifact.ts";
import { toPypiAttestation } from "../../domain/attestation/pypi-attestation.ts";
import { npmProvenance } from "../../domain/attestation/npm-provenance.ts";
import { provenanceStatement, publishStatement, statementText, subjectsOf, type BuiltFrom } from "../../domain/attestation/statement.ts";
import { attestationName, imageProvenanceName, npmProvenanceName, provenanceName } from "../../domain/attestation/names.ts";
import type { JsonObject } from "../../domain/configuration.ts";
import { assert } from "../../domain/error.ts";
import { packedFileName } from "../../domain/npm/names.ts";
import { membersOf } from "../../domain/plan/members.ts";
import type { Signed } from "../../platform/signer-port.ts";
import type { Frozen, MadeArtifact, Worked, WorkPorts } from "../step.ts";
import { openImage, releasedDigest } from "../shared/publishing/images.ts";
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
  const wanted = await statementsOf(frozen, ports);
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
        hint: "Let a CI job sign, or make the step `optional: true`",
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

async function statementsOf(frozen: Frozen<AttestInput>, ports: WorkPorts): Promise<readonly Wanted[]> {
  const python = frozen.artifacts.filter((one) => pythonKinds.includes(one.kind)).toSorted(byName);
  const forms = formsOf(
    frozen.input,
    frozen.packages.some((one) => one.ecosystem === "pypi"),
  );
  const publish = forms.includes("pypi-publish") ? python.map(ofFile) : [];
  const tarballs = forms.includes("npm-provenance") ? await ofTarballs(frozen, ports) : [];
  const images = forms.includes("image-provenance") ? await ofImages(frozen, ports) : [];
  return [...publish, ...tarballs, ...images, ...(forms.includes("provenance") ? [ofAll(frozen, ports)] : [])];
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

/** One by one: a tarball is read to its end for the digest that npm knows it by. */
async function ofTarballs(frozen: Frozen<AttestInput>, ports: WorkPorts): Promise<readonly Wanted[]> {
  const wanted: Wanted[] = [];
  for (const { name, package: one } of frozen.packages.filter(({ ecosystem }) => ecosystem === "npm").flatMap(membersOf)) {
    const fileName = packedFileName(name, one.version);
    const artifact = frozen.artifacts.find((own) => own.package === one.id && own.name === fileName);
    if (artifact === undefined) continue;
    const sha512 = await ports.files.digestWith(ports.artifactFile(artifact), "sha512");
    const statement = npmProvenance({ name, version: one.version, sha512 }, builtFrom(frozen, ports), ports.signing?.builder.job);
    wanted.push({ package: one.id, name: npmProvenanceName(fileName), statement: statementText(statement) });
  }
  return wanted;
}

/** One for each package: about each platform's image and the list that joins them, by the digests that they will have. */
async function ofImages(frozen: Frozen<AttestInput>, ports: WorkPorts): Promise<readonly Wanted[]> {
  const wanted: Wanted[] = [];
  for (const one of frozen.packages.filter(({ ecosystem }) => ecosystem === "oci")) {
    // In the order in which the list that joins them names them.
    const images = frozen.artifacts.filter(({ kind, package: id }) => kind === "image" && id === one.id).toSorted(byName);
    if (images.length === 0) continue;
    const whole = await releasedDigest(images, { version: one.version, head: frozen.head, ports });
    const parts = await Promise.all(images.map(async (image) => (await openImage(image, ports)).manifest.digest));
    const subjects = [...new Set([whole, ...parts])].map((digest) => ({
      name: one.name,
      digest: { sha256: digest.slice("sha256:".length) },
    }));
    const statement = provenanceStatement(subjects, builtFrom(frozen, ports));
    wanted.push({ package: one.id, name: imageProvenanceName(one.id), statement: statementText(statement) });
  }
  return wanted;
}

function builtFrom({ plan, planDigest, head }: Frozen<AttestInput>, { signing }: WorkPorts): BuiltFrom {
  assert(signing !== undefined, "only a step that signs comes here");
  const { tag, branch } = plan.source;
  const ref = tag === undefined ? branch && `refs/heads/${branch}` : `refs/tags/${tag}`;
  return { ...signing.builder, commit: head.commit, planDigest, ...(ref === undefined ? {} : { ref }) };
}

function ofAll(frozen: Frozen<AttestInput>, ports: WorkPorts): Wanted {
  const { plan, packages, artifacts } = frozen;
  const subjects = subjectsOf(artifacts.filter((one) => provenKinds.includes(one.kind)));
  const statement = provenanceStatement(subjects, builtFrom(frozen, ports));
  return { package: packages[0]?.id ?? "", name: provenanceName(plan.project), statement: statementText(statement) };
}

function byName(a: Artifact, b: Artifact): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}
