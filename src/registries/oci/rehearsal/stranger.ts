// Somebody else's image under our tag, for the fault that moves a tag behind our back.
import { createHash } from "node:crypto";
import type { Service } from "./service.ts";
import { addBlob, addManifest, setTag, type RegistryState } from "./state.ts";

/** Leads the tag to an image that is not ours, with no word of its version. */
export async function putStranger(
  service: Service,
  state: RegistryState,
  at: { readonly repository: string; readonly reference: string },
): Promise<RegistryState> {
  const config = Buffer.from(JSON.stringify({ os: "linux", architecture: "amd64", rootfs: { type: "layers", diff_ids: [] } }));
  const configHex = hexOf(config);
  const mediaType = "application/vnd.oci.image.manifest.v1+json";
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType,
      config: { mediaType: "application/vnd.oci.image.config.v1+json", digest: `sha256:${configHex}`, size: config.length },
      layers: [],
    }),
  );
  const hex = hexOf(manifest);
  await service.store.write({ algorithm: "sha256", hex: configHex, text: `sha256:${configHex}` }, config);
  await service.store.write({ algorithm: "sha256", hex, text: `sha256:${hex}` }, manifest);
  const withBlob = addBlob(state, at.repository, { digest: `sha256:${configHex}`, sizeBytes: config.length });
  const stored = { digest: `sha256:${hex}`, mediaType, sizeBytes: manifest.length, visibleFromMs: 0 };
  const added = addManifest(withBlob, at.repository, stored);
  return setTag(added, at.repository, { tag: at.reference, digest: `sha256:${hex}`, visibleFromMs: 0 });
}

function hexOf(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex");
}
