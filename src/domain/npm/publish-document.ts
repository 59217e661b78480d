// The document that publishes one version at an npm registry: what `npm publish` puts into its `PUT`, all but the bytes of
// the tarball. Pure, so that it can be held against what the real npm sends (protocols §5.1).
import type { JsonObject } from "../configuration.ts";

export interface PublishDocumentOf {
  readonly name: string;
  readonly version: string;
  /** The package.json as `prepareManifest` made it. */
  readonly manifest: JsonObject;
  /** Root of the registry, ending with a slash. */
  readonly registryUrl: string;
  /** The dist-tag that is to lead to this version: there is none without one. */
  readonly tag: string;
  /** Null: as the registry has it, or decides for a new package. */
  readonly access: "public" | "restricted" | null;
  /** `sha512-<base64>` of the tarball. */
  readonly integrity: string;
  /** SHA-1 of the tarball in hexadecimal, which old clients ask for. */
  readonly shasum: string;
}

/** Key of the tarball among `_attachments`: with the scope, unlike the name of any file. */
export function attachmentName({ name, version }: Pick<PublishDocumentOf, "name" | "version">): string {
  return `${name}-${version}.tgz`;
}

/** The document without `_attachments`. */
export function publishDocument(of: PublishDocumentOf): JsonObject {
  const { name, version, manifest } = of;
  const { description } = manifest;
  const dist = { integrity: of.integrity, shasum: of.shasum, tarball: tarballUrl(of) };
  const whole: JsonObject = { ...manifest, name, version, _id: `${name}@${version}`, dist };
  return {
    _id: name,
    name,
    ...(description === undefined ? {} : { description }),
    "dist-tags": { [of.tag]: version },
    versions: { [version]: whole },
    access: of.access,
  };
}

/** Always written without TLS, as npm does: clients take the scheme of the registry that they were pointed at. */
function tarballUrl(of: PublishDocumentOf): string {
  return `${of.registryUrl}${of.name}/-/${attachmentName(of)}`.replace(/^https:/, "http:");
}
