// A release of images by the real program, with provenance attached to them: signed at the Sigstore inside Slipway, put into the
// rehearsal registry, which stands for a real one.
import assert from "node:assert/strict";
import { join } from "node:path";
import type { TestContext } from "node:test";
import type { JsonObject } from "../../src/domain/configuration.ts";
import { startRehearsalIssuer } from "../../src/loopback/identity-issuer.ts";
import { startRehearsalSigstore } from "../../src/loopback/sigstore.ts";
import { startRehearsalOci, type RehearsalOci } from "../../src/registries/oci/rehearsal/server.ts";
import { rehearsalPassword } from "../../src/registries/oci/wire.ts";
import { makeBed, told } from "./bed.ts";
import { realClock } from "./pypi.ts";
import { temporaryFolder } from "./temporary-folder.ts";

export interface AttestedImage {
  readonly registry: RehearsalOci;
  readonly repository: string;
  /** What verifiers have to trust. */
  readonly trustedRoot: JsonObject;
  /** Who signed, as the certificate names it, and who vouched. */
  readonly signer: string;
  readonly issuer: string;
}

export async function releaseAttestedImage(t: TestContext): Promise<AttestedImage> {
  const repository = "example/reed";
  const ref = "acme/reed/.github/workflows/release.yml@refs/tags/v1.0.0";
  const claims = { sub: "repo:acme/reed", repository: "acme/reed", workflow_ref: ref, job_workflow_ref: ref };
  const issuer = await startRehearsalIssuer({ clock: realClock, claims: () => claims });
  const sigstore = await startRehearsalSigstore({ clock: realClock, issuer });
  const storeFolder = join(temporaryFolder(t), "registry");
  const registry = await startRehearsalOci({ ours: [repository], clock: realClock, announced: false, storeFolder });
  t.after(() => Promise.all([registry.close(), sigstore.close(), issuer.close()]));
  const place = `{ certificates: "${sigstore.url}", log: "${sigstore.url}" }`;
  const file = `slipway: 1
project: reed
packages: { image: { path: ., ecosystem: oci, name: ${repository}, version-file: VERSION, tag: "v{version}" } }
registries: { images: { ecosystem: oci, url: "${registry.url}" } }
environments: { images: { registry: images, credentials: { token: IMAGES_TOKEN } } }
on: { tag: image }
version: { from: tag }
steps:
  image: { uses: build-image, with: { builder: layers, copy: [{ from: reed, to: /reed }], entrypoint: [/reed] }, matrix: { platform: [linux-x86_64, linux-aarch64] } }
  attest: { uses: attest, with: { as: [image-provenance], sigstore: ${place} } }
  publish: { uses: publish, environment: images }
`;
  const bed = makeBed({ tag: "v1.0.0", example: { files: { "slipway.yaml": file, VERSION: "1.0.0\n", reed: "a program\n" } } });
  t.after(() => bed.remove());
  const ended = await bed.slipway(["run", "--json"], { ...issuer.jobEnvironment(), IMAGES_TOKEN: rehearsalPassword });
  assert.equal(ended.code, 0, told(ended));
  return { registry, repository, trustedRoot: sigstore.trustedRoot, signer: `https://github.com/${ref}`, issuer: issuer.url };
}
