import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { entryPointFindings, parseEntryPoints } from "./entry-points.ts";

describe("parseEntryPoints()", () => {
  it("reads groups, names with their case, values and comments", () => {
    const parsed = parseEntryPoints("# note\n[console_scripts]\nTool = demo.cli:main [extra]\n\n; more\n[x.y]\n a b=c\n");

    assert.deepEqual(parsed, {
      kind: "parsed",
      points: [
        { group: "console_scripts", name: "Tool", value: "demo.cli:main [extra]" },
        { group: "x.y", name: "a b", value: "c" },
      ],
    });
  });

  it("refuses what configparser refuses, with the line", () => {
    const bad = ["a = b", "[x]\nwords", "[x]\n= b", "[x]\n[x]", "[x]\na = 1\na = 2"];

    for (const text of bad) assert.match(JSON.stringify(parseEntryPoints(text)), /"invalid","why":"line \d /, text);
  });
});

describe("entryPointFindings()", () => {
  const modules = new Set(["demo", "demo.cli"]);
  const idsOf = (line: string, group = "console_scripts") => entryPointFindings(`[${group}]\n${line}\n`, modules).map((one) => one.level);

  it("takes commands that lead to an object, in the wheel or elsewhere", () => {
    for (const line of ["t = demo.cli:main", "t.x-y_1 = demo:a.b", "t = other.module:main", "t = demo.cli : main [x]"]) {
      assert.deepEqual(idsOf(line), [], line);
    }
  });

  it("refuses commands that could lead elsewhere or to nothing", () => {
    for (const line of ["../t = demo:main", "a b = demo:main", "t = demo", "t = demo:", "t = demo/cli:main", "t ="]) {
      assert.deepEqual(idsOf(line), ["error"], line);
    }
  });

  it("warns of a module that is missing from a package in the wheel", () => {
    assert.deepEqual(idsOf("t = demo.gone:main"), ["warning"]);
  });

  it("leaves other groups to those who read them", () => {
    assert.deepEqual(idsOf("any name = any value", "plugins"), []);
  });
});
