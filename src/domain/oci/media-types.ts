// The media types that images are made of. Names only: what they mean stands in manifest.ts.
// Sources: OCI image-spec v1.1 `media-types.md`; Docker image manifest V2 schema 2, which builders still write.

export const mediaTypes = {
  manifest: "application/vnd.oci.image.manifest.v1+json",
  index: "application/vnd.oci.image.index.v1+json",
  config: "application/vnd.oci.image.config.v1+json",
  layer: "application/vnd.oci.image.layer.v1.tar+gzip",
  empty: "application/vnd.oci.empty.v1+json",
  dockerManifest: "application/vnd.docker.distribution.manifest.v2+json",
  dockerList: "application/vnd.docker.distribution.manifest.list.v2+json",
  blob: "application/octet-stream",
  json: "application/json",
} as const;

/** Every form in which a registry may hold what a name leads to. */
export const manifestTypes: readonly string[] = [mediaTypes.manifest, mediaTypes.index, mediaTypes.dockerManifest, mediaTypes.dockerList];

export function isIndexType(mediaType: string): boolean {
  return mediaType === mediaTypes.index || mediaType === mediaTypes.dockerList;
}

/** Annotations that Slipway writes or reads (OCI image-spec `annotations.md`). */
export const annotationNames = {
  version: "org.opencontainers.image.version",
  revision: "org.opencontainers.image.revision",
  created: "org.opencontainers.image.created",
  source: "org.opencontainers.image.source",
  baseDigest: "org.opencontainers.image.base.digest",
} as const;
