// The public addresses of known services. This is the only file of the repository in which they may stand: everything
// else names a service by its name, so that no test, example or message can reach one by accident (DESIGN §2).

/** What has to be known of a registry to reach it, by ecosystem. */
export interface AddressesOf {
  readonly pypi: PypiAddresses;
  readonly crates: CratesAddresses;
  readonly npm: NpmAddresses;
  readonly oci: OciAddresses;
}

interface Service<E extends keyof AddressesOf> {
  readonly name: string;
  readonly ecosystem: E;
  /** A test index: names may be burned there, nobody depends on them. */
  readonly test: boolean;
  readonly addresses: AddressesOf[E];
}

/** A registry that slipway.yaml names without declaring it. */
export type KnownService = { readonly [E in keyof AddressesOf]: Service<E> }[keyof AddressesOf];

/** Where a Python index takes uploads, serves installers and shows its pages; all end with a slash. */
export interface PypiAddresses {
  /** Takes `POST` of the upload form. */
  readonly upload: string;
  /** Root of the simple API. */
  readonly index: string;
  /** Root of the pages for people. */
  readonly pages: string;
}

export interface CratesAddresses {
  /** Root of the sparse index, with a slash at the end. */
  readonly index: string;
  /** Root of the web API, without a slash at the end. */
  readonly api: string;
  /** Root of the pages for people, with a slash at the end. */
  readonly pages: string;
}

export interface NpmAddresses {
  /** Takes and serves packages, with a slash at the end. */
  readonly registry: string;
  /** Root of the pages for people, with a slash at the end. */
  readonly pages: string;
}

export interface OciAddresses {
  /** Origin of the distribution API, without a slash at the end. */
  readonly registry: string;
}

const pypi: PypiAddresses = {
  upload: "https://upload.pypi.org/legacy/",
  index: "https://pypi.org/simple/",
  pages: "https://pypi.org/",
};

const testPypi: PypiAddresses = {
  upload: "https://test.pypi.org/legacy/",
  index: "https://test.pypi.org/simple/",
  pages: "https://test.pypi.org/",
};

export const knownServices: readonly KnownService[] = [
  { name: "pypi", ecosystem: "pypi", test: false, addresses: pypi },
  { name: "testpypi", ecosystem: "pypi", test: true, addresses: testPypi },
  {
    name: "crates",
    ecosystem: "crates",
    test: false,
    addresses: { index: "https://index.crates.io/", api: "https://crates.io", pages: "https://crates.io/" },
  },
  {
    name: "npm",
    ecosystem: "npm",
    test: false,
    addresses: { registry: "https://registry.npmjs.org/", pages: "https://www.npmjs.com/" },
  },
  { name: "ghcr", ecosystem: "oci", test: false, addresses: { registry: "https://ghcr.io" } },
];

/**
 * Where a dependency without a registry of its own comes from, as cargo names that place in a request to another registry:
 * the index's old git address, which is its identity and not where it is read.
 */
export const publicCratesIdentity = "https://github.com/rust-lang/crates.io-index";

/** Type of the statement "this file was published by that workflow", as PyPI takes it (PEP 740): a name that nobody fetches. */
export const publishPredicate = "https://docs.pypi.org/attestations/publish/v1";

/** Sigstore's public instance: authority of certificates and log of version 1, without a slash at the end. */
export const publicSigstore = { certificates: "https://fulcio.sigstore.dev", log: "https://rekor.sigstore.dev" } as const;

/** The known services of one ecosystem. */
export function servicesOf<E extends keyof AddressesOf>(ecosystem: E): readonly Service<E>[] {
  return (knownServices as readonly Service<keyof AddressesOf>[]).filter((one): one is Service<E> => one.ecosystem === ecosystem);
}

/** A forge that is known by its host, with the three roots that its API has. */
export interface KnownForge {
  readonly name: string;
  readonly kind: "github";
  /** Host of the pages for people and of git. */
  readonly host: string;
  readonly api: string;
  /** Takes the bytes of assets. */
  readonly uploads: string;
}

export const knownForges: readonly KnownForge[] = [
  { name: "github", kind: "github", host: "github.com", api: "https://api.github.com", uploads: "https://uploads.github.com" },
];
