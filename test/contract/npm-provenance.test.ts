// Provenance beside an npm tarball: sent as npm sends it, taken from whoever logged in as the identity that signed, served with the
// version, and what comes back verifies with Sigstore's own verifier for the bytes that were published.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describe, test, type TestContext } from "node:test";
import { bundleFromJSON } from "@sigstore/bundle";
import { TrustedRoot } from "@sigstore/protobuf-specs";
import { toSignedEntity, toTrustMaterial, Verifier } from "@sigstore/verify";
import { npmProvenance } from "../../src/domain/attestation/npm-provenance.ts";
import { statementText } from "../../src/domain/attestation/statement.ts";
import { createCredential, type Credential } from "../../src/domain/credential.ts";
import { createIdentityToken } from "../../src/domain/identity/token.ts";
import { startRehearsalIssuer } from "../../src/loopback/identity-issuer.ts";
import { startRehearsalSigstore } from "../../src/loopback/sigstore.ts";
import { openHttp } from "../../src/platform/http.ts";
import { openIdentities } from "../../src/platform/identity.ts";
import { createSecrets } from "../../src/platform/secrets.ts";
import { openSigner } from "../../src/platform/signer.ts";
import type { Registry, Upload } from "../../src/registries/registry.ts";
import { readClaimsOf } from "../support/identity.ts";
import { npmClientOf, npmTarball, npmUploadOf, startNpm } from "../support/npm.ts";
import { never, realClock } from "../support/pypi.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

const name = "@slip/demo";
const repository = "acme/demo";
const ref = `${repository}/.github/workflows/release.yml@refs/tags/v1`;
const claims = {
  sub: `repo:${repository}`,
  repository,
  repository_owner: "acme",
  environment: "release",
  event_name: "push",
  workflow_ref: ref,
  job_workflow_ref: ref,
};
const redactor = { add: () => undefined, redact: (text: string) => text, stream: () => assert.fail("nothing streams here") };
const log = { debug: () => undefined, info: () => undefined, warn: () => undefined };
const built = {
  repository: `https://github.com/${repository}`,
  commit: "a".repeat(40),
  planDigest: "b".repeat(64),
  invocation: "urn:slipway:run:1",
  builder: "urn:slipway:machine:linux-x86_64",
  slipway: "0.0.0-test",
};

interface Place {
  readonly registry: Registry;
  readonly url: string;
  readonly trustedRoot: object;
  upload(of?: { readonly repository?: string }): Upload;
  /** A bundle for the bytes with that digest; default: those of the upload. */
  sign(upload: Upload, sha512?: string): Promise<string>;
  login(): Promise<Credential>;
}

const person = createCredential("", "npm_person");

async function open(t: TestContext): Promise<Place> {
  const issuer = await startRehearsalIssuer({ clock: realClock, claims: () => claims });
  const sigstore = await startRehearsalSigstore({ clock: realClock, issuer });
  t.after(() => Promise.all([issuer.close(), sigstore.close()]));
  const publisher = { provider: "github", package: name, repository, workflow: "release.yml", environment: "release" } as const;
  const server = await startNpm(t, { ours: [name], trusts: { issuer, publishers: [publisher] } });
  const registry = npmClientOf(server.registryUrl);
  const folder = temporaryFolder(t);
  const first = { name, version: "0.9.0" };
  await registry.publish(npmUploadOf(folder, first, { bytes: npmTarball(first) }), person, never);
  const env = issuer.jobEnvironment("release");
  const http = openHttp({ userAgent: "slipway/0.0.0-test" });
  const identities = openIdentities({ env, http, redactor, secrets: createSecrets({ env, redactor, log }) });
  const signer = openSigner(identities, { certificates: sigstore.url, log: sigstore.url });
  return {
    registry,
    url: server.url,
    trustedRoot: sigstore.trustedRoot,
    upload: ({ repository: own = repository } = {}) => {
      const manifest = { name, version: "1.0.0", repository: { type: "git", url: `git+https://github.com/${own}.git` } };
      return npmUploadOf(folder, manifest, { bytes: npmTarball(manifest) });
    },
    sign: async (upload, sha512 = hexOf(upload)) => {
      const signed = await signer.sign(statementText(npmProvenance({ name, version: upload.version, sha512 }, built)), never);
      return signed.kind === "signed" ? JSON.stringify(signed.bundle) : assert.fail(signed.why);
    },
    login: async () => {
      const { login = assert.fail("npm has a login") } = registry;
      const audience = await login.audience(never);
      assert.ok(audience.kind === "audience");
      const jwt = await issuer.sign({ ...claims, aud: audience.audience });
      const exchanged = await login.exchange(createIdentityToken(jwt, readClaimsOf(jwt)), name, never);
      return exchanged.kind === "opened" ? exchanged.credential : assert.fail(exchanged.why);
    },
  };
}

function hexOf({ registryDigest = "" }: Upload): string {
  return Buffer.from(registryDigest.slice("sha512-".length), "base64").toString("hex");
}

const withProvenance = (upload: Upload, provenance: string): Upload => ({ ...upload, metadata: { ...upload.metadata, provenance } });

async function readJson(url: string): Promise<unknown> {
  const reply = await fetch(url);
  return reply.ok ? reply.json() : reply.status;
}

interface Served {
  readonly dist: { readonly attestations?: { readonly url: string; readonly provenance: { readonly predicateType: string } } };
}

describe("provenance at the rehearsal npm registry", () => {
  test("what was sent with the tarball is served with the version, and verifies for the published bytes and the workflow", async (t) => {
    const place = await open(t);
    const upload = place.upload();

    const sent = await place.registry.publish(withProvenance(upload, await place.sign(upload)), await place.login(), never);

    assert.equal(sent.kind, "sent", JSON.stringify(sent));
    const { dist } = (await readJson(`${place.url}/${name}/1.0.0`)) as Served;
    assert.equal(dist.attestations?.provenance.predicateType, "https://slsa.dev/provenance/v1");
    const { attestations } = (await readJson(dist.attestations.url)) as {
      attestations: { bundle: { dsseEnvelope: { payload: string } } }[];
    };
    const bundle = attestations[0]?.bundle ?? assert.fail("no bundle");
    const verifier = new Verifier(toTrustMaterial(TrustedRoot.fromJSON(place.trustedRoot)), { tlogThreshold: 1, ctlogThreshold: 1 });
    verifier.verify(toSignedEntity(bundleFromJSON(bundle)), { subjectAlternativeName: `https://github.com/${ref}` });
    const { subject } = JSON.parse(Buffer.from(bundle.dsseEnvelope.payload, "base64").toString()) as { subject: unknown };
    const tarball = Buffer.from(await (await fetch(`${place.url}/${name}/-/demo-1.0.0.tgz`)).arrayBuffer());
    assert.deepEqual(subject, [
      { name: "pkg:npm/%40slip/demo@1.0.0", digest: { sha512: createHash("sha512").update(tarball).digest("hex") } },
    ]);
  });

  test("a version without it says nothing of it, and its address has nothing", async (t) => {
    const place = await open(t);

    assert.equal((await place.registry.publish(place.upload(), await place.login(), never)).kind, "sent");

    assert.equal(((await readJson(`${place.url}/${name}/1.0.0`)) as Served).dist.attestations, undefined);
    assert.equal(await readJson(`${place.url}/-/npm/v1/attestations/${name}@1.0.0`), 404);
  });

  test("it is refused, and nothing published: for other bytes, with another repository in package.json, beside a stored token", async (t) => {
    const place = await open(t);
    const own = place.upload();
    const cases = [
      [withProvenance(own, await place.sign(own, "ab".repeat(64))), await place.login(), /its subject's digest is not that of the tarball/],
      [withProvenance(own, await place.sign(own)), person, /the token that publishes is of no trusted publisher/],
    ] as const;

    for (const [wrong, credential, words] of cases) {
      const sent = await place.registry.publish(wrong, credential, never);
      assert.ok(sent.kind === "refused", JSON.stringify(sent));
      assert.match(sent.why, words);
    }
    const rewritten = place.upload({ repository: "acme/other" });
    const sent = await place.registry.publish(withProvenance(rewritten, await place.sign(rewritten)), await place.login(), never);
    assert.ok(sent.kind === "refused", JSON.stringify(sent));
    assert.match(sent.why, /"repository\.url" is "git\+https:\/\/github\.com\/acme\/other\.git"/);
    assert.equal(await readJson(`${place.url}/${name}/1.0.0`), 404);
  });

  test("what is no bundle is not sent at all", async (t) => {
    const place = await open(t);

    const sent = await place.registry.publish(withProvenance(place.upload(), '{"no":"bundle"}'), await place.login(), never);

    assert.ok(sent.kind === "refused");
    assert.match(sent.why, /^Nothing was sent: .* has a provenance that is no Sigstore bundle$/);
  });
});
