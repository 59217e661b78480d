// Provenance of images by the real program: made once for all platforms, attached to what the tag leads to, and found there by
// whoever asks the registry what is about that digest.
import assert from "node:assert/strict";
import { test } from "node:test";
import { bundleFromJSON } from "@sigstore/bundle";
import { TrustedRoot } from "@sigstore/protobuf-specs";
import { toSignedEntity, toTrustMaterial, Verifier } from "@sigstore/verify";
import { releaseAttestedImage } from "../support/attested-image.ts";

const bundleType = "application/vnd.dev.sigstore.bundle.v0.3+json";

interface Described {
  readonly digest: string;
  readonly artifactType?: string;
}

/** With the token that a registry gives to everybody for reading. */
async function readAsAnybody(url: string): Promise<Response> {
  const accept = "application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json, */*";
  const first = await fetch(url, { headers: { accept } });
  const challenge = first.headers.get("www-authenticate") ?? "";
  const { realm, service, scope } = Object.fromEntries([...challenge.matchAll(/(\w+)="([^"]*)"/g)].map(([, key, value]) => [key, value]));
  if (first.status !== 401 || realm === undefined) return first;
  const granted = await fetch(`${realm}?${new URLSearchParams({ service: service ?? "", scope: scope ?? "" }).toString()}`);
  const { token } = (await granted.json()) as { readonly token: string };
  return fetch(url, { headers: { accept, authorization: `Bearer ${token}` } });
}

test("the registry lists a bundle for the digest behind the tag, which verifies and names the list and each platform's image", async (t) => {
  const { registry, repository, trustedRoot, signer } = await releaseAttestedImage(t);
  const read = async (path: string): Promise<Response> => {
    const reply = await readAsAnybody(`${registry.url}/v2/${repository}/${path}`);
    assert.equal(reply.status, 200, path);
    return reply;
  };
  const tagged = await read("manifests/1.0.0");
  const whole = tagged.headers.get("docker-content-digest") ?? "";
  const parts = ((await tagged.json()) as { readonly manifests: readonly Described[] }).manifests.map(({ digest }) => digest);

  const listed = ((await (await read(`referrers/${whole}`)).json()) as { readonly manifests: readonly Described[] }).manifests;

  assert.deepEqual(
    listed.map(({ artifactType }) => artifactType),
    [bundleType],
  );
  const manifest = (await (await read(`manifests/${listed[0]?.digest ?? ""}`)).json()) as { readonly layers: readonly Described[] };
  const bundle = (await (await read(`blobs/${manifest.layers[0]?.digest ?? ""}`)).json()) as {
    readonly dsseEnvelope: { readonly payload: string };
  };
  const verifier = new Verifier(toTrustMaterial(TrustedRoot.fromJSON(trustedRoot)), { tlogThreshold: 1, ctlogThreshold: 1 });
  verifier.verify(toSignedEntity(bundleFromJSON(bundle)), { subjectAlternativeName: signer });
  const statement = JSON.parse(Buffer.from(bundle.dsseEnvelope.payload, "base64").toString("utf8")) as {
    readonly subject: readonly { readonly digest: { readonly sha256: string } }[];
  };
  assert.deepEqual(statement.subject.map(({ digest }) => `sha256:${digest.sha256}`).toSorted(), [whole, ...parts].toSorted());
});
