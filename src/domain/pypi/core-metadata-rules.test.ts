import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parseCoreMetadata } from "./core-metadata.ts";
import { descriptionTypeOf, metadataFaults, questionsOf, type MetadataAnswers } from "./core-metadata-rules.ts";

/** Python's answers for the values of these tests. */
const answers: MetadataAnswers = {
  requirement: (text) => (text.startsWith("-") ? { kind: "invalid", why: "no name" } : { kind: "valid", direct: text.includes("@") }),
  specifiers: () => ({ kind: "invalid", why: "no specifier" }),
  license: () => ({ kind: "invalid", why: "no licence" }),
  email: (text) => (text.includes("@") ? { kind: "valid" } : { kind: "invalid", why: "no @" }),
  classifier: (text) =>
    text === "Old" ? { kind: "deprecated", insteadOf: ["New"] } : { kind: text === "Known" || text === "New" ? "known" : "unknown" },
};

function faultsOf(lines: readonly string[], head: readonly string[] = ["Metadata-Version: 2.5", "Name: demo", "Version: 1.0"]) {
  return metadataFaults(parseCoreMetadata([...head, ...lines, ""].join("\n")), answers);
}

describe("metadataFaults()", () => {
  it("finds nothing in metadata that PyPI takes", () => {
    const faults = faultsOf([
      "Summary: A demo",
      "Description-Content-Type: text/markdown; charset=UTF-8; variant=GFM",
      "Author-email: Ann <ann@host.org>, odd@address",
      "Classifier: Known",
      "Home-page: https://host/",
      "Download-URL: UNKNOWN",
      "Project-URL: Source, https://host/a?b#c",
      "Requires-Dist: requests (>=2)",
      "Requires-Python: >=3.9",
      "License-Expression: MIT",
      "License-File: licenses/LICENSE",
      "Provides-Extra: cli",
      "Dynamic: Version-Not",
      "Import-Name: demo.sub; private",
      "Keywords: a,b",
      "Platform: any",
      "",
      "# Hello",
    ]);

    assert.deepEqual(
      faults.map((fault) => fault.message),
      ['Dynamic "Version-Not" is no field of core metadata (PEP 643; PyPI\'s list)'],
    );
  });

  it("takes every metadata version up to 2.5, and not 2.6, which packaging already knows", () => {
    for (const version of ["1.0", "1.1", "1.2", "2.1", "2.2", "2.3", "2.4", "2.5"]) {
      assert.deepEqual(faultsOf([], [`Metadata-Version: ${version}`, "Name: demo", "Version: 1.0"]), []);
    }
    for (const version of ["2.6", "2.0", "3.0", "", "2.1 "]) {
      const [fault] = faultsOf([], [`Metadata-Version: ${version}`, "Name: demo", "Version: 1.0"]);
      assert.equal(fault?.id, "META-VERSION-OF-METADATA");
    }
  });

  const long = "s".repeat(513);
  const cases: readonly (readonly [what: string, id: string, message: RegExp, lines: readonly string[]])[] = [
    ["a line that is no header", "META-SYNTAX", /Line 4 is no header: "nonsense"/, ["nonsense"]],
    ["an unknown field", "META-UNKNOWN-FIELD", /"x-odd" does not exist/, ["X-Odd: 1"]],
    ["a field twice", "META-REPEATED", /"Summary" stands there 2 times/, ["Summary: a", "Summary: b"]],
    ["two descriptions", "META-REPEATED", /description stands in 2 places/, ["Description: a", "", "b"]],
    ["a summary of two lines", "META-SUMMARY", /more than one line/, ["Summary: a", " b"]],
    ["a summary with a line separator", "META-SUMMARY", /more than one line/, ["Summary: a\u2028b"]],
    ["a summary of 513 characters", "META-SUMMARY", /513 characters, and PyPI takes at most 512/, [`Summary: ${long}`]],
    ["another content type", "META-CONTENT-TYPE", /"text\/html" is none of/, ["Description-Content-Type: text/html"]],
    ["an empty content type", "META-CONTENT-TYPE", /none of/, ["Description-Content-Type:"]],
    ["another charset", "META-CONTENT-TYPE", /charset is "latin1"/, ["Description-Content-Type: text/plain; charset=latin1"]],
    ["another variant", "META-CONTENT-TYPE", /can only be GFM or CommonMark/, ["Description-Content-Type: text/markdown; variant=Pandoc"]],
    ["licence and expression", "META-LICENSE-TWICE", /exclude each other/, ["License: MIT", "License-Expression: MIT"]],
    ["a licence expression", "META-LICENSE", /"Beer" is invalid: no licence/, ["License-Expression: Beer"]],
    ["a home page without scheme", "META-URL", /Home-page "host" is no http/, ["Home-page: host"]],
    ["a download from elsewhere", "META-URL", /Download-URL "ftp:\/\/host\/x"/, ["Download-URL: ftp://host/x"]],
    ["a project URL without label", "META-PROJECT-URL", /no label/, ["Project-URL: , https://host/"]],
    ["a project URL without address", "META-PROJECT-URL", /no address/, ["Project-URL: Source"]],
    ["a long label", "META-PROJECT-URL", /33 characters, and PyPI takes at most 32/, [`Project-URL: ${"l".repeat(33)}, https://host/`]],
    ["a label twice", "META-PROJECT-URL", /the label "A" twice/, ["Project-URL: A, https://host/", "Project-URL: A, https://host/2"]],
    ["a project URL with a space", "META-PROJECT-URL", /no http or https address/, ["Project-URL: A, https://host/a b"]],
    ["a direct reference", "META-DIRECT", /no direct references/, ["Requires-Dist: demo @ https://host/demo.whl"]],
    ["a direct reference provided", "META-DIRECT", /Provides-Dist/, ["Provides-Dist: demo @ https://host/demo.whl"]],
    ["a requirement that is none", "META-REQUIREMENT", /"-demo" is invalid: no name/, ["Requires-Dist: -demo"]],
    ["a Python version set that is none", "META-REQUIRES-PYTHON", /"new" is invalid: no specifier/, ["Requires-Python: new"]],
    ["a mail address that is none", "META-EMAIL", /"Ann" is invalid: no @/, ["Author-email: Ann"]],
    ["the maintainer's address", "META-EMAIL", /"Bob"/, ["Maintainer-email: Bob"]],
    ["an unknown classifier", "META-CLASSIFIER", /"Odd" is not on PyPI's list/, ["Classifier: Odd"]],
    ["a deprecated classifier", "META-CLASSIFIER", /"Old" is deprecated; use "New"/, ["Classifier: Old"]],
    ["a name that is never dynamic", "META-DYNAMIC", /never dynamic/, ["Dynamic: Name"]],
    ["a dynamic field that is none", "META-DYNAMIC", /no field of core metadata/, ["Dynamic: Colour"]],
    ["an extra that is no name", "META-EXTRA", /"-x" is no name/, ["Provides-Extra: -x"]],
    ["a licence file above", "META-LICENSE-FILE", /leads upwards/, ["License-File: ../LICENSE"]],
    ["an absolute licence file", "META-LICENSE-FILE", /absolute/, ["License-File: /LICENSE"]],
    ["a licence pattern", "META-LICENSE-FILE", /pattern/, ["License-File: LICENSE*"]],
    ["a licence file with backslash", "META-LICENSE-FILE", /backslash/, ["License-File: a\\LICENSE"]],
    ["an import name that is none", "META-IMPORT-NAME", /"my-module" is no name in Python/, ["Import-Name: my-module"]],
    ["an import name that is a keyword", "META-IMPORT-NAME", /"class" is no name/, ["Import-Namespace: a.class"]],
    ["an import name with another word", "META-IMPORT-NAME", /something else than "private"/, ["Import-Name: a; public"]],
  ];
  for (const [what, id, message, lines] of cases) {
    it(`finds ${what}`, () => {
      const faults = faultsOf(lines);

      const found = faults.filter((fault) => fault.id === id);
      assert.match(found.map((fault) => fault.message).join("\n"), message);
      assert.equal(faults.length, found.length, faults.map((fault) => fault.message).join("\n"));
    });
  }

  const identities: readonly (readonly [what: string, id: string, head: readonly string[]])[] = [
    ["no metadata version", "META-VERSION-OF-METADATA", ["Name: demo", "Version: 1.0"]],
    ["no name", "META-NAME", ["Metadata-Version: 2.1", "Version: 1.0"]],
    ["a name that is none", "META-NAME", ["Metadata-Version: 2.1", "Name: -demo", "Version: 1.0"]],
    ["a name with a space behind it", "META-NAME", ["Metadata-Version: 2.1", "Name: demo ", "Version: 1.0"]],
    ["no version", "META-VERSION", ["Metadata-Version: 2.1", "Name: demo"]],
    ["a version that is none", "META-VERSION", ["Metadata-Version: 2.1", "Name: demo", "Version: new"]],
    ["a local version", "META-VERSION-LOCAL", ["Metadata-Version: 2.1", "Name: demo", "Version: 1.0+local"]],
  ];
  for (const [what, id, head] of identities) {
    it(`finds ${what}`, () => {
      assert.deepEqual(
        faultsOf([], head).map((fault) => fault.id),
        [id],
      );
    });
  }

  it("finds fields that are younger than the metadata version, but forgives License-File, which old setuptools wrote", () => {
    const faults = faultsOf(
      ["License-Expression: MIT", "License-File: LICENSE", "Import-Name: a"],
      ["Metadata-Version: 2.1", "Name: demo", "Version: 1"],
    );

    assert.deepEqual(
      faults.map((fault) => fault.message),
      [
        'Field "License-Expression" exists since metadata version 2.4, and Metadata-Version says "2.1" (core metadata)',
        'Field "Import-Name" exists since metadata version 2.5, and Metadata-Version says "2.1" (core metadata)',
      ],
    );
  });

  it("takes an empty Import-Name for a wheel that imports nothing", () => {
    assert.deepEqual(faultsOf(["Import-Name:"]), []);
    assert.notDeepEqual(faultsOf(["Import-Name:", "Import-Name: a"]), []);
  });
});

describe("questionsOf()", () => {
  it("asks about what is not right beyond doubt", () => {
    const metadata = parseCoreMetadata(
      "Requires-Dist: requests>=2\nRequires-Dist: requests (>=2)\nRequires-Python: >=3.9\nLicense-Expression: MIT AND LicenseRef-x\nAuthor-email: a@host.org\nMaintainer-email: Ö <b@host.org>\nClassifier: X\n",
    );

    assert.deepEqual(questionsOf(metadata), {
      requirements: ["requests (>=2)"],
      specifiers: [],
      licenses: ["MIT AND LicenseRef-x"],
      emails: ["Ö <b@host.org>"],
      classifiers: ["X"],
    });
  });
});

describe("descriptionTypeOf()", () => {
  it("is reStructuredText when nothing is said, and undefined when nonsense is", () => {
    assert.equal(descriptionTypeOf(parseCoreMetadata("Name: x\n")), "text/x-rst");
    assert.equal(descriptionTypeOf(parseCoreMetadata("Description-Content-Type: Text/Markdown\n")), "text/markdown");
    assert.equal(descriptionTypeOf(parseCoreMetadata("Description-Content-Type: text/html\n")), undefined);
  });
});
