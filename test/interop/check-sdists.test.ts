// Source distributions that lie, each in one way, and a good one: every lie is found, and nothing in what is good.
import { anSdist, describeCases } from "../support/check-cases.ts";
import { rawTarGz } from "../support/raw-tar.ts";
import type { BuiltFile } from "../support/wheel.ts";

const top = (name: string) => `${name}-1.0`;
describeCases("checkDistributions() of sdists", [
  anSdist("a good sdist", []),
  anSdist(
    "an sdist under an old name",
    [
      ["SDIST-NAME", /PyPI refuses the file name/],
      ["SDIST-FOLDER", /top folder is/],
    ],
    (name) => ({ rename: `${name}-1.00.tar.gz` }),
  ),
  anSdist("another top folder", [["SDIST-FOLDER", /top folder is "other-1.0"/]], () => ({ lies: { top: "other-1.0" } })),
  anSdist("two top folders", [["SDIST-FOLDER", /has 2 entries there/]], () => ({
    lies: { extraMembers: [{ path: "other/x", content: "1" }] },
  })),
  anSdist("no PKG-INFO", [["META-FILE", /PKG-INFO" is missing/]], () => ({ lies: { withoutPkgInfo: true } })),
  anSdist(
    "another name in PKG-INFO",
    [
      ["IDENTITY-NAME", /the plan/],
      ["IDENTITY-NAME", /the file name/],
      ["SDIST-PYPROJECT", /says the name/],
    ],
    () => ({ lies: { metadataName: "evil" } }),
  ),
  anSdist(
    "another version in PKG-INFO",
    [
      ["IDENTITY-VERSION", /the plan/],
      ["IDENTITY-VERSION", /the file name/],
      ["SDIST-PYPROJECT", /says the version/],
    ],
    () => ({ lies: { metadataVersion: "2.0" } }),
  ),
  anSdist("bytes after the gzip data", [["ARCHIVE", /after its gzip data/]], () => ({ lies: { trailing: Buffer.from("x") } })),
  anSdist("a link out of the tree", [["ARCHIVE", /leads out of the tree/]], (name) => ({
    lies: { extraMembers: [{ path: `${top(name)}/link`, type: "2", linkTo: "../../etc/passwd" }] },
  })),
  anSdist("a device", [["ARCHIVE", /character device/]], (name) => ({ lies: { extraMembers: [{ path: `${top(name)}/tty`, type: "3" }] } })),
  anSdist("a sparse member", [["ARCHIVE", /is sparse/]], (name) => ({
    lies: { extraMembers: [{ path: `${top(name)}/hole`, type: "S" }] },
  })),
  anSdist("PKG-INFO twice", [["ARCHIVE", /occurs twice/]], (name) => ({
    lies: { extraMembers: [{ path: `${top(name)}/PKG-INFO`, content: "Name: evil\n" }] },
  })),
  anSdist("a missing licence file", [["LICENSE-FILE", /"LICENSE" is not in the sdist/]], () => ({
    headers: [["License-File", "LICENSE"]],
  })),
  anSdist("compiled files", [["CONTENT-PYC", /compiled files/]], () => ({ files: { "x.pyc": "x" } }), true),
  anSdist("old metadata", [["SDIST-METADATA", /"2.1"/]], () => ({ metadataVersion: "2.1" }), true),
  {
    what: "an sdist that nobody can build",
    found: [["SDIST-PYPROJECT", /neither pyproject.toml nor setup.py/]],
    built: (name) => withoutPyproject(name, "x.py"),
  },
  {
    what: "an sdist with setup.py alone",
    found: [["SDIST-PYPROJECT", /only setup.py/]],
    warns: true,
    built: (name) => withoutPyproject(name, "setup.py"),
  },
  {
    what: "an sdist that is no gzip file",
    found: [["ARCHIVE-UNREADABLE", /not a gzip file/]],
    built: (name) => ({ name: `${name}-1.0.tar.gz`, bytes: Buffer.from("hello") }),
  },
]);

function withoutPyproject(name: string, file: string): Pick<BuiltFile, "name" | "bytes"> {
  const metadata = `Metadata-Version: 2.2\nName: ${name}\nVersion: 1.0\nSummary: x\nDescription-Content-Type: text/plain\n\nHello\n`;
  const bytes = rawTarGz([
    { path: `${top(name)}/PKG-INFO`, content: metadata },
    { path: `${top(name)}/${file}`, content: "" },
  ]);
  return { name: `${name}-1.0.tar.gz`, bytes };
}
