// Why a registry would refuse an image, as far as its name and version tell: known before the first byte is sent.
// Rules: distribution-spec v1.1 (names, tags); protocols §6.1.
import { readImageDigest, repositoryFault, tagFault, tagOfVersion } from "../../domain/oci/names.ts";
import type { Publication } from "../registry.ts";

export function ociRefusals(publication: Publication): readonly string[] {
  const repository = repositoryFault(publication.package);
  const tag = tagFault(tagOfVersion(publication.version));
  const digest = publication.registryDigest;
  return [
    ...(repository === undefined ? [] : [`The repository name "${publication.package}" ${repository}`]),
    ...(tag === undefined ? [] : [`The tag "${tagOfVersion(publication.version)}" of the version ${tag}`]),
    ...(digest === undefined || readImageDigest(digest) !== undefined
      ? []
      : [`"${digest}" is not the digest of a manifest: it should be "sha256:" and 64 hexadecimal digits`]),
  ];
}
