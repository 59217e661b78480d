// The public addresses of known services. This is the only file of the repository in which they may stand: everything
// else names a service by its name, so that no test, example or message can reach one by accident (DESIGN §2).

/** Where one known Python index takes uploads, serves installers and shows its pages. */
export interface KnownPypi {
  /** Takes `POST` of the upload form; ends with a slash. */
  readonly upload: string;
  /** Root of the simple API; ends with a slash. */
  readonly index: string;
  /** Root of the pages for people; ends with a slash. */
  readonly pages: string;
}

export const knownPypi: Readonly<Record<string, KnownPypi>> = {
  pypi: {
    upload: "https://upload.pypi.org/legacy/",
    index: "https://pypi.org/simple/",
    pages: "https://pypi.org/",
  },
  testpypi: {
    upload: "https://test.pypi.org/legacy/",
    index: "https://test.pypi.org/simple/",
    pages: "https://test.pypi.org/",
  },
};

/** The index that pip and uv use when nothing is configured. */
export const publicPypiIndex = "https://pypi.org/simple/";
