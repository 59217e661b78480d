// The quick forms of the rules for metadata against the libraries that PyPI and twine judge with: what ours accept, they
// must accept. Texts are made at random from a seed.
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { parseDescriptionType } from "../../src/domain/pypi/content-type.ts";
import {
  isPlainClassifier,
  isPlainDescription,
  isPlainEmail,
  isPlainLicense,
  isPlainRequirement,
  isPlainSpecifierSet,
} from "../../src/domain/pypi/plain-values.ts";
import { isWebAddress } from "../../src/domain/pypi/web-address.ts";
import { askPython, joined, number, piece, seed, texts } from "../support/metadata-oracle.ts";

/** Asserts that whatever `accepts` takes, Python takes. @returns how many it took */
function assertAccepted(kind: string, candidates: readonly string[], accepts: (text: string) => boolean): number {
  const accepted = candidates.filter(accepts);
  const judged = askPython(kind, accepted);
  for (const [index, text] of accepted.entries())
    assert.equal(judged[index]?.error, undefined, `${kind} ${JSON.stringify(text)} (seed ${seed})`);
  return accepted.length;
}

describe(`rules for metadata against Python's libraries (SLIPWAY_SEED=${seed})`, () => {
  const specifier = fc
    .tuple(
      piece("==", "!=", "<=", ">=", "<", ">", "~=", "===", "="),
      piece("", " "),
      number,
      piece("", ".2", ".2.3", ".*", "a1", "rc2", ".post1", ".dev0", "b"),
    )
    .map((parts) => parts.join(""));
  const specifierSet = fc
    .array(specifier, { minLength: 1, maxLength: 3 })
    .chain((list) => piece(",", ", ", " , ").map((comma) => list.join(comma)));

  it("takes no version set that packaging refuses", (t) => {
    const count = assertAccepted("specifiers", texts(specifierSet, 3_000), isPlainSpecifierSet);

    t.diagnostic(`${count} accepted`);
    assert.ok(count > 300);
  });

  it("takes no requirement that packaging refuses or that names an address", (t) => {
    const name = piece("requests", "zope.interface", "a", "a-b_c", "-a", "a-", "ruamel.yaml.clib", "A1");
    const extras = piece("", "[x]", "[x,y-z]", "[x, y]", "[]", "[x", " [x]");
    const marker = piece(
      "",
      "; extra == 'x'",
      ' ; python_version < "3.9"',
      ";sys_platform=='win32'",
      "; python_version >= '3' and os_name == 'nt' or extra == 'y'",
      "; wrong == 'x'",
      "; extra == x",
      "; 'x' == extra",
      " @ https://host/x",
      ";",
    );
    const requirement = fc
      .tuple(name, extras, piece("", " "), fc.oneof(fc.constant(""), specifierSet), marker)
      .map((parts) => parts.join(""));

    const count = assertAccepted("requirement", texts(requirement, 4_000), isPlainRequirement);

    t.diagnostic(`${count} accepted`);
    assert.ok(count > 200);
  });

  it("takes no licence expression that packaging refuses", () => {
    const id = piece(
      "MIT",
      "Apache-2.0",
      "BSD-3-Clause",
      "GPL-3.0-or-later",
      "GPL-3.0",
      "mit",
      "Zlib",
      "Beer",
      "",
      "0BSD",
      "PSF-2.0",
      "ISC",
      "MPL-2.0",
    );
    const expression = fc.tuple(id, piece(" OR ", " AND ", " or ", ""), id).map((parts) => parts.join(""));

    const every = (
      "0BSD AGPL-3.0-only AGPL-3.0-or-later Apache-2.0 BSD-2-Clause BSD-3-Clause GPL-2.0-only GPL-2.0-or-later GPL-3.0-only " +
      "GPL-3.0-or-later ISC LGPL-3.0-only LGPL-3.0-or-later MIT MPL-2.0 PSF-2.0 Unlicense Zlib"
    ).split(" ");
    assert.equal(assertAccepted("license", every, isPlainLicense), every.length);
    assert.ok(assertAccepted("license", texts(expression, 1_000), isPlainLicense) > 50);
  });

  it("takes no mail address that email-validator refuses", (t) => {
    const local = joined([piece("a", "Ann", "b.c", "d-e", "0", ".", "-", "_", "+", "..", "é", " ")], { max: 3 });
    const host = joined([piece("a", "host", "sub.host", "xn--a", "ab--c", "-", "1", ".", "test", "localhost", "example")], { max: 3 });
    const address = fc
      .tuple(local, host, piece(".com", ".org", ".io", ".test", ".local", ".invalid", "", ".c"))
      .map(([a, b, c]) => `${a}@${b}${c}`);
    const mailbox = fc.oneof(
      address,
      fc.tuple(piece("Ann Bee ", "A-B ", "Ann, Bee ", '"Ann" ', "(x) ", ""), address).map(([a, b]) => `${a}<${b}>`),
    );

    const count = assertAccepted("email", texts(mailbox, 6_000), isPlainEmail);

    t.diagnostic(`${count} accepted`);
    assert.ok(count > 100);
  });

  it("takes no address that PyPI's own rule refuses", (t) => {
    const parts = piece(
      "https:",
      "http:",
      "ftp:",
      "//",
      "/",
      "host",
      "example.org",
      ":",
      "8080",
      "99999",
      "@",
      "user",
      "[::1]",
      "1.2.3.4",
      "300.1.1.1",
      "?",
      "#",
      "a b",
      "é",
      "%20",
      "%",
      "%zz",
      "(",
      ")",
      "<",
      "\\",
      "|",
      "~",
      ";",
      ",",
      "=",
      "&",
      "..",
      "[",
      "]",
    );
    const address = fc.tuple(piece("https://", "http:", "HTTPS://", ""), joined([parts], { max: 7 })).map((two) => two.join(""));

    const count = assertAccepted("address", texts(address, 6_000), isWebAddress);

    t.diagnostic(`${count} accepted`);
    assert.ok(count > 300);
  });

  it("takes no content type that packaging refuses, and every usual one", (t) => {
    const parts = piece(
      "text/plain",
      "text/x-rst",
      "text/markdown",
      "TEXT/Markdown",
      "text/html",
      ";",
      "; ",
      "charset=UTF-8",
      "charset=utf-8",
      'charset="UTF-8"',
      "charset=latin1",
      "variant=GFM",
      "variant=CommonMark",
      "variant=gfm",
      " ",
      "x",
      "=",
      "x=y",
      'x="y',
      "charset",
      "charset*=utf-8''UTF-8",
    );
    const typeThen = fc
      .tuple(piece("text/plain", "text/x-rst", "text/markdown", "TEXT/Markdown", "text/html", ""), joined([parts], { max: 5 }))
      .map((two) => two.join(""));
    const types = [
      ...texts(typeThen, 6_000),
      "text/markdown; charset=UTF-8; variant=GFM",
      "text/markdown;charset=utf-8",
      "text/x-rst; charset=UTF-8",
    ];

    const judged = askPython("contentType", types);

    const theirs = new Set(types.filter((_, index) => judged[index]?.error === undefined));
    const ours = types.filter((type) => parseDescriptionType(type).kind === "valid");
    for (const type of ours) assert.ok(theirs.has(type), `${JSON.stringify(type)} is refused by packaging`);
    t.diagnostic(`${ours.length} of ${types.length} valid`);
    assert.ok(ours.length > 30);
    for (const plain of types.filter((type) =>
      /^text\/(?:plain|x-rst|markdown)(?:; ?(?:charset=UTF-8|variant=GFM|variant=CommonMark))?$/.test(type),
    )) {
      assert.equal(parseDescriptionType(plain).kind, "valid", plain);
    }
  });

  it("calls no classifier known that is not on PyPI's list", () => {
    const lines = readFileSync(fileURLToPath(new URL("../../src/domain/pypi/plain-values.ts", import.meta.url)), "utf8");
    const parts = [...lines.matchAll(/"((?: ::|[A-Z0-9])[^"]*)"/g)].map(([, part = ""]) => part);
    const heads = [
      "Development Status :: ",
      "Environment :: ",
      "Intended Audience :: ",
      "License :: OSI Approved :: ",
      "Operating System :: ",
      "Programming Language :: ",
      "Programming Language :: Python",
      "Topic :: Software Development",
      "",
    ];
    const candidates = heads.flatMap((head) =>
      ["", ...parts, ...[7, 8, 9, 10, 11, 12, 13, 14].map((minor) => ` :: 3.${minor}`)].map((part) => `${head}${part}`),
    );

    const count = assertAccepted("classifier", candidates, isPlainClassifier);

    assert.ok(count >= 40, `${count}`);
  });

  it("asks the renderer about every description that it could refuse", (t) => {
    const parts = piece(
      "[a]: https://x",
      "[^1]: note",
      "[",
      "]",
      "(x)",
      " ",
      "    ",
      "\n",
      "\n\n",
      "\t",
      "<!-- c -->",
      "<script>",
      "<",
      "&nbsp;",
      "&",
      "#",
      "# Title",
      "- ",
      "1. ",
      "```",
      "---",
      "> ",
      "| a |",
      ":smile:",
      "*",
      "text",
      "\u00a0",
      "\u200b",
      "\u0001",
      "\ufeff",
      "\u000c",
      "\\",
      "![x](y)",
      "~~~",
    );
    const candidates = texts(joined([parts], { max: 6 }), 5_000);

    const markdown = assertAccepted("markdown", candidates, (text) => isPlainDescription("text/markdown", text));
    const plain = assertAccepted("plain", candidates.slice(0, 500), (text) => isPlainDescription("text/plain", text));

    t.diagnostic(`${markdown} of ${candidates.length} need no renderer`);
    assert.ok(markdown > 1_000 && plain > 100);
    assert.equal(isPlainDescription("text/markdown", " \n[a]: https://x\n"), false);
    assert.equal(isPlainDescription("text/x-rst", "words"), false);
  });
});
