import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { pep440 } from "../version/pep440.ts";
import {
  isPlainClassifier,
  isPlainDescription,
  isPlainEmail,
  isPlainLicense,
  isPlainRequirement,
  isPlainSpecifierSet,
  isPlainVersion,
} from "./plain-values.ts";

describe("the everyday forms", () => {
  it("hold what most packages write, so that Python is not asked about it", () => {
    for (const text of ["requests", "requests>=2", "a.b-c[x,y] >=1.0, <2; python_version < '3.9'", 'click ; extra == "cli"'])
      assert.ok(isPlainRequirement(text), text);
    for (const text of [">=3.9", ">=3.9,<4", "~=3.9", "!=3.8.*", ">= 3.9, != 3.10.1"]) assert.ok(isPlainSpecifierSet(text), text);
    for (const text of ["MIT", "MIT OR Apache-2.0"]) assert.ok(isPlainLicense(text), text);
    for (const text of ["ann@host.org", "Ann Bee <ann.bee+x@mail.host.co.uk>"]) assert.ok(isPlainEmail(text), text);
    for (const text of ["Programming Language :: Python :: 3.12", "Typing :: Typed"]) assert.ok(isPlainClassifier(text), text);
    for (const text of ["1.0", "1.0rc1", "2026.1.post1.dev0"]) assert.ok(isPlainVersion(text), text);
    assert.ok(isPlainDescription("text/markdown", "# Hello") && isPlainDescription("text/plain", "<"));
  });

  it("leave everything else to be asked", () => {
    for (const text of ["", "-a", "a @ https://host/x", "a (>=1)", "a; (extra == 'x')", "a>=1.*", "a\nb"])
      assert.ok(!isPlainRequirement(text), text);
    for (const text of ["", "3.9", ">=3.*", "~=3", "===1", ">=3,"]) assert.ok(!isPlainSpecifierSet(text), text);
    for (const text of ["", "mit", "MIT WITH x", "MIT OR MIT OR MIT"]) assert.ok(!isPlainLicense(text), text);
    for (const text of ["", "ann", "ann@localhost", "a@b.test", "a..b@host.org", "a@xn--x.org", "Ann, B <a@host.org>"])
      assert.ok(!isPlainEmail(text), text);
    for (const text of ["", "[a]: https://x", "  \n"]) assert.ok(!isPlainDescription("text/markdown", text), text);
    assert.ok(!isPlainDescription("text/x-rst", "words"));
    assert.ok(!isPlainVersion("1.0+local") && !isPlainVersion("v1.0") && !isPlainVersion("1.0-1"));
  });

  it("hold no version that PEP 440 refuses, and none with a local part", () => {
    const parts = fc.constantFrom("1", "0", "01", ".", "a", "rc", "b2", ".post1", ".dev3", "+x", "-", "!", "v");
    fc.assert(
      fc.property(fc.array(parts, { maxLength: 6 }), (list) => {
        const text = list.join("");
        if (!isPlainVersion(text)) return;
        const parsed = pep440.parse(text);
        assert.ok(parsed.kind === "valid" && parsed.version.local === undefined, text);
      }),
      { numRuns: 500 },
    );
  });
});
