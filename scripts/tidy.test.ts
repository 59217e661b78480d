// Each house rule is shown a file that breaks it, and one that does not. Files are virtual.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { checkCode } from "./tidy/code.ts";
import { anchorOf, checkAdrMentions, checkAdrs, checkLinks, checkWords } from "./tidy/documents.ts";
import { checkGolden, checkNames } from "./tidy/names.ts";
import { checkErrorCodes, checkLock, checkManifest, checkRequirements } from "./tidy/promises.ts";

const head = "// What this is.\n";
const rules = (findings: readonly { readonly rule: string }[]) => findings.map((finding) => finding.rule);
const inCode = (path: string, text: string) => rules(checkCode({ path, text: head + text }));

describe("house rules of code", () => {
  const broken: readonly (readonly [rule: string, path: string, text: string])[] = [
    ["file-length", "src/domain/a.ts", "export const a = 1;\n".repeat(400)],
    ["function-length", "src/domain/a.ts", `function f() {\n${"  f();\n".repeat(69)}}\n`],
    ["function-length", "src/domain/a.ts", `const f = () => {\n${"  f();\n".repeat(69)}};\n`],
    ["barrel", "src/domain/index.ts", "export const a = 1;\n"],
    ["open-end", "src/domain/a.ts", `// TODO: later\n`],
    ["open-end", "src/domain/a.test.ts", `/* FIXME */\n`],
    ["way-around", "src/domain/a.ts", `// @ts-ignore\n`],
    ["way-around", "test/contract/a.test.ts", `// @ts-expect-error wrong on purpose\n`],
    ["way-around", "src/domain/a.ts", `// oxlint-disable-next-line no-console\n`],
    ["way-around", "src/domain/a.ts", `/* eslint-disable */\n`],
    ["way-around", "src/domain/a.ts", "export const a = JSON.parse('1') as any;\n"],
    ["double-cast", "src/domain/a.ts", "export const a = 1 as unknown as string;\n"],
    ["honest-test", "src/domain/a.test.ts", `it.skip("a", () => {});\n`],
    ["honest-test", "src/domain/a.test.ts", `describe.only("a", () => {});\n`],
    ["honest-test", "test/interop/a.test.ts", `test("a", { todo: true }, () => {});\n`],
    ["honest-test", "test/interop/a.test.ts", `test("a", (t) => { t.skip(); });\n`],
    ["world-leak", "src/domain/a.ts", "export const now = () => Date.now();\n"],
    ["world-leak", "src/steps/run/a.ts", "export const now = () => new Date();\n"],
    ["world-leak", "src/engine/a.ts", "export const chance = Math.random();\n"],
    ["world-leak", "src/app/a.ts", "export const home = process.env.HOME;\n"],
    ["world-leak", "src/app/a.ts", "setTimeout(() => {}, 10);\n"],
    ["world-leak", "src/config/a.ts", "export const answer = fetch('x');\n"],
    ["bundle-place", "src/platform/a.ts", "export const here = import.meta.dirname;\n"],
  ];
  for (const [rule, path, text] of broken) {
    it(`${rule} refuses ${path}: ${text.slice(0, 60).trimEnd().replaceAll("\n", " ")}`, () => {
      assert.deepEqual(inCode(path, text), [rule]);
    });
  }

  const fine: readonly (readonly [path: string, text: string])[] = [
    ["src/domain/a.ts", "export const a = 1;\n".repeat(399)],
    ["src/domain/a.ts", `function f() {\n${"  f();\n".repeat(68)}}\n`],
    ["src/domain/a.test.ts", "it('a', () => {});\n".repeat(600)],
    ["src/domain/a.ts", "// TODO(#12): the second half.\n"],
    ["src/domain/a.ts", `// oxlint-disable-next-line no-console -- the reason\n`],
    ["src/domain/a.ts", "export const at = new Date(0); export const two = Math.max(1, 2);\n"],
    ["src/platform/clock.ts", "export const now = () => Date.now();\n"],
    ["src/app/compose.ts", "export const home = process.env.HOME;\n"],
    ["src/domain/a.test.ts", "it('says skip', () => { skip(); });\n"],
  ];
  for (const [path, text] of fine) {
    it(`allows ${path}: ${text.slice(0, 60).trimEnd().replaceAll("\n", " ")}`, () => {
      assert.deepEqual(inCode(path, text), []);
    });
  }

  it("top-comment refuses a module that starts with code", () => {
    assert.deepEqual(rules(checkCode({ path: "src/domain/a.ts", text: "export const a = 1;\n" })), ["top-comment"]);
  });

  it("names the line of what it found", () => {
    assert.equal(checkCode({ path: "src/domain/a.ts", text: `${head}\nexport const now = Date.now();\n` })[0]?.line, 3);
  });
});

describe("house rules of names", () => {
  for (const path of ["src/domain/planOrder.ts", "src/Domain/plan.ts", "scripts/my_script.ts", "docs/guide/First.md"]) {
    it(`refuse ${path}`, () => assert.deepEqual(rules(checkNames([path])), ["kebab-case"]));
  }

  it("allow kebab-case, README.md, records of decisions and whatever fixtures need", () => {
    const paths = [
      "src/domain/plan-order.test.ts",
      "docs/README.md",
      "docs/adr/0001-any.md",
      "test/interop/fixtures/PKG-INFO",
      "LICENSE",
      "scripts/node.cjs",
    ];
    assert.deepEqual(checkNames(paths), []);
  });

  it("refuse a golden file over 200 lines", () => {
    assert.deepEqual(rules(checkGolden({ path: "test/journeys/golden/a.txt", text: "x\n".repeat(201) })), ["golden"]);
    assert.deepEqual(checkGolden({ path: "test/journeys/golden/a.txt", text: "x\n".repeat(200) }), []);
  });
});

describe("house rules of documents", () => {
  const others = new Map([
    ["docs/README.md", "# Documents\n\n## What is here\n"],
    ["docs/guide/a.md", "# A\n"],
    ["src/app/run.ts", ""],
  ]);
  const links = (text: string) => rules(checkLinks({ path: "docs/guide/a.md", text }, others));

  it("refuse a link to a file or a heading that is not there", () => {
    assert.deepEqual(links("[b](b.md)\n[c](../README.md#nothing)\n[d](#none)\n\n[e]: ../missing.md"), Array(4).fill("dead-link"));
  });

  it("allow links to files, folders, headings and other places", () => {
    assert.deepEqual(links("[b](../README.md#what-is-here) [c](../../src/app/run.ts) [d](..) [e](https://example.org) [f](#a)\n# A\n"), []);
  });

  it("do not look for links in code", () => {
    assert.deepEqual(links("`[b](b.md)`\n```\n[b](b.md)\n```\n"), []);
  });

  it("make the anchors that forges make", () => {
    assert.equal(anchorOf("The `line`, and what is below"), "the-line-and-what-is-below");
    assert.equal(anchorOf("NODE_TOO_OLD"), "node_too_old");
  });

  it("refuse an ADR that is not there, where it is named", () => {
    const missing = "0099";
    const findings = checkAdrMentions({ path: "src/a.ts", text: `// See ADR ${missing} and docs/adr/0001-a.md.` }, new Set(["0001"]));
    assert.deepEqual(rules(findings), ["adr-unknown"]);
  });

  it("refuse a record of a decision without its parts, its number, or on more than a page", () => {
    const parts = "## Decision\n\n## Context\n\n## Consequences\n\n## Alternatives\n";
    assert.deepEqual(checkAdrs([{ path: "docs/adr/0001-a.md", text: `# 0001. A\n\n${parts}` }]), []);
    assert.equal(checkAdrs([{ path: "docs/adr/0001-a.md", text: "# 0001. A\n" }]).length, 4);
    assert.equal(checkAdrs([{ path: "docs/adr/0002-a.md", text: `# 0002. A\n\n${parts}` }]).length, 2);
    assert.equal(checkAdrs([{ path: "docs/adr/0001-a.md", text: `# 0001. A\n\n${parts}${"\n".repeat(60)}` }]).length, 1);
  });

  it("refuse words that talk down, outside code", () => {
    const text = `It is simply there.\nRun \`just test\`.`;
    assert.deepEqual(rules(checkWords({ path: "docs/a.md", text })), ["plain-words"]);
  });
});

describe("house rules that hold two places together", () => {
  it("refuse an error code that is not documented, and one that is not used", () => {
    const texts = new Map([
      ["docs/reference/errors.md", "# Errors\n\n## A_CODE\n\nText\n\n## C_CODE\n"],
      ["src/app/a.ts", `throw new SlipwayError("A_CODE"); throw new SlipwayError("B_CODE");`],
      ["src/app/a.test.ts", `"C_CODE"`],
    ]);
    const messages = checkErrorCodes(["A_CODE", "B_CODE", "C_CODE"], texts).map((finding) => finding.message);
    assert.deepEqual(messages, ["B_CODE is not in docs/reference/errors.md; run `npm run docs`", "C_CODE is never used"]);
  });

  it("refuse a run-time dependency, a version that is not exact, and a shipped package that no ADR explains", () => {
    const manifest = { dependencies: { left: "1.0.0" }, devDependencies: { tool: "^1.0.0", good: "1.2.3" } };
    const found = rules(checkManifest(manifest, new Set(["good", "unexplained"]), [{ path: "docs/adr/0001-a.md", text: "- `good`: why" }]));
    assert.deepEqual(found, ["no-runtime-dependency", "pinned", "dependency-reason"]);
  });

  it("refuse a lock file that names an address or an install script", () => {
    const packages = {
      "node_modules/a": { version: "1.0.0", resolved: "https://example.org/a.tgz", hasInstallScript: true },
      "node_modules/b": { resolved: "tooling/b" },
    };
    const text = JSON.stringify({ packages }, null, 1);
    assert.deepEqual(rules(checkLock({ path: "package-lock.json", text })), ["pinned", "no-install-script"]);
  });

  it("refuse a lock file that lacks packages of other platforms", () => {
    const text = JSON.stringify({
      packages: { "node_modules/a": { version: "1.0.0", optionalDependencies: { "a-darwin-arm64": "1.0.0" } } },
    });
    assert.match(checkLock({ path: "package-lock.json", text })[0]?.message ?? "", /lacks 1 packages/);
  });

  it("refuse a Python requirement that is not one version", () => {
    const text = "# why\nuv==0.13.8\ntwine>=7\n--index-url https://example.org\n";
    assert.deepEqual(rules(checkRequirements({ path: "requirements.txt", text })), ["pinned", "pinned"]);
  });
});
