// The rehearsal index's own rules against `packaging`, which the real server uses: the same forms and names are refused, for
// the same field and in the same words where those do not depend on Python's internals.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { checkMetadata } from "../../src/registries/pypi/rehearsal/metadata-rules.ts";
import { readWheelName } from "../../src/registries/pypi/rehearsal/names.ts";
import { testTool } from "../support/test-tools.ts";

type Form = readonly (readonly [name: string, value: string])[];

const base: Form = [["metadata_version", "2.5"], ["name", "Slip.Demo"], ["version", "1.0"]]; // prettier-ignore

/** The base with some fields replaced or added; an empty list of values takes one away. */
function form(changes: Readonly<Record<string, string | readonly string[]>>): Form {
  const kept = base.filter(([name]) => !Object.hasOwn(changes, name));
  return [...kept, ...Object.entries(changes).flatMap(([name, values]) => [values].flat().map((value) => [name, value] as const))];
}

const forms: readonly Form[] = [
  form({}),
  form({ metadata_version: "1.0" }), form({ metadata_version: "2.0" }), form({ metadata_version: "" }), form({ metadata_version: [] }), form({ metadata_version: "2.6" }),
  form({ name: "-a" }), form({ name: "a b" }), form({ name: [] }), form({ name: ["a", "b"] }), form({ name: "Ünicode" }),
  form({ version: "1.0-x" }), form({ version: "" }), form({ version: "1.0+local.1" }), form({ version: "v1.0" }), form({ version: "1!2.0.post3.dev4" }),
  form({ summary: "one" }), form({ summary: "one\ntwo" }), form({ summary: "one\rtwo" }), form({ summary: "one\u2028two" }), form({ summary: ["a", "b"] }),
  ...["text/plain", "text/x-rst; charset=UTF-8", "text/markdown; variant=GFM", "text/markdown; charset=utf-8; variant=CommonMark", "Text/Markdown"].map((type) => form({ description_content_type: type })),
  ...["text/html", "markdown", "text/", "a/b/c", "", "text/markdown; variant=Other", "text/plain; charset=latin-1", "text/plain; variant=Other"].map((type) => form({ description_content_type: type })),
  ...["Author", "author", "requires-dist", "Name", "version", "Metadata-Version", "nonsense", "Dynamic"].map((field) => form({ dynamic: field })),
  form({ provides_extra: ["a", "B.c"] }), form({ provides_extra: "a b" }), form({ provides_extra: "_x" }),
  ...[">=3.8", ">=3.8,<4", "==3.*", "~=3.9", "!=3.1.*", ">3.8 , <4", "===whatever", ""].map((python) => form({ requires_python: python })),
  ...["3.8", ">=3.x", "=3", ">= ", ">=3.8;", "^3.8"].map((python) => form({ requires_python: python })),
  ...["a", "a>=1", "a (>=1)", "a[x,y]>=1,<2", "a; python_version < '3'", "a @ https://h.invalid/a.whl", "A.b_c~=1.0", "a[x] ; extra == 'y'"].map((dist) => form({ requires_dist: dist })),
  ...["a >> 1", "-a", "a>=", "a==1.x", "a b", "", "a>=1 b", "a,b"].map((dist) => form({ requires_dist: dist })),
  ...["LICENSE", "licenses/MIT.txt"].map((file) => form({ license_file: file })),
  ...["../LICENSE", "LICEN*", "/LICENSE", "C:\\LICENSE", "a\\b", "\\a", "\\\\host\\share\\a"].map((file) => form({ license_file: file })),
  ...["MIT", "MIT OR Apache-2.0", "(MIT AND BSD-3-Clause) OR ISC", "GPL-3.0-or-later WITH Classpath-exception-2.0"].map((license) => form({ license_expression: license })),
  ...["MIT OR", "(MIT", "MIT Apache-2.0", "AND MIT", "MIT)", "MIT//X"].map((license) => form({ license_expression: license })),
  form({ metadata_version: "2.1", license_expression: "MIT" }), form({ metadata_version: "1.1", requires_dist: "a" }), form({ metadata_version: "2.1", dynamic: "Author" }), form({ metadata_version: "1.0", classifiers: "A" }), form({ metadata_version: "2.3", license_file: "LICENSE" }), form({ metadata_version: "2.4", import_name: "a" }),
  form({ keywords: "a,b" }), form({ keywords: ["a", "b"] }), form({ home_page: ["a", "b"] }), form({ classifiers: ["A", "B"] }), form({ project_urls: "Source, https://h.invalid" }),
  form({ summary: "a\nb", requires_python: "x", dynamic: "nonsense" }), form({ version: "x", metadata_version: "9" }),
]; // prettier-ignore

const wheels = [
  "slip_demo-1.0-py3-none-any.whl", "slip_demo-1.0-1-py3-none-any.whl", "slip_demo-1.0-1a-py2.py3-none-any.whl", "Slip.Demo-1.0-py3-none-any.whl",
  "slip_demo-1.0-any.whl", "slip_demo-1.0-a-py3-none-any.whl", "slip__demo-1.0-py3-none-any.whl", "slip demo-1.0-py3-none-any.whl", "slip_demo-one-py3-none-any.whl", "a-1-2-3-4-5-6.whl", "slip_demo-1.0-py3..py2-none-any.whl", "slip_demo-1.0--none-any.whl", "-1.0-py3-none-any.whl",
]; // prettier-ignore

test("forms and wheel names are refused where packaging refuses them, for the same field, in the same words", () => {
  const answered = spawnSync(testTool("python3"), ["-I", join(import.meta.dirname, "..", "support", "form-oracle.py")], { input: JSON.stringify({ forms, wheels }), encoding: "utf8" });
  assert.equal(answered.status, 0, answered.stderr);
  const answers = JSON.parse(answered.stdout) as { packaging: string; forms: readonly (null | { field: string; message: string })[]; wheels: readonly (string | null)[] };

  assert.equal(answers.packaging, "26.3");
  const differing: unknown[] = [];
  for (const [at, one] of forms.entries()) {
    const fields = new Map<string, string[]>();
    for (const [name, value] of one) fields.set(name, [...(fields.get(name) ?? []), value]);
    const expected = answers.forms[at];
    const [ours, theirs] = [settled(standardRefusal(fields)), settled(expected?.message)];
    if (ours !== theirs) differing.push({ form: one.slice(-2), ours, theirs });
  }
  for (const [at, name] of wheels.entries()) {
    const read = readWheelName(name);
    const [ours, theirs] = [settled(read.kind === "invalid" ? read.message : undefined), settled(answers.wheels[at] ?? undefined)];
    if (ours !== theirs) differing.push({ name, ours, theirs });
  }
  assert.deepEqual(differing, []);
}); // prettier-ignore

/** PyPI's own rules come after the standard's; here only the latter are asked, without the words that the server adds. */
function standardRefusal(fields: ReadonlyMap<string, readonly string[]>): string | undefined {
  const message = checkMetadata(fields)?.message.replace(/\.? See https:\/\/packaging\.python\.org\/.*$/, "");
  const own = /^The use of local versions|^Can't have direct|^Dynamic field|^'2\.6' is not a valid metadata/;
  return message === undefined || own.test(message) ? undefined : message;
}

/** Python prints sets and defects in an order or with details of its own. */
function settled(message: string | undefined): string {
  return (message ?? "(taken)")
    .replace(/(is not a valid content type for '[a-z-]+'): .*/, "$1")
    .replace(/must be one of \[.*?\]/, "must be one of […]")
    .replace(/for 'description-content-type' are \[.*?\]/, "for 'description-content-type' are […]")
    .replace(/\.$/, "");
}
