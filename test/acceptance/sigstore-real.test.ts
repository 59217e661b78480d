// Attestations that our step `attest` makes with a real Sigstore (Fulcio, Rekor, certificate log, signed times), judged by three
// verifiers that are not ours: pypi-attestations, @sigstore/verify and cosign. What was changed, swapped, made late, made by
// somebody else or is trusted no more is refused by each of them.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createHash, sign, X509Certificate } from "node:crypto";
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { bundleFromJSON } from "@sigstore/bundle";
import { TrustedRoot } from "@sigstore/protobuf-specs";
import { toSignedEntity, toTrustMaterial, Verifier } from "@sigstore/verify";
import { fromPypiAttestation } from "../../src/domain/attestation/pypi-attestation.ts";
import type { JsonObject } from "../../src/domain/configuration.ts";
import { githubIssuerHost, startRealSigstore, type AttestReply, type AttestRequest, type RealSigstore } from "../support/real-sigstore.ts";
import { attestationsPython, cosignProgram } from "../support/sigstore-programs.ts";

const repository = "acme/demo";
const workflow = "release.yml";
const jobRef = (file: string) => `${repository}/.github/workflows/${file}@refs/tags/v1`;
const identityOf = (file: string) => `https://github.com/${jobRef(file)}`;
const commit = "a".repeat(40);

const claims: JsonObject = {
  sub: `repo:${repository}:environment:pypi`,
  repository,
  repository_id: "1",
  repository_owner: "acme",
  repository_owner_id: "2",
  repository_visibility: "public",
  ref: "refs/tags/v1",
  sha: commit,
  event_name: "push",
  workflow: "release",
  workflow_ref: jobRef(workflow),
  workflow_sha: commit,
  job_workflow_ref: jobRef(workflow),
  job_workflow_sha: commit,
  runner_environment: "github-hosted",
  run_id: "7",
  run_attempt: "1",
  environment: "pypi",
};

const bytes = { "demo-1.0-py3-none-any.whl": "a wheel", "demo-1.0.tar.gz": "a source distribution" } as const;
type FileName = keyof typeof bytes;
const [wheel, sdist] = Object.keys(bytes) as [FileName, FileName];
const digestOf = (text: string) => createHash("sha256").update(text).digest("hex");

const request: AttestRequest = {
  forms: ["pypi-publish", "provenance"],
  artifacts: [
    { kind: "wheel", name: wheel, digest: digestOf(bytes[wheel]), package: "demo" },
    { kind: "sdist", name: sdist, digest: digestOf(bytes[sdist]), package: "demo" },
  ],
  builder: { repository: `https://github.com/${repository}`, builder: identityOf(workflow), invocation: "7/1", slipway: "0.0.0-test" },
  claims,
};

interface Attestation {
  readonly version: number;
  readonly verification_material: { readonly certificate: string; readonly transparency_entries: readonly Entry[] };
  readonly envelope: { readonly statement: string; readonly signature: string };
}

interface Entry {
  readonly logIndex: string;
  readonly logId: { readonly keyId: string };
  readonly integratedTime: string;
  readonly canonicalizedBody: string;
  readonly inclusionPromise: { readonly signedEntryTimestamp: string };
}

/** What a verifier is shown, and what it is told to believe. */
interface Shown {
  readonly attestation: Attestation;
  readonly name: string;
  readonly content: string;
  readonly workflow: string;
  readonly repository: string;
  readonly root: JsonObject;
}

let sigstore: RealSigstore;
let folder: string;
let files: Readonly<Record<string, unknown>>;
let python: string;
let cosign: string;

before(async () => {
  python = await attestationsPython();
  cosign = cosignProgram();
  sigstore = await startRealSigstore();
  folder = realpathSync(mkdtempSync(join(tmpdir(), "slipway-sigstore-")));
  files = filesOf(await sigstore.attest(request));
});

after(async () => {
  await sigstore?.stop();
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
});

function filesOf(reply: AttestReply): Readonly<Record<string, unknown>> {
  return reply.kind === "done" ? reply.files : assert.fail(reply.why);
}

const publishOf = (name: FileName): Attestation => files[`${name}.publish.attestation`] as Attestation;

function shown(more: Partial<Shown> = {}): Shown {
  return { attestation: publishOf(wheel), name: wheel, content: bytes[wheel], workflow, repository, root: sigstore.trustedRoot, ...more };
}

/** Every way to show something else than what was signed, or to believe somebody else. */
function wrongOnes(): Readonly<Record<string, Shown>> {
  const [one, other] = [publishOf(wheel), publishOf(sdist)];
  const at = (when: string) => new Date(Date.now() + (when === "before" ? -7_200_000 : 7_200_000)).toISOString();
  return {
    "another file's bytes": shown({ content: `${bytes[wheel]}!` }),
    "a changed statement": shown({ attestation: { ...one, envelope: { ...one.envelope, statement: changed(one.envelope.statement) } } }),
    "a changed signature": shown({ attestation: { ...one, envelope: { ...one.envelope, signature: flipped(one.envelope.signature) } } }),
    "another statement's envelope": shown({ attestation: { ...one, envelope: other.envelope }, name: sdist, content: bytes[sdist] }),
    "another statement's entry of the log": shown({ attestation: withEntry(one, entryOf(other)) }),
    "another certificate": shown({
      attestation: {
        ...one,
        verification_material: { ...one.verification_material, certificate: other.verification_material.certificate },
      },
    }),
    "another file's attestation": shown({ attestation: other }),
    "a promise that nobody signed": shown({ attestation: withEntry(one, { ...entryOf(one), integratedTime: later(one, 60).toString() }) }),
    "an entry that the log took after the certificate had expired": shown({ attestation: loggedAt(one, later(one, 3_600)) }),
    "an authority that was trusted only before": shown({ root: trustedFor("certificateAuthorities", { end: at("before") }) }),
    "an authority that will be trusted only later": shown({ root: trustedFor("certificateAuthorities", { start: at("later") }) }),
    "another workflow": shown({ workflow: "test.yml" }),
    "another repository": shown({ repository: "acme/other" }),
  };
}

function changed(statement: string): string {
  const text = Buffer.from(statement, "base64").toString("utf8");
  return Buffer.from(text.replace('"predicate":null', '"predicate":{}'), "utf8").toString("base64");
}

/** In the middle of what is signed with, so that its form stays right. */
function flipped(signature: string): string {
  const signed = Buffer.from(signature, "base64");
  signed[20] = (signed[20] ?? 0) ^ 1;
  return signed.toString("base64");
}

function entryOf(attestation: Attestation): Entry {
  const [entry] = attestation.verification_material.transparency_entries;
  return entry ?? assert.fail("no entry");
}

function withEntry(attestation: Attestation, entry: Entry): Attestation {
  return { ...attestation, verification_material: { ...attestation.verification_material, transparency_entries: [entry] } };
}

function later(attestation: Attestation, seconds: number): number {
  return Number(entryOf(attestation).integratedTime) + seconds;
}

/** As if the log had taken it at another time: its promise, signed with its own key. */
function loggedAt(attestation: Attestation, integratedTime: number): Attestation {
  const entry = entryOf(attestation);
  const logID = Buffer.from(entry.logId.keyId, "base64").toString("hex");
  const promised = JSON.stringify({ body: entry.canonicalizedBody, integratedTime, logID, logIndex: Number(entry.logIndex) });
  const signedEntryTimestamp = sign("sha256", Buffer.from(promised, "utf8"), sigstore.logKey).toString("base64");
  return withEntry(attestation, { ...entry, integratedTime: String(integratedTime), inclusionPromise: { signedEntryTimestamp } });
}

function trustedFor(whom: "certificateAuthorities" | "tlogs", validFor: { readonly start?: string; readonly end?: string }): JsonObject {
  const root = structuredClone(sigstore.trustedRoot) as Record<string, { validFor: object }[]>;
  for (const one of root[whom] ?? []) one.validFor = { start: new Date(Date.now() - 86_400_000).toISOString(), ...validFor };
  return root as unknown as JsonObject;
}

let written = 0;

function fileWith(content: string): string {
  written += 1;
  const file = join(folder, `file-${written}`);
  writeFileSync(file, content);
  return file;
}

/** @returns what pypi-attestations says of each */
function askPython(cases: readonly Shown[]): readonly string[] {
  const input = cases.map(({ attestation, name, content, root, ...publisher }) => ({
    attestation,
    name,
    digest: digestOf(content),
    trustedRoot: fileWith(JSON.stringify(root)),
    ...publisher,
  }));
  const script = join(import.meta.dirname, "..", "support", "verify-attestations.py");
  const ended = spawnSync(python, [script], { input: JSON.stringify(input), encoding: "utf8", env: { HOME: folder } });
  assert.equal(ended.status, 0, ended.stderr);
  return JSON.parse(ended.stdout) as readonly string[];
}

/** Sigstore's verifier knows neither files nor workflows: the subject and the identity are held against what is shown, as its callers do. */
function askSigstoreJs({ root, ...one }: Shown, bundle: unknown = fromPypiAttestation(one.attestation)): string {
  const verifier = new Verifier(toTrustMaterial(TrustedRoot.fromJSON(root)), { tlogThreshold: 1, ctlogThreshold: 1, tsaThreshold: 0 });
  const identity = `https://github.com/${one.repository}/.github/workflows/${one.workflow}@refs/tags/v1`;
  try {
    const entity = toSignedEntity(bundleFromJSON(bundle));
    verifier.verify(entity, { subjectAlternativeName: identity, extensions: { issuer: `https://${githubIssuerHost}` } });
    const { payload } = (bundle as { dsseEnvelope: { payload: string } }).dsseEnvelope;
    const { subject } = JSON.parse(Buffer.from(payload, "base64").toString("utf8")) as { subject: { name: string; digest: { sha256: string } }[] }; // prettier-ignore
    return subject.some(({ name, digest }) => name === one.name && digest.sha256 === digestOf(one.content))
      ? "verified"
      : "refused: subject";
  } catch (refused) {
    return `refused: ${String(refused)}`;
  }
}

interface Claimed {
  readonly bundle?: unknown;
  readonly type?: string;
}

function askCosign(one: Shown, { bundle = fromPypiAttestation(one.attestation), type = predicateOf(bundle) }: Claimed = {}): string {
  const identity = `https://github.com/${one.repository}/.github/workflows/${one.workflow}@refs/tags/v1`;
  const args = [
    "verify-blob-attestation",
    "--trusted-root",
    fileWith(JSON.stringify(one.root)),
    "--bundle",
    fileWith(JSON.stringify(bundle)),
    "--type",
    type,
    "--certificate-identity",
    identity,
    "--certificate-oidc-issuer",
    `https://${githubIssuerHost}`,
    fileWith(one.content),
  ];
  const ended = spawnSync(cosign, args, { encoding: "utf8", env: { HOME: folder } });
  return ended.status === 0 ? "verified" : `refused: ${ended.stderr}`;
}

function predicateOf(bundle: unknown): string {
  const { payload } = (bundle as { dsseEnvelope: { payload: string } }).dsseEnvelope;
  return (JSON.parse(Buffer.from(payload, "base64").toString("utf8")) as { predicateType: string }).predicateType;
}

const isRefused = (said: string) => said.startsWith("refused: ");

/** The control of what is forged here: a time within the certificate's, signed in the same way, is believed. */
const forgedRight = () => shown({ attestation: loggedAt(publishOf(wheel), later(publishOf(wheel), 60)) });

describe("publish attestations (PEP 740) from a real Sigstore", () => {
  test("pypi-attestations verifies each for its file and the publisher", () => {
    const said = askPython([shown(), shown({ attestation: publishOf(sdist), name: sdist, content: bytes[sdist] }), forgedRight()]);

    for (const one of said) assert.match(one, /^verified .*attestations\/publish\/v1/);
  });

  test("pypi-attestations refuses everything else, but for an authority whose trust has ended, which it does not ask for", () => {
    const { "an authority that was trusted only before": ended = assert.fail(), ...others } = wrongOnes();
    const wrong = { ...others, "another file's name": shown({ name: "demo-1.0-py2-none-any.whl" }) };

    const said = askPython(Object.values(wrong));

    const believed = Object.keys(wrong).filter((_, index) => !isRefused(said[index] ?? ""));
    assert.deepEqual(believed, []);
    assert.match(askPython([ended]).join(), /^verified /);
    assert.match(said.join("\n"), /subject does not match distribution digest[\s\S]*Trusted Publisher \(test.yml @ acme\/demo\)/);
  });

  test("@sigstore/verify verifies them for the workflow", () => {
    assert.deepEqual(
      [shown(), forgedRight()].map((one) => askSigstoreJs(one)),
      ["verified", "verified"],
    );
  });

  test("@sigstore/verify, with the subject held against the file, refuses everything else", () => {
    const wrong = wrongOnes();

    assert.deepEqual(
      Object.keys(wrong).filter((name) => !isRefused(askSigstoreJs(wrong[name] ?? shown()))),
      [],
    );
  });

  test("cosign verifies them for the file and the workflow", () => {
    assert.deepEqual(
      [shown(), forgedRight()].map((one) => askCosign(one)),
      ["verified", "verified"],
    );
  });

  test("cosign refuses everything else", () => {
    const wrong = wrongOnes();

    assert.deepEqual(
      Object.keys(wrong).filter((name) => !isRefused(askCosign(wrong[name] ?? shown()))),
      [],
    );
  });

  test("the certificate says what GitHub's identity said: repository, workflow, commit, and ten minutes", () => {
    const certificate = new X509Certificate(Buffer.from(publishOf(wheel).verification_material.certificate, "base64"));

    assert.equal(certificate.subjectAltName, `URI:${identityOf(workflow)}`);
    assert.equal(certificate.validToDate.getTime() - certificate.validFromDate.getTime(), 600_000);
    for (const text of [`https://github.com/${repository}`, commit, `https://${githubIssuerHost}`])
      assert.ok(certificate.raw.includes(text), text);
  });
});

describe("provenance from a real Sigstore", () => {
  const ofAll = () => files["demo.provenance.sigstore.json"];

  test("@sigstore/verify and cosign verify it for every file that it names, and for no other", () => {
    for (const name of [wheel, sdist]) {
      const one = shown({ name, content: bytes[name] });
      assert.equal(askSigstoreJs(one, ofAll()), "verified");
      assert.equal(askCosign(one, { bundle: ofAll() }), "verified");
    }
    const foreign = shown({ content: "another file" });
    assert.ok(isRefused(askSigstoreJs(foreign, ofAll())));
    assert.ok(isRefused(askCosign(foreign, { bundle: ofAll() })));
  });

  test("cosign refuses it for a publish attestation", () => {
    assert.ok(isRefused(askCosign(shown(), { bundle: ofAll(), type: predicateOf(fromPypiAttestation(publishOf(wheel))) })));
  });

  test("with a server of signed times it carries one, which @sigstore/verify and cosign hold against its authority", async () => {
    const made = filesOf(await sigstore.attest({ ...request, forms: ["provenance"], isTimed: true }));
    const bundle = made["demo.provenance.sigstore.json"] as {
      readonly verificationMaterial: { readonly timestampVerificationData: { readonly rfc3161Timestamps: readonly unknown[] } };
    };

    assert.equal(bundle.verificationMaterial.timestampVerificationData.rfc3161Timestamps.length, 1);
    assert.equal(askSigstoreJs(shown(), bundle), "verified");
    assert.equal(askCosign(shown(), { bundle }), "verified");
    const others = structuredClone(sigstore.trustedRoot) as Record<string, unknown>;
    others["timestampAuthorities"] = [];
    assert.ok(isRefused(askSigstoreJs(shown({ root: others as JsonObject }), bundle)));
  });

  test("its publish attestations verify at pypi-attestations although they have no room for the signed time", async () => {
    const made = filesOf(await sigstore.attest({ ...request, isTimed: true }));

    const [said] = askPython([shown({ attestation: made[`${wheel}.publish.attestation`] as Attestation })]);

    assert.match(said ?? "", /^verified /);
  });
});

describe("a job that the real Fulcio does not believe", () => {
  const cases: Readonly<Record<string, JsonObject>> = {
    "whose identity has expired": { exp: Math.floor(Date.now() / 1000) - 5, iat: Math.floor(Date.now() / 1000) - 305 },
    "of another issuer": { iss: "https://issuer.example" },
  };
  for (const [whose, more] of Object.entries(cases))
    test(`gets nothing signed: ${whose}`, async () => {
      const reply = await sigstore.attest({ ...request, claims: { ...claims, ...more } });

      assert.equal(reply.kind, "not-done", JSON.stringify(reply));
    });

  test("of another workflow: it signs, and its attestations are its own", async () => {
    const [ref, file] = [jobRef("test.yml"), "test.yml"];
    const made = filesOf(await sigstore.attest({ ...request, claims: { ...claims, workflow_ref: ref, job_workflow_ref: ref } }));
    const attestation = made[`${wheel}.publish.attestation`] as Attestation;

    const [own, ours] = askPython([shown({ attestation, workflow: file }), shown({ attestation })]);

    assert.match(own ?? "", /^verified /);
    assert.match(ours ?? "", /^refused: .*Trusted Publisher/s);
    assert.deepEqual([askSigstoreJs(shown({ attestation, workflow: file })), askCosign(shown({ attestation, workflow: file }))], ["verified", "verified"]); // prettier-ignore
    assert.ok(isRefused(askSigstoreJs(shown({ attestation }))) && isRefused(askCosign(shown({ attestation }))));
  });
});
