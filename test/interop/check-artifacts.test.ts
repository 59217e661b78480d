// Wheels that lie, each in one way, and good ones: every lie is found, and nothing is found in what is good.
import { aWheel, describeCases } from "../support/check-cases.ts";
import type { WheelOf } from "../support/wheel.ts";

const tags = (tag: string) => ({ tag });
const headers = (...lines: readonly (readonly [string, string])[]) => ({ headers: lines });
const lies = (value: NonNullable<WheelOf["lies"]>) => ({ lies: value });

describeCases("checkDistributions() of wheels", [
  aWheel("a good wheel", []),
  aWheel("a good wheel for a platform", [], () => tags("cp312-abi3-manylinux2014_x86_64.manylinux_2_17_x86_64")),
  aWheel("a good wheel with everything", [], (name) => ({
    ...headers(
      ["License-Expression", "MIT"],
      ["License-File", "LICENSE"],
      ["Author-email", "Ann <ann@host.org>"],
      ["Classifier", "Programming Language :: Python :: 3"],
      ["Project-URL", "Source, https://host/x"],
    ),
    requires: ["requests>=2", "click; extra == 'cli'", "colorama (>=0.4) ; platform_system == 'Windows'"],
    scripts: [`tool = ${name}:main`],
    files: { [`${name}-1.0.dist-info/licenses/LICENSE`]: "MIT\n", [`${name}/data.json`]: "{}" },
  })),
  aWheel("a good wheel whose METADATA has no final line end", [], () => ({ description: "Hello" })),

  // RECORD.
  aWheel("a file with another digest than RECORD says", [["RECORD-DIGEST", /not that of the file: "\w+\/__init__.py"/]], (name) =>
    lies({ recordWrongDigest: [`${name}/__init__.py`] }),
  ),
  aWheel("a file with another size than RECORD says", [["RECORD-SIZE", /not that of the file/]], (name) =>
    lies({ recordWrongSize: [`${name}/__init__.py`] }),
  ),
  aWheel("a file that RECORD does not list", [["RECORD-UNLISTED", /does not list: "\w+\/__main__.py"/]], (name) =>
    lies({ recordWithout: [`${name}/__main__.py`] }),
  ),
  aWheel("a file in RECORD alone", [["RECORD-MISSING", /does not hold: "ghost.py"/]], () => lies({ recordExtra: ["ghost.py"] })),
  aWheel("a member behind RECORD", [["RECORD-UNLISTED", /"evil.py"/]], () => lies({ extraMembers: [{ path: "evil.py", content: "x" }] })),
  aWheel("no RECORD", [["RECORD-FILE", /RECORD" is missing/]], () => lies({ without: ["RECORD"] })),

  // WHEEL, tags and folders.
  aWheel("no WHEEL", [["WHEEL-FILE", /WHEEL" is missing/]], () => lies({ without: ["WHEEL"] })),
  aWheel("tags that the file name lacks", [["WHEEL-TAGS", /that the file name lacks: "py2-none-any"/]], () =>
    lies({ wheelTags: ["py3-none-any", "py2-none-any"] }),
  ),
  aWheel(
    "tags of another platform",
    [
      ["WHEEL-TAGS", /lacks tags that the file name has/],
      ["WHEEL-TAGS", /that the file name lacks/],
    ],
    () => ({ ...tags("cp312-cp312-win_amd64"), ...lies({ wheelTags: ["cp312-cp312-manylinux_2_17_x86_64"] }) }),
  ),
  aWheel("a platform that PyPI refuses", [["WHEEL-PLATFORM", /linux_x86_64/]], () => tags("cp312-cp312-linux_x86_64")),
  aWheel("one refused platform among others", [["WHEEL-PLATFORM", /macosx_13_2_arm64/]], () =>
    tags("cp312-cp312-macosx_11_0_arm64.macosx_13_2_arm64"),
  ),
  aWheel(
    "a dist-info folder of another name",
    [
      ["META-FILE", /METADATA" is missing/],
      ["RECORD-FILE", /missing/],
      ["WHEEL-FILE", /missing/],
      ["WHEEL-FOLDERS", /other-1.0.dist-info/],
    ],
    () => lies({ distInfo: "other-1.0" }),
  ),
  aWheel("a second dist-info folder", [["WHEEL-FOLDERS", /"other-2.0.dist-info"/]], () => ({
    files: { "other-2.0.dist-info/METADATA": "Name: other\n" },
  })),
  aWheel("a data folder that installers do not know", [["WHEEL-DATA", /do not know where to put/]], (name) => ({
    files: { [`${name}-1.0.data/etc/x`]: "1" },
  })),
  aWheel("a name that is no wheel's", [["WHEEL-NAME", /no file name of a wheel/]], (name) => ({ rename: `${name}-1.0.whl` })),
  aWheel(
    "a name with capitals",
    [
      ["WHEEL-NAME", /begin with the normalized name/],
      ["META-FILE", /missing/],
      ["RECORD-FILE", /missing/],
      ["WHEEL-FILE", /missing/],
      ["WHEEL-FOLDERS", /dist-info/],
    ],
    (name) => ({ rename: `${name.toUpperCase()}-1.0-py3-none-any.whl` }),
  ),
  aWheel(
    "a build tag in the file name alone",
    [["WHEEL-BUILD", /no Build, and the file name has "1"/]],
    (name) => ({ rename: `${name}-1.0-1-py3-none-any.whl` }),
    true,
  ),
  aWheel("a build tag", [], () => ({ build: "1" })),

  // Identity.
  aWheel(
    "another name in METADATA",
    [
      ["IDENTITY-NAME", /says name "evil", and the file name says/],
      ["IDENTITY-NAME", /and the plan says/],
    ],
    () => lies({ metadataName: "evil" }),
  ),
  aWheel(
    "another version in METADATA",
    [
      ["IDENTITY-VERSION", /says version "9.9", and the file name says "1.0"/],
      ["IDENTITY-VERSION", /the plan/],
    ],
    () => lies({ metadataVersion: "9.9" }),
  ),
  aWheel("another version than planned", [["IDENTITY-VERSION", /says version "1.0", and the plan says "1.1"/]], () => ({
    planned: { version: "1.1" },
  })),
  aWheel("another package than planned", [["IDENTITY-NAME", /the plan says "elsewhere"/]], () => ({ planned: { name: "elsewhere" } })),
  aWheel("a version in another spelling than planned", [], () => ({ planned: { version: "1.0" }, version: "1.0" })),
  aWheel("nothing to import by the name that was promised", [["CONTENT-IMPORT", /nothing to import as "other.module"/]], () => ({
    planned: { importName: "other.module" },
  })),

  // Zip structure: one of each family; all are in src/platform/archives.
  aWheel("a data descriptor", [["ARCHIVE", /data descriptor/]], (name) =>
    lies({ members: { [`${name}/__init__.py`]: { kind: "data-descriptor" } } }),
  ),
  aWheel("another name in a local header", [["ARCHIVE", /is called "evil.py" in its local header/]], (name) =>
    lies({ members: { [`${name}/__init__.py`]: { kind: "local-name", name: "evil.py" } } }),
  ),
  aWheel(
    "a name twice",
    [
      ["ARCHIVE", /occurs twice/],
      ["RECORD-DIGEST", /__init__/],
      ["RECORD-SIZE", /__init__/],
    ],
    (name) => lies({ extraMembers: [{ path: `${name}/__init__.py`, content: "evil" }] }),
  ),
  aWheel("a wrong CRC", [["ARCHIVE", /another CRC-32/]], (name) => lies({ members: { [`${name}/__init__.py`]: { kind: "wrong-crc" } } })),
  aWheel("a comment on a member", [["ARCHIVE", /comment/]], (name) =>
    lies({ members: { [`${name}/__init__.py`]: { kind: "entry-comment", comment: "x" } } }),
  ),
  aWheel("bytes before the zip", [["ARCHIVE", /4 bytes before it|belong to no member/]], () =>
    lies({ zip: { prefix: Buffer.from("#!/x") } }),
  ),
  aWheel("bytes after the zip", [["ARCHIVE", /after its end record/]], () => lies({ zip: { trailing: Buffer.from("evil") } })),
  aWheel("two end records", [["ARCHIVE", /before it, or between/]], () => lies({ zip: { secondEnd: true } })),
  aWheel("a link", [["ARCHIVE", /is a link/]], () => lies({ extraMembers: [{ path: "link", content: "/etc/passwd", mode: 0o120777 }] })),
  aWheel(
    "a way out of the folder",
    [
      ["ARCHIVE", /leads upwards/],
      ["RECORD-UNLISTED", /evil/],
    ],
    () => lies({ extraMembers: [{ path: "../evil.py", content: "x" }] }),
  ),
  aWheel("a wheel that was cut short", [["ARCHIVE-UNREADABLE", /no end record/]], () => lies({ zip: { cut: 30 } })),

  // Metadata and description.
  aWheel("no METADATA", [["META-FILE", /METADATA" is missing/]], () => lies({ without: ["METADATA"] })),
  aWheel(
    "METADATA that is not UTF-8",
    [
      ["META-FILE", /is not UTF-8/],
      ["RECORD-UNLISTED", /METADATA/],
    ],
    (name) =>
      lies({
        without: ["METADATA"],
        extraMembers: [{ path: `${name}-1.0.dist-info/METADATA`, content: Buffer.from("Name: \xe9\n", "latin1") }],
      }),
  ),
  aWheel("metadata version 2.6", [["META-VERSION-OF-METADATA", /"2.6" is not taken by PyPI/]], () => ({ metadataVersion: "2.6" })),
  aWheel("no description", [["META-NO-DESCRIPTION", /empty page/]], () => ({ description: "" })),
  aWheel("no content type", [["META-NO-CONTENT-TYPE", /reStructuredText/]], () => ({
    withoutContentType: true,
    description: "Plain words",
  })),
  aWheel(
    "a description that does not render",
    [["META-DESCRIPTION", /as text\/x-rst: line 3: ERROR: Unknown directive type "oops"/]],
    () => ({ descriptionContentType: "text/x-rst", description: "Title\n\n.. oops::\n" }),
  ),
  aWheel("a description that includes a file", [["META-DESCRIPTION", /"include" directive disabled/]], () => ({
    descriptionContentType: "text/x-rst",
    description: "Hi\n\n.. include:: /etc/passwd\n",
  })),
  aWheel("a good reStructuredText description", [], () => ({
    descriptionContentType: "text/x-rst",
    description: "Title\n=====\n\n``code``\n",
  })),
  aWheel("a plain description", [], () => ({ descriptionContentType: "text/plain", description: "<b>words" })),
  aWheel("an unknown classifier", [["META-CLASSIFIER", /not on PyPI's list/]], () => headers(["Classifier", "Colour :: Blue"])),
  aWheel("a deprecated classifier", [["META-CLASSIFIER", /is deprecated/]], () => headers(["Classifier", "Natural Language :: Ukranian"])),
  aWheel("a private classifier", [["META-CLASSIFIER", /not on PyPI's list/]], () => headers(["Classifier", "Private :: Do Not Upload"])),
  aWheel("a direct reference", [["META-DIRECT", /no direct references/]], () => ({ requires: ["demo @ https://host/demo.whl"] })),
  aWheel("a requirement that is none", [["META-REQUIREMENT", /by packaging/]], () => ({ requires: ["requests >= two"] })),
  aWheel("a Python version set that is none", [["META-REQUIRES-PYTHON", /by packaging/]], () => ({ requiresPython: "3.9" })),
  aWheel("a licence that is none", [["META-LICENSE", /by packaging/]], () => headers(["License-Expression", "Beer"])),
  aWheel("a mail address under a reserved name", [["META-EMAIL", /by email-validator/]], () =>
    headers(["Author-email", "ann@host.invalid"]),
  ),
  aWheel("a local version", [["META-VERSION-LOCAL", /"\+local"/]], () => ({ version: "1.0+local", planned: { version: "1.0+local" } })),
  aWheel("a missing licence file", [["LICENSE-FILE", /"LICENSE" is not at/]], () => headers(["License-File", "LICENSE"])),
  aWheel("a licence file in the old place", [], () => ({ metadataVersion: "2.1", ...headers(["License-File", "LICENSE"]) })),

  // Contents.
  aWheel("compiled files", [["CONTENT-PYC", /belong to one Python/]], (name) => ({
    files: { [`${name}/__pycache__/x.cpython-312.pyc`]: "x" },
  })),
  aWheel(
    "compiled files without source",
    [["CONTENT-PYC", /in the place of sources/]],
    (name) => ({ files: { [`${name}/x.pyc`]: "x" } }),
    true,
  ),
  aWheel("an extension module for any platform", [["CONTENT-PLATFORM", /extension modules of one/]], (name) => ({
    files: { [`${name}/x.cpython-312-x86_64-linux-gnu.so`]: "x" },
  })),
  aWheel("a common name at the top", [["CONTENT-COMMON-NAME", /"tests"/]], () => ({ files: { "tests/__init__.py": "" } }), true),
  aWheel(
    "names that differ in case alone",
    [["CONTENT-CASE", /README/]],
    (name) => ({ files: { [`${name}/README`]: "", [`${name}/readme`]: "" } }),
    true,
  ),
  aWheel("a command that leads elsewhere", [["ENTRY-POINTS", /no name for a command/]], (name) => ({
    scripts: [`../evil = ${name}:main`],
  })),
  aWheel("a command without function", [["ENTRY-POINTS", /without ":object"/]], (name) => ({ scripts: [`tool = ${name}`] })),
  aWheel(
    "a command of a module that is not there",
    [["ENTRY-POINTS", /not in the wheel/]],
    (name) => ({ scripts: [`tool = ${name}.cli:main`] }),
    true,
  ),
  aWheel("entry points that are no INI file", [["ENTRY-POINTS", /stands before any section|is not "name = value"/]], () => ({
    scripts: ["just words"],
  })),
]);
