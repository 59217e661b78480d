// The pure rules for metadata against the libraries that PyPI and twine judge with. What our quick forms accept, they
// must accept; what we read in METADATA, they must read. Texts are made at random from a seed.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { describe, it } from "node:test";
import fc from "fast-check";
import { parseDescriptionType } from "../../src/domain/pypi/content-type.ts";
import { parseCoreMetadata } from "../../src/domain/pypi/core-metadata.ts";
import { metadataFaults, type MetadataAnswers } from "../../src/domain/pypi/core-metadata-rules.ts";
import { isPlainEmail, isPlainLicense, isPlainRequirement, isPlainSpecifierSet } from "../../src/domain/pypi/plain-values.ts";
import { isWebAddress } from "../../src/domain/pypi/web-address.ts";
import { parseEntryPoints } from "../../src/steps/check-artifacts/entry-points.ts";
import { testTool } from "../support/test-tools.ts";

const seed = Number(process.env["SLIPWAY_SEED"] ?? 20261121);

const program = `
import configparser, email.message, json, sys
from email.utils import parseaddr
from email_validator import validate_email
from packaging.licenses import canonicalize_license_expression
from packaging.metadata import Metadata, parse_email
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from rfc3986 import uri_reference, validators

def requirement(text):
    assert Requirement(text).url is None

def email_address(text):
    address = parseaddr(text)[1]
    assert address
    validate_email(address, check_deliverability=False)

def address(text):
    validator = validators.Validator().allow_schemes("http", "https").require_presence_of("scheme")
    validator.check_validity_of("scheme", "host", "port", "path", "query").validate(uri_reference(text).normalize())

def content_type(text):
    raw = {"metadata_version": "2.1", "name": "x", "version": "1", "description_content_type": text}
    Metadata.from_raw(raw)

def entry_points(text):
    class Parser(configparser.ConfigParser):
        optionxform = staticmethod(str)
    parser = Parser(delimiters=("=",), interpolation=None)
    parser.read_string(text)
    return {name: dict(parser[name]) for name in parser.sections()}

def metadata(text):
    raw, unparsed = parse_email(text.encode())
    return [raw, unparsed]

judges = {
    "requirement": requirement, "specifiers": SpecifierSet, "license": canonicalize_license_expression, "email": email_address,
    "address": address, "contentType": content_type, "entryPoints": entry_points, "metadata": metadata,
}

def judge(kind, text):
    try:
        answer = judges[kind](text)
        return {"answer": answer if isinstance(answer, (dict, list)) else True}
    except Exception as error:
        return {"error": f"{type(error).__name__}: {error}"}

json.dump([judge(kind, text) for kind, text in json.load(sys.stdin)], sys.stdout)
`;

interface Judged {
  readonly answer?: unknown;
  readonly error?: string;
}

function askPython(kind: string, texts: readonly string[]): readonly Judged[] {
  const input = JSON.stringify(texts.map((text) => [kind, text]));
  const output = execFileSync(testTool("python"), ["-I", "-X", "utf8", "-c", program], {
    input,
    maxBuffer: 256 * 1024 * 1024,
    timeout: 120_000,
  });
  return JSON.parse(output.toString("utf8")) as readonly Judged[];
}

/** Texts of a kind, most of them near the border between right and wrong. */
function texts(arbitrary: fc.Arbitrary<string>, count: number): readonly string[] {
  return [...new Set(fc.sample(arbitrary, { numRuns: count, seed }))];
}

const piece = (...pieces: readonly string[]) => fc.constantFrom(...pieces);
const joined = (parts: readonly fc.Arbitrary<string>[], options: { readonly max: number }) =>
  fc.array(fc.oneof(...parts), { minLength: 1, maxLength: options.max }).map((list) => list.join(""));
const number = fc.nat({ max: 2030 }).map(String);

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

    const every = ["0BSD", "AGPL-3.0-only", "AGPL-3.0-or-later", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "GPL-2.0-only", "GPL-2.0-or-later", "GPL-3.0-only", "GPL-3.0-or-later", "ISC", "LGPL-3.0-only", "LGPL-3.0-or-later", "MIT", "MPL-2.0", "PSF-2.0", "Unlicense", "Zlib"]; // prettier-ignore
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

  it("reads entry points as configparser does, and refuses what it refuses", (t) => {
    const line = joined(
      [
        piece(
          "[console_scripts]",
          "[gui_scripts]",
          "[a.b]",
          "[",
          "]",
          "name",
          "=",
          " = ",
          "demo.cli:main",
          ":",
          " ",
          "\t",
          "#c",
          ";c",
          "x",
          "[x]",
          "é",
          "%",
        ),
      ],
      { max: 5 },
    );
    const file = fc
      .array(fc.oneof(line, piece("[console_scripts]", "name = demo:main", "other = demo:other", "", "  more")), { maxLength: 6 })
      .map((lines) => lines.join("\n"));
    const candidates = texts(file, 4_000);

    const judged = askPython("entryPoints", candidates);

    let parsedCount = 0;
    for (const [index, text] of candidates.entries()) {
      const ours = parseEntryPoints(text);
      if (ours.kind === "invalid") continue;
      parsedCount += 1;
      assert.equal(judged[index]?.error, undefined, `${JSON.stringify(text)} (seed ${seed})`);
      const named = ours.points.filter((point) => point.group !== "DEFAULT").map((point) => [point.group, point.name, point.value]);
      const theirs = Object.entries(judged[index]?.answer as Record<string, Record<string, string>>).flatMap(([group, points]) =>
        Object.entries(points).map(([name, value]) => [group, name, value]),
      );
      assert.deepEqual(
        new Map(named.map(([a, b, c]) => [`${a}/${b}`, c])),
        new Map(theirs.map(([a, b, c = ""]) => [`${a}/${b}`, c.replaceAll(/\n+/g, "\n").trim()])),
        JSON.stringify(text),
      );
    }
    const refused = candidates.length - parsedCount;
    t.diagnostic(`${parsedCount} parsed, ${refused} refused`);
    assert.ok(parsedCount > 300 && refused > 300);
  });

  it("reads METADATA as packaging does, unless it finds a fault of form", (t) => {
    const nothingWrong: MetadataAnswers = {
      requirement: () => ({ kind: "valid", direct: false }),
      specifiers: () => ({ kind: "valid" }),
      license: () => ({ kind: "valid" }),
      email: () => ({ kind: "valid" }),
      classifier: () => ({ kind: "known" }),
    };
    const line = fc.oneof(
      piece(
        "Name: demo",
        "Version: 1.0",
        "Metadata-Version: 2.4",
        "Summary: hello",
        "Summary: é",
        "Classifier: A",
        "Requires-Dist: a",
        "Author: x",
        "Keywords: a,b",
        "",
        "Description: d",
      ),
      piece(
        " continued",
        "\tcontinued",
        "  ",
        "no header",
        "From me",
        "Home-page:",
        "author: lower",
        "X-Odd: 1",
        "Project-URL: a, b",
        "Content-Type: multipart/mixed",
        "Name : x",
        ": x",
        "body: é",
      ),
    );
    const file = fc
      .array(line, { minLength: 1, maxLength: 8 })
      .chain((lines) => piece("\n", "\n", "\r\n", "\r").map((end) => lines.join(end) + end));
    const candidates = texts(file, 5_000);

    const judged = askPython("metadata", candidates);

    let compared = 0;
    for (const [index, text] of candidates.entries()) {
      const ours = parseCoreMetadata(text);
      const form = metadataFaults(ours, nothingWrong).filter((fault) =>
        ["META-SYNTAX", "META-UNKNOWN-FIELD", "META-REPEATED", "META-PROJECT-URL"].includes(fault.id),
      );
      if (form.length > 0) continue;
      compared += 1;
      const answer = judged[index]?.answer;
      assert.ok(Array.isArray(answer), `${JSON.stringify(text)}: ${judged[index]?.error}`);
      const [raw, unparsed] = answer as [Record<string, string | string[]>, Record<string, unknown>];
      assert.deepEqual(unparsed, {}, `${JSON.stringify(text)} (seed ${seed})`);
      const same = (value: unknown) => String(value).replaceAll(/\r\n|\r/g, "\n");
      for (const [name, value] of ours.headers) {
        const key = name.toLowerCase().replaceAll("-", "_");
        const theirs = raw[key] ?? raw[`${key}s`];
        if (key === "project_url" || key === "keywords") continue;
        assert.ok([theirs].flat().map(same).includes(same(value)), `${name} in ${JSON.stringify(text)} (seed ${seed})`);
      }
      assert.equal(same(raw["description"] ?? ""), same(ours.description ?? ""), JSON.stringify(text));
    }
    t.diagnostic(`${compared} of ${candidates.length} compared`);
    assert.ok(compared > 150);
  });
});
