// What an index serves of attestations, tried with Sigstore's own verifier: they hold for these bytes, this name and this workflow,
// and for nothing else; one that cannot be tried is never taken for one that holds.
import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { proofFindings, proofOf, type Proof } from "../../src/app/verify-attestation.ts";
import type { Trust } from "../../src/app/verify-seal.ts";
import { npmPackageUrl, npmProvenance } from "../../src/domain/attestation/npm-provenance.ts";
import { publishStatement, statementText, type Statement, type Subject } from "../../src/domain/attestation/statement.ts";
import type { JsonObject } from "../../src/domain/configuration.ts";
import { sha256 } from "../../src/domain/digest.ts";
import { startRehearsalIssuer } from "../../src/loopback/identity-issuer.ts";
import { startRehearsalSigstore } from "../../src/loopback/sigstore.ts";
import { openHttp } from "../../src/platform/http.ts";
import { openIdentities } from "../../src/platform/identity.ts";
import { createSecrets } from "../../src/platform/secrets.ts";
import { openSigner } from "../../src/platform/signer.ts";
import type { Attested, ListedFile } from "../../src/registries/registry.ts";
import { clientOf, never, realClock } from "../support/pypi.ts";

const workflow = "https://github.com/acme/demo/.github/workflows/release.yml";
const ref = "acme/demo/.github/workflows/release.yml@refs/tags/v1";
const file: ListedFile = { name: "demo-1.0.whl", sha256: sha256("ab".repeat(32)), attested: true, url: "http://127.0.0.1:1/demo" };
const [sha512, otherSha512] = ["cd".repeat(64), "ef".repeat(64)];

interface Place {
  readonly trust: Trust;
  sign(statement: Statement): Promise<JsonObject>;
}

async function open(t: TestContext): Promise<Place> {
  const claims = { sub: "repo:acme/demo", repository: "acme/demo", workflow_ref: ref, job_workflow_ref: ref };
  const issuer = await startRehearsalIssuer({ clock: realClock, claims: () => claims });
  const sigstore = await startRehearsalSigstore({ clock: realClock, issuer });
  t.after(() => Promise.all([issuer.close(), sigstore.close()]));
  const quiet = (): void => {};
  const redactor = { add: quiet, redact: (text: string) => text, stream: () => assert.fail("nothing streams here") };
  const env = issuer.jobEnvironment();
  const secrets = createSecrets({ env, redactor, log: { debug: quiet, info: quiet, warn: quiet } });
  const identities = openIdentities({ env, http: openHttp({ userAgent: "slipway/0.0.0-test" }), redactor, secrets });
  const signer = openSigner(identities, { certificates: sigstore.url, log: sigstore.url });
  return {
    trust: { trustedRoot: JSON.stringify(sigstore.trustedRoot), allowedSigners: undefined, identities: [workflow] },
    sign: async (statement) => {
      const signed = await signer.sign(statementText(statement), never);
      return signed.kind === "signed" ? signed.bundle : assert.fail(signed.why);
    },
  };
}

/** An index that serves these, and nothing else. */
function proof(attested: Attested, trust: Trust, of: ListedFile = file): Promise<Proof | undefined> {
  const registry = {
    ...clientOf({ uploadUrl: "http://127.0.0.1:1/legacy/", indexUrl: "http://127.0.0.1:1/simple/" }),
    attestations: async () => attested,
  };
  return proofOf(registry, { package: "demo", version: "1.0", file: of }, { trust, signal: never });
}

const served = (bundle: JsonObject, subject?: Subject): Attested => ({
  kind: "served",
  bundles: [bundle],
  publishers: [],
  ...(subject === undefined ? {} : { subject }),
});

test("an attestation of a Python file holds for its name and bytes, and for the workflow that may sign", async (t) => {
  const { trust, sign } = await open(t);
  const bundle = await sign(publishStatement({ name: file.name, digest: sha256("ab".repeat(32)) }));

  const verdict = async (of: Partial<ListedFile>, by: Partial<Trust> = {}): Promise<string> => {
    const found = await proof(served(bundle), { ...trust, ...by }, { ...file, ...of });
    return `${found?.verdict} ${found?.how}`;
  };

  assert.match(await verdict({}), /^holds made by "https:.*release\.yml@refs\/tags\/v1"$/);
  assert.match(await verdict({ sha256: sha256("ba".repeat(32)) }), /^broken it is of other bytes, with sha256 abab/);
  assert.match(await verdict({ name: "demo-1.1.whl" }), /^broken it is of "demo-1\.0\.whl"$/);
  assert.match(await verdict({}, { identities: [workflow.replace("release", "test")] }), /^broken it was made by .*, and should be by/);
  assert.match(await verdict({}, { identities: [] }), /^unknown .* nobody says whether that one may$/);
  assert.match(await verdict({}, { trustedRoot: undefined }), /^unknown there is no trusted root/);
  assert.match(await verdict({}, { trustedRoot: "{}" }), /^broken its signature does not hold/);
  assert.equal(await proof(served(bundle), trust, { ...file, attested: false }), undefined);
});

test("npm's provenance holds for the version and its sha512", async (t) => {
  const { trust, sign } = await open(t);
  const tarball = { name: "@slip/demo", version: "1.0.0", sha512 };
  const built = { repository: "https://github.com/acme/demo", commit: "a".repeat(40), planDigest: "b".repeat(64) };
  const bundle = await sign(npmProvenance(tarball, { ...built, invocation: "urn:x:1", builder: "urn:x:2", slipway: "0.0.0" }));
  const subject = { name: npmPackageUrl(tarball), digest: { sha512 } };

  const right = await proof(served(bundle, subject), trust);
  const other = await proof(served(bundle, { ...subject, digest: { sha512: otherSha512 } }), trust);
  const elsewhere = await proof(served(bundle, { ...subject, name: npmPackageUrl({ ...tarball, version: "1.0.1" }) }), trust);

  assert.equal(right?.verdict, "holds", right?.how);
  assert.match(other?.how ?? "", /^it is of other bytes, with sha512 cdcd/);
  assert.match(elsewhere?.how ?? "", /^it is of "pkg:npm\/%40slip\/demo@1\.0\.0"$/);
});

test("one that is promised and not served, and a file without one beside files with one, are found", async (t) => {
  const { trust } = await open(t);
  const gone = await proof({ kind: "none" }, trust);
  const silent = await proof({ kind: "unknown", why: "it did not answer" }, trust);

  assert.deepEqual([gone?.verdict, silent?.verdict], ["broken", "unknown"]);
  const proofs: readonly Proof[] = [{ name: file.name, verdict: "holds", how: "" }];
  const files = [file, { ...file, name: "demo-1.0.tar.gz" }];
  assert.deepEqual(
    proofFindings("index", { files, proofs }).map(({ id, level }) => `${id} ${level}`),
    ["VR-UNATTESTED blocks"],
  );
  assert.deepEqual(proofFindings("index", { files, proofs: [] }), []);
});
