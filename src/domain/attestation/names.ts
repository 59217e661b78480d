// How the files that hold attestations are called, so that a reader finds the one of a file beside it.

/** Of one Python distribution, in the form of PEP 740: what the tools of PyPI call it too. */
export function attestationName(fileName: string): string {
  return `${fileName}.publish.attestation`;
}

/** Of one npm tarball, as a Sigstore bundle that the registry takes beside it. */
export function npmProvenanceName(fileName: string): string {
  return `${fileName}.provenance.sigstore.json`;
}

/** Of the images of one package, as a Sigstore bundle that is attached to them at their registry. @param packageId key in slipway.yaml */
export function imageProvenanceName(packageId: string): string {
  return `${packageId}.image-provenance.sigstore.json`;
}

/** Of all files of a release, as a Sigstore bundle. */
export function provenanceName(project: string): string {
  return `${project}.provenance.sigstore.json`;
}
