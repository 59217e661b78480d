// What our signer makes with the Sigstore inside Slipway: it verifies with Sigstore's own verifier, becomes what PyPI takes, and
// everything that was changed, swapped or signed by somebody else does not verify.
import assert from "node:assert/strict";
import { describe, test, type TestContext } from "node:test";
import { bundleFromJSON } from "@sigstore/bundle";
import { TrustedRoot } from "@sigstore/protobuf-specs";
import { toSignedEntity, toTrustMaterial, Verifier } from "@sigstore/verify";
import { toPypiAttestation } from "../../src/domain/attestation/pypi-attestation.ts";
import { publishStatement, statementText } from "../../src/domain/attestation/statement.ts";
import { sha256 } from "../../src/domain/digest.ts";
import { startRehearsalIssuer } from "../../src/loopback/identity-issuer.ts";
import { startRehearsalSigstore, type RehearsalSigstore } from "../../src/loopback/sigstore.ts";
import { openHttp } from "../../src/platform/http.ts";
import { openIdentities } from "../../src/platform/identity.ts";
import { createSecrets } from "../../src/platform/secrets.ts";
import { openSigner } from "../../src/platform/signer.ts";
import type { Signed } from "../../src/platform/signer-port.ts";
import { never, realClock } from "../support/pypi.ts";

const workflow = "https://github.com/acme/demo/.github/workflows/release.yml@refs/tags/v1";
const claims = {
  sub: "repo:acme/demo:environment:pypi",
  repository: "acme/demo",
  repository_owner: "acme",
  ref: "refs/tags/v1",
  sha: "a".repeat(40),
  event_name: "push",
  workflow_ref: "acme/demo/.github/workflows/release.yml@refs/tags/v1",
  job_workflow_ref: "acme/demo/.github/workflows/release.yml@refs/tags/v1",
};
const statement = statementText(publishStatement({ name: "demo-1.0-py3-none-any.whl", digest: sha256("ab".repeat(32)) }));
const redactor = { add: () => undefined, redact: (text: string) => text, stream: () => assert.fail("nothing streams here") };
const log = { debug: () => undefined, info: () => undefined, warn: () => undefined };

interface Place {
  readonly sigstore: RehearsalSigstore;
  sign(text?: string): Promise<Signed>;
}

async function open(t: TestContext, env?: Readonly<Record<string, string>>): Promise<Place> {
  const issuer = await startRehearsalIssuer({ clock: realClock, claims: () => claims });
  const sigstore = await startRehearsalSigstore({ clock: realClock, issuer });
  t.after(() => Promise.all([issuer.close(), sigstore.close()]));
  const job = env ?? issuer.jobEnvironment();
  const http = openHttp({ userAgent: "slipway/0.0.0-test" });
  const identities = openIdentities({ env: job, http, redactor, secrets: createSecrets({ env: job, redactor, log }) });
  const signer = openSigner(identities, { certificates: sigstore.url, log: sigstore.url });
  return { sigstore, sign: (text = statement) => signer.sign(text, never) };
}

function bundleOf(signed: Signed): Record<string, unknown> {
  return signed.kind === "signed" ? structuredClone(signed.bundle) : assert.fail(signed.why);
}

function verify({ sigstore }: Place, bundle: unknown, identity: string = workflow): string {
  const trust = toTrustMaterial(TrustedRoot.fromJSON(sigstore.trustedRoot));
  const verifier = new Verifier(trust, { tlogThreshold: 1, ctlogThreshold: 1 });
  return (
    verifier.verify(toSignedEntity(bundleFromJSON(bundle)), { subjectAlternativeName: identity }).identity?.subjectAlternativeName ?? ""
  );
}

describe("signing with the identity of the run", () => {
  test("what was signed verifies with Sigstore's own verifier, for the workflow that signed", async (t) => {
    const place = await open(t);

    const bundle = bundleOf(await place.sign());

    assert.equal(verify(place, bundle), workflow);
    assert.equal(place.sigstore.logged(), 1);
  });

  test("it does not verify for another workflow, with another payload, another signature, or another log", async (t) => {
    const place = await open(t);
    const bundle = bundleOf(await place.sign());
    const other = bundleOf(await place.sign(statement.replace("demo-1.0", "demo-2.0")));
    const stranger = await open(t);
    const envelope = bundle["dsseEnvelope"] as { payload: string; signatures: { sig: string }[] };
    const swapped = other["dsseEnvelope"] as typeof envelope;

    assert.throws(() => verify(place, bundle, workflow.replace("release", "test")), /certificate identity error/);
    assert.throws(() => verify(place, { ...bundle, dsseEnvelope: { ...envelope, payload: swapped.payload } }));
    assert.throws(() => verify(place, { ...bundle, dsseEnvelope: { ...envelope, signatures: swapped.signatures } }));
    assert.throws(() => verify(place, { ...bundle, dsseEnvelope: swapped }));
    assert.throws(() => verify(stranger, bundle));
  });

  test("it becomes what PyPI takes, with the zeros that the bundle leaves out", async (t) => {
    const place = await open(t);

    const converted = toPypiAttestation(bundleOf(await place.sign()));

    assert.ok(converted.kind === "attestation", JSON.stringify(converted));
    const {
      version,
      verification_material: material,
      envelope,
    } = converted.attestation as unknown as {
      readonly version: number;
      readonly verification_material: {
        readonly certificate: string;
        readonly transparency_entries: readonly {
          readonly inclusionProof: { readonly logIndex: string; readonly hashes: readonly string[] };
        }[];
      };
      readonly envelope: { readonly statement: string; readonly signature: string };
    };
    assert.equal(version, 1);
    assert.equal(Buffer.from(envelope.statement, "base64").toString(), statement);
    assert.deepEqual(
      [material.transparency_entries[0]?.inclusionProof.logIndex, material.transparency_entries[0]?.inclusionProof.hashes],
      ["0", []],
    );
  });

  test("without an identity nothing is signed, and it is said why", async (t) => {
    const place = await open(t, { HOME: "/nowhere" });

    const signed = await place.sign();

    assert.ok(signed.kind === "no-identity");
    assert.match(signed.why, /no CI job/);
    assert.equal(place.sigstore.logged(), 0);
  });

  test("an identity of another issuer gets no certificate", async (t) => {
    const other = await startRehearsalIssuer({ clock: realClock, claims: () => claims });
    t.after(() => other.close());
    const place = await open(t, other.jobEnvironment());

    const signed = await place.sign();

    assert.equal(signed.kind, "failed");
    assert.equal(place.sigstore.logged(), 0);
  });
});
