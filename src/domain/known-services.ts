// The public addresses of known services. This is the only file of the repository in which they may stand: everything
// else names a service by its name, so that no test, example or message can reach one by accident (DESIGN §2).
import type { Ecosystem } from "./configuration.ts";

/** A registry that slipway.yaml names without declaring it. */
export interface KnownService {
  readonly name: string;
  readonly ecosystem: Ecosystem;
  /** A test index: names may be burned there, nobody depends on them. */
  readonly test: boolean;
  /** Absent where this version of Slipway does not speak to the service yet. */
  readonly addresses?: PypiAddresses;
}

/** Where a Python index takes uploads, serves installers and shows its pages; all end with a slash. */
export interface PypiAddresses {
  /** Takes `POST` of the upload form. */
  readonly upload: string;
  /** Root of the simple API. */
  readonly index: string;
  /** Root of the pages for people. */
  readonly pages: string;
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
  { name: "crates", ecosystem: "crates", test: false },
  { name: "npm", ecosystem: "npm", test: false },
  { name: "ghcr", ecosystem: "oci", test: false },
];

/** The index that pip and uv use when nothing is configured. */
export const publicPypiIndex: string = pypi.index;

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
