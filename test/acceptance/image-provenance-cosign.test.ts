// cosign, which is not ours, finds the provenance that we attached to an image, and holds it against the digest and the workflow.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { releaseAttestedImage } from "../support/attested-image.ts";
import { cosignProgram } from "../support/sigstore-programs.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";
import { runTool } from "../support/test-tools.ts";

test("cosign verifies the attached provenance for the workflow that signed, and for no other", async (t) => {
  const { registry, repository, trustedRoot, signer, issuer } = await releaseAttestedImage(t);
  const folder = temporaryFolder(t);
  const root = join(folder, "trusted_root.json");
  writeFileSync(root, JSON.stringify(trustedRoot));
  const verify = (identity: string) => {
    const args = [
      "verify-attestation",
      "--trusted-root",
      root,
      "--type",
      "https://slsa.dev/provenance/v1",
      "--certificate-identity",
      identity,
      "--certificate-oidc-issuer",
      issuer,
      "--allow-http-registry",
      "--allow-insecure-registry",
      `${new URL(registry.url).host}/${repository}:1.0.0`,
    ];
    return runTool(cosignProgram(), args, { env: { HOME: folder } });
  };

  const right = await verify(signer);
  const wrong = await verify(signer.replace("release.yml", "test.yml"));

  assert.equal(right.code, 0, right.output);
  assert.notEqual(wrong.code, 0);
  assert.match(wrong.output, /no matching CertificateIdentity|expected SAN/i);
});
