// How the files that hold attestations are called, so that a reader finds the one of a file beside it.

/** Of one Python distribution, in the form of PEP 740: what the tools of PyPI call it too. */
export function attestationName(fileName: string): string {
  return `${fileName}.publish.attestation`;
}

/** Of all files of a release, as a Sigstore bundle. */
export function provenanceName(project: string): string {
  return `${project}.provenance.sigstore.json`;
}
