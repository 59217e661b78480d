import assert from "node:assert/strict";
import { test } from "node:test";
import { SlipwayError } from "../../domain/error.ts";
import { sha256 } from "../../domain/digest.ts";
import { coreMetadataOf, formFields, layOut, type CoreMetadata } from "./upload-form.ts";

const wheelName = "slip_demo-1.0-cp312-abi3-manylinux_2_28_x86_64.whl";

function fields(metadata: CoreMetadata, fileName = wheelName): readonly string[] {
  return formFields(fileName, metadata).map(([name, value]) => `${name}=${value}`);
}

test("formFields() spells each header as the form does: plural only where the server wants it", () => {
  const headers = [
    ["Metadata-Version", "2.4"],
    ["Name", "Slip.Demo"],
    ["Version", "1.0"],
    ["Classifier", "A"],
    ["Classifier", "B"],
    ["Project-URL", "Source, https://localhost"],
    ["Platform", "any"],
    ["Supported-Platform", "x"],
    ["License-File", "LICENSE"],
    ["License-Expression", "MIT"],
    ["Requires-Dist", "a"],
    ["Provides-Extra", "more"],
    ["Dynamic", "Author"],
    ["Requires-Python", ">=3"],
    ["Description-Content-Type", "text/markdown"],
    ["Author-email", "a@b.invalid"],
    ["Import-Name", "slip"],
  ] as const;

  assert.deepEqual(fields({ headers, description: "Text\n" }), [
    ":action=file_upload",
    "protocol_version=1",
    "metadata_version=2.4",
    "name=Slip.Demo",
    "version=1.0",
    "filetype=bdist_wheel",
    "pyversion=cp312",
    "classifiers=A",
    "classifiers=B",
    "project_urls=Source, https://localhost",
    "platform=any",
    "supported_platform=x",
    "license_file=LICENSE",
    "license_expression=MIT",
    "requires_dist=a",
    "provides_extra=more",
    "dynamic=Author",
    "requires_python=>=3",
    "description_content_type=text/markdown",
    "author_email=a@b.invalid",
    "import_name=slip",
    "description=Text\n",
  ]);
});

test("formFields() leaves out what says nothing, what is unknown, and licence files before their time", () => {
  const headers = [["Metadata-Version", "2.1"], ["Name", "a"], ["Version", "1"], ["Summary", ""], ["Home-page", "UNKNOWN"], ["X-Own", "y"], ["License-File", "LICENSE"]] as const; // prettier-ignore

  const found = fields({ headers });

  assert.deepEqual(found.slice(5), ["filetype=bdist_wheel", "pyversion=cp312"]);
});

test("formFields() takes the description from the body, or from its header where there is no body", () => {
  const header = { headers: [["Description", "old"]] } as const;
  assert.ok(fields(header).includes("description=old"));
  const both = fields({ ...header, description: "new" });
  assert.ok(both.includes("description=new") && !both.includes("description=old"));
});

test("formFields() names an sdist's Python source, and a wheel's as its file name does", () => {
  assert.ok(fields({ headers: [] }, "demo-1.0.tar.gz").includes("pyversion=source"));
  assert.ok(fields({ headers: [] }, "demo-1.0-1-py2.py3-none-any.whl").includes("pyversion=py2.py3"));
});

test("coreMetadataOf() takes the agreed shape and stops at any other", () => {
  assert.deepEqual(coreMetadataOf({ headers: [["Name", "a"]], description: "d" }), { headers: [["Name", "a"]], description: "d" });
  for (const wrong of [{}, { headers: "x" }, { headers: [["Name"]] }, { headers: [["Name", 1]] }]) {
    assert.throws(() => coreMetadataOf(wrong), (error: unknown) => error instanceof SlipwayError && error.code === "INTERNAL_ASSERTION"); // prettier-ignore
  }
});

test("layOut() knows the length beforehand, also with letters outside ASCII", () => {
  const bytes = Buffer.from("the file");
  const file = { name: 'odd"name\r\n.whl', sizeBytes: bytes.length, sha256: sha256("a".repeat(64)) };

  const layout = layOut(file, [["summary", "Größe 大きさ"]], "B");
  const whole = Buffer.concat([layout.head, bytes, layout.tail("b".repeat(64))]);

  assert.equal(whole.length, layout.contentLength);
  assert.equal(layout.contentType, "multipart/form-data; boundary=B");
  assert.equal(
    whole.toString("utf8"),
    [
      '--B\r\nContent-Disposition: form-data; name="summary"\r\n\r\nGröße 大きさ\r\n',
      '--B\r\nContent-Disposition: form-data; name="content"; filename="odd%22name%0D%0A.whl"\r\nContent-Type: application/octet-stream\r\n\r\nthe file\r\n',
      `--B\r\nContent-Disposition: form-data; name="sha256_digest"\r\n\r\n${"a".repeat(64)}\r\n`,
      `--B\r\nContent-Disposition: form-data; name="blake2_256_digest"\r\n\r\n${"b".repeat(64)}\r\n--B--\r\n`,
    ].join(""),
  );
});
