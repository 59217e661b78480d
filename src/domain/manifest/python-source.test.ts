import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { versionsOf, withVersion } from "../../../test/support/edit-manifest.ts";
import { readPythonSource, readSetupCall } from "./python-source.ts";

const stated = (text: string, names?: readonly string[]) => versionsOf(readPythonSource(text, names));

test("an assignment at module level is found in every spelling, and nothing around it changes", () => {
  const texts = [
    '__version__ = "1.0"\n',
    "__version__='1.0'",
    '\ufeff__version__: str = "1.0"  # why\r\n',
    '__version__: Final[Literal["1.0"]] = u"1.0"; x = 2\n',
    'a = (\n    1,\n)\n__version__ \\\n    = "1.0"\n',
    'def f():\n    return "\\\n"\n__version__ = "1.0"\n',
  ];
  for (const text of texts) {
    const after = withVersion(text, readPythonSource(text), "1.1rc1");
    assert.equal(after.split("1.1rc1").length, 2, text);
    assert.deepEqual(stated(after), ["1.1rc1"]);
  }
});

test("nothing inside of strings, comments, blocks and brackets is an assignment", () => {
  const texts = [
    '"""\n__version__ = "1.0"\n"""\n',
    "'''x\\'''\n__version__ = \"1.0\"\n'''\n",
    '# __version__ = "1.0"\n',
    'if x:\n    __version__ = "1.0"\n',
    'f(\n__version__ = "1.0"\n)\n',
    'x = "\\\n__version__ = 1.0"\n',
    'self.__version__ = "1.0"\n',
    '__version__ == "1.0"\n',
    'x = 1 + \\\n__version__ = "1.0"\n',
  ];
  for (const text of texts) assert.deepEqual(stated(text), [], text);
});

test("what is computed, prefixed, escaped or long is left alone", () => {
  for (const value of [
    'f"1.0"',
    'b"1.0"',
    'r"1.0"',
    '"1" ".0"',
    '"1.0" + x',
    '"1\\x2e0"',
    '"""1.0"""',
    "get()",
    '("1.0")',
    '"1.0',
    '"1.0" if x else "2"',
    "1.0",
  ]) {
    assert.deepEqual(stated(`__version__ = ${value}\n`), [], value);
  }
});

test("one name is read, as tools do: the first of the usual ones that is there, or the one that is named", () => {
  const text = 'version = "3"\nVERSION = "2"\n__version__ = "1"\nRELEASE = "4"\n';
  assert.deepEqual(stated(text), ["1"]);
  assert.deepEqual(stated(text, ["RELEASE"]), ["4"]);
  assert.deepEqual(stated('__version__ = "1"\n__version__ = "1"\n'), ["1", "1"]);
});

test("setup.py: the argument of setup() alone", () => {
  const text =
    'def setup():\n  pass\nsetup(\r\n  name="x",\r\n  options=dict(version="9"),\r\n  # version="8"\r\n  version = \'1.0\' ,\r\n)\r\nother(version="7")\r\n';
  assert.equal(withVersion(text, readSetupCall(text), "2.0"), text.replace("1.0", "2.0"));
  assert.deepEqual(versionsOf(readSetupCall("setuptools.setup(version='1.0')")), ["1.0"]);
  for (const computed of ["setup(version=v)", 'setup(version="1" + x)', 'setup(version="1" "2")', 'x = "setup(version=1)"', "setup"]) {
    assert.deepEqual(versionsOf(readSetupCall(computed)), [], computed);
  }
  assert.deepEqual(readSetupCall('setup(\n  version=f"{x}",\n)').kind, "refused");
});

test("setup.py: a variable of the same file that the argument names, and no other", () => {
  const text = '"""v = "0" """\nv = "1.0"\nw = "1.0"\nsetup(name="x", version=v)\n';
  assert.equal(withVersion(text, readSetupCall(text), "2.0"), text.replace('v = "1.0"', 'v = "2.0"'));
  for (const other of ["from x import v\nsetup(version=v)\n", "v = f()\nsetup(version=v)\n", 'v = "1"\nsetup(version=v + x)\n']) {
    assert.deepEqual(versionsOf(readSetupCall(other)), [], other);
  }
});

test("the scanner reads any text to its end, and what it finds stands where it says", () => {
  const pieces = fc.constantFrom(
    '"',
    "'",
    '"""',
    "'''",
    "\\",
    "\n",
    "\r\n",
    "#",
    "(",
    ")",
    "__version__",
    " = ",
    '"1.0"',
    "u",
    "rb",
    ":",
    ";",
    "é",
    " ",
    "\t",
    "0x1",
  );
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 40 }), (parts) => {
      const text = parts.join("");
      const reading = readPythonSource(text);
      assert.ok(reading.kind === "read");
      for (const { start, end, version } of reading.statements) assert.equal(text.slice(start, end), version);
    }),
  );
});
